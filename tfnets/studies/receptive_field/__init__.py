"""Study 6.1: what a unit can see, and what a network costs."""

QUESTION = (
    "Which pixels does a unit of a network see, and are several small kernels cheaper than one "
    "large one?"
)
TITLE = "What units see and what networks cost"
