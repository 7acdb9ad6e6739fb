"""Study 4.1: a classifier from 50 labels, on pixels and on an autoencoder's latents."""

QUESTION = (
    "With 50 labels, does a classifier on an autoencoder's latents beat the same classifier on "
    "pixels?"
)
TITLE = "A classifier from {labels} labels"
