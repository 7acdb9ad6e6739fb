"""Classifiers trained from few labels on top of a contrastive encoder."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import keras
import numpy as np

from tfnets.datasets.batches import batches
from tfnets.datasets.draws import UNKNOWN
from tfnets.methods.labels.graph import smoothed_prior
from tfnets.methods.labels.plan import Plan
from tfnets.methods.labels.representation import encode
from tfnets.models import encoders
from tfnets.training import guidances
from tfnets.training.deformations import deformations
from tfnets.training.optimizers import Adam
from tfnets.training.semi_supervised import Guidance, SemiSupervised

COUNTED = 10_000  # images that statistics of features are taken from, at most
SPREAD = "pseudo_labels"  # the method that learns from shares that were spread over a graph


@dataclass(frozen=True)
class Method:
    """A way to learn from unlabelled images.

    It may be that normalisation keeps the encoder's statistics (`fixed`). Labelled and unlabelled
    images go through the network in batches of their own; with statistics of the batch it can be
    right on the one and mean nothing on the other.
    """

    guidance: Callable[[Plan, np.ndarray], Guidance]  # from plan and prior (classes,)
    fixed: bool = False


METHODS: Mapping[str, Method] = {  # the methods by name
    SPREAD: Method(lambda plan, _: guidances.targets(deformations(plan.gently))),
    "confident": Method(
        lambda plan, _: guidances.confident(deformations(plan.strength), plan.threshold)
    ),
    "virtual_adversarial": Method(
        lambda plan, prior: guidances.summed(
            guidances.virtual_adversarial(plan.radius),
            guidances.mutual_information(prior, plan.sureness, plan.balance),
        ),
        fixed=True,
    ),
}


def train_classifier(
    method: str,
    encoder: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    shares: np.ndarray,
    plan: Plan,
    seed: int,
) -> keras.Model:
    """Returns a classifier (n, h, w, c) -> probabilities (n, classes), by a key of `METHODS`.

    It starts from the encoder, which stays as it is, with head, order and deformations of a seed.
    Images are (n, h, w, c) in [0, 1], labels class numbers (n,), `UNKNOWN` where there is none;
    shares (n, classes) come from `Neighbours.spread`, and only `SPREAD` learns from them.
    """
    known, chosen = labels != UNKNOWN, METHODS[method]
    classes, statistics = shares.shape[1], None
    if chosen.fixed:
        features = encode(encoder, images[:COUNTED])
        statistics = features.mean(axis=0), features.var(axis=0)
    network = encoders.classifier_on(encoder, classes, seed=seed, statistics=statistics)
    shown = (images[known], labels[known])
    trainer = SemiSupervised(network, shown, deformations(plan.gently), seed=seed)
    falling = keras.optimizers.schedules.CosineDecay(plan.classifier_rate, plan.steps)
    guidance = chosen.guidance(plan, smoothed_prior(labels, classes, plan.pseudo_count))
    trainer.compile(optimizer=Adam(falling), guidance=guidance, average=plan.average)
    arrays = (images, *pseudo_labels(shares)) if method == SPREAD else (images,)
    data = batches(arrays, batch_size=min(plan.classifier_batch, len(images)), seed=seed)
    trainer.fit(data, steps_per_epoch=plan.steps, shuffle=False, verbose=0)
    return encoders.with_probabilities(trainer.classifier)


def pseudo_labels(shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole labels from shares, and how much each counts (Iscen et al. 2019, equation 11).

    Of shares (n, classes), rows of sum 1: one-hot labels (n, classes), and weights (n,) of mean 1,
    which are 1 minus the share's entropy over that of even shares, scaled.
    """
    classes = shares.shape[1]
    entropy = -np.sum(shares * np.log(np.maximum(shares, 1e-12)), axis=1)
    sureness = np.maximum(1 - entropy / np.log(classes), 0)
    mean = sureness.mean()
    weights = sureness / mean if mean > 0 else np.ones_like(sureness)
    labels = np.eye(classes, dtype=np.float32)[shares.argmax(axis=1)]
    return labels, weights.astype(np.float32)
