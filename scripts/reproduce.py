"""Reruns the reference runs at full scale and copies what is kept to saved_models/reference/.

    python scripts/reproduce.py [STUDY ...] [--out runs/full]

Without names all studies run, about twelve hours on two cores, two of them in the width sweep. Kept
are the JSON, the history, the figures of the report and the small models; everything else stays in
the run folder.
"""

import argparse
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from tfnets import cli
from tfnets.studies import STUDIES, about

KEPT = ("*.json", "*.csv")


def main() -> int:
    """Runs the studies named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("studies", nargs="*", default=list(STUDIES), metavar="STUDY")
    parser.add_argument("--out", type=Path, default=Path("runs/full"))
    parser.add_argument("--jobs", type=int, help="trainings at a time (default: as many as cores)")
    options = parser.parse_args()
    return cli.guarded(lambda: run_all(options.studies, options.out, options.jobs))


def run_all(studies: list[str], out: Path, jobs: int | None = None) -> None:
    """Runs or resumes each study and copies what is kept."""
    cli.import_tensorflow()
    from tfnets import execute
    from tfnets.artifacts.reference import FOLDER

    for study in studies:
        folder = out / study
        seed = getattr(about(study), "SEED", 0)
        execute.start_or_resume(study, folder, scale="full", seed=seed, jobs=jobs)
        target = FOLDER / study
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for path in kept(folder, study):
            shutil.copy2(path, target / path.name)
        print(f"{study}: kept in {target}")


def kept(folder: Path, study: str) -> Iterator[Path]:
    """Yields the files of a run folder that belong to the reference."""
    for pattern in KEPT:
        yield from (path for path in sorted(folder.glob(pattern)) if not _beside_a_model(path))
    figures = json.loads((folder / "report.json").read_text(encoding="utf-8"))["figures"]
    for figure in figures:
        yield folder / figure["file"]
    for name in getattr(about(study), "KEPT", ()):
        yield folder / f"{name}.keras"
        part = name.removesuffix("_generator")
        yield from (path for path in sorted(folder.glob(f"{part}_*")) if _beside_a_model(path))


def _beside_a_model(path: Path) -> bool:
    """Whether a file is kept only with its generator: its prior, its vocabulary."""
    return path.stem.endswith(("_prior", "_vocabulary"))


if __name__ == "__main__":
    raise SystemExit(main())
