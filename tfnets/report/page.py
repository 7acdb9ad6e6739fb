"""The page: plain functions that return pieces of HTML, every text escaped."""

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfnets.errors import InputError, printable
from tfnets.files import atomic, writable
from tfnets.report.content import WHOSE, Claim, Table, by_whose, counted
from tfnets.report.look import CSS
from tfnets.report.numbers import NONE, cell, measured
from tfnets.report.reading import Finished, Picture, read_runs

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_DOT = "\N{MIDDLE DOT}"
_STUDY = ("Study", "")
_ORIGIN = ("Origin", ' data-name="Origin"')
_CLAIM = (  # columns; on narrow screens, where there is no heading, some cells name theirs
    ("Claim", ""),
    _ORIGIN,
    ("Ours [95 % interval]", ' data-name="Ours"'),
    ("Verdict", ""),
)


def build_report(
    run_dirs: Sequence[Path | str], out: Path | str, *, title: str = "Claims and measurements"
) -> Path:
    """Writes one HTML page about finished runs, with everything it shows inside it.

    Runs appear in their order, and the same ones give the same bytes. The page must end in .html;
    an existing one is replaced.

    Raises:
        InputError: No run, one that is not finished or damaged, or a place that cannot be written.
    """
    out = Path(out)
    if out.suffix.lower() != ".html" or out.is_dir():
        raise InputError(f"The report cannot be written to {out}; give a file that ends in .html.")
    page = _page(read_runs(run_dirs), title)
    writable(out.parent)
    with atomic(out) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")
    return out


def escape(text: str) -> str:
    """Returns a text of any content as HTML that shows it, in lines as they are."""
    return html.escape(printable(text, keep="\n"))


def _page(runs: Sequence[Finished], title: str) -> str:
    sections = "".join(_section(run, f"run-{number}") for number, run in enumerate(runs, 1))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(title)}</title>
<style>{CSS}</style>
</head>
<body>
<header>
<h1>{escape(title)}</h1>
<p class="facts">{_facts(runs)}</p>
{_counts(runs)}</header>
<main>
<h2>All claims</h2>
{_summary(runs)}
{sections}</main>
</body>
</html>
"""


def _facts(runs: Sequence[Finished]) -> str:
    """What made the page: each fact once, with all its values where runs differ."""
    facts: dict[str, dict[str, None]] = {}
    for run in runs:
        own = {"scale": run.config.scale, "seed": run.config.seed} | dict(run.config.versions)
        for name, value in own.items():
            facts.setdefault(name, {})[str(value)] = None
    count = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
    listed = [f"{name} {', '.join(values)}" for name, values in facts.items()]
    return escape(f" {_DOT} ".join([count, *listed]))


def _counts(runs: Sequence[Finished]) -> str:
    """A line of verdicts each for the origin's claims and ours."""
    lines = []
    for title, own in by_whose(claim for run in runs for claim in run.report.claims).items():
        labels = [_label(*one) for one in counted(claim.verdict for claim in own).items()]
        lines.append(f"<p>{title}: {' '.join(labels)}</p>\n")
    return "".join(lines)


def _summary(runs: Sequence[Finished]) -> str:
    pieces: dict[str, list[list[str]]] = {title: [] for title in WHOSE.values()}
    for number, run in enumerate(runs, 1):
        link = f'<a href="#run-{number}">{escape(run.report.title)}</a>'
        for title, claims in by_whose(run.report.claims).items():
            pieces[title] += [[link, *_claim_cells(claim)] for claim in claims]
    tables = [_claims(title, [_STUDY, *_CLAIM], rows) for title, rows in pieces.items() if rows]
    return "\n".join(tables) or "<p>No claims.</p>"


def _claims(title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> str:
    """A headed table, without the origin's column where it has nothing but dashes."""
    place = list(columns).index(_ORIGIN)
    if all(row[place] == NONE for row in rows):
        columns, *rows = ([*row[:place], *row[place + 1 :]] for row in (columns, *rows))
    return f"<h3>{title}</h3>\n{_html_table(columns, rows, 'claims')}"


def _section(run: Finished, anchor: str) -> str:
    config = run.config
    facts = f"study {config.study} {_DOT} scale {config.scale} {_DOT} seed {config.seed}"
    claims = [
        _claims(title, _CLAIM, [_claim_cells(claim, claim.note) for claim in own])
        for title, own in by_whose(run.report.claims).items()
    ]
    notes = "".join(f"<li>{escape(note)}</li>\n" for note in run.report.notes)
    pieces = [
        f"<h2>{escape(run.report.title)}</h2>",
        f'<p class="facts">{escape(facts)}</p>',
        f'<p class="question">{escape(run.report.question)}</p>',
        *claims,
        *map(_table, run.report.tables),
        *map(_figure, run.pictures),
        f"<h3>Notes</h3>\n<ul>\n{notes}</ul>" if notes else "",
        _details("Settings", config.settings),
        _details("All numbers (metrics.json)", run.metrics),
    ]
    return f'<section id="{anchor}">\n' + "\n".join(filter(None, pieces)) + "\n</section>\n"


def _claim_cells(claim: Claim, note: str = "") -> list[str]:
    small = f'<span class="note">{escape(note)}</span>' if note else ""
    return [
        escape(claim.claim) + small,
        escape(claim.origin or NONE),
        escape(measured(claim)).replace("N = ", "N&nbsp;=&nbsp;"),
        _label(claim.verdict, claim.verdict),
    ]


def _label(verdict: str, text: str) -> str:
    return f'<span class="verdict {verdict.replace(" ", "-")}">{escape(text)}</span>'


def _table(table: Table) -> str:
    columns = [[row[i] for row in table.rows] for i in range(len(table.columns))]
    kinds = [' class="number"' if _is_numeric(column) else "" for column in columns]
    rows = [[escape(cell(value)) for value in row] for row in table.rows]
    body = _html_table(list(zip(table.columns, kinds, strict=True)), rows)
    return f'<h3>{escape(table.title)}</h3>\n<div class="scroll">{body}</div>'


def _is_numeric(column: Sequence[Any]) -> bool:
    given = [value for value in column if value is not None]
    return bool(given) and all(isinstance(value, int | float) for value in given)


def _html_table(
    columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], css: str = "plain"
) -> str:
    """A table from column names with their attributes and rows of HTML."""
    head = "".join(f'<th scope="col"{more}>{escape(name)}</th>' for name, more in columns)
    lines = [
        "".join(f"<td{more}>{html}</td>" for (_, more), html in zip(columns, row, strict=True))
        for row in rows
    ]
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return (
        f'<table class="{css}">\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table>"
    )


def _figure(picture: Picture) -> str:
    caption = escape(picture.caption)
    return (
        f'<figure>\n<img width="{picture.width}" height="{picture.height}" '
        f'src="{picture.uri}" alt="{caption}">\n'
        f"<figcaption>{caption}</figcaption>\n</figure>"
    )


def _details(title: str, values: Any) -> str:
    text = json.dumps(values, indent=2, ensure_ascii=False)
    return f"<details><summary>{escape(title)}</summary>\n<pre>{escape(text)}</pre></details>"
