"""`tfnets anomaly`: which of a person's pictures are unlike the normal ones."""

import argparse
from pathlib import Path

from tfnets.cli.options import Commands, add_run_options, command, run_study


def add(commands: Commands) -> None:
    """Adds the commands of this module."""
    text = (
        "Learn from a folder of normal pictures, and score how odd each picture of another folder "
        "is beside them. All pictures must be of one size."
    )
    parser = command(commands, "anomaly", text, _anomaly)
    parser.add_argument(
        "--train", type=Path, required=True, metavar="DIR",
        help="folder of normal pictures, 100 or better more; sub-folders are not read",
    )  # fmt: skip
    parser.add_argument(
        "--test", type=Path, required=True, metavar="DIR", help="folder of the pictures to score"
    )
    add_run_options(parser, "anomaly-DIR", scale="full")


def _anomaly(options: argparse.Namespace) -> None:
    train, test = options.train.absolute(), options.test.absolute()
    # Absolute, so that the run can be resumed from another folder.
    places = [f"train={train}", f"test={test}"]
    run_study("find_anomalies", options, places, f"anomaly-{test.name}")
