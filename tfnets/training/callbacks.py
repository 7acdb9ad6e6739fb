"""Callbacks that every training shares."""

from collections.abc import Callable, Collection

import keras
from tqdm.auto import tqdm


class Progress(keras.callbacks.Callback):
    """One progress bar over all steps of a training, with the time left and the epoch's losses."""

    def __init__(self, description: str, epochs: int, steps_per_epoch: int) -> None:
        """Takes the text before the bar and the size of the whole training."""
        super().__init__()
        self._description, self._epochs, self._steps = description, epochs, steps_per_epoch
        self._bar: tqdm | None = None
        self._epoch = 0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Forgets the bar of an earlier `fit`."""
        self._bar = None

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Opens the bar; a resumed training starts at its first epoch."""
        self._epoch = epoch
        if self._bar is None:
            total, done = self._epochs * self._steps, epoch * self._steps
            self._bar = tqdm(
                total=total, initial=done, desc=self._description, unit="step", mininterval=0.5
            )

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Moves the bar to the last finished step."""
        self._move(self._epoch * self._steps + batch + 1)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Shows two of the epoch's metrics beside the bar, losses first."""
        self._move((epoch + 1) * self._steps)
        ordered = sorted((logs or {}).items(), key=lambda item: not item[0].endswith("loss"))
        shown = {name: f"{value:.4g}" for name, value in ordered[:2]}
        self._bar.set_postfix(shown, refresh=False)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Closes the bar."""
        if self._bar is not None:
            self._bar.close()

    def _move(self, position: int) -> None:
        self._bar.update(position - self._bar.n)


class AtEpochs(keras.callbacks.Callback):
    """Calls a function after chosen epochs, for instance to measure samples."""

    def __init__(self, epochs: Collection[int], action: Callable[[int], object]) -> None:
        """Takes the numbers of finished epochs (from 1) and `action(epoch)`."""
        super().__init__()
        self._epochs, self._action = frozenset(epochs), action

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Runs the action if the epoch is one of the chosen."""
        if epoch + 1 in self._epochs:
            self._action(epoch + 1)
