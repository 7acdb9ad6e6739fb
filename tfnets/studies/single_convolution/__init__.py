"""Study 1.3: is one convolution enough if the network has many parameters?"""

QUESTION = (
    "Does one convolution with a large dense layer do as well as two convolutions with pooling?"
)
TITLE = "One convolution or two?"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "Does one convolution do as well as two with pooling?",
    "No: {claims[1][ours]:.3f} less accurate, though five times as large",
)
DATA = ("cifar10",)  # what it learns from, where no setting says so
