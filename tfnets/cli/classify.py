"""`tfnets classify`: a person's own pictures, of which a few are labelled."""

import argparse
from pathlib import Path

from tfnets.cli.options import Commands, add_run_options, command, run_study


def add(commands: Commands) -> None:
    """Adds the commands of this module."""
    text = (
        "Classify the pictures in a folder from labels of a few of them. What it learns from is "
        "deformed as suits handwriting; --set bend=0 stroke=0 and the like leave out what would "
        "change the class of other pictures."
    )
    parser = command(commands, "classify", text, _classify)
    parser.add_argument(
        "--images", type=Path, required=True, metavar="DIR",
        help="folder of pictures of one size; sub-folders are not read",
    )  # fmt: skip
    parser.add_argument(
        "--labels", type=Path, required=True, metavar="CSV",
        help="CSV with the columns file,label for some of them",
    )  # fmt: skip
    add_run_options(parser, "classify-DIR", scale="full")


def _classify(options: argparse.Namespace) -> None:
    images, labels = options.images.absolute(), options.labels.absolute()
    # Absolute, so that the run can be resumed from another folder.
    places = [f"images={images}", f"labels={labels}"]
    run_study("classify", options, places, f"classify-{images.name}")
