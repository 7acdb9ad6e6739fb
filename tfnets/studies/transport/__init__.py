"""Study 6.4: sampling by carrying one distribution to another."""

QUESTION = (
    "Does the map made of two cumulative functions turn draws of one distribution into draws of "
    "another?"
)
TITLE = "Sampling by transport"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "Does the map of two CDFs carry draws over?",
    "Yes: the formula to {claims[0][ours]:.0e}",
)
