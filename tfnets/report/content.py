"""What a report says: claims with their verdict, tables, figures (the run's report.json)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


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
    question: str
    claims: list[Claim] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    figures: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def figure(self, file: str, caption: str) -> None:
        """Adds a figure of the run folder by its file name."""
        self.figures.append({"file": file, "caption": caption})

    def as_json(self) -> dict[str, Any]:
        """Returns report.json's content, with the study's question."""
        return {"question": self.question} | asdict(self)
