"""Study 5.2: autoencoders trained to make clean images of noisy or blurred ones."""

QUESTION = (
    "How much of what noise and blur take from an image can a network give back, and more than "
    "classic denoisers do?"
)
TITLE = "Restoring noisy and blurred images"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "Do networks denoise better than classic methods?",
    "Yes: by {claims[0][ours]:.2f} dB at noise 0.2",
)
KEPT = ("unet-0",)  # models kept of the reference run
