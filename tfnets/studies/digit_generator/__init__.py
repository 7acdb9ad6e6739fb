"""Study 4.4: ask for a digit, get one."""

QUESTION = "Does the GAN in the latent space, asked for a digit, draw that digit?"
TITLE = "Ask for a digit, get one"
IN_SHORT = (
    "Does the latent GAN draw the digit asked for?",
    "Yes: {metrics[networks][improved][agreement][mean]:.4f} of 1,000 images of each digit",
)
KEPT = ("improved_gan-0_generator",)
