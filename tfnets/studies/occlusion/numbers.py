"""The numbers of study 2.4: how maps agree, and how much of one lies on the object."""

from typing import Any

import numpy as np


def compared(heat: np.ndarray, first: np.ndarray, box: np.ndarray | None) -> dict[str, Any]:
    """A map's largest value, its correlation with the study's map, and its share in the box."""
    flat = np.ptp(heat) == 0 or np.ptp(first) == 0
    same = 0.0 if flat else float(np.corrcoef(heat.ravel(), first.ravel())[0, 1])
    within = {} if box is None else {"in_box": in_box(heat, box)}
    return {"largest": float(heat.max()), "correlation": same, **within}


def in_box(heat: np.ndarray, box: np.ndarray) -> dict[str, float]:
    """How much of a map (height, width) lies in a box: its maximum, and its mass above 0."""
    positive = np.maximum(heat, 0).astype(np.float64)
    return {
        "maximum": bool(box.flat[heat.argmax()]),
        "mass": float(positive[box].sum() / (positive.sum() or 1.0)),
        "area": float(box.mean()),
    }
