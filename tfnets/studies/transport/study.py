"""Study 6.4: sampling by carrying one distribution to another.

Question: does the map made of two cumulative functions turn draws of one distribution into draws of
another, for formulas, for histograms and for the brightness of photographs?

Origin: a theory question, with the example of the uniform distribution on [0, 1] and the density
p(s) = 1/2 + s, whose map is y = (-1 + sqrt(1 + 8 x)) / 2.

Here: the example with its formula and by numerical inversion; maps whose formula is known; a
mixture and a histogram (the brightness of a photograph), which have none. Draws of the source are
carried over and compared with the target by Kolmogorov and Smirnov's test, several seeds each;
beside them the draws as they were. Then the brightness of one photograph is given to another, and
compared with `skimage.exposure.match_histograms`. Nothing is fitted or chosen.

Command: `tfnets run transport --scale full` (about half a minute on one core).
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from scipy import stats
from skimage.exposure import match_histograms

from tfnets.artifacts.run import Run
from tfnets.datasets import pictures
from tfnets.lab.engine import Lab
from tfnets.studies.transport import page
from tfnets.studies.transport.settings import SCALES, Pair, Settings
from tfnets.theory.transport import (
    Analytic,
    Distribution,
    PiecewiseLinear,
    match_histogram,
    transport,
)

__all__ = ["SCALES", "Settings", "run"]


UNIFORM, NORMAL = stats.uniform(0, 1), stats.norm(0, 1)


def slope_map(x: np.ndarray) -> np.ndarray:
    """The origin's map, uniform -> p(s) = 1/2 + s."""
    return (-1 + np.sqrt(1 + 8 * x)) / 2


def pairs(brightness: PiecewiseLinear) -> Mapping[str, Pair]:
    """The pairs of the study by name; `brightness` is the photograph's histogram."""
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
            "uniform to brightness of pixels", UNIFORM, brightness, None, (0, 1)
        ),
    }  # fmt: skip


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Carries draws, compares maps with formulas, matches photographs, draws, reports."""
    image, reference = (
        pictures.photo(name, lab.data_dir).pixels.astype(np.float64) for name in settings.photos
    )
    every = pairs(_brightness(reference, settings.bins))
    rows = {
        name: run.part(name, partial(_carried, pair, settings, run.config.seed))
        for name, pair in every.items()
    }
    matched = run.part("photographs", partial(_matched, run, image, reference))
    page.draw(run, settings, every, image, reference)
    numbers = {"pairs": rows, "photographs": matched}
    run.finish(numbers, page.report(settings, every, rows, matched).as_json())


def _brightness(image: np.ndarray, bins: int) -> PiecewiseLinear:
    return PiecewiseLinear.of_histogram(*np.histogram(image.mean(axis=-1), bins, (0, 1)))


def draws(source: Distribution, n: int, seed: int | tuple[int, ...]) -> np.ndarray:
    """Draws n numbers of a distribution, by its inverse."""
    return np.asarray(source.ppf(np.random.default_rng(seed).random(n)))


def _carried(pair: Pair, settings: Settings, seed: int) -> dict[str, Any]:
    """Tests of carried draws, and the largest distance of the map from its formula."""
    carry = transport(pair.source, pair.target)
    kept, moved = [], []
    for number in range(seed, seed + settings.repeats):
        x = draws(pair.source, settings.test, (number, *pair.text.encode()))
        kept.append(stats.kstest(x, pair.target.cdf))
        moved.append(stats.kstest(carry(x), pair.target.cdf))
    places = pair.source.ppf((np.arange(settings.points) + 0.5) / settings.points)
    values = carry(places)
    formula = None if pair.formula is None else float(np.abs(values - pair.formula(places)).max())
    return {
        "p_values": [float(test.pvalue) for test in moved],
        "distance": [float(test.statistic) for test in moved],
        "distance_before": [float(test.statistic) for test in kept],
        "rising": bool((np.diff(values) >= 0).all()),
    } | ({} if formula is None else {"formula_error": formula})


def _matched(run: Run, image: np.ndarray, reference: np.ndarray) -> dict[str, Any]:
    """Our matching beside scikit-image's, in three types of pixels, and in bins."""
    ours = match_histogram(image, reference, channel_axis=-1)
    run.save_array("matched", ours.astype(np.float32))
    small = tuple(np.round(255 * one).astype(np.uint8) for one in (image, reference))
    grey = tuple(one[..., 0] for one in small)
    found = {
        "float64": (ours, match_histograms(image, reference, channel_axis=-1)),
        "uint8, one channel": (match_histogram(*grey), match_histograms(*grey)),
        "uint8, by channels": (
            match_histogram(*small, channel_axis=-1),
            match_histograms(*small, channel_axis=-1),
        ),
    }
    gaps = {name: float(np.abs(a - b.astype(float)).max()) for name, (a, b) in found.items()}
    binned = match_histogram(image, reference, channel_axis=-1, bins=256)
    return {
        "largest_difference": gaps,
        "bins_256": {
            "largest": float(np.abs(binned - ours).max()),
            "mean": float(np.abs(binned - ours).mean()),
        },
        "distance_before": _distance(image, reference),
        "distance_after": _distance(ours, reference),
    }


def _distance(first: np.ndarray, second: np.ndarray) -> float:
    """Largest distance of the cumulative functions of any channel, at the values that occur."""
    gaps = []
    for pair in zip(*(np.moveaxis(one, -1, 0) for one in (first, second)), strict=True):
        values = np.unique(np.concatenate([one.ravel() for one in pair]))
        shares = (
            np.searchsorted(np.sort(one.ravel()), values, side="right") / one.size for one in pair
        )
        gaps.append(np.abs(np.subtract(*shares)).max())
    return float(max(gaps))
