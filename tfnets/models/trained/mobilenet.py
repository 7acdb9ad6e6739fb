"""MobileNetV2 (Sandler et al. 2018) with the layout of torchvision's weights."""

from collections.abc import Mapping
from functools import partial

import keras
from numpy.typing import NDArray

from tfnets.models.trained.imagenet import STANDARD_OFFSET, STANDARD_SCALE
from tfnets.models.trained.inverted_residuals import Plan, Source, Stage, build, import_torch

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

mobilenet_v2 = partial(build, PLAN)
"""`build` of this network: (seed, shape, classes) -> model."""


def import_mobilenet_v2(model: keras.Model, arrays: Mapping[str, NDArray]) -> None:
    """`import_torch` with torchvision's names (`features.0.0.weight`, ...)."""
    import_torch(model, arrays, sources(), "classifier.1", epsilon=1e-5)


def sources() -> list[Source]:
    """Returns where each convolution's weights are in torchvision's layout.

    A block's convolutions with ReLU6 are numbered groups of their own (`conv.0.0` and its
    normalisation `conv.0.1`); the last one, without, stands beside its normalisation.
    """
    found = [Source("stem", "features.0.0", "features.0.1")]
    for index, block in enumerate(PLAN.blocks, start=1):
        prefix, part = f"features.{index}.conv", 0
        parts = ["expand", "depthwise"] if block.stage.expansion > 1 else ["depthwise"]
        for part, name in enumerate(parts):
            groups = f"{prefix}.{part}.0", f"{prefix}.{part}.1"
            found.append(Source(f"{block.name}_{name}", *groups))
        last = f"{prefix}.{part + 1}", f"{prefix}.{part + 2}"
        found.append(Source(f"{block.name}_project", *last))
    end = f"features.{len(PLAN.blocks) + 1}"
    return [*found, Source("head", f"{end}.0", f"{end}.1")]
