"""The maxout layer of Goodfellow et al. (2013)."""

from typing import Any

import keras

from tfnets.errors import InputError


@keras.saving.register_keras_serializable("tfnets")
class Maxout(keras.layers.Layer):
    """Each unit is the largest of several affine functions of the input.

    h_i = max_j (x W_ij + b_ij), a convex function that is learned piece by piece (Goodfellow et al.
    2013, section 2). The pieces of a unit lie side by side: column `unit * pieces + piece`.
    """

    def __init__(
        self,
        units: int,
        pieces: int,
        *,
        kernel_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ) -> None:
        """Takes the layer's size; with 1 piece it is `Dense`.

        Raises:
            InputError: A size below 1.
        """
        super().__init__(**kwargs)
        if min(units, pieces) < 1:
            raise InputError(
                f"A maxout layer of {units} units and {pieces} pieces cannot be built; give whole "
                "numbers of at least 1."
            )
        self.units, self.pieces = units, pieces
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes kernel (features, units * pieces) and bias (units * pieces,)."""
        columns = self.units * self.pieces
        self.kernel = self.add_weight(
            (input_shape[-1], columns), initializer=self.kernel_initializer, name="kernel"
        )
        self.bias = self.add_weight((columns,), initializer="zeros", name="bias")

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """(..., features) -> (..., units)."""
        pieces = keras.ops.matmul(x, self.kernel) + self.bias
        shape = (*keras.ops.shape(x)[:-1], self.units, self.pieces)
        return keras.ops.max(keras.ops.reshape(pieces, shape), axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(..., features) -> (..., units)."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "units": self.units,
            "pieces": self.pieces,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
