"""Study 6.8: a convolution and a dense layer as self-attention."""

QUESTION = (
    "Can self-attention compute exactly what a convolution or a dense layer computes, and what "
    "does it cost?"
)
TITLE = "Convolution and dense layer as self-attention"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "Can attention be exactly a convolution?",
    "Yes, and a dense layer: to {claims[5][ours]:.0e} of the output",
)
