"""A training of a study as a value: what is trained, not where.

A trial can be pickled: it names its settings, variant and seed, the data by name, and the trials
whose results it starts from. `tfnets.lab.engine` does it in a run folder of its own, in this
process, in another one or on another machine, and takes what is in that folder into the study's.

    @final
    @dataclass(frozen=True)
    class Training(Trial):
        def train(self, measuring): ...     # trains with `measuring` among the callbacks
        def measure(self, trainer, point): ...
"""

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import keras
import numpy as np

from tfnets import datasets, models
from tfnets.artifacts.run import Run
from tfnets.models.trained.networks import Network
from tfnets.training.callbacks import AtEpochs


@dataclass(frozen=True)
class DataStore:
    """Where data sets and trained networks come from; the process that loaded one keeps it.

    The data cache is the default one if None; `load`, `(name, data_dir) -> ImageData`, can be
    pickled by its name.
    """

    data_dir: Path | str | None = None
    load: Callable[..., datasets.ImageData] = field(default_factory=lambda: datasets.load)

    def images(
        self, name: str, train: int | None = None, test: int | None = None
    ) -> datasets.ImageData:
        """Returns the first `train` and `test` images of a data set; all where None."""
        whole = _loaded(self.load, name, self.data_dir)
        train = len(whole.x_train) if train is None else train
        test = len(whole.x_test) if test is None else test
        return whole.first(train, test)

    def network(self, name: str) -> Network:
        """Returns a trained network, by what `tfnets.models.load` takes, and raises."""
        return _network(models.load, name, self.data_dir, _changed(name))


@functools.lru_cache(maxsize=4)
def _loaded(
    load: Callable[..., datasets.ImageData], name: str, data_dir: Path | str | None
) -> datasets.ImageData:
    return load(name, data_dir)


@functools.lru_cache(maxsize=4)
def _network(
    load: Callable[..., Network], name: str, data_dir: Path | str | None, changed: Sequence[int]
) -> Network:
    del changed  # A file that was written again is loaded again.
    return load(name, data_dir=data_dir)


def _changed(name: str) -> tuple[int, ...]:
    """When the file that a network's name leads to, also as `alexnet:FILE`, was written last."""
    places = (Path(name), Path(name.partition(":")[2]))
    return tuple(place.stat().st_mtime_ns for place in places if place.is_file())


@dataclass(frozen=True)
class Work(ABC):
    """What can be done in a run folder of its own: a training, a measurement, a whole study.

    Attributes:
        settings: The study's settings, or those of a recipe.
        variant: What is done.
        seed: The seed of everything random in it.
        run: The run folder in which it is done; the engine gives it.
        store: Where its data come from; the engine gives it.
    """

    named: ClassVar[str] = "{variant}-{seed}"
    """What its `part` is called, by its attributes."""
    mark: ClassVar[str] = "train-"
    """What stands before the `part` in its `key`."""

    settings: Any
    variant: str
    seed: int
    run: Run = field(default=None, kw_only=True, repr=False, compare=False)
    store: DataStore = field(default_factory=DataStore, kw_only=True, repr=False, compare=False)

    @classmethod
    def of_each(
        cls, settings: Any, variants: Iterable[str], seeds: Iterable[int], **fields: Any
    ) -> dict[str, list[Self]]:
        """Returns one of every variant and seed, by variant; `fields` are those of one's own."""
        return {name: [cls(settings, name, seed, **fields) for seed in seeds] for name in variants}

    @property
    def part(self) -> str:
        """Its name, unique in the study, fit for a file name."""
        return self.named.format_map(vars(self))

    @property
    def key(self) -> str:
        """Name of the part of the run that marks it as done."""
        return f"{self.mark}{self.part}"

    @property
    def needs(self) -> Sequence["Work"]:
        """What must be done before; its parts, models and arrays are in `run`."""
        return ()

    @property
    def here(self) -> bool:
        """Whether it is done where the study runs, because it reads what lies there."""
        return False

    def at(self, run: Run) -> Self:
        """Returns the same with a run folder."""
        return replace(self, run=run)

    @abstractmethod
    def do(self) -> None:
        """Does in `run` what is not there yet, the part `key` last."""

    def result(self, run: Run) -> dict[str, Any]:
        """Returns the part `key` of a run that has this done."""
        return run.part(self.key, _missing)


class Measurement(Work):
    """Numbers of what is there already, one part of its own name."""

    mark = ""

    @abstractmethod
    def measure(self) -> dict[str, Any]:
        """Returns JSON values; may save arrays in `run` before."""

    def do(self) -> None:
        """Measures, if that is not done yet."""
        self.run.part(self.key, self.measure)


class Trial(Work):
    """One training, with measurements on the way."""

    @property
    def points(self) -> Sequence[int]:
        """Points of measurement, in finished epochs, ascending from 1."""
        return ()

    @abstractmethod
    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains, with `measuring` among the callbacks, and saves models in `run`.

        Returns JSON values: what is known at the end only.
        """

    def measure(self, trainer: keras.Model, point: int) -> dict[str, Any]:
        """Returns JSON values of the trainer as it is at a point of measurement."""
        raise NotImplementedError(f"{type(self).__name__} has points, but measures nothing.")

    def do(self) -> None:
        """Trains and measures what is not there yet."""
        self.run.part(self.key, lambda: self.train(_Measuring(self.points, self._measured)))

    def measured(self, run: Run) -> list[dict[str, Any]]:
        """Returns the measurement at each point, from a run that has the trial."""
        return [run.part(self._point(point), _missing) for point in self.points]

    def keep(self, point: int, samples: np.ndarray) -> None:
        """Keeps samples (n, ...) of a point for the figures, as `samples/PART-epochPOINT`."""
        self.run.save_array(f"samples/{self._point(point)}", samples)

    def _measured(self, trainer: keras.Model, point: int) -> dict[str, Any]:
        return self.run.part(self._point(point), lambda: self.measure(trainer, point))

    def _point(self, point: int) -> str:
        return f"{self.part}-epoch{point}"


class _Measuring(AtEpochs):
    """Measures the trainer that it is given to at the trial's points."""

    def __init__(
        self, points: Sequence[int], measure: Callable[[keras.Model, int], Mapping[str, Any]]
    ) -> None:
        super().__init__(points, lambda point: measure(self.model, point))


def _missing() -> dict[str, Any]:
    raise RuntimeError("A trial ended without one of its parts.")


def with_needs(trials: Sequence[Work]) -> list[Work]:
    """Returns the trials and all that they need, each once, what is needed first.

    Two different trials with one name are a `ValueError`.
    """
    ordered: dict[str, Work] = {}

    def add(trial: Work) -> None:
        for needed in trial.needs:
            add(needed)
        if ordered.setdefault(trial.key, trial) != trial:
            raise ValueError(f"Two different trials are called {trial.key}.")

    for trial in trials:
        add(trial)
    return list(ordered.values())
