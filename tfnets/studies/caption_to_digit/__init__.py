"""Study 3.8: from a sentence to a digit."""

QUESTION = (
    "Does a GAN that is given sentences draw what they say: the digit, and how thick, slanted "
    "and large it is?"
)
TITLE = "From a sentence to a digit"
IN_SHORT = (
    "Does a GAN draw what a sentence says?",
    "Yes: the named digit in {claims[0][ours]:.4f} of the pictures",
)
KEPT = ("matching-0_generator",)
DATA = ("mnist",)  # what it learns from, where no setting says so
