"""Study 6.5: Gibbs sampling on the unit disc."""

QUESTION = (
    "Do draws from the full conditionals give uniform points on the unit disc, and what do the "
    "report's conditionals give?"
)
TITLE = "Gibbs sampling on the unit disc"
