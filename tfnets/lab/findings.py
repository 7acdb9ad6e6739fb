"""Decides claims by intervals and by repetitions."""

from collections.abc import Sequence

import numpy as np

from tfnets.metrics import Estimate, mean_ci95, verdict
from tfnets.report.content import Claim


def above(
    claim: str, estimate: Estimate, *, threshold: float = 0.0, origin: str | None = None, note: str
) -> Claim:
    """A claim that a quantity lies above a threshold, decided by its interval."""
    decided = verdict(estimate, threshold)
    return Claim(claim, origin, estimate.mean, estimate.ci95, estimate.n, decided, note)


def decided(
    claim: str, values: np.ndarray, *, threshold: float = 0.0, origin: str | None = None, note: str
) -> Claim:
    """A claim that repeated measurements (n,) lie above a threshold; one alone decides nothing."""
    if len(values) > 1:
        estimate = mean_ci95(values)
        return above(claim, estimate, threshold=threshold, origin=origin, note=note)
    return agreed(claim, [True], ours=float(values[0]), origin=origin, note=note)


def agreed(
    claim: str,
    answers: Sequence[bool],
    *,
    ours: float | str,
    origin: str | None = None,
    note: str,
    certain: bool = False,
) -> Claim:
    """A claim that each repetition answers with yes or no; where they disagree it stays open.

    One repetition alone decides only what chance has no part in (`certain`), such as a count.
    """
    if len(answers) == 1 and not certain:
        note = f"{note}; one repetition only"
        return Claim(claim, origin, ours, None, 1, "not decidable", note)
    decision = "not decidable"
    if len(set(map(bool, answers))) == 1:
        decision = "confirmed" if answers[0] else "not confirmed"
    return Claim(claim, origin, ours, None, len(answers), decision, note)


def sure(
    claim: str, holds: bool, *, ours: float | str, origin: str | None = None, note: str
) -> Claim:
    """A claim that chance has no part in, such as a count: it holds or it does not."""
    return agreed(claim, [holds], ours=ours, origin=origin, note=note, certain=True)
