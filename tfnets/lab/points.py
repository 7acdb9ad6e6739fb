"""Measurements at points of a training, each kept as a part of the run of its own.

A training that was stopped after a point is resumed without measuring there again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tfnets.artifacts.run import Run
from tfnets.training.callbacks import AtEpochs


@dataclass(frozen=True)
class Points:
    """The points of measurement of one training.

    Attributes:
        run: The run folder.
        part: Name of the training.
        epochs: Numbers of finished epochs after which is measured, ascending, from 1.
    """

    run: Run
    part: str
    epochs: Sequence[int]

    def trained(
        self, train: Callable[[], dict[str, Any]]
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Trains, unless the run has done so already.

        Args:
            train: Trains with `measuring` among its callbacks; returns JSON values.

        Returns:
            What `train` returned, and the measurement at each point.
        """
        result = self.run.part(f"train-{self.part}", train)
        return result, [self._kept(epoch, self._missing) for epoch in self.epochs]

    def measuring(self, measure: Callable[[int], dict[str, Any]]) -> AtEpochs:
        """Returns a callback that keeps `measure(epoch)` of each point."""
        return AtEpochs(self.epochs, lambda epoch: self._kept(epoch, lambda: measure(epoch)))

    def _kept(self, epoch: int, measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        return self.run.part(f"{self.part}-epoch{epoch}", measure)

    def _missing(self) -> dict[str, Any]:
        raise RuntimeError(f"The training {self.part} ended without one of its measurements.")
