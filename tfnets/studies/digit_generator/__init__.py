"""Study 4.4: ask for a digit, get one."""

QUESTION = "Does the GAN in the latent space, asked for a digit, draw that digit?"
TITLE = "Ask for a digit, get one"
