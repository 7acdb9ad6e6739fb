"""Study 3.1: autoencoders of digits, and what their latents know of the classes."""

QUESTION = (
    "What do small convolutional autoencoders keep of a digit, and how do the classes lie in "
    "their latents?"
)
TITLE = "Autoencoders and their latents"
