"""Whether two sides did the same training: their loss curves and their weights, compared.

Two correct sides do not agree to the bit, because float32 sums depend on their order. The
tolerances are two to five times what the order of summation alone changes (README.md has the
measured numbers) and far below what a wrong setting changes (tests/benchmarks/test_check.py).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from benchmarks.task import EARLY, WINDOW

LATE = 50
"""The last steps whose mean loss is compared."""


@dataclass(frozen=True)
class Trace:
    """What a checked side leaves.

    Attributes:
        losses: Each loss's means over windows of `WINDOW` steps.
        weights: All weights after `EARLY` steps, moving averages included, in Keras's layout.
    """

    losses: dict[str, list[float]]
    weights: list[np.ndarray]


@dataclass(frozen=True)
class Difference:
    """How far two traces are apart, or may be.

    Attributes:
        early: Largest relative difference of the window means of the first `EARLY` steps.
        update: Largest distance of an array's update after `EARLY` steps, relative to the update.
        late: Largest relative difference of the mean loss over the last `LATE` steps.
    """

    early: float
    update: float
    late: float

    def within(self, tolerance: "Difference") -> bool:
        """Whether no number exceeds the tolerance's; nan does."""
        pairs = zip(asdict(self).values(), asdict(tolerance).values(), strict=True)
        return all(mine <= allowed for mine, allowed in pairs)


TOLERANCE = Difference(early=1e-4, update=2e-2, late=2e-2)


def compare(initial: Sequence[np.ndarray], ours: Trace, peer: Trace) -> Difference:
    """Compares two trainings that started from the same weights.

    Args:
        initial: The weights that both started from.
        ours: Our side.
        peer: The other one.

    Raises:
        ValueError: The traces do not have the same losses, lengths or weights.
    """
    if ours.losses.keys() != peer.losses.keys():
        raise ValueError(f"One side has {[*ours.losses]}, the other {[*peer.losses]}.")
    curves = [(np.array(ours.losses[name]), np.array(peer.losses[name])) for name in ours.losses]
    early, late = EARLY // WINDOW, LATE // WINDOW
    return Difference(
        early=max(float(_relative(a[:early], b[:early]).max()) for a, b in curves),
        update=max(
            _update(start, a, b)
            for start, a, b in zip(initial, ours.weights, peer.weights, strict=True)
        ),
        late=max(float(_relative(a[-late:].mean(), b[-late:].mean())) for a, b in curves),
    )


def _relative(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if np.shape(a) != np.shape(b):
        raise ValueError(f"One curve has {np.shape(a)} entries, the other {np.shape(b)}.")
    return np.abs(a - b) / np.abs(b)


def _update(start: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    moved = np.linalg.norm((b - start).astype(np.float64))
    apart = np.linalg.norm((a - b).astype(np.float64))
    return float(apart / moved) if moved else float(apart > 0)
