"""What all trainers share, and a running mean of weights, which samples better than the last."""

from collections.abc import Sequence
from typing import Self

import keras
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.startup import keep_order


class Average(tf.Module):
    """Exponential moving average of a network's weights (Yazici et al. 2019).

    The decay rises to its value from 0.1 as (1 + step) / (10 + step), so that the random start is
    forgotten soon. What is not trained, such as the moments of batch normalisation, is copied.

    Attributes:
        model: A network of the same layers, with the averaged weights.
        decay: The decay in the long run, in [0, 1).
    """

    def __init__(self, network: keras.Model, decay: float) -> None:
        """Starts from the network as it is; refuses another decay with an `InputError`."""
        super().__init__()
        if not 0 <= decay < 1:
            raise InputError(
                f"The decay of the average is {decay}; give a number from 0 to below 1, for "
                "instance 0.999."
            )
        self.decay = decay
        self.model = keras.models.clone_model(network)
        self.model.set_weights(network.get_weights())

    @classmethod
    def of(cls, network: keras.Model, decay: float, known: Self | None) -> Self:
        """Returns the known average if its decay is this one, else a new one."""
        if known is not None and known.decay == decay:
            return known
        return cls(network, decay)

    def update(self, network: keras.Model, step: tf.Tensor) -> None:
        """Moves the average towards the network's weights; `step` steps were finished."""
        done = tf.cast(step, tf.float32)
        share = 1 - tf.minimum(self.decay, (1 + done) / (10 + done))
        trained = {id(weight) for weight in network.trainable_weights}
        for mean, weight in zip(self.model.weights, network.weights, strict=True):
            value = tf.convert_to_tensor(weight)
            if id(weight) in trained:
                mean.assign_add(share * (value - mean))
            else:
                mean.assign(value)


class Trainer(keras.Model):
    """A trainer that is used through `fit`. Save its parts, not the trainer.

    `step` is a variable, and the random numbers of a step are a function of (seed, step), so that a
    checkpoint holds the whole state of training.

    Attributes:
        step: Number of finished training steps, a `tf.Variable`.
        average: The running mean of a network's weights, if `compile` asked for one.
    """

    def __init__(self, *tracked: str) -> None:
        """Takes the names of what a step reports."""
        super().__init__()
        self.step = tf.Variable(0, dtype=tf.int64, trainable=False, name="step")
        self.average: Average | None = None
        self._trackers = [keras.metrics.Mean(name) for name in tracked]

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The trackers that `fit` resets each epoch and reports."""
        return self._trackers

    def _compile(
        self,
        network: keras.Model,
        average: float | None,
        steps_per_execution: int,
        *trained: tuple[keras.optimizers.Optimizer, Sequence[keras.Variable]],
    ) -> None:
        """Compiles with the last of the optimisers and their weights; the average is the network's.

        Compiling again with the same optimisers (after layers were frozen or freed) keeps their
        state: they are built over every trainable weight known at the first call. More
        `steps_per_execution` hide Python's overhead; they must divide the steps of an epoch,
        because Keras always runs all of them.
        """
        keep_order()
        super().compile(
            optimizer=trained[-1][0],
            jit_compile=False,
            steps_per_execution=steps_per_execution,
        )
        if average is not None:
            self.average = Average.of(network, average, self.average)
        for optimizer, weights in trained:
            if not optimizer.built:
                optimizer.build(weights)

    def _finish(self, network: keras.Model, *values: tf.Tensor) -> dict[str, tf.Tensor]:
        """Counts a step, moves the average towards the network and reports epoch means."""
        if self.average is not None:
            self.average.update(network, self.step)
        self.step.assign_add(1)
        for tracker, value in zip(self._trackers, values, strict=True):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in self._trackers}
