"""Gradient ascent on a class's logit, from one image, without priors and movements."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.job import Floats, Found, Job, Question, Side, Work, judged
from benchmarks.task import SEED
from benchmarks.workload import OURS, Row
from benchmarks.workloads import mobilenet

if TYPE_CHECKING:
    import keras

    from tfnets.inputs.parametrizations import Parametrization
    from tfnets.models.trained.networks import Network

TOLERANCE = {"network": 1e-4, "early": 0.02, "score": 0.05}
"""Largest differences (see `agree`) that two sides which do the same may have."""


@dataclass(frozen=True)
class Ascent:
    """Steps of Adam on the pixels.

    Attributes:
        steps: How many.
        rate: Adam's learning rate. 30 steps of 0.01 from grey do not reach black or white, so that
            it makes no difference when a library clips.
    """

    steps: int = 30
    rate: float = 0.01


def question(network: "Network") -> Question:
    """Noise of 0.01 around grey, and the class `Egyptian cat`."""
    noise = np.random.default_rng(SEED).standard_normal((1, *network.input_shape))
    return Question((0.5 + 0.01 * noise).astype(np.float32), np.array([285]))


def ours(network: "keras.Model", asked: Question, settings: Ascent) -> Work:
    """`Maximizer` on the pixels."""
    import tensorflow as tf

    from tfnets.inputs.parametrizations import Parametrization, clip

    start = tf.constant(asked.images[0])
    given = Parametrization("given", lambda *_: start, lambda pixels, _: pixels, clip)
    return _maximize(network, asked, settings, given)


def tf_keras_vis(network: "keras.Model", asked: Question, settings: Ascent) -> Work:
    """`ActivationMaximization` without its modifiers and regularisers."""
    import keras
    from tf_keras_vis.activation_maximization import ActivationMaximization
    from tf_keras_vis.utils.scores import CategoricalScore

    maximization = ActivationMaximization(network, clone=False)
    score = CategoricalScore(asked.targets.tolist())

    def work() -> Floats:
        found = maximization(
            score, seed_input=asked.images, input_range=(0.0, 1.0), input_modifiers=[],
            regularizers=[], steps=settings.steps, optimizer=keras.optimizers.Adam(settings.rate),
        )  # fmt: skip
        return np.asarray(found)

    return work


def xplique(network: "keras.Model", asked: Question, settings: Ascent) -> Work:
    """`optimize` without its transformations; the image's start and normalisation are its own."""
    import keras
    import tensorflow as tf
    from xplique.features_visualizations import Objective, optimize

    logits = network.layers[-1].name
    # It takes the mean over all classes of the logit that is asked for and zeros.
    objective = Objective.neuron(
        network, logits, asked.targets.tolist(), multiplier=float(network.output.shape[1])
    )

    def work() -> Floats:
        tf.random.set_seed(SEED)
        found, _ = optimize(
            objective, keras.optimizers.Adam(settings.rate), nb_steps=settings.steps,
            use_fft=False, std=0.01, transformations=None, custom_shape=None,
        )  # fmt: skip
        return found[-1].numpy()

    return work


def as_xplique(network: "keras.Model", asked: Question, settings: Ascent) -> Work:
    """Ours with xplique's start and normalisation, to compare its result with."""
    import tensorflow as tf
    from xplique.features_visualizations.preconditioning import to_valid_rgb

    from tfnets.inputs.parametrizations import Parametrization

    tf.random.set_seed(SEED)
    start = tf.random.normal(asked.images.shape, 0.01)[0]
    given = Parametrization(
        "xplique", lambda *_: start, lambda values, _: to_valid_rgb(values), lambda values: values
    )
    return _maximize(network, asked, settings, given)


def _maximize(
    network: "keras.Model", asked: Question, settings: Ascent, given: "Parametrization"
) -> Work:
    from tfnets.inputs.maximize import Maximizer
    from tfnets.inputs.objectives import class_logit
    from tfnets.inputs.recipes import Recipe

    recipe = Recipe(given, learning_rate=settings.rate, steps=settings.steps)
    objectives = [class_logit(target) for target in asked.targets.tolist()]
    maximizer = Maximizer(network, objectives, recipe)
    return lambda: maximizer(seed=SEED, progress=False).images


def macs(network: "keras.Model", asked: Question, settings: Ascent) -> int:
    """Each step is one pass forward and one back to the image."""
    from benchmarks.counts import layer_macs

    return settings.steps * len(asked.images) * 2 * sum(layer_macs(network))


def agree(asked: Question, settings: Ascent, ours: Found, peer: Found) -> Row:
    """Compares two ascents.

    Returns:
        `network`: largest difference of the start's logits. `early`: distance of the images after
        the short job over their contrast. `score`: relative difference of the logits reached, and
        these as `scores`. `passed`: none exceeds `TOLERANCE`.
    """
    del settings
    scores = [_scores(asked, found.after) for found in (ours, peer)]
    found = {
        "network": float(np.abs(ours.before - peer.before).max()),
        "early": _apart(ours.early, peer.early),
        "score": float(np.max(np.abs(scores[0] - scores[1]) / np.abs(scores[1]))),
    }
    return {**judged(found, TOLERANCE), "scores": [float(score.mean()) for score in scores]}


def _scores(asked: Question, logits: Floats) -> Floats:
    return logits[np.arange(len(logits)), asked.targets]


def _apart(a: Floats, b: Floats) -> float:
    a, b = a.astype(np.float64), b.astype(np.float64)
    return float(np.linalg.norm(a - b) / np.linalg.norm(b - b.mean()))


MOBILENET = Job(
    name="maximize_mobilenet",
    title="one image of a class: 30 steps of Adam on a logit of MobileNetV2, 224 x 224",
    steps=2,
    load=mobilenet.load,
    keras_network=mobilenet.keras_network,
    torch_network=mobilenet.torch_network,
    question=question,
    sides={
        OURS: Side("tensorflow", ours),
        "ours_as_xplique": Side("tensorflow", as_xplique, ("xplique",)),
        "tf_keras_vis": Side("tensorflow", tf_keras_vis, ("tf_keras_vis",)),
        "xplique": Side("tensorflow", xplique, ("xplique",)),
    },
    settings=Ascent(),
    short=Ascent(steps=2),
    agree=agree,
    macs=macs,
    references={"xplique": "ours_as_xplique"},
)
