"""`tfnets denoise`: noise and blur out of a person's own pictures."""

import argparse
import sys
from pathlib import Path

from tfnets.cli.options import Commands, command
from tfnets.startup import import_tensorflow


def add(commands: Commands) -> None:
    """Adds the commands of this module."""
    text = (
        "Take noise and blur out of pictures of any size, colours channel by channel. The network "
        "was trained on handwriting, 28x28 pixels, strokes of two or three: it restores such "
        "pictures well and smooths others."
    )
    parser = command(commands, "denoise", text, _denoise)
    parser.add_argument("pictures", type=Path, nargs="+", metavar="IMAGE", help="picture files")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR",
        help="folder for the restored pictures, IMAGE's name with .png",
    )  # fmt: skip
    parser.add_argument(
        "--run", type=Path, metavar="RUN",
        help="run folder of the study denoising (default: the one of the repository)",
    )  # fmt: skip
    parser.add_argument(
        "--background", default="auto",
        help="dark, light, or auto to go by the pictures' edges (default auto)",
    )  # fmt: skip


def _denoise(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.studies.picture_denoising import denoise_files, load_denoiser, require_background

    require_background(options.background)
    network = load_denoiser(options.run)
    for one in denoise_files(network, options.pictures, options.out, options.background):
        for note in one.notes:
            print(f"{one.source}: {note}.", file=sys.stderr)
        print(one.path)
