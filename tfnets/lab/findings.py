"""Decides claims by intervals and by repetitions; `whose` a claim is, `Claim` explains."""

from collections.abc import Sequence

import numpy as np

from tfnets.metrics import Estimate, mean_ci95, verdict
from tfnets.report.content import Claim, Whose


def above(
    claim: str,
    estimate: Estimate,
    *,
    threshold: float = 0.0,
    whose: Whose = "ours",
    origin: str | None = None,
    note: str,
) -> Claim:
    """A claim that a quantity lies above a threshold, decided by its interval."""
    decided = verdict(estimate, threshold)
    numbers = estimate.mean, estimate.ci95, estimate.n
    return Claim(claim, origin, *numbers, decided, note, whose=whose)


def decided(
    claim: str,
    values: np.ndarray,
    *,
    threshold: float = 0.0,
    whose: Whose = "ours",
    origin: str | None = None,
    note: str,
) -> Claim:
    """A claim that repeated measurements (n,) lie above a threshold; one alone decides nothing."""
    said = {"whose": whose, "origin": origin, "note": note}
    if len(values) > 1:
        return above(claim, mean_ci95(values), threshold=threshold, **said)
    return agreed(claim, [True], ours=float(values[0]), **said)


def agreed(
    claim: str,
    answers: Sequence[bool],
    *,
    ours: float | str,
    whose: Whose = "ours",
    origin: str | None = None,
    note: str,
    certain: bool = False,
) -> Claim:
    """A claim that each repetition answers with yes or no; where they disagree it stays open.

    One repetition alone decides only what chance has no part in (`certain`), such as a count.
    """
    if len(answers) == 1 and not certain:
        note = f"{note}; one repetition only"
        return Claim(claim, origin, ours, None, 1, "not decidable", note, whose=whose)
    decision = "not decidable"
    if len(set(map(bool, answers))) == 1:
        decision = "confirmed" if answers[0] else "not confirmed"
    return Claim(claim, origin, ours, None, len(answers), decision, note, whose=whose)


def sure(
    claim: str,
    holds: bool,
    *,
    ours: float | str,
    whose: Whose = "ours",
    origin: str | None = None,
    note: str,
) -> Claim:
    """A claim that chance has no part in, such as a count: it holds or it does not."""
    said = {"whose": whose, "origin": origin, "note": note}
    return agreed(claim, [holds], ours=ours, certain=True, **said)
