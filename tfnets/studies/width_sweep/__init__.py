"""Study 1.1: how wide should a small convolutional network be?"""

QUESTION = (
    "Which of six widths of a small convolutional network underfits, fits or overfits CIFAR-10?"
)
TITLE = "How wide should a small convolutional network be?"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "How wide should a small CIFAR-10 network be?",
    "(12, 32) fits, {claims[8][ours]:.3f} right; narrower ones underfit, wider ones overfit",
)
KEPT = ("3-8-seed0", "12-32-seed0", "24-64-seed0", "48-128-seed0")  # of the reference run
DATA = ("cifar10",)  # what it learns from, where no setting says so
