"""EfficientNet-Lite0, an ImageNet network without squeeze-and-excitation (Tan and Le 2019).

The architecture is EfficientNet-B0's with ReLU6 in place of swish, as TensorFlow published it for
small devices. The weights are those of TensorFlow, in the layout of a PyTorch port.
"""

from collections.abc import Mapping
from functools import partial

import keras
from numpy.typing import NDArray

from tfnets.models.trained.inverted_residuals import Plan, Source, Stage, build, import_torch

_SCALE, _OFFSET = 255 / 128, -127 / 128  # (x - 127) / 128 for pixels x in [0, 255]
PLAN = Plan(
    name="efficientnet_lite0",
    stages=(
        Stage(1, 16, 1, 1),
        Stage(6, 24, 2, 2),
        Stage(6, 40, 2, 2, 5),
        Stage(6, 80, 3, 2),
        Stage(6, 112, 3, 1, 5),
        Stage(6, 192, 4, 2, 5),
        Stage(6, 320, 1, 1),
    ),
    symmetric=False,
    scale=(_SCALE,) * 3,
    offset=(_OFFSET,) * 3,
)
"""Expansion, channels, repeats, stride and kernel of each stage."""

efficientnet_lite0 = partial(build, PLAN)
"""`build` of this network: (seed, shape, classes) -> model."""


def import_efficientnet_lite0(model: keras.Model, arrays: Mapping[str, NDArray]) -> None:
    """`import_torch` with the names of the PyTorch port (`_conv_stem.weight`, ...)."""
    import_torch(model, arrays, sources(), "_fc", epsilon=1e-3)


def sources() -> list[Source]:
    """Returns where each convolution's weights are in the PyTorch port."""
    found = [Source("stem", "_conv_stem", "_bn0"), Source("head", "_conv_head", "_bn1")]
    for index, block in enumerate(PLAN.blocks):
        prefix = f"_blocks.{index}"
        if block.stage.expansion > 1:
            names = f"{block.name}_expand", f"{prefix}._expand_conv", f"{prefix}._bn0"
            found.append(Source(*names))
        found += [
            Source(f"{block.name}_depthwise", f"{prefix}._depthwise_conv", f"{prefix}._bn1"),
            Source(f"{block.name}_project", f"{prefix}._project_conv", f"{prefix}._bn2"),
        ]
    return found
