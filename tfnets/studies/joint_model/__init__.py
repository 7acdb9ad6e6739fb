"""Study 5.6: a generator and a classifier as one joint model of latent, image and class."""

QUESTION = (
    "Does P(h) P(I | h) P(c | I) give labelled images, the probability of each class, and for a "
    "wanted class a latent vector that draws it?"
)
TITLE = "A joint model of latent, image and class"
IN_SHORT = (
    "Does P(h) P(I | h) P(c | I) give labelled images?",
    "A judge agrees with {claims[0][ours]:.3f} of the draws",
)
