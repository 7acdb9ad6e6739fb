"""A Keras model as a list of layer calls, nested models unfolded, at any size of image."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import keras
from keras import tree

from tfnets.errors import InputError

Shape = tuple[int, ...]
"""Shape of one example: without the batch axis."""

Size = Sequence[int] | None
"""Another shape (height, width, channels) of the image than the model's own, or None."""


class UnknownLayerError(InputError):
    """Of a kind of layer, or of its setting, it is not known what its units read."""


@dataclass(frozen=True, eq=False)
class Step:
    """One output of one call of one layer. A shared layer has a step for each of its calls.

    Attributes:
        name: The layer's name; `NAME:2` for the second call, `MODEL/NAME` inside a nested model,
            `NAME[1]` for the second output.
        layer: The layer, or the operation of a model written with `keras.ops`.
        inputs: Numbers of the tensors that go in.
        output: Number of the tensor that comes out.
        node: Keras's record of the call, which has the arguments that are not tensors.
        place: Which of the call's outputs it is, from 0.
    """

    name: str
    layer: keras.Operation
    inputs: tuple[int, ...]
    output: int
    node: Any
    place: int = 0

    @property
    def kind(self) -> str:
        """Name of the layer's class."""
        return type(self.layer).__name__

    def run(self, values: Sequence[Any]) -> Any:
        """Calls the layer as `model.predict` does, on values for the tensors that go in.

        Always in inference mode: some layers, such as `RandomFlip`, act unless they are told not
        to, and what a call was recorded with does not count.
        """
        return self.outputs(values)[self.place]

    def outputs(self, values: Sequence[Any]) -> list[Any]:
        """Returns all outputs of the call, for values as in `run`."""
        known = {id(x): v for x, v in zip(self.node.input_tensors, values, strict=True)}
        args, kwargs = self.node.arguments.fill_in(known)
        symbolic = any(isinstance(value, keras.KerasTensor) for value in values)
        # Each layer takes it, whether or not its `call` does; in a copied graph it stays open.
        if isinstance(self.layer, keras.Layer) and not symbolic:
            kwargs["training"] = False
        outputs = self.layer(*args, **kwargs)
        return [outputs] if len(self.node.outputs) == 1 else tree.flatten(outputs)


@dataclass(frozen=True, eq=False)
class Graph:
    """All calls of a model, each after those it needs.

    Attributes:
        name: The model's name.
        steps: The calls.
        shapes: Shape of every tensor.
        sources: Numbers of the model's inputs.
        names: Number of the tensor that each layer call, and each nested model, puts out.
        parts: Tensor -> how many such arrays an image has, where that is not 1: an operation has
            made windows, or the like, part of the batch axis.
        batch: How many images the model takes at once; 1 if it leaves that open.
        output: Number of the tensor that the model puts out, the first of several.
    """

    name: str
    steps: tuple[Step, ...]
    shapes: tuple[Shape, ...]
    sources: tuple[int, ...]
    names: dict[str, int]
    parts: Mapping[int, Fraction] = dataclasses.field(default_factory=dict)
    batch: int = 1
    output: int = -1

    @property
    def image(self) -> int:
        """Number of the one input that is an image; InputError for none or several."""
        images = [source for source in self.sources if len(self.shapes[source]) == 3]
        if len(images) != 1:
            raise InputError(
                f"The model {self.name!r} has {len(images)} inputs of shape (height, width, "
                "channels); a receptive field needs exactly one."
            )
        return images[0]

    def is_plane(self, tensor: int) -> bool:
        """Whether a tensor has one plane (height, width, channels) per image."""
        return len(self.shapes[tensor]) == 3 and self.parts.get(tensor, 1) == 1

    def output_of(self, layer: str | keras.layers.Layer) -> int:
        """Returns the number of the tensor that a layer, or a name as in `Step.name`, puts out.

        Raises:
            InputError: No such layer, or a layer that is called several times.
        """
        if isinstance(layer, str):
            if layer not in self.names:
                known = ", ".join(self.names)
                raise InputError(f"The model {self.name!r} has no {layer!r}; it has {known}.")
            return self.names[layer]
        calls = [step for step in self.steps if step.layer is layer]
        if len(calls) == 1:
            return calls[0].output
        if calls:
            names = ", ".join(step.name for step in calls)
            raise InputError(
                f"The layer {layer.name!r} is called several times; name one: {names}."
            )
        return self.output_of(layer.name)

    def leading_to(self, target: int) -> list[Step]:
        """Returns the calls that a tensor depends on, in order."""
        wanted, steps = {target}, []
        for step in reversed(self.steps):
            if step.output in wanted:
                wanted.update(step.inputs)
                steps.append(step)
        return steps[::-1]
