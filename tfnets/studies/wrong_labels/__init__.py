"""Study 3.5: what the discriminator of a conditional GAN does with a wrong label."""

QUESTION = "Does the discriminator of a conditional GAN check whether image and label fit?"
TITLE = "A discriminator and wrong labels"
