"""Study 2.2: a prior on the Fourier amplitudes of a class image."""

QUESTION = (
    "Does a prior on the Fourier amplitudes make the image that a class wants look more natural?"
)
TITLE = "A prior on Fourier amplitudes"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "Does a Fourier prior make it more natural?",
    "Yes: {claims[0][ours]:.1f} dB nearer to the spectrum of photographs",
)
