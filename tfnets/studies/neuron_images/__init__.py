"""Study 2.1: the images that units of a trained network want to see."""

QUESTION = "Which image does a unit of a trained network want to see?"
TITLE = "Images that units want to see"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "Which image does a unit want to see?",
    "Of its class: a second network agrees in {claims[8][ours]:.3f}",
)
