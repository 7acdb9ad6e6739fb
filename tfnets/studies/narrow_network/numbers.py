"""The numbers of study 6.3, and the points on which networks are drawn."""

import numpy as np

from tfnets.studies.narrow_network.settings import Settings


def summary(repeats: list[dict[str, float]]) -> dict[str, float]:
    """The worst error of all repetitions, the mean fit; sizes are the same in all of them."""
    columns = {key: [row[key] for row in repeats] for key in repeats[0]}
    worst = {key: max(values) for key, values in columns.items()}
    return worst | {"fit_error": float(np.mean(columns["fit_error"])), "seeds": len(repeats)}


def around(settings: Settings, points: int = 1201) -> np.ndarray:
    """Points (n,) of the interval and of what lies beside it."""
    side = settings.high - settings.low
    return np.linspace(settings.low - 0.4 * side, settings.high + 0.4 * side, points)


def plane(settings: Settings, points: int = 121) -> np.ndarray:
    """Points (n, 2) of the box and of what lies around it, row by row."""
    x = around(settings, points)
    return np.stack(np.meshgrid(x, x), axis=-1).reshape(-1, 2)
