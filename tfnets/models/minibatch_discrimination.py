"""A layer by which a discriminator sees how alike the examples of a batch are."""

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from tfnets.errors import InputError


@keras.saving.register_keras_serializable("tfnets")
class MinibatchDiscrimination(keras.layers.Layer):
    """Appends to each example how close the others of the batch are (Salimans et al. 2016, 3.2).

    Features f(x) (n, a) are mapped by a trained tensor T (a, kernels, dims) to M; kernel b of
    example i is the sum over the other examples j of exp(-|M_ib - M_jb|_1). The paper's sum has
    j = i in it, too, which adds 1 to every number. The output of an example depends on its batch,
    in inference as well: fakes that are all alike give themselves away, and real and generated
    examples have to be shown in batches of their own. Memory grows with n^2 x kernels x dims.
    """

    def __init__(
        self,
        kernels: int,
        dims: int,
        *,
        kernel_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ) -> None:
        """Takes how many numbers are appended, and in how many dimensions each compares.

        Raises:
            InputError: A number below 1.
        """
        super().__init__(**kwargs)
        if min(kernels, dims) < 1:
            raise InputError(
                f"Minibatch discrimination has {kernels} kernels of {dims} dimensions; give whole "
                "numbers of at least 1."
            )
        self.kernels, self.dims = kernels, dims
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes T as a matrix (a, kernels * dims)."""
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.kernels * self.dims),
            initializer=self.kernel_initializer,
            name="kernel",
        )

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Maps (n, a) to (n, a + kernels)."""
        m = ops.reshape(ops.matmul(inputs, self.kernel), (-1, self.kernels, self.dims))
        distances = ops.sum(ops.abs(m[:, None] - m[None]), axis=3)
        # An example's distance to itself is exactly 0.
        closeness = ops.sum(ops.exp(-distances), axis=1) - 1
        return ops.concatenate([inputs, closeness], axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (n, a + kernels)."""
        return (*input_shape[:-1], input_shape[-1] + self.kernels)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments, for Keras's saving."""
        return super().get_config() | {
            "kernels": self.kernels,
            "dims": self.dims,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
