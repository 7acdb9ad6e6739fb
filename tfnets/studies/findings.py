"""What a study reports: claims with their verdict, tables, figures (the run's report.json)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from tfnets.metrics import Estimate, mean_ci95, verdict
from tfnets.studies import JOBS, STUDIES


@dataclass(frozen=True)
class Claim:
    """One claim of the origin beside our measurement.

    Attributes:
        claim: What is claimed, as a sentence that the measurement can decide.
        origin: The origin's number as printed in the report, or None.
        ours: Our number.
        ci95: Its 95 % interval [low, high], or None.
        n: Repetitions behind the interval, or None.
        verdict: `confirmed`, `not confirmed` or `not decidable`.
        note: How it was decided.
        unit: Unit of `ours`, or empty.
    """

    claim: str
    origin: str | None
    ours: float | str | None
    ci95: list[float] | None
    n: int | None
    verdict: str
    note: str = ""
    unit: str = ""


def above(
    claim: str, estimate: Estimate, *, threshold: float = 0.0, origin: str | None = None, note: str
) -> Claim:
    """A claim that a quantity lies above a threshold, decided by its interval."""
    ci95 = [estimate.low, estimate.high]
    decided = verdict(estimate, threshold)
    return Claim(claim, origin, estimate.mean, ci95, estimate.n, decided, note)


def decided(
    claim: str,
    values: np.ndarray,
    *,
    threshold: float = 0.0,
    origin: str | None = None,
    note: str,
) -> Claim:
    """A claim that repeated measurements (n,) lie above a threshold; one alone decides nothing."""
    if len(values) > 1:
        estimate = mean_ci95(values)
        return above(claim, estimate, threshold=threshold, origin=origin, note=note)
    return Claim(
        claim, origin, float(values[0]), None, 1, "not decidable", f"{note}; one repetition only"
    )


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


@dataclass(frozen=True)
class Table:
    """A table of the report page."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | float | int | None]]


@dataclass
class Report:
    """Collects what the report page shows of a study."""

    study: str
    title: str
    claims: list[Claim] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    figures: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def figure(self, file: str, caption: str) -> None:
        """Adds a figure of the run folder by its file name."""
        self.figures.append({"file": file, "caption": caption})

    def as_json(self) -> dict[str, Any]:
        """Returns report.json's content, with the study's question."""
        return {"question": (STUDIES | JOBS)[self.study]} | asdict(self)
