"""Small jobs: the real sides, asked about a network of two inverted residual blocks."""

from dataclasses import replace

import numpy as np

from benchmarks.job import Question
from benchmarks.task import Task
from benchmarks.workloads import attack, maximize, occlusion
from tfnets.models.trained.inverted_residuals import Plan, Stage, build
from tfnets.models.trained.networks import Network

SHAPE = (32, 32, 3)
PLAN = Plan("tiny", (Stage(1, 4, 1, 2), Stage(2, 4, 2, 1)), True, (2.0, 3.0, 4.0), (-1.0, 0, 0.5))


def network():
    model = build(PLAN, shape=SHAPE, classes=5)
    rng = np.random.default_rng(0)
    for weight in model.weights:
        if weight.path.endswith("bias"):
            weight.assign(0.1 * rng.standard_normal(weight.shape))
    kernel = model.get_layer("logits").kernel
    kernel.assign(50 * kernel)  # so that the logits depend on the image as they do after training
    return model


def torch_network():
    from torch import nn

    from benchmarks.torch_layers import PerChannel, convolution, inverted_residual, linear

    return nn.Sequential(
        PerChannel(PLAN.scale, PLAN.offset), *convolution(3, 32, 3, stride=2),
        inverted_residual(32, 4, 1, 2), *(inverted_residual(4, 4, 2, 1) for _ in range(2)),
        *convolution(4, 1280, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), linear(1280, 5),
    )  # fmt: skip


def images(n):
    return (np.random.default_rng(1).integers(0, 256, (n, *SHAPE)) / 255).astype(np.float32)


def tiny(job, n, **changes):
    """The job about the small network and n random images."""
    return replace(
        job,
        name=f"tiny_{job.name}",
        load=lambda: Network("tiny", network(), (), "made"),
        keras_network=network,
        torch_network=torch_network,
        question=lambda network: Question(images(n), np.arange(n) % 5),
        **changes,
    )


def grey(network):
    return replace(maximize.question(network), targets=np.array([3]))


ASCENT = replace(tiny(maximize.MOBILENET, 1, settings=maximize.Ascent(steps=8)), question=grey)
SLIDING = tiny(occlusion.MOBILENET, 1, settings=occlusion.Sliding(size=8, stride=4))
BUDGET = attack.Budget(epsilon=8 / 255, step=1 / 255, steps=12)
ATTACK = tiny(attack.MOBILENET, 3, settings=BUDGET, short=replace(BUDGET, steps=2))
JOBS = (ASCENT, SLIDING, ATTACK)


def task(job, folder, side="ours", action="check", steps=2):
    return Task(action, job.name, side, 0, steps, str(folder))


def difference(job, folder, side, reference="ours"):
    """Checks a side in a prepared folder and compares it with a reference checked before."""
    job.check(task(job, folder, side))
    return job.difference(task(job, folder, side), reference, {})
