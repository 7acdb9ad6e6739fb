"""Numbers over seeds."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from tfnets import metrics


def estimate(values: Sequence[float]) -> dict[str, Any]:
    """Mean over seeds as `{"mean", "ci95", "n"}`; one seed alone has no interval."""
    if len(values) > 1:
        return metrics.mean_ci95(np.array(values)).as_json()
    return {"mean": float(values[0]), "n": 1}


def estimates(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> dict[str, Any]:
    """Takes the named numbers of one mapping per seed, each as `estimate`."""
    return {name: estimate([row[name] for row in rows]) for name in names}


def curve(
    seeds: Iterable[Sequence[Mapping[str, Any]]],
    names: Sequence[str],
    same: Sequence[str] = ("epoch", "step"),
) -> list[dict[str, Any]]:
    """Numbers over seeds at each point of a training; each seed has the same points.

    Returns the points, each with the keys `same`, whose values are the same for all seeds, and then
    those of `names`, taken as `estimate`.
    """
    return [
        {key: rows[0][key] for key in same} | estimates(rows, names)
        for rows in zip(*seeds, strict=True)
    ]


def means(rows: Sequence[Mapping[str, float]], but: Collection[str] = ()) -> dict[str, Any]:
    """Mean of each number over seeds, with its interval where there are two seeds or more.

    Takes one mapping per seed, all with the same keys; `but` are those whose values are the same
    and are taken as they are. Returns `KEY` and `KEY_ci95` of each in their order, and `seeds`.
    """
    numbers: dict[str, Any] = {}
    for key in rows[0]:
        values = [row[key] for row in rows]
        numbers[key] = values[0] if key in but else float(np.mean(values))
        if len(values) > 1 and key not in but:
            numbers[f"{key}_ci95"] = metrics.mean_ci95(values).ci95
    return numbers | {"seeds": len(rows)}
