"""Study 3.5: what the discriminator of a conditional GAN does with a wrong label."""

QUESTION = "Does the discriminator of a conditional GAN check whether image and label fit?"
TITLE = "A discriminator and wrong labels"
IN_SHORT = (
    "Does the discriminator check the label?",
    "Hardly (AUROC {claims[0][ours]:.3f}), unless it is shown wrong pairs",
)
KEPT = ("matching-0_generator",)
