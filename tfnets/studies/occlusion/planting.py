"""Photos pasted at a known place, which an occlusion map must find (study 2.4)."""

from typing import Any

import numpy as np
import tensorflow as tf

from tfnets.artifacts.run import Run
from tfnets.studies.occlusion.covered import CoveredPhotos
from tfnets.studies.occlusion.settings import GROUNDS
from tfnets.tracing.regions import Box

SHARE = 3 / 8  # side of the pasted photo as a share of the image's shorter side
SHOWN = 4  # scenes of each ground whose maps are kept for the figure


def measure(run: Run, photos: CoveredPhotos) -> dict[str, Any]:
    """Pastes the study's photo, made small, on a plain ground and into other photos.

    The class asked for is the study's. Returns for each of `GROUNDS` places, by how much the
    pasting raises the class's logit, and which were found: the map's largest value lies in them.
    """
    count, first = photos.settings.planted, photos.images[:1]
    plain = np.broadcast_to(first.mean(axis=(1, 2), keepdims=True), first.shape)
    others = photos.images[1:] if len(photos.images) > 1 else first
    rng = np.random.default_rng(run.config.seed)
    side = max(1, round(SHARE * min(first.shape[1:3])))
    thing = shrunk(first[0], side)
    found: dict[str, Any] = {"side": side, "chance": side**2 / (first.shape[1] * first.shape[2])}
    for name, grounds in zip(GROUNDS, (plain, others), strict=True):
        under = grounds[np.arange(count) % len(grounds)]
        found[name], shown = _look(photos, under, [pasted(each, thing, rng) for each in under])
        run.save_array(f"planted-{name}", shown)
    return found


def _look(
    photos: CoveredPhotos, under: np.ndarray, made: list[tuple[np.ndarray, Box]]
) -> tuple[dict[str, Any], np.ndarray]:
    scenes, boxes = np.stack([scene for scene, _ in made]), [box for _, box in made]
    targets = np.full(len(scenes), photos.targets[0])
    found = photos.occlude(scenes, targets, read="logit", stride=max(1, photos.size // 2))
    before = np.asarray(photos.network.model(under, training=False))[:, photos.targets[0]]
    results = {
        "boxes": [[box.top, box.left, box.bottom, box.right] for box in boxes],
        "rises": (found.scores - before).tolist(),
        "found": [int(_inside(heat, box)) for heat, box in zip(found.heat, boxes, strict=True)],
    }
    return results, np.concatenate([scenes, found.heat[..., None]], axis=-1)[:SHOWN]


def shrunk(image: np.ndarray, side: int) -> np.ndarray:
    """The middle square of an image (height, width, channels), as (side, side, channels)."""
    most = min(image.shape[:2])
    top, left = ((size - most) // 2 for size in image.shape[:2])
    square = image[top : top + most, left : left + most]
    small = tf.image.resize(square, (side, side), "bicubic", antialias=True).numpy()
    return np.clip(small, 0, 1).astype(np.float32)


def pasted(
    background: np.ndarray, thing: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, Box]:
    """Puts a small image at a random place of a large one; returns the scene and the place."""
    side = thing.shape[0]
    top, left = (int(rng.integers(0, size - side + 1)) for size in background.shape[:2])
    box = Box(top, left, top + side, left + side)
    scene = background.copy()
    scene[box.slices] = thing
    return scene, box


def _inside(heat: np.ndarray, box: Box) -> bool:
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    return box.top <= row < box.bottom and box.left <= column < box.right
