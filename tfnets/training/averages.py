"""A running mean of weights, which samples better than the last."""

from typing import Self

import keras
import tensorflow as tf

from tfnets.errors import InputError


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
