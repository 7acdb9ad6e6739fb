"""Study 3.1: autoencoders of digits, and what their latents know of the classes."""

QUESTION = (
    "What do small convolutional autoencoders keep of a digit, and how do the classes lie in "
    "their latents?"
)
TITLE = "Autoencoders and their latents"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "What do small autoencoders keep of a digit?",
    "Its class: {metrics[origin][knn_accuracy]:.3f} by neighbours in the origin's latents",
)
KEPT = ("origin-0_encoder", "masked-0_encoder", "deep-0_encoder", "deep-0_decoder")
