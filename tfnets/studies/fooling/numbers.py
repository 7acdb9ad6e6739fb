"""What study 2.3 measures: the size of a change, and what two networks see in the result."""

from pathlib import Path
from typing import Any

import numpy as np

from tfnets.datasets import pictures
from tfnets.inputs.attacks import Attacked
from tfnets.metrics import proportion
from tfnets.metrics.pictures import ssim
from tfnets.studies.fooling.challenge import Challenge, fitted, probabilities, same_class


def sizes(what: Challenge, found: Attacked) -> dict[str, Any]:
    """Size of the change and number of gradient passes, of the first image."""
    reached = np.flatnonzero(found.trace[:, 0] >= what.settings.probability)
    numbers = {
        "p_target_after": float(found.p_target_unrounded[0]),
        "linf": float(found.linf[0]),
        "l2": float(found.l2[0]),
        "ssim": float(ssim(found.originals[:1], found.images[:1], np.float32)[0]),
        "changed_pixels": int(found.changed_pixels[0]),
        "changed_values": int(found.changed_values[0]),
        "steps": int(found.iterations[0]),
    }
    return numbers | ({"steps_to_probability": int(reached[0])} if len(reached) else {})


def seen(what: Challenge, original: np.ndarray, file: Path) -> dict[str, Any]:
    """What both networks see in the original and in the PNG file as anyone would read it."""
    new = pictures.read_picture(file).pixels.reshape(original.shape)
    both = np.stack([original, new])
    before, after = probabilities(what.network, both)
    label = int(after.argmax())
    numbers = {}
    for name, own in (("source", what.source), ("target", what.target)):
        numbers |= {
            f"p_{name}_before": float(before[own]),
            f"p_{name}_after_png": float(after[own]),
        }
    numbers |= {"seen_after_png": what.name(label), "success": int(label == what.target)}
    if what.second is None:
        return numbers
    before, after = probabilities(what.second, fitted(what.second, both))
    for name, first in (("source", what.source), ("target", what.target)):
        own = same_class(what, first)
        numbers[f"second_p_{name}_before"] = float(before[own])
        numbers[f"second_p_{name}_after"] = float(after[own])
    seen = what.second.class_name(int(after.argmax())).split(",")[0]
    return numbers | {"second_seen_after": seen}


def share(hits: np.ndarray) -> dict[str, Any]:
    """Share of True among (n,), with Wilson's 95 % interval for a proportion."""
    found = proportion(hits)
    return {"share": found.mean, "ci95": found.ci95, "n": found.n}
