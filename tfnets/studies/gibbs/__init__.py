"""Study 6.5: Gibbs sampling on the unit disc."""

QUESTION = (
    "Do draws from the full conditionals give uniform points on the unit disc, and what do the "
    "report's conditionals give?"
)
TITLE = "Gibbs sampling on the unit disc"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "Does Gibbs sampling fill the disc evenly?",
    "With the right conditionals; the report's give p = {claims[1][ours]:.0e}",
)
