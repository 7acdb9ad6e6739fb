"""When the clock starts and stops inside a `fit`."""

import time

import keras


class Stopwatch(keras.callbacks.Callback):
    """Times the steps from the end of the warm-up on.

    The filling of a shuffle buffer, which a training pays once per epoch, falls into the warm-up.
    """

    def __init__(self, warm: int, steps: int) -> None:
        """Takes the numbers of steps before and within the timed part."""
        super().__init__()
        self._warm, self._steps = warm, steps
        self._times: dict[int, float] = {}

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Notes the time after step `batch` (from 0)."""
        if batch + 1 in (self._warm, self._warm + self._steps):
            self._times[batch + 1] = time.perf_counter()

    @property
    def milliseconds(self) -> float:
        """Per step."""
        start, end = self._times[self._warm], self._times[self._warm + self._steps]
        return (end - start) / self._steps * 1e3
