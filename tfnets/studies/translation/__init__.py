"""Study 5.5: translating digits into other domains, with three links between input and output."""

QUESTION = (
    "Does a GAN that is given an image, a CycleGAN or a paired conditional GAN find the image's "
    "partner in another domain, and more easily where the domains are close?"
)
TITLE = "Translation between domains"
