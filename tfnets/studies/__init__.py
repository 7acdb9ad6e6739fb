"""The studies: a folder each, and the table of them all.

In a study's folder `__init__` holds its question and title, `settings` what can be set (a frozen
dataclass `Settings` and a dict `SCALES` with its `tiny`, `quick` and `full` settings), `study` a
docstring (question, the origin's result, command, cost) and `run(run, settings, data_dir)`, which
reads from top to bottom: data, models, training, measures, figures, report; and `page` what it
draws and claims. Importing this package imports no TensorFlow.
"""

from importlib import import_module

NAMES = (
    "width_sweep",
    "linear_ablation",
    "single_convolution",
    "shuffled_pixels",
    "autoencoder",
    "gan_priors",
    "decoder_gan",
    "conditional_gan",
    "wrong_labels",
    "gan_stabilisers",
    "dcgan",
    "caption_to_digit",
    "latent_gan",
    "interpolation",
    "digit_generator",
    "few_labels",
    "neuron_images",
    "fourier_prior",
    "fooling",
    "occlusion",
    "laplace_noise",
    "anomaly",
    "denoising",
    "red_eye",
    "gan_denoising",
    "translation",
    "joint_model",
    "receptive_field",
    "shift_invariance",
    "narrow_network",
    "transport",
    "gibbs",
    "gan_against_mcmc",
    "attention_as_convolution",
)
"""The studies, in the README's order."""

STUDIES: dict[str, str] = {name: import_module(f"{__name__}.{name}").QUESTION for name in NAMES}
"""Name of each study and its question."""
