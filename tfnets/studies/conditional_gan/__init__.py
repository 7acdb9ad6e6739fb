"""Study 3.4: GANs that are asked for a digit."""

QUESTION = (
    "Do conditional GANs draw the digit that they are asked for, and does the more complex "
    "network converge faster than the simple one?"
)
TITLE = "Asking for a digit"
IN_SHORT = (
    "Do conditional GANs draw the digit asked for?",
    "Yes: in {claims[0][ours]:.4f} of images; the complex network converges faster",
)
KEPT = ("complex-0_generator",)
