"""Writes docs/results.md, and the studies' table of the README, from the reference runs.

    python scripts/results.py [--check]

Every number comes from `saved_models/reference/*/report.json` and `metrics.json`. With `--check`
nothing is written, and the exit code is 1 where a file would change.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tfnets.artifacts.reference import FOLDER
from tfnets.artifacts.run import Run
from tfnets.report.content import Claim, by_whose, counted
from tfnets.report.numbers import NONE, measured
from tfnets.report.reading import read_report
from tfnets.studies import GROUPS, about

ROOT = Path(__file__).resolve().parents[1]
README, RESULTS = ROOT / "README.md", ROOT / "docs" / "results.md"
BEGIN, END = "<!-- made by scripts/results.py -->", "<!-- until here -->"
HEAD = """# Results

Made by `python scripts/results.py` from the reference runs in
[saved_models/reference](../saved_models/reference); a test fails where it is stale. Each run is
repeated by `python scripts/reproduce.py STUDY`. [studies.md](studies.md) says what the origin ran
or answered, and what was wrong in it. Intervals are 95 %, over seeds or draws; N is how many.
*Confirmed* and *not confirmed* are decided by the interval alone. The origin's claims are what its
reports stated or answered; thresholds, other methods and baselines are ours.
"""


def main() -> int:
    """Writes both files, or says whether they would change."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args()
    stale = [
        path
        for path, text in made().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        print(f"{path.relative_to(ROOT)} {'is stale' if options.check else 'written'}")
        if not options.check:
            path.write_text(made()[path], encoding="utf-8")
    return int(options.check and bool(stale))


def made() -> dict[Path, str]:
    """Returns both files as they should be."""
    readme = README.read_text(encoding="utf-8") if README.exists() else f"{BEGIN}{END}"
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return {
        README: f"{before}{BEGIN}\n{table()}\n{END}{after}",
        RESULTS: "\n".join([HEAD, *totals(), *(t for name in _names() for t in section(name))]),
    }


def table() -> str:
    """The README's table: the origin's part, question and answer in short, in headed groups."""
    lines = []
    for heading, names in GROUPS.items():
        head = ("| study | origin | question | answer |", "|---|---|---|---|")
        lines += [f"\n**{heading}**\n", *head]
        lines += [
            f"| [`{name}`](docs/results.md#{name}) | {origin(name)} | {asked(name)} |"
            for name in names
        ]
    return "\n".join(lines)


def origin(name: str) -> str:
    """What the origin did, by the study's docstring: "ran" or "answered"."""
    study = Path(about(name).__file__).with_name("study.py").read_text(encoding="utf-8")
    return re.search(r"^Origin \((ran|answered)\):", study, re.MULTILINE)[1]


def asked(name: str) -> str:
    """Question and answer of a study, with its numbers."""
    question, answer = about(name).IN_SHORT
    run = reference(name)
    numbers = {"metrics": run.metrics, "claims": run.report["claims"]}
    return f"{_cell(question)} | {_cell(answer.format(**numbers))}"


def totals() -> Iterator[str]:
    """How many claims of the origin, and of ours, have which verdict."""
    every = [claim for name in _names() for claim in claims(name)]
    yield from (f"- {title}: {verdicts(own)}." for title, own in by_whose(every).items())
    yield ""


def section(name: str) -> Iterator[str]:
    """What a study's reference run decides."""
    run = reference(name)
    report, config = run.report, run.config
    yield f'<a id="{name}"></a>\n\n## {report["title"]} (`{name}`)\n'
    yield f"{report['question']}\n"
    for title, own in by_whose(claims(name)).items():
        yield f"{title}: {verdicts(own)}.\n"
        origin = any(claim.origin for claim in own)
        yield f"| claim |{' origin |' * origin} ours | verdict | how |"
        yield f"|---|---|---|---|{'---|' * origin}"
        for claim in own:
            printed = [claim.origin or NONE] * origin
            cells = (claim.claim, *printed, measured(claim), claim.verdict, claim.note)
            yield f"| {' | '.join(map(_cell, cells))} |"
        yield ""
    versions = ", ".join(f"{name} {number}" for name, number in config.versions.items())
    yield f"Scale {config.scale}, seed {config.seed}, {versions}.\n"


def claims(name: str) -> list[Claim]:
    """Returns the claims of a study's reference run."""
    return list(read_report(reference(name)).claims)


def verdicts(own: Sequence[Claim]) -> str:
    """Counts the verdicts: "2 confirmed, 1 not decidable"."""
    return ", ".join(counted(claim.verdict for claim in own).values())


def reference(name: str) -> Run:
    """Returns a study's reference run."""
    return Run.open(FOLDER / name)


def _names() -> Iterator[str]:
    return (name for names in GROUPS.values() for name in names)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


if __name__ == "__main__":
    raise SystemExit(main())
