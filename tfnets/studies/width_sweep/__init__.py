"""Study 1.1: how wide should a small convolutional network be?"""

QUESTION = (
    "Which of six widths of a small convolutional network underfits, fits or overfits CIFAR-10?"
)
TITLE = "How wide should a small convolutional network be?"
