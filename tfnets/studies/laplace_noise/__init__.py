"""Study 6.6: restoring images under Laplace noise by their most probable original."""

QUESTION = (
    "Does restoring with the likelihood of the noise that is there beat restoring with another?"
)
TITLE = "Restoring images under Laplace noise"
