"""Study 1.3: is one convolution enough if the network has many parameters?"""

QUESTION = (
    "Does one convolution with a large dense layer do as well as two convolutions with pooling?"
)
TITLE = "One convolution or two?"
