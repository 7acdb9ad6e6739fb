"""A loss curve finer than an epoch."""

from collections.abc import Sequence

import keras
import tensorflow as tf


class LossTrace(keras.callbacks.Callback):
    """Losses averaged over every compiled call of `steps_per_execution` steps.

    All state is in variables, so that a training resumed with `checkpoint.fit(tracked=trace.state)`
    draws the same curve.

    Attributes:
        state: The variable to be checkpointed: the curve so far.
    """

    def __init__(self, names: Sequence[str], every: int, steps_per_epoch: int, epochs: int) -> None:
        """Takes which losses are followed, keys of the logs of `fit`, and how many points come.

        `every` is the model's `steps_per_execution`; it divides `steps_per_epoch`.
        """
        super().__init__()
        self._names, self._every = tuple(names), every
        self._points = steps_per_epoch // every
        self._begin, self._sums = 0, [0.0] * len(names)
        shape = (self._points * epochs, len(names))
        self.state = {"trace": tf.Variable(tf.zeros(shape, tf.float64), trainable=False)}

    @property
    def curves(self) -> dict[str, list[float]]:
        """The loss at every point so far foreseen, by name; 0 where training has not come yet."""
        values = self.state["trace"].numpy()
        return {name: values[:, i].tolist() for i, name in enumerate(self._names)}

    @property
    def steps(self) -> list[int]:
        """Finished steps at each point."""
        count = int(self.state["trace"].shape[0])
        return [self._every * (i + 1) for i in range(count)]

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Refuses a model whose calls are of another length.

        Raises:
            ValueError: `steps_per_execution` is not `every`.
        """
        if self.model.steps_per_execution != self._every:
            raise ValueError(
                f"The model runs {self.model.steps_per_execution} steps per execution, but a point "
                f"of the curve is {self._every}; give the same number."
            )

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keras starts its running means anew."""
        self._begin, self._sums = epoch * self._points, [0.0] * len(self._names)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Adds a point: what the last call adds to the running means `logs` over the epoch."""
        done = batch + 1
        sums = [done * float(logs[name]) for name in self._names]
        row = [(new - old) / self._every for new, old in zip(sums, self._sums, strict=True)]
        place = self._begin + done // self._every - 1
        self.state["trace"].scatter_nd_update([[place]], tf.constant([row], tf.float64))
        self._sums = sums
