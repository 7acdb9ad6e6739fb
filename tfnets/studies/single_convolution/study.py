"""Study 1.3: is one convolution enough if the network has many parameters?

Question: does one convolution with a large dense layer do as well as two convolutions with pooling,
which have a fifth of its parameters?

Origin (ran): one 5x5 convolution of 12 filters with ReLU, then dense 10, 15 epochs: about 50 %,
although it has many more parameters than the (12, 32) network of study 1.1, because each of its
units sees 5x5 pixels only.

Correct: the report counts 9,409 x 10 parameters; the dense layer alone has 94,090 (28 x 28 x 12 x
10 + 10).

Here: both trained alike over several seeds, with the receptive field of the last convolution,
parameters and multiplications of both.

Command: `tfnets run single_convolution --scale full` (some minutes on 2 cores; a third of the
origin's 15 epochs of study 1.1).
"""

from typing import Any

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.methods.classifiers.results import estimates
from tfnets.methods.classifiers.training import Training, train
from tfnets.models import classifiers
from tfnets.studies.single_convolution import page
from tfnets.studies.single_convolution.settings import SCALES, Settings
from tfnets.tracing.cost import cost
from tfnets.tracing.receptive_field import field

__all__ = ["SCALES", "Settings", "run"]

NETWORKS = {  # what builds each network (see `Training`)
    "two_convolutions": (classifiers.two_convolutions, (12, 32)),
    "single_convolution": (classifiers.single_convolution,),
}
LAST = {"two_convolutions": "pool2", "single_convolution": "conv1"}
"""The layer that the dense layer reads; its units' field is what a feature can see."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains both networks over all seeds, counts what they cost, writes the page."""
    trials = {
        name: [Training(settings, name, seed, network) for seed in run.seeds(settings.repeats)]
        for name, network in NETWORKS.items()
    }
    rows = train(run, lab, trials)
    numbers = {
        name: {"parameters": repeats[0]["parameters"]}
        | _reach(name, trials[name][0])
        | estimates(repeats, "test_accuracy", "train_accuracy", "test_loss")
        | {"seeds": len(repeats)}
        for name, repeats in rows.items()
    }
    run.finish({"networks": numbers}, page.write(run, settings, rows, numbers))


def _reach(name: str, trial: Training) -> dict[str, Any]:
    """A network's multiplications per image, and the pixels that one of its features sees."""
    network = trial.build()
    seen = field(network, LAST[name])
    return {
        "multiplications": cost(network).multiplications,
        "receptive_field": [seen.height, seen.width],
    }
