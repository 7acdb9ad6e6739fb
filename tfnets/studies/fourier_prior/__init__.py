"""Study 2.2: a prior on the Fourier amplitudes of a class image."""

QUESTION = (
    "Does a prior on the Fourier amplitudes make the image that a class wants look more natural?"
)
TITLE = "A prior on Fourier amplitudes"
