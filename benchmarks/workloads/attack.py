"""Targeted projected gradient descent (Madry et al. 2018) on photos, L-inf."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import softmax

from benchmarks.job import Floats, Found, Job, Question, Side, Work, judged
from benchmarks.workload import OURS, Row
from benchmarks.workloads import mobilenet

if TYPE_CHECKING:
    import keras
    import torch

    from tfnets.models.trained.networks import Network

PHOTOS = ("chelsea", "coffee", "rocket", "flower")

TOLERANCE = {"network": 1e-4, "early": 0.01, "success": 0.0, "probability": 0.01, "outside": 1e-6}
"""Largest differences (see `agree`) that two sides which do the same may have."""


@dataclass(frozen=True)
class Budget:
    """How far an image may be changed, and in how many steps.

    Attributes:
        epsilon: Largest change of a value, pixels from 0 to 1.
        step: Change of a value in one step.
        steps: How many steps; all sides take them all.
    """

    epsilon: float = 2 / 255
    step: float = 0.25 / 255
    steps: int = 40


def question(network: "Network") -> Question:
    """Four photos, and the class `mink` for all of them."""
    images = mobilenet.pictures(network, *PHOTOS)
    return Question(images, np.full(len(images), 299))


def ours(network: "keras.Model", asked: Question, settings: Budget) -> Work:
    """`tfnets.inputs.attacks`; its picture before rounding to 8 bits, which the peers do not do."""
    from tfnets.inputs.attacks import PGD, Attacker

    method = PGD("linf", settings.epsilon, settings.steps, settings.step)
    attacker = Attacker(network, method)
    return lambda: attacker(asked.images, target=asked.targets, progress=False).unrounded


def foolbox_torch(network: "torch.nn.Module", asked: Question, settings: Budget) -> Work:
    """Foolbox on PyTorch."""
    import torch
    from foolbox import PyTorchModel

    from benchmarks.torch_weights import array, planes

    images, targets = planes(asked.images), torch.from_numpy(asked.targets)
    model = PyTorchModel(network, bounds=(0, 1), device="cpu")
    return lambda: array(_foolbox(model, images, targets, settings))


def foolbox_tensorflow(network: "keras.Model", asked: Question, settings: Budget) -> Work:
    """Foolbox on TensorFlow, with the network as a `tf.function`."""
    import tensorflow as tf
    from foolbox import TensorFlowModel

    images, targets = tf.constant(asked.images), tf.constant(asked.targets)
    model = TensorFlowModel(tf.function(network), bounds=(0, 1), device="/CPU:0")
    return lambda: _foolbox(model, images, targets, settings).numpy()


def _foolbox(model: object, images: object, targets: object, settings: Budget) -> object:
    from foolbox import TargetedMisclassification
    from foolbox.attacks import LinfProjectedGradientDescentAttack

    attack = LinfProjectedGradientDescentAttack(
        abs_stepsize=settings.step, steps=settings.steps, random_start=False
    )
    criterion = TargetedMisclassification(targets)
    return attack(model, images, criterion, epsilons=settings.epsilon)[1]


def art_torch(network: "torch.nn.Module", asked: Question, settings: Budget) -> Work:
    """ART on PyTorch."""
    import torch
    from art.estimators.classification import PyTorchClassifier

    shape = (asked.images.shape[3], *asked.images.shape[1:3])
    classes = network[-1].out_features
    estimator = PyTorchClassifier(
        network, torch.nn.CrossEntropyLoss(), shape, classes, clip_values=(0.0, 1.0),
        device_type="cpu",
    )  # fmt: skip
    images = asked.images.transpose(0, 3, 1, 2)
    work = _art(estimator, images, asked.targets, settings)
    return lambda: work().transpose(0, 2, 3, 1)


def art_tensorflow(network: "keras.Model", asked: Question, settings: Budget) -> Work:
    """ART on TensorFlow, with the network as a `tf.function`."""
    import keras
    import tensorflow as tf
    from art.estimators.classification import TensorFlowV2Classifier

    estimator = TensorFlowV2Classifier(
        tf.function(network), network.output.shape[1], asked.images.shape[1:],
        loss_object=keras.losses.CategoricalCrossentropy(from_logits=True), clip_values=(0.0, 1.0),
    )  # fmt: skip
    return _art(estimator, asked.images, asked.targets, settings)


def _art(estimator: object, images: Floats, targets: np.ndarray, settings: Budget) -> Work:
    from art.attacks.evasion import ProjectedGradientDescent

    attack = ProjectedGradientDescent(
        estimator, eps=settings.epsilon, eps_step=settings.step, max_iter=settings.steps,
        targeted=True, batch_size=len(images), verbose=False,
    )  # fmt: skip
    return lambda: attack.generate(images, targets)


def macs(network: "keras.Model", asked: Question, settings: Budget) -> int:
    """Each step is one pass forward and one back to the images."""
    from benchmarks.counts import layer_macs

    return settings.steps * len(asked.images) * 2 * sum(layer_macs(network))


def agree(asked: Question, settings: Budget, ours: Found, peer: Found) -> Row:
    """Compares two attacks.

    Returns:
        `network`: largest difference of the photos' logits. `early`: share of values that differ
        by half a step or more after the short job. `success`: difference of the shares of images
        taken for the target, and these as `successes`. `probability`: largest difference of an
        image's probability of the target, and the smallest on either side as `least`. `outside`:
        how far the peer's images leave the ball or [0, 1]. `passed`: none exceeds `TOLERANCE`.
    """
    successes = [_success(asked, found) for found in (ours, peer)]
    p = [_probability(asked, found) for found in (ours, peer)]
    found = {
        "network": float(np.abs(ours.before - peer.before).max()),
        "early": float(np.mean(np.abs(ours.early - peer.early) >= settings.step / 2)),
        "success": abs(successes[0] - successes[1]),
        "probability": float(np.abs(p[0] - p[1]).max()),
        "outside": _outside(asked, settings, peer),
    }
    least = [float(each.min()) for each in p]
    return {**judged(found, TOLERANCE), "successes": successes, "least": least}


def _success(asked: Question, found: Found) -> float:
    return float(np.mean(found.after.argmax(axis=1) == asked.targets))


def _probability(asked: Question, found: Found) -> Floats:
    logits = found.after.astype(np.float64)
    return softmax(logits, axis=1)[np.arange(len(logits)), asked.targets]


def _outside(asked: Question, settings: Budget, found: Found) -> float:
    images = found.result.astype(np.float64)
    far = np.abs(images - asked.images).max() - settings.epsilon
    return float(max(far, -images.min(), images.max() - 1, 0))


MOBILENET = Job(
    name="pgd_targeted",
    title="4 photos towards one class: L-inf 2/255, 40 steps, MobileNetV2, 224 x 224",
    steps=2,
    load=mobilenet.load,
    keras_network=mobilenet.keras_network,
    torch_network=mobilenet.torch_network,
    question=question,
    sides={
        OURS: Side("tensorflow", ours),
        "foolbox_torch": Side("torch", foolbox_torch, ("foolbox",)),
        "foolbox_tensorflow": Side("tensorflow", foolbox_tensorflow, ("foolbox",)),
        "art_torch": Side("torch", art_torch, ("art",)),
        "art_tensorflow": Side("tensorflow", art_tensorflow, ("art",)),
    },
    settings=Budget(),
    short=Budget(steps=3),
    agree=agree,
    macs=macs,
)
