"""Numbers of study 3.6 over its seeds."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tfnets.lab import seeds

MEASURED = ("modes", "modes_hit", "kl", "high_quality", "frechet", "gradient_early",
            "gradient_late")  # fmt: skip

FLOOR = 1e-6
"""Smaller norms of a gradient count as this one, so that their logarithm exists."""


@dataclass(frozen=True)
class Found:
    """A subject's `classes` (modes), numbers of other real samples, and of each variant's seeds."""

    classes: int
    ceiling: dict[str, Any]
    rows: dict[str, list[dict[str, Any]]]

    def values(self, variant: str, name: str) -> np.ndarray:
        """One number of a variant, one value per seed."""
        return np.array([row[name] for row in self.rows[variant]], float)

    def has(self, *variants: str) -> bool:
        """Whether all these variants were trained."""
        return all(variant in self.rows for variant in variants)


def summary(found: dict[str, Found]) -> dict[str, Any]:
    """Means over seeds with intervals, for metrics.json."""
    return {
        subject: {
            "classes": one.classes,
            "real": one.ceiling,
            **{variant: _variant(one, variant) for variant in one.rows},
        }
        for subject, one in found.items()
    }


def _variant(found: Found, variant: str) -> dict[str, Any]:
    rows, names = found.rows[variant], measured(found)
    summary = {"seeds": len(rows), "n": rows[0]["n"], "steps": rows[0]["steps"]}
    summary |= seeds.means([{name: row[name] for name in names} for row in rows])
    return summary | {
        "modes_each": [row["modes"] for row in rows],
        "collapsed_epochs": [row["collapsed"] for row in rows],
        "zero_noise": max(row["zero_noise"] for row in rows),
        "diversity": np.mean([row["diversity"] for row in rows], axis=0).tolist(),
        "gradients": np.mean([row["gradients"] for row in rows], axis=0).tolist(),
    }


def measured(found: Found) -> list[str]:
    """The names of `MEASURED` that the subject has."""
    row = next(iter(found.rows.values()))[0]
    return [name for name in MEASURED if name in row]
