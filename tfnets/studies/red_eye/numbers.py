"""The numbers of study 5.3: over seeds, over eyes, and of one way beside another."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.metrics import Estimate
from tfnets.studies.red_eye.settings import Settings

Eyewise = dict[str, dict[str, list[float]]]
"""Way of restoring -> `redness`, `inside`, `outside` of each eye (mean over seeds)."""

KEYS = ("redness", "inside", "outside")

TOLERANCE = 0.02  # by how much the pupil's redness may exceed that of the clean eye
LEAST = 30.0  # PSNR in dB outside the pupil that counts as left alone


def over_seeds(found: Sequence[dict[str, Any]]) -> Eyewise:
    """Mean over seeds of each eye's numbers."""
    return {
        name: {
            key: np.mean([one["ways"][name][key] for one in found], axis=0).tolist() for key in row
        }
        for name, row in found[0]["ways"].items()
    }


def summary(
    settings: Settings, rows: Eyewise, found: Sequence[dict[str, Any]], portrait: dict[str, Any]
) -> dict[str, Any]:
    """Means over the eyes of each way with 95 % intervals, of the detector and the portrait."""
    keys = found[0]["detector"]
    detector = {key: float(np.mean([one["detector"][key] for one in found])) for key in keys}
    clean = np.mean([one["clean_psnr"] for one in found], axis=0)
    return {
        "ways": {name: _way(row) for name, row in rows.items()},
        "detector": detector,
        "clean_eyes": {"psnr": metrics.mean_ci95(clean).as_json()},
        "portrait": portrait,
        "images": settings.test_images,
        "seeds": settings.repeats,
    }


def tolerated(rows: Eyewise, way: str) -> Estimate:
    """`TOLERANCE` minus what the pupil's redness has beyond that of the clean eye."""
    excess = np.subtract(rows[way]["redness"], rows["clean"]["redness"])
    return metrics.mean_ci95(TOLERANCE - excess)


def nearer(rows: Eyewise, way: str, other: str) -> Estimate:
    """PSNR inside the pupil of one way minus that of another, in pairs of the same eye."""
    return metrics.paired_test(rows[way]["inside"], rows[other]["inside"]).difference


def _way(row: dict[str, list[float]]) -> dict[str, Any]:
    found = {key: metrics.mean_ci95(row[key]).as_json() for key in KEYS}
    return found | {"left_alone": float(np.mean(np.array(row["outside"]) >= LEAST))}
