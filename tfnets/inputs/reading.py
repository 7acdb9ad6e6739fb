"""Reading inner tensors of a model, whatever its shape: nested, branched, Sequential."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.inputs.covering.calls import calls_to, run, tensor_of
from tfnets.tracing.tracing import trace


class Reader:
    """Maps images to inner tensors of a network in inference mode.

    Nested models are unfolded and only the layers that lead to what is asked for are run, each
    once. Weights are those of the moment when the reader was made.
    """

    def __init__(self, model: keras.Model, layers: Sequence[str | None]) -> None:
        """Finds the layers, at least one, named as for `tensor_of`; a name may come twice.

        Raises:
            InputError: No name, an unknown one (near ones are listed), or a model without one
                image input (n, height, width, channels) or without a graph.
        """
        if not layers:
            raise InputError("No layer was named; give at least one, or None for the logits.")
        graph = trace(model)
        self._targets = [tensor_of(model, graph, layer) for layer in layers]
        self._image = graph.image
        self.calls = calls_to(graph, self._targets)

    def __call__(self, images: tf.Tensor) -> list[tf.Tensor]:
        """Tensors (n, ...), one per name, in order, of images (n, height, width, channels)."""
        values = run(self.calls, {self._image: images})
        return [values[target] for target in self._targets]
