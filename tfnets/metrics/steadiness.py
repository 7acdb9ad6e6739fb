"""How much a loss curve jitters around its own trend."""

import numpy as np
from numpy.typing import ArrayLike


def steadiness(curve: ArrayLike, window: int = 25) -> float:
    """Standard deviation of a curve around its moving mean: small means steady.

    The trend at a point is the mean of `window` points around it, itself included; the ends, where
    that window is cut, are left out. What lies on a straight line gives 0. Independent noise of
    standard deviation s gives s in expectation of the square: the factor window / (window - 1)
    makes up for the point's own share in its trend.

    Args:
        curve: Values (n,) at equal distances, n >= window.
        window: Odd number of points, at least 3.

    Raises:
        ValueError: A curve of another shape, too short or not finite, or a window that is not odd.
    """
    values = np.asarray(curve, np.float64)
    if window < 3 or window % 2 == 0:
        raise ValueError(f"The window is {window} points; give an odd number of at least 3.")
    if values.ndim != 1 or len(values) < window:
        raise ValueError(
            f"The curve has the shape {values.shape}; give at least the window's {window} points "
            "in one dimension."
        )
    if not np.isfinite(values).all():
        raise ValueError("The curve must be finite; some of it is NaN or infinite.")
    trend = np.lib.stride_tricks.sliding_window_view(values, window).mean(axis=1)
    half = window // 2
    rest = values[half : len(values) - half] - trend
    return float(np.sqrt(np.mean(rest**2) * window / (window - 1)))
