"""Study 6.3: a shallow ReLU network as a deep one, three neurons wide."""

QUESTION = (
    "Can a shallow ReLU network be rewritten as a deep one three neurons wide, and for which "
    "inputs are the two equal?"
)
TITLE = "A shallow network as a deep narrow one"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "Can a shallow network be deep and narrow?",
    "Yes, {claims[0][ours]:.0f} neurons wide, on an interval",
)
