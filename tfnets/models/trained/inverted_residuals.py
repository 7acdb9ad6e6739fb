"""Networks of inverted residual blocks (Sandler et al. 2018), as EfficientNet-Lite and MobileNetV2.

They are made for looking into: batch normalisation is folded into the convolutions, so that there
is a bias instead, and each convolution and its ReLU6 are layers of their own (`NAME`,
`NAME_relu`), so that a unit can be asked for before its ReLU6 cuts it off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from keras import KerasTensor, layers
from numpy.typing import NDArray

from tfnets.errors import InputError
from tfnets.models.blocks import conv, dense, initializer

Shape = tuple[int, int, int]


@dataclass(frozen=True)
class Stage:
    """Blocks of one width; the first of them may shrink the plane.

    Attributes:
        expansion: Channels inside a block, as a multiple of those that come in.
        channels: Channels that go out.
        repeats: Number of blocks.
        stride: Stride of the first block.
        size: Edge of the depthwise kernel.
    """

    expansion: int
    channels: int
    repeats: int
    stride: int
    size: int = 3


@dataclass(frozen=True)
class Block:
    """One block of a stage: its name, own stride, and the channels that come in."""

    name: str
    stage: Stage
    stride: int
    channels: int


@dataclass(frozen=True)
class Plan:
    """What tells one of these networks from another.

    Attributes:
        name: The model's name.
        stages: The blocks; a convolution of 32 channels and stride 2 goes before them, and one of
            1,280 channels after them.
        symmetric: Whether padding is the same on both sides (torch) or one more after (TensorFlow).
        scale: What pixels in [0, 1] are multiplied by, per channel.
        offset: What is added then, per channel.
    """

    name: str
    stages: tuple[Stage, ...]
    symmetric: bool
    scale: tuple[float, float, float]
    offset: tuple[float, float, float]

    @property
    def blocks(self) -> list[Block]:
        """The blocks in order."""
        found, channels = [], 32
        for stage in self.stages:
            for repeat in range(stage.repeats):
                stride = stage.stride if repeat == 0 else 1
                found.append(Block(f"block{len(found) + 1}", stage, stride, channels))
                channels = stage.channels
        return found


def build(
    plan: Plan, seed: int = 0, *, shape: Shape = (224, 224, 3), classes: int = 1000
) -> keras.Model:
    """Builds the network with random weights, for images of at least 32 x 32 in colour.

    Returns:
        Model of images (n, *shape) in [0, 1] -> logits (n, classes). Layers are called `stem`,
        `blockN_expand`, `blockN_depthwise`, `blockN_project`, `blockN_add`, `head`, `pool`,
        `logits`, and the activations `NAME_relu`.

    Raises:
        InputError: Images that are not in colour, or smaller than 32 x 32.
    """
    if shape[2] != 3 or min(shape[:2]) < 32:
        raise InputError(
            f"{plan.name} cannot be built for images of {shape[0]}x{shape[1]}x{shape[2]}; give "
            "colour images of at least 32x32."
        )
    image = keras.Input(shape, name="image")
    x = layers.Rescaling(list(plan.scale), list(plan.offset), name="preprocess")(image)
    x = _relu6(_convolution(plan, x, 3, 2, name="stem", seed=seed, filters=32))
    for block in plan.blocks:
        x = _block(plan, x, block, seed)
    x = _relu6(conv(x, 1280, 1, name="head", seed=seed))
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(image, dense(x, classes, name="logits", seed=seed), name=plan.name)


def _block(plan: Plan, x: KerasTensor, block: Block, seed: int) -> KerasTensor:
    stage, name, shortcut = block.stage, block.name, x
    if stage.expansion > 1:
        inner = stage.expansion * block.channels
        x = _relu6(conv(x, inner, 1, name=f"{name}_expand", seed=seed))
    x = _convolution(plan, x, stage.size, block.stride, name=f"{name}_depthwise", seed=seed)
    x = conv(_relu6(x), stage.channels, 1, name=f"{name}_project", seed=seed)
    if block.stride > 1 or block.channels != stage.channels:
        return x
    return layers.Add(name=f"{name}_add")([shortcut, x])


def _convolution(
    plan: Plan, x: KerasTensor, size: int, stride: int, *, name: str, seed: int, filters: int = 0
) -> KerasTensor:
    """A padded convolution, depthwise where no filters are given."""
    settings = {"strides": stride, "padding": "same", "name": name}
    # With stride 1, `same` padding is the same on both sides.
    if stride > 1 and plan.symmetric:
        x, settings["padding"] = layers.ZeroPadding2D(size // 2, name=f"{name}_pad")(x), "valid"
    if filters:
        return conv(x, filters, size, seed=seed, **settings)
    start = initializer(seed, name)
    return layers.DepthwiseConv2D(size, depthwise_initializer=start, **settings)(x)


def _relu6(x: KerasTensor) -> KerasTensor:
    return layers.ReLU(6.0, name=f"{x._keras_history.operation.name}_relu")(x)


@dataclass(frozen=True)
class Source:
    """Where the weights of a Keras layer are in a torch state dictionary.

    Attributes:
        layer: Name of the Keras layer.
        convolution: Prefix of the convolution's `weight`, which has no bias.
        norm: Prefix of the batch normalisation's `weight`, `bias`, `running_mean`, `running_var`.
    """

    layer: str
    convolution: str
    norm: str


def import_torch(
    model: keras.Model,
    arrays: Mapping[str, NDArray],
    sources: Sequence[Source],
    logits: str,
    epsilon: float,
) -> None:
    """Puts torch's weights into a model, batch normalisation folded in.

    Args:
        model: From `build`.
        arrays: Torch's state dictionary, as `tfnets.models.trained.pickles.read_torch` reads it.
        sources: Where each convolution's weights are.
        logits: Prefix of the dense layer's `weight` and `bias`.
        epsilon: What the batch normalisation adds to the variance.

    Raises:
        InputError: An array is missing, has another shape than the layer, or is left over.
    """
    state = _State(model, arrays)
    for source in sources:
        kernel = state.take(f"{source.convolution}.weight")
        gamma, beta, mean, variance = (
            state.take(f"{source.norm}.{part}").astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        factor = gamma / np.sqrt(variance + epsilon)
        kernel = kernel * factor[:, None, None, None]
        state.put(source.layer, kernel, beta - mean * factor)
    state.put("logits", state.take(f"{logits}.weight"), state.take(f"{logits}.bias"))
    state.require_all_used()


class _State:
    """A state dictionary from which arrays are taken into a model's layers."""

    def __init__(self, model: keras.Model, arrays: Mapping[str, NDArray]) -> None:
        self._model, self._arrays = model, arrays
        self._left = {name for name in arrays if not name.endswith("num_batches_tracked")}

    def take(self, name: str) -> NDArray:
        if name not in self._arrays:
            raise InputError(
                f"The weights have no array {name!r}, which {self._model.name} needs; give the "
                "file that was published for it."
            )
        self._left.discard(name)
        return self._arrays[name]

    def put(self, layer: str, kernel: NDArray, bias: NDArray) -> None:
        """Sets a layer's weights: torch has kernels (out, in, h, w), depthwise (channels, 1, h, w).

        Both axes in front go to the back: (h, w, in, out) and (h, w, channels, 1).
        """
        target = self._model.get_layer(layer)
        if kernel.ndim == 4:
            depthwise = isinstance(target, layers.DepthwiseConv2D)
            kernel = kernel.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))
        else:
            kernel = kernel.T
        wanted = [tuple(weight.shape) for weight in target.weights]
        if [kernel.shape, bias.shape] != wanted:
            raise InputError(
                f"The weights of {layer!r} have the shapes {kernel.shape} and {bias.shape}; "
                f"{self._model.name} takes {wanted[0]} and {wanted[1]}."
            )
        target.set_weights([kernel.astype(np.float32), bias.astype(np.float32)])

    def require_all_used(self) -> None:
        if self._left:
            raise InputError(
                f"The weights have arrays that {self._model.name} does not have, such as "
                f"{min(self._left)!r}; give the file that was published for it."
            )
