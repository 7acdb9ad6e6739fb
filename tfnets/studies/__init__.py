"""The studies: one module each, and the table of them all.

A study module has a docstring (question, the origin's result, command, cost), a frozen dataclass
`Settings`, a dict `SCALES` with its `tiny`, `quick` and `full` settings, and `run(run, settings,
data_dir)`, which reads from top to bottom: data, models, training, measures, figures, report.
Importing this package imports no TensorFlow.
"""

STUDIES = {
    "width_sweep": "Which of six widths of a small convolutional network underfits, fits or "
    "overfits CIFAR-10?",
    "autoencoder": "What do small convolutional autoencoders keep of a digit, and how do the "
    "classes lie in their latents?",
    "decoder_gan": "Does a generator learn faster when its weights come from a trained decoder?",
    "few_labels": "With 50 labels, does a classifier on an autoencoder's latents beat the same "
    "classifier on pixels?",
}
"""Name of each study and its question."""
