"""What a report says: claims with their verdict, tables, figures (the run's report.json)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, get_args

from matplotlib.figure import Figure

from tfnets.artifacts.run import Run
from tfnets.schema import Line, Rule

Verdict = Literal["confirmed", "not confirmed", "not decidable"]

VERDICTS = get_args(Verdict)

Whose = Literal["origin", "ours"]

WHOSE: dict[Whose, str] = {"origin": "The origin's claims", "ours": "Our own claims"}
"""Whose a claim can be, in the order shown, and the heading of such claims."""

Cell = str | float | bool | None

Cells = tuple[list[str], list[list[Cell]]]
"""Columns and rows of a table, as `Page.table` takes them after the title."""


@dataclass(frozen=True)
class Claim:
    """One claim, of the origin or our own, beside our measurement.

    Attributes:
        claim: What is claimed, as a sentence that the measurement can decide.
        origin: The origin's number or words, as printed in the report, or None.
        ours: Our number.
        ci95: Its 95 % interval [low, high], or None.
        n: Repetitions behind the interval, or None.
        verdict: `confirmed`, `not confirmed` or `not decidable`.
        note: How it was decided.
        unit: Unit of `ours`, or empty.
        whose: `origin` where the origin stated or answered it, `ours` where what is claimed, or the
            threshold, method or baseline that it is about, is our own.
    """

    claim: str
    origin: str | None
    ours: Cell
    ci95: Annotated[list[float], Rule(lambda v: len(v) == 2, "[low, high]")] | None
    n: int | None
    verdict: Verdict
    note: str = ""
    unit: str = ""
    whose: Whose = "ours"


def by_whose(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    """Returns the claims under their headings: the origin's, then ours, each if there are any."""
    claims = list(claims)
    parted = {title: [c for c in claims if c.whose == whose] for whose, title in WHOSE.items()}
    return {title: own for title, own in parted.items() if own}


def counted(verdicts: Iterable[str]) -> dict[str, str]:
    """Returns each verdict that there is, and how often: "2 confirmed"."""
    found = Counter(verdicts)
    return {verdict: f"{found[verdict]} {verdict}" for verdict in VERDICTS if found[verdict]}


@dataclass(frozen=True)
class Table:
    """A table of the report page; every row has as many cells as there are columns."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Shown:
    """A picture of the run folder, by its file name, and its caption."""

    file: Line
    caption: str


@dataclass(frozen=True)
class Report:
    """report.json."""

    question: str
    study: str
    title: str
    claims: Sequence[Claim]
    tables: Sequence[Table]
    figures: Sequence[Shown]
    notes: Sequence[str]


class Page:
    """Collects what the report page shows of a run, and saves its figures.

    Attributes:
        claims: Claims with their verdicts, in the order shown.
    """

    def __init__(self, run: Run, title: str, question: str) -> None:
        self.claims: list[Claim] = []
        self._run, self._title, self._question = run, title, question
        self._tables: list[Table] = []
        self._figures: list[Shown] = []
        self._notes: list[str] = []

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """Adds a table; every row has as many cells as there are columns."""
        self._tables.append(Table(title, list(columns), [list(row) for row in rows]))

    def figure(self, name: str, figure: Figure, caption: str) -> None:
        """Saves a figure as `name`.png in the run folder and adds it."""
        self._run.save_figure(name, figure)
        self.show(f"{name}.png", caption)

    def show(self, file: str, caption: str) -> None:
        """Adds a picture that is in the run folder already, by its file name."""
        self._figures.append(Shown(file, caption))

    def note(self, *texts: str) -> None:
        """Adds notes below the figures."""
        self._notes += texts

    def as_json(self) -> dict[str, Any]:
        """Returns report.json's content."""
        told = (self._question, self._run.config.study, self._title, self.claims)
        return asdict(Report(*told, self._tables, self._figures, self._notes))
