"""Study 1.3: is one convolution enough if the network has many parameters?

Question: does one convolution with a large dense layer do as well as two convolutions with pooling,
which have a fifth of its parameters?

Origin: one 5x5 convolution of 12 filters with ReLU, then dense 10: about 50 %, although it has many
more parameters than the (12, 32) network of study 1.1, because each of its units sees 5x5 pixels.

Correct: the report counts 9,409 x 10 parameters; the dense layer alone has 94,090 (28 x 28 x 12 x
10 + 10).

Here: both trained alike over several seeds, with the receptive field of the last convolution,
parameters and multiplications of both.

Command: `tfnets run single_convolution --scale full` (some minutes on 2 cores; a third of the
origin's 15 epochs of study 1.1).
"""

from functools import partial
from typing import Any

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.lab.seeds import estimate
from tfnets.methods.classifiers.training import Job, train
from tfnets.models import classifiers
from tfnets.studies.single_convolution import page
from tfnets.studies.single_convolution.settings import SCALES, Settings
from tfnets.tracing.cost import cost
from tfnets.tracing.receptive_field import field

__all__ = ["SCALES", "Settings", "run"]


NETWORKS = {
    "two_convolutions": partial(classifiers.two_convolutions, (12, 32)),
    "single_convolution": classifiers.single_convolution,
}
LAST = {"two_convolutions": "pool2", "single_convolution": "conv1"}
"""The layer that the dense layer reads; its units' field is what a feature can see."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains both networks over all seeds, counts what they cost, draws, reports."""
    data = datasets.load("cifar10", lab.data_dir).first(settings.train_images, settings.test_images)
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    jobs = [
        Job(f"{name}-seed{seed}", partial(build, seed), seed)
        for name, build in NETWORKS.items()
        for seed in seeds
    ]
    results = train(run, jobs, settings.recipe, data, settings.workers)
    rows = {name: [results[f"{name}-seed{seed}"] for seed in seeds] for name in NETWORKS}
    numbers = {name: _summary(name, repeats) for name, repeats in rows.items()}
    page.draw(run, rows)
    run.finish({"networks": numbers}, page.report(settings, rows, numbers).as_json())


def _summary(name: str, repeats: list[dict[str, Any]]) -> dict[str, Any]:
    """One network's numbers over its seeds, its field and its multiplications per image."""
    network = NETWORKS[name](0)
    seen = field(network, LAST[name])
    names = ("test_accuracy", "train_accuracy", "test_loss")
    return {
        "parameters": repeats[0]["parameters"],
        "multiplications": cost(network).multiplications,
        "receptive_field": [seen.height, seen.width],
        **{key: estimate([row[key] for row in repeats]) for key in names},
        "seeds": len(repeats),
    }
