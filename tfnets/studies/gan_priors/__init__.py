"""Study 3.2: one GAN, four priors of its latent vectors."""

QUESTION = (
    "Does the prior of the latent vectors change how steadily a GAN trains and how good its "
    "digits are?"
)
TITLE = "Priors of the latent vectors"
