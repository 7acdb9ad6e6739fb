"""Study 6.4: sampling by carrying one distribution to another."""

QUESTION = (
    "Does the map made of two cumulative functions turn draws of one distribution into draws of "
    "another?"
)
TITLE = "Sampling by transport"
