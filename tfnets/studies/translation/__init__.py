"""Study 5.5: translating digits into other domains, with three links between input and output."""

QUESTION = (
    "Does a GAN that is given an image, a CycleGAN or a paired conditional GAN find the image's "
    "partner in another domain, and more easily where the domains are close?"
)
TITLE = "Translation between domains"
IN_SHORT = (
    "Which GAN finds partners in another domain?",
    "CycleGAN beats the plain GAN by {claims[3][ours]:.3f}, pairs beat both",
)
KEPT = (
    "thickened-paired-0",
    "coloured-paired-0",
    "edges-paired-0",
    "rotated_15-paired-0",
    "rotated_45-paired-0",
    "rotated_90-paired-0",
    "inverted-paired-0",
    "fashion-paired-0",
)
DATA = ("mnist", "fashion_mnist")  # what it learns from, where no setting says so
