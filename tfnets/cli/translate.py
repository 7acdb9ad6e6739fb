"""`tfnets translate`: a person's own pictures in another domain."""

import argparse
import sys
from pathlib import Path

from tfnets.cli.options import Commands, command
from tfnets.startup import import_tensorflow


def add(commands: Commands) -> None:
    """Adds the commands of this module."""
    text = (
        "Translate pictures into another domain with a generator of a finished run of the study "
        "translation. It knows digits of 28x28 pixels, light on dark; pictures of other sizes are "
        "taken as they are, or scaled with --size 28."
    )
    parser = command(commands, "translate", text, _translate)
    parser.add_argument("run", type=Path, metavar="RUN", help="run folder of study translation")
    parser.add_argument("pictures", type=Path, nargs="+", metavar="IMAGE", help="picture files")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR",
        help="folder for the translated pictures, IMAGE's name with .png",
    )  # fmt: skip
    parser.add_argument("--domain", metavar="NAME", help="the domain (default: the run's first)")
    parser.add_argument(
        "--method", metavar="NAME",
        help="paired, cycle or plain (default: the first of these that the run has)",
    )  # fmt: skip
    parser.add_argument(
        "--background", default="auto",
        help="dark, light, or auto to go by the pictures' edges (default auto)",
    )  # fmt: skip
    parser.add_argument(
        "--size", type=int, metavar="PIXELS", help="scale the longer side to so many pixels first"
    )


def _translate(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.studies.picture_denoising import require_background
    from tfnets.studies.picture_translation import load_translator, translate_files

    require_background(options.background)
    found = load_translator(options.run, options.domain, options.method)
    done = translate_files(
        found, options.pictures, options.out, background=options.background, size=options.size
    )
    for one in done:
        for note in one.notes:
            print(f"{one.source}: {note}.", file=sys.stderr)
        print(one.path)
