"""Study 5.2: autoencoders trained to make clean images of noisy or blurred ones."""

QUESTION = (
    "How much of what noise and blur take from an image can a network give back, and more than "
    "classic denoisers do?"
)
TITLE = "Restoring noisy and blurred images"
