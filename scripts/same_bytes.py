"""Runs studies several times with one seed, and counts the runs that gave the same bytes.

    python scripts/same_bytes.py [STUDY ...] [--runs 10] [--scale tiny] [--busy]

Each run is a `tfnets run` of its own with default settings. Compared are metrics.json, report.json,
history.csv and parts/. With `--busy` another process works beside them all the time. Exit code 1
where a run differs.
"""

import argparse
import hashlib
import multiprocessing
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

STUDIES = (
    "width_sweep", "autoencoder", "decoder_gan", "gan_stabilisers", "gan_denoising",
    "latent_gan", "few_labels", "denoising",
)  # fmt: skip
"""Eight with different trainers."""
KEPT = ("metrics.json", "report.json", "history.csv")


def main() -> int:
    """Runs the studies and prints a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("studies", nargs="*", default=STUDIES, metavar="STUDY")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--scale", default="tiny")
    parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE", dest="settings")
    parser.add_argument("--busy", action="store_true", help="keep another core busy")
    options = parser.parse_args()
    busy = multiprocessing.get_context("spawn").Process(target=_work, daemon=True)
    if options.busy:
        busy.start()
    equal = total = 0
    for study in options.studies:
        found = Counter(run(study, options.scale, options.settings) for _ in range(options.runs))
        most = max(found.values())
        print(f"{study}: {most} of {options.runs} runs equal", flush=True)
        equal, total = equal + most, total + options.runs
    print(f"{equal} of {total} equal")
    return int(equal < total)


def run(study: str, scale: str, settings: list[str]) -> str:
    """Runs a study in a folder that is thrown away; returns the digest of its numbers."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        words = ["run", study, "--scale", scale, "--seed", "3", "--out", str(out)]
        words += ["--set", *settings] if settings else []
        done = subprocess.run(
            [sys.executable, "-m", "tfnets", *words], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{study}: {done.stderr[-1000:]}")
        digest = hashlib.sha256()
        for path in [*(out / name for name in KEPT), *sorted(out.glob("parts/**/*.json"))]:
            digest.update(path.read_bytes() if path.exists() else b"")
        return digest.hexdigest()


def _work() -> None:
    number = 0
    while True:
        number = (number * 1_103_515_245 + 12_345) % 2**31


if __name__ == "__main__":
    raise SystemExit(main())
