"""Study 2.3: making a network see another class in a photograph."""

QUESTION = "How small a change makes a network see another class in a photograph?"
TITLE = "Fooling a network"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "How small a change fools a network?",
    "One step of 255: p(mink) {metrics[attacks][eight_bit][p_target_after_png]:.3f} in the PNG",
)
