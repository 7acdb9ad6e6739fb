"""The main job: real MNIST, three studies at quick scale, one report page.

    python scripts/quickstart.py [--out DIR] [--seed N] [--data-dir DIR] [--jobs N]

About three minutes on two cores after the download. Stopped and started again, it goes on
where it was.
"""

import argparse
from pathlib import Path

from tfnets import cli
from tfnets.studies import STUDIES

MAIN = ("autoencoder", "decoder_gan", "few_labels")
"""An autoencoder, its decoder restored into a GAN, a classifier from 50 labels on its latents."""


def main() -> int:
    """Runs each study of the main job in its folder, or continues it, and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/quickstart"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scale", default="quick", help="tiny, quick (default) or full")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--jobs", type=int, help="trainings at a time (default: as many as cores)")
    options = parser.parse_args()
    return cli.guarded(lambda: run_all(**vars(options)))


def run_all(
    out: Path, seed: int, scale: str, data_dir: Path | None, jobs: int | None = None
) -> None:
    """Runs or resumes the studies under `out` and writes `out`/report.html."""
    cli.import_tensorflow()
    from tfnets import execute, report

    runs = []
    for number, study in enumerate(MAIN, start=1):
        print(f"[{number}/{len(MAIN)}] {study}: {STUDIES[study]}", flush=True)
        run = execute.start_or_resume(
            study, out / study, scale=scale, seed=seed, data_dir=data_dir, jobs=jobs
        )
        runs.append(run.path)
    page = report.build_report(runs, out / "report.html")
    print(report.summary_table(runs))
    print(f"Report page: {page}")


if __name__ == "__main__":
    raise SystemExit(main())
