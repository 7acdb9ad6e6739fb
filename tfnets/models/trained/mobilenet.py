"""MobileNetV2 (Sandler et al. 2018) with the layout of torchvision's weights."""

from collections.abc import Mapping

import keras
from numpy.typing import NDArray

from tfnets.models.trained.imagenet import STANDARD_OFFSET, STANDARD_SCALE
from tfnets.models.trained.inverted_residuals import (
    Plan,
    Shape,
    Source,
    Stage,
    blocks,
    build,
    import_torch,
)

PLAN = Plan(
    name="mobilenet_v2",
    stages=(
        Stage(1, 16, 1, 1),
        Stage(6, 24, 2, 2),
        Stage(6, 32, 3, 2),
        Stage(6, 64, 4, 2),
        Stage(6, 96, 3, 1),
        Stage(6, 160, 3, 2),
        Stage(6, 320, 1, 1),
    ),
    symmetric=True,
    scale=STANDARD_SCALE,
    offset=STANDARD_OFFSET,
)
"""Expansion, channels, repeats and stride of each stage (table 2 of the paper)."""

_EPSILON = 1e-5


def mobilenet_v2(
    seed: int = 0, *, shape: Shape = (224, 224, 3), classes: int = 1000
) -> keras.Model:
    """Builds MobileNetV2 with random weights.

    Args:
        seed: Seed of the initial weights.
        shape: Image shape (height, width, 3), at least 32 x 32.
        classes: Number of classes.

    Returns:
        Model of images (n, *shape) in [0, 1] -> logits (n, classes); see
        `tfnets.models.trained.inverted_residuals.build` for the names of its layers.

    Raises:
        InputError: Images that are not in colour, or too small.
    """
    return build(PLAN, seed, shape, classes)


def import_mobilenet_v2(model: keras.Model, arrays: Mapping[str, NDArray]) -> None:
    """Puts torchvision's weights into the model, batch normalisation folded in.

    Args:
        model: From `mobilenet_v2`.
        arrays: Torchvision's state dictionary (`features.0.0.weight`, ...), as
            `tfnets.models.trained.pickles.read_torch` reads it.

    Raises:
        InputError: An array is missing, has another shape than the layer, or is left over.
    """
    import_torch(model, arrays, sources(), "classifier.1", _EPSILON)


def sources() -> list[Source]:
    """Returns where each convolution's weights are in torchvision's layout.

    A block's convolutions with ReLU6 are numbered groups of their own (`conv.0.0` and its
    normalisation `conv.0.1`); the last one, without, stands beside its normalisation.
    """
    found = [Source("stem", "features.0.0", "features.0.1")]
    for index, block in enumerate(blocks(PLAN), start=1):
        prefix, part = f"features.{index}.conv", 0
        parts = ["expand", "depthwise"] if block.stage.expansion > 1 else ["depthwise"]
        for part, name in enumerate(parts):
            groups = f"{prefix}.{part}.0", f"{prefix}.{part}.1"
            found.append(Source(f"{block.name}_{name}", *groups))
        last = f"{prefix}.{part + 1}", f"{prefix}.{part + 2}"
        found.append(Source(f"{block.name}_project", *last))
    end = f"features.{len(blocks(PLAN)) + 1}"
    return [*found, Source("head", f"{end}.0", f"{end}.1")]
