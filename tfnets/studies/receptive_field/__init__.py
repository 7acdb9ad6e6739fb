"""Study 6.1: what a unit can see, and what a network costs."""

QUESTION = (
    "Which pixels does a unit of a network see, and are several small kernels cheaper than one "
    "large one?"
)
TITLE = "What units see and what networks cost"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "What does a unit see, and what does it cost?",
    "Three 3x3 equal one 7x7, and cost less from n = {metrics[cheaper_from][three_3x3]}",
)
