"""Whole jobs: a question put to a network through its input, by each side in its own way."""

import time as clock
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.task import Task, load_arrays, save_arrays
from benchmarks.threads import set_threads
from benchmarks.workload import OURS, Row, Workload

if TYPE_CHECKING:
    import keras
    import torch

    from tfnets.models.trained.networks import Network

Floats = NDArray[np.float32]

Work = Callable[[], Floats]
"""The job, from numpy images to a numpy result (n, height, width[, channels])."""


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked about.

    Attributes:
        images: Shape (n, height, width, channels), float32 in [0, 1].
        targets: One class per image (n,).
    """

    images: Floats
    targets: NDArray[np.int64]


@dataclass(frozen=True)
class Side:
    """One way of doing a job.

    Attributes:
        library: `tensorflow` or `torch`: what the network is made of, and computed with.
        start: (network, question, settings) -> the work, which is done several times.
        modules: Top-level modules that it needs.
    """

    library: str
    start: Callable[[Any, Question, Any], Work]
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Found:
    """What a side leaves of its check.

    Attributes:
        before: Logits that its network has for the question's images, (n, classes).
        result: What the job has given.
        early: What it gives with the short settings; the result if there are none.
        after: Logits that its network has for the result, if that is images; else those before.
    """

    before: Floats
    result: Floats
    early: Floats
    after: Floats


@dataclass(frozen=True)
class Job(Workload):
    """A whole job on one network, timed per job.

    Attributes:
        load: Returns the network that has the weights; only `prepare` calls it.
        keras_network: A Keras model of the same layers.
        torch_network: The same in PyTorch, with its weights in the same order.
        question: What is asked about that network.
        sides: All sides by name, ours and the references among them.
        settings: What every side is told.
        agree: (question, settings, ours, peer's) -> numbers by name, and `passed`.
        macs: (model, question, settings) -> multiply-accumulates of a job, or None.
        short: Settings of a second, shorter job for the check, if there are.
        references: See `Workload.references`.
    """

    load: "Callable[[], Network]"
    keras_network: "Callable[[], keras.Model]"
    torch_network: "Callable[[], torch.nn.Module]"
    question: "Callable[[Network], Question]"
    sides: Mapping[str, Side]
    settings: Any
    agree: Callable[[Question, Any, Found, Found], Row]
    macs: "Callable[[keras.Model, Question, Any], int | None]"
    short: Any = None
    references: Mapping[str, str] = field(default_factory=dict)
    unit: ClassVar[str] = "job"

    @property
    def peers(self) -> tuple[str, ...]:
        """All sides but ours and the references."""
        return tuple(side for side in self.sides if side not in {OURS, *self.references.values()})

    def modules(self, peer: str) -> tuple[str, ...]:
        """What the peer's side needs."""
        return self.sides[peer].modules

    def prepare(self, task: Task) -> dict[str, int | None]:
        """Writes images, targets and weights."""
        network = self.load()
        question = self.question(network)
        arrays = [question.images, question.targets, *network.model.get_weights()]
        save_arrays(task.file("initial.npz"), arrays)
        return {"macs": self.macs(network.model, question, self.settings)}

    def time(self, task: Task) -> dict[str, float]:
        """Milliseconds per job, after one that does not count."""
        network, question = self._start(task)
        work = self.sides[task.side].start(network, question, self.settings)
        work()
        begun = clock.perf_counter()
        for _ in range(task.steps):
            work()
        return {"ms": (clock.perf_counter() - begun) / task.steps * 1e3}

    def check(self, task: Task) -> Row:
        """Does the job, and the short one; leaves what `Found` says."""
        network, question = self._start(task)
        side = self.sides[task.side]
        before = _logits(network, question.images, side.library)
        result = side.start(network, question, self.settings)()
        short = self.short and side.start(network, question, self.short)()
        arrays = [before, result, result if short is None else short]
        arrays.append(_logits(network, result, side.library) if result.ndim == 4 else before)
        save_arrays(task.file(f"{task.side}.npz"), arrays)
        return {}

    def difference(self, task: Task, reference: str, results: Mapping[str, Row]) -> Row:
        """What `agree` says of two sides."""
        del results
        ours, peer = (
            Found(*load_arrays(task.file(f"{side}.npz"))) for side in (reference, task.side)
        )
        return self.agree(_prepared(task)[0], self.settings, ours, peer)

    def _start(self, task: Task) -> "tuple[keras.Model | torch.nn.Module, Question]":
        library = self.sides[task.side].library
        set_threads(library, task.threads)
        question, weights = _prepared(task)
        if library == "torch":
            return _torch(self.torch_network(), weights), question
        model = self.keras_network()
        model.set_weights(weights)
        return model, question


def judged(differences: Mapping[str, float], tolerance: Mapping[str, float]) -> Row:
    """Adds `passed`: whether none of the differences exceeds its tolerance; nan does."""
    passed = all(differences[name] <= most for name, most in tolerance.items())
    return {**differences, "passed": passed}


def _prepared(task: Task) -> tuple[Question, list[np.ndarray]]:
    images, targets, *weights = load_arrays(task.file("initial.npz"))
    return Question(images, targets), weights


def _torch(network: "torch.nn.Module", weights: list[np.ndarray]) -> "torch.nn.Module":
    """The network as it is fastest here: no gradients by weights, channels last."""
    import torch

    from benchmarks import torch_weights

    torch_weights.load(network, weights)
    network.eval().requires_grad_(False)
    return network.to(memory_format=torch.channels_last)


def _logits(network: Any, images: Floats, library: str) -> Floats:
    if library == "tensorflow":
        return network(images, training=False).numpy()
    import torch

    from benchmarks.torch_weights import planes

    with torch.no_grad():
        return network(planes(images)).numpy()
