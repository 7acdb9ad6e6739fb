"""Study 5.1: finding images of a kind that an autoencoder has never seen."""

QUESTION = (
    "Does an autoencoder that has seen normal images only tell which of new ones are of another "
    "kind?"
)
TITLE = "Finding images of a kind never seen"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "Does reconstruction find what is odd?",
    "With latents and edges: AUROC {claims[1][ours]:.3f} against clothing",
)
KEPT = ("others_encoder", "others_decoder")  # models kept of the reference run
