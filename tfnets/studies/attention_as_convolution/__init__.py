"""Study 6.8: a convolution and a dense layer as self-attention."""

QUESTION = (
    "Can self-attention compute exactly what a convolution or a dense layer computes, and what "
    "does it cost?"
)
TITLE = "Convolution and dense layer as self-attention"
