"""Study 3.6: what keeps a GAN from collapsing, and which gradient reaches the generator."""

QUESTION = (
    "Which changes to a plain GAN keep its modes and its gradient, and what does the noise do?"
)
TITLE = "What keeps a GAN from collapsing"
IN_SHORT = (
    "What keeps a GAN's modes and its gradient?",
    "Our combination: {metrics[grid][best][modes]:.0f} of 25 modes, where the plain GAN has none",
)
SEED = 3
"""Seed of the reference run: the settings were chosen with the ones before."""
KEPT = ("ring-best-3_generator", "grid-best-3_generator")
