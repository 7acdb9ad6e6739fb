"""Study 3.6: what keeps a GAN from collapsing, and which gradient reaches the generator."""

QUESTION = (
    "Which changes to a plain GAN keep its modes and its gradient, and what does the noise do?"
)
TITLE = "What keeps a GAN from collapsing"
