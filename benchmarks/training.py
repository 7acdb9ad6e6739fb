"""Trainings: data, networks and optimiser, defined once for every side."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from benchmarks.check import TOLERANCE, Trace, compare
from benchmarks.task import Task, load_arrays
from benchmarks.threads import set_threads
from benchmarks.workload import Row, Workload

if TYPE_CHECKING:
    from types import ModuleType

    import keras
    import torch

TORCH_PEERS = ("torch_eager", "torch_channels_last", "torch_compile")
KERAS = "keras_fit"
PEERS = (*TORCH_PEERS, KERAS)


@dataclass(frozen=True)
class SGD:
    """Stochastic gradient descent: `v = momentum v - rate g`, `w = w + v`."""

    rate: float
    momentum: float = 0.0


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma & Ba 2015) in Keras's form: epsilon is added to the uncorrected root."""

    rate: float
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7


@dataclass(frozen=True)
class Training(Workload):
    """A training, timed per step.

    Attributes:
        loss: `crossentropy` (of logits), `mse` (of the input's reconstruction) or `gan`
            (non-saturating, logits, one update of each network per step).
        batch_size: Examples per step.
        optimizer: What every network is trained with.
        data: Returns the arrays of equal length, images first, in the layout of Keras.
        keras_networks: `seed -> (model,)` or, for a GAN, `(generator, discriminator)`.
        torch_networks: The same networks with any weights, in the layout of PyTorch.
        latent: Size of a GAN's N(0, 1) latent vector.
        mirrored: PyTorch's networks see images turned by 180 degrees (see `torch_weights`).
        peers: Which of `PEERS` make sense.
    """

    loss: str
    batch_size: int
    optimizer: SGD | Adam
    data: Callable[[], tuple[np.ndarray, ...]]
    keras_networks: Callable[[int], "tuple[keras.Model, ...]"]
    torch_networks: Callable[[], "tuple[torch.nn.Sequential, ...]"]
    latent: int | None = None
    mirrored: bool = False
    peers: tuple[str, ...] = PEERS
    unit: ClassVar[str] = "step"

    def modules(self, peer: str) -> tuple[str, ...]:
        """PyTorch for its own sides."""
        return ("torch",) if peer in TORCH_PEERS else ()

    def prepare(self, task: Task) -> dict[str, int]:
        """Writes weights, order and latents; see `prepare.prepare`."""
        from benchmarks.prepare import prepare

        return prepare(task, self)

    def time(self, task: Task) -> dict[str, float]:
        """Milliseconds per step, after a warm-up."""
        return _sides(task).time(task, self)

    def check(self, task: Task) -> Row:
        """The losses' means over windows of steps; writes the weights after `EARLY` steps."""
        return _sides(task).check(task, self)

    def difference(self, task: Task, reference: str, results: Mapping[str, Row]) -> Row:
        """Losses and weights, compared; see `check.compare`."""
        initial = load_arrays(task.file("initial.npz"))
        ours, peer = (
            Trace(results[side], load_arrays(task.file(f"{side}.npz")))
            for side in (reference, task.side)
        )
        found = compare(initial, ours, peer)
        return {**asdict(found), "passed": found.within(TOLERANCE)}


def _sides(task: Task) -> "ModuleType":
    if task.side in TORCH_PEERS:
        from benchmarks import torch_sides as sides

        set_threads("torch", task.threads)
    else:
        from benchmarks import keras_sides as sides

        set_threads("tensorflow", task.threads)
    return sides
