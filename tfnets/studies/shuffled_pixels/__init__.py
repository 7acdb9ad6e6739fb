"""Study 1.4: does a network notice when all pixels are shuffled alike?"""

QUESTION = "What does a network lose when every image has its pixels in the same other order?"
TITLE = "Images with their pixels shuffled"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "What does a network lose on shuffled pixels?",
    "A dense one nothing, a convolutional one {claims[1][ours]:.3f} of accuracy",
)
DATA = ("cifar10",)  # what it learns from, where no setting says so
