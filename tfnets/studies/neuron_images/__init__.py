"""Study 2.1: the images that units of a trained network want to see."""

QUESTION = "Which image does a unit of a trained network want to see?"
TITLE = "Images that units want to see"
