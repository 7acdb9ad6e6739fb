"""Study 2.4: what a network's answer depends on, found by covering one block at a time."""

QUESTION = "Which part of a photograph does a network's answer depend on?"
TITLE = "What a network's answer depends on"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "Which part of a photograph matters?",
    "The jellyfish's body; the map beats random order by {claims[2][ours]:.3f}",
)
