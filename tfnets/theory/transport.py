"""The map that carries one distribution of numbers to another (study 6.4).

If F and G are the cumulative functions of the source and of the target, x -> G^-1(F(x)) is the one
increasing map whose values on draws of the source are draws of the target; among all maps that do
this it moves the least, for any convex cost (Villani 2003, "Topics in optimal transportation",
theorem 2.18). From the uniform distribution on [0, 1] to p(s) = 1/2 + s it is
y = (-1 + sqrt(1 + 8 x)) / 2, because G(s) = (s + s^2) / 2.

A distribution is anything with `cdf` and `ppf`, the inverse of `cdf`, so the frozen continuous
distributions of `scipy.stats` are. `Analytic` makes one of a cumulative function alone and inverts
it numerically; `PiecewiseLinear` makes one of a histogram, or of values. Where both sides have
`sf` and `isf`, as those of SciPy do, the upper half is carried through them: 1 - F keeps its
digits where F is nearly 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from tfnets.errors import InputError
from tfnets.theory.inversion import bisect

Map = Callable[[ArrayLike], np.ndarray]
"""Numbers (...) -> numbers (...)."""


class Distribution(Protocol):
    """A distribution on the line."""

    def cdf(self, x: ArrayLike) -> np.ndarray:
        """Returns the probability of values up to each x."""

    def ppf(self, p: ArrayLike) -> np.ndarray:
        """Returns the smallest x with cdf(x) >= p, for p in [0, 1]."""


@dataclass(frozen=True)
class Analytic:
    """A distribution given by its cumulative function, and the inverse if it is known.

    Attributes:
        cumulative: Non-decreasing function of arrays, 0 at `low` and 1 at `high`.
        low: Where the density begins; may be -inf.
        high: Where it ends; may be inf.
        inverse: Inverse of `cumulative` on [0, 1], or None for numerical inversion.
    """

    cumulative: Map
    low: float = -np.inf
    high: float = np.inf
    inverse: Map | None = None

    def __post_init__(self) -> None:
        """Refuses an empty support by an InputError."""
        if not self.low < self.high:
            raise InputError(
                f"The density runs from {self.low} to {self.high}; give ends with low < high."
            )

    def cdf(self, x: ArrayLike) -> np.ndarray:
        """Returns the probability of values up to each x."""
        x = np.asarray(x, float)
        inside = np.asarray(self.cumulative(np.clip(x, self.low, self.high)), float)
        return np.where(x >= self.high, 1.0, np.where(x <= self.low, 0.0, inside))

    def ppf(self, p: ArrayLike) -> np.ndarray:
        """Returns the inverse of `cdf` at each p in [0, 1], `low` at 0 and `high` at 1."""
        p = np.asarray(p, float)
        if self.inverse is None:
            return bisect(self.cdf, p, self.low, self.high)
        inside = np.asarray(self.inverse(np.clip(p, 0, 1)), float)
        return np.where(p <= 0, self.low, np.where(p >= 1, self.high, inside))


@dataclass(frozen=True, eq=False)
class PiecewiseLinear:
    """A distribution whose cumulative function is linear between given places.

    Attributes:
        places: Ascending numbers (n,), n >= 1.
        levels: Cumulative function there (n,), from at least 0 up to exactly 1. A first level above
            0 is probability that sits on the first place.
    """

    places: np.ndarray
    levels: np.ndarray

    @classmethod
    def of_histogram(cls, counts: ArrayLike, edges: ArrayLike) -> "PiecewiseLinear":
        """Makes the distribution that is even within each bin of an `np.histogram`.

        Args:
            counts: Values (or weights) per bin (n,), of at least 0.
            edges: Edges of the bins (n + 1,), ascending.

        Raises:
            InputError: Other shapes, negative counts or none at all, or edges that do not ascend.
        """
        counts, edges = np.asarray(counts, float), np.asarray(edges, float)
        if counts.ndim != 1 or edges.shape != (len(counts) + 1,) or not len(counts):
            raise InputError(
                f"The histogram has counts of shape {counts.shape} and edges of {edges.shape}; "
                "give (n,) and (n + 1,)."
            )
        fine = np.isfinite(counts).all() and np.isfinite(edges).all()
        if not fine or counts.min() < 0 or not counts.any() or np.diff(edges).min() <= 0:
            raise InputError(
                "The histogram needs counts of at least 0, one of them above, and ascending edges, "
                "all finite; mend it, for instance with np.histogram."
            )
        return cls(edges, _levels(np.concatenate([[0.0], counts])))

    @classmethod
    def of_values(cls, values: ArrayLike) -> "PiecewiseLinear":
        """Makes the distribution through (v, share of values up to v) for each value that occurs.

        Raises:
            InputError: No value, or one that is not finite.
        """
        values = np.asarray(values, float)
        if values.size == 0 or not np.isfinite(values).all():
            raise InputError("A distribution of values needs at least one, and finite ones only.")
        places, counts = np.unique(values, return_counts=True)
        return cls(places, _levels(counts))

    def cdf(self, x: ArrayLike) -> np.ndarray:
        """Returns the probability of values up to each x."""
        return np.interp(np.asarray(x, float), self.places, self.levels, left=0.0)

    def ppf(self, p: ArrayLike) -> np.ndarray:
        """Returns the inverse of `cdf` at each p; at a level that empty bins share, an edge."""
        return np.interp(np.asarray(p, float), self.levels, self.places)


def _levels(counts: np.ndarray) -> np.ndarray:
    levels = np.cumsum(counts)
    return levels / levels[-1]


def transport(source: Distribution, target: Distribution) -> Map:
    """Makes the increasing map from a continuous distribution to any; it takes arrays.

    On draws of the source it gives draws of the target. A map cannot split probability that sits on
    one point.

    Raises:
        InputError: No `cdf` or `ppf`, or a discrete source.
    """
    for name, given, method in (("source", source, "cdf"), ("target", target, "ppf")):
        if not callable(getattr(given, method, None)):
            raise InputError(
                f"The {name} has no method {method}; give an Analytic, a PiecewiseLinear or a "
                "frozen distribution of scipy.stats."
            )
    if hasattr(source, "pmf"):
        raise InputError(
            "The source is discrete, and a map cannot split a point; give a continuous one."
        )
    tails = hasattr(source, "sf") and hasattr(target, "isf")

    def carry(x: ArrayLike) -> np.ndarray:
        p = np.asarray(source.cdf(x), float)
        y = np.asarray(target.ppf(p), float)
        return np.where(p > 0.5, target.isf(source.sf(x)), y) if tails else y

    return carry


def match_histogram(
    image: ArrayLike,
    reference: ArrayLike,
    *,
    channel_axis: int | None = None,
    bins: int | None = None,
) -> np.ndarray:
    """Gives an image the distribution of values that another image has.

    Without `bins` the map is the one through the values that occur, which is what
    `skimage.exposure.match_histograms` computes: the results agree to the bit for single-channel
    images of integers or float64. They differ where scikit-image stores its result in the image's
    own type: it cuts integers off after matching channel by channel, and rounds float32.

    Args:
        image: Numbers of any shape.
        reference: Numbers of any shape; the same number of channels.
        channel_axis: Axis of channels that are matched one by one; None for all values together.
        bins: Bins of equal width for both, even within each; None for the values themselves.

    Returns:
        float64 array of the image's shape.

    Raises:
        InputError: No or infinite values, another number of channels, no such axis, or fewer than
            one bin.
    """
    image, reference = np.asarray(image, float), np.asarray(reference, float)
    if bins is not None and bins < 1:
        raise InputError(f"There are {bins} bins; give at least 1.")
    if channel_axis is None:
        return transport(_of(image, bins), _of(reference, bins))(image)
    try:
        ours, theirs = (np.moveaxis(one, channel_axis, 0) for one in (image, reference))
    except np.exceptions.AxisError as error:
        raise InputError(
            f"The images of shapes {image.shape} and {reference.shape} have no axis "
            f"{channel_axis}; give that of the channels."
        ) from error
    if len(ours) != len(theirs):
        raise InputError(
            f"The image has {len(ours)} channels and the reference {len(theirs)}; give equally "
            "many."
        )
    matched = [match_histogram(*pair, bins=bins) for pair in zip(ours, theirs, strict=True)]
    return np.moveaxis(np.stack(matched), 0, channel_axis)


def _of(values: np.ndarray, bins: int | None) -> PiecewiseLinear:
    through = PiecewiseLinear.of_values(values)
    return through if bins is None else PiecewiseLinear.of_histogram(*np.histogram(values, bins))
