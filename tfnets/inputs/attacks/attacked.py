"""What an attack gives back."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Attacked:
    """What an attack made of n images; all images float32 in [0, 1], (n, height, width, channels).

    Attributes:
        originals: The images that were attacked, rounded to 8 bits.
        images: The new pictures: rounded to 8 bits inside the attack's bounds, and taken through
            the round trip. All numbers but `p_target_unrounded` are theirs.
        unrounded: The new images before rounding.
        source: Classes (n,) of the originals, given or seen by the network.
        target: Classes (n,) aimed at; of an untargeted attack, the classes now seen.
        success: Whether the network sees the target (untargeted: not the source), (n,) bool.
        p_source_before: p(source) of the originals, (n,).
        p_source_after: p(source) of the new pictures.
        p_target_before: p(target) of the originals.
        p_target_after: p(target) of the new pictures.
        p_target_unrounded: p(target) of the new images before rounding.
        linf: Largest change of a value, in pixel units from 0 to 1, (n,).
        l2: Root of the sum of squared changes of an image's values, (n,).
        changed_pixels: Number of pixels of which any channel has changed, (n,) int.
        changed_values: Number of values (pixel and channel) that have changed, (n,) int.
        iterations: Gradient passes made for the batch that the image was in, (n,) int.
        trace: p(target), untargeted 1 - p(source), of the image that each step began with:
            (steps, n). After an early end the last value is repeated.
        frames: The images during the attack, rounded to 8 bits: (frames, n, height, ...).
    """

    originals: np.ndarray
    images: np.ndarray
    unrounded: np.ndarray
    source: np.ndarray
    target: np.ndarray
    success: np.ndarray
    p_source_before: np.ndarray
    p_source_after: np.ndarray
    p_target_before: np.ndarray
    p_target_after: np.ndarray
    p_target_unrounded: np.ndarray
    linf: np.ndarray
    l2: np.ndarray
    changed_pixels: np.ndarray
    changed_values: np.ndarray
    iterations: np.ndarray
    trace: np.ndarray
    frames: np.ndarray


def joined(parts: Sequence[Attacked]) -> Attacked:
    """Sets the results of several batches one after the other."""
    made = {}
    for name in (field.name for field in fields(Attacked)):
        values = [getattr(part, name) for part in parts]
        made[name] = np.concatenate(values, axis=int(name in {"trace", "frames"}))
    return Attacked(**made)
