"""The distributions of study 6.4: from what to what draws are carried."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from tfnets.theory.transport import Analytic, Distribution, Map, PiecewiseLinear

UNIFORM, NORMAL = stats.uniform(0, 1), stats.norm(0, 1)


@dataclass(frozen=True)
class Pair:
    """A source and a target."""

    text: str  # both, as a title
    source: Distribution  # what is drawn from
    target: Distribution  # what the draws are to become
    formula: Map | None  # the map, if it is known
    ends: tuple[float, float]  # interval of the target that is drawn


def slope_map(x: np.ndarray) -> np.ndarray:
    """The origin's map, uniform -> p(s) = 1/2 + s."""
    return (-1 + np.sqrt(1 + 8 * x)) / 2


def pairs(histogram: PiecewiseLinear) -> Mapping[str, Pair]:
    """The pairs of the study by name; `histogram` is the photograph's brightness."""
    slope = Analytic(lambda s: (s + s**2) / 2, 0, 1)
    left, right = stats.norm(-2, 0.5), stats.norm(1, 0.8)
    mixture = Analytic(lambda x: 0.3 * left.cdf(x) + 0.7 * right.cdf(x))
    return {
        "slope": Pair(
            "uniform to 1/2 + s, inverted numerically", UNIFORM, slope, slope_map, (0, 1)
        ),
        "slope_formula": Pair(
            "uniform to 1/2 + s, by its formula",
            UNIFORM, Analytic(slope.cumulative, 0, 1, slope_map), slope_map, (0, 1),
        ),
        "exponential": Pair(
            "uniform to exponential", UNIFORM, stats.expon(), lambda x: -np.log1p(-x), (0, 6)
        ),
        "normal": Pair(
            "normal to another normal", NORMAL, stats.norm(2, 0.5), lambda x: 2 + x / 2, (0, 4)
        ),
        "mixture": Pair("normal to a mixture of two", NORMAL, mixture, None, (-4, 4)),
        "brightness": Pair(
            "uniform to brightness of pixels", UNIFORM, histogram, None, (0, 1)
        ),
    }  # fmt: skip


def brightness(image: np.ndarray, bins: int) -> PiecewiseLinear:
    """The histogram of a photograph's brightness."""
    return PiecewiseLinear.of_histogram(*np.histogram(image.mean(axis=-1), bins, (0, 1)))
