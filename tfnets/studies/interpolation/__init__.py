"""Study 4.3: from one digit to another, in an autoencoder's latents and in a GAN's."""

QUESTION = (
    "What lies between two digits: does an autoencoder pass through gradual hybrids, and does a "
    "GAN commit to one digit at each step?"
)
TITLE = "From one digit to another"
IN_SHORT = (
    "Does an autoencoder blend where a GAN commits?",
    "No: its share of unsure points differs by {claims[0][ours]:.3f}",
)
