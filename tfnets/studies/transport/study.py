"""Study 6.4: sampling by carrying one distribution to another.

Question: does the map made of two cumulative functions turn draws of one distribution into draws of
another, for formulas, for histograms and for the brightness of photographs?

Origin (answered): two densities are mapped onto each other by their cumulative functions; from the
uniform distribution on [0, 1] to the density p(s) = 1/2 + s the map is y = (-1 + sqrt(1 + 8 x)) /
2.

Here: the example with its formula and by numerical inversion; maps whose formula is known; a
mixture and a histogram (the brightness of a photograph), which have none. Draws of the source are
carried over and compared with the target by Kolmogorov and Smirnov's test, several seeds each;
beside them the draws as they were. Then the brightness of one photograph is given to another, and
compared with `skimage.exposure.match_histograms`. Nothing is fitted or chosen.

Command: `tfnets run transport --scale full` (about half a minute on one core).
"""

from functools import partial
from typing import Any

import numpy as np
from scipy import stats
from skimage.exposure import match_histograms

from tfnets.artifacts.run import Run
from tfnets.datasets import pictures
from tfnets.lab.engine import Lab
from tfnets.studies.transport import page
from tfnets.studies.transport.pairs import Pair, brightness, pairs
from tfnets.studies.transport.settings import SCALES, SHOWN, Settings
from tfnets.theory.transport import Distribution, match_histogram, transport

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Carries draws, compares maps with formulas, matches photographs, draws, reports."""
    photos = [pictures.photo(name, lab.data_dir).pixels for name in settings.photos]
    for name, pixels in zip(SHOWN, photos, strict=True):
        run.save_array(f"samples/{name}", pixels)
    image, reference = (pixels.astype(np.float64) for pixels in photos)
    rows = {
        name: run.part(name, partial(_carried, pair, settings, run.config.seed))
        for name, pair in pairs(brightness(reference, settings.bins)).items()
    }
    matched = run.part("photographs", partial(_matched, run, image, reference))
    numbers = {"pairs": rows, "photographs": matched}
    run.finish(numbers, page.write(run, settings, rows, matched))


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
    found = {
        "p_values": [float(test.pvalue) for test in moved],
        "distance": [float(test.statistic) for test in moved],
        "distance_before": [float(test.statistic) for test in kept],
        "rising": bool((np.diff(values) >= 0).all()),
    }
    if pair.formula is not None:
        found["formula_error"] = float(np.abs(values - pair.formula(places)).max())
    return found


def _matched(run: Run, image: np.ndarray, reference: np.ndarray) -> dict[str, Any]:
    """Our matching beside scikit-image's, in three types of pixels, and in bins."""
    ours = match_histogram(image, reference, channel_axis=-1)
    run.save_array("matched", ours.astype(np.float32))
    small = tuple(np.round(255 * one).astype(np.uint8) for one in (image, reference))
    grey = tuple(one[..., 0] for one in small)
    kinds = {
        "float64": (image, reference, -1),
        "uint8, one channel": (*grey, None),
        "uint8, by channels": (*small, -1),
    }
    gaps = {}
    for name, (first, second, axis) in kinds.items():
        theirs = match_histograms(first, second, channel_axis=axis).astype(float)
        own = match_histogram(first, second, channel_axis=axis)
        gaps[name] = float(np.abs(own - theirs).max())
    moved = np.abs(match_histogram(image, reference, channel_axis=-1, bins=256) - ours)
    return {
        "largest_difference": gaps,
        "bins_256": {"largest": float(moved.max()), "mean": float(moved.mean())},
        "distance_before": _distance(image, reference),
        "distance_after": _distance(ours, reference),
    }


def _distance(first: np.ndarray, second: np.ndarray) -> float:
    """Largest distance of the cumulative functions of any channel, at the values that occur."""
    channels = zip(*(one.reshape(-1, one.shape[-1]).T for one in (first, second)), strict=True)
    return float(max(stats.ks_2samp(*pair, method="asymp").statistic for pair in channels))
