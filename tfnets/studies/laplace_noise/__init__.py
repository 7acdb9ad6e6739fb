"""Study 6.6: restoring images under Laplace noise by their most probable original."""

QUESTION = (
    "Does restoring with the likelihood of the noise that is there beat restoring with another?"
)
TITLE = "Restoring images under Laplace noise"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "Does the right likelihood restore better?",
    "From sigma 0.1 on: {claims[4][ours]:.2f} dB at 0.2",
)
