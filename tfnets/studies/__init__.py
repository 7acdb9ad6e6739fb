"""The studies: a folder each, and the table of them all.

In a study's folder `__init__` holds its question, title, and answer in short, `settings` what can
be set (a class `Settings` and a dict `SCALES` with its `tiny`, `quick` and `full` settings),
`study` a docstring (question, the origin's result, command, cost), its trials and `run(run,
settings, lab)`, `numbers` what is computed from their results, and `page` what it claims and draws.
Importing this package imports no TensorFlow.
"""

from importlib import import_module
from types import ModuleType

from tfnets.errors import InputError, choices

GROUPS = {
    "Classifiers": (
        "width_sweep", "linear_ablation", "single_convolution", "shuffled_pixels",
    ),
    "Autoencoders and GANs": (
        "autoencoder", "gan_priors", "decoder_gan", "conditional_gan", "wrong_labels",
        "gan_stabilisers", "dcgan", "caption_to_digit",
    ),
    "Latent space and few labels": (
        "latent_gan", "interpolation", "digit_generator", "few_labels",
    ),
    "Asking a network through its input": (
        "neuron_images", "fourier_prior", "fooling", "occlusion", "laplace_noise",
    ),
    "Repair and translation": (
        "anomaly", "denoising", "red_eye", "gan_denoising", "translation", "joint_model",
    ),
    "Theory that runs": (
        "receptive_field", "shift_invariance", "narrow_network", "transport", "gibbs",
        "gan_against_mcmc", "attention_as_convolution",
    ),
}  # fmt: skip
"""The studies in the README's order, by its headings."""

NAMES = tuple(name for group in GROUPS.values() for name in group)


def about(name: str) -> ModuleType:
    """Returns a study's package: `QUESTION`, `TITLE`, `IN_SHORT`, perhaps `SEED`, `KEPT`, `DATA`.

    `IN_SHORT` is question and answer of the README, with numbers of the reference run, of which
    the models `KEPT` are kept.
    """
    return import_module(f"{__name__}.{name}")


STUDIES: dict[str, str] = {name: about(name).QUESTION for name in NAMES}
"""Name of each study and its question."""

SCALES = ("tiny", "quick", "full")
"""What each study can be run at: seconds, minutes, the origin's scale."""


def require(name: str, scale: str = "full") -> None:
    """Refuses, with an `InputError`, what is no study or no scale."""
    if name not in STUDIES:
        raise InputError(f"There is no study called {name!r}; {choices(name, STUDIES)}.")
    if scale not in SCALES:
        raise InputError(f"There is no scale {scale!r}; {choices(scale, SCALES)}.")
