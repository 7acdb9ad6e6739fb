"""`tfnets generate`: pictures from the generator of a finished run."""

import argparse
import sys
from pathlib import Path

from tfnets.cli.options import Commands, command
from tfnets.startup import import_tensorflow


def add(commands: Commands) -> None:
    """Adds the commands of this module."""
    text = "Draw pictures with the generator of a finished run: a digit, or what a prompt says."
    parser = command(commands, "generate", text, _generate)
    parser.add_argument("run", type=Path, metavar="RUN", help="run folder of a GAN study")
    parser.add_argument("--digit", type=int, help="the digit; without one, all in turn")
    parser.add_argument("--prompt", help='a sentence, such as "a thick slanted seven"')
    parser.add_argument("--count", type=int, default=16, help="how many pictures (default 16)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the latents (default 0)")
    parser.add_argument(
        "--out", type=Path, default=Path("generated.png"), metavar="FILE",
        help=".png (side by side), .npz (array `images`) or .gif (one after the other); default "
        "generated.png",
    )  # fmt: skip
    parser.add_argument("--generator", metavar="NAME", help="one of --list (default: the first)")
    parser.add_argument("--list", action="store_true", help="only show the run's generators")


def _generate(options: argparse.Namespace) -> None:
    import_tensorflow()
    if options.list:
        _list(options.run)
        return
    from tfnets.studies.generating import Wish, generate, require_ending, save

    require_ending(options.out)
    wish = Wish(options.digit, options.prompt, options.count, options.seed)
    made = generate(options.run, wish, options.generator)
    if made.unknown:
        words = ", ".join(dict.fromkeys(made.unknown))
        print(f"Left out, because the generator does not know it: {words}.", file=sys.stderr)
    if options.prompt is not None and "digit" not in made.asked:
        print("The prompt names no digit, so any may come.", file=sys.stderr)
    save(made, options.out)
    count = len(made.images)
    print(f"{options.out}: {count} picture{'s' if count > 1 else ''} by {made.generator}")


def _list(folder: Path) -> None:
    from tfnets.artifacts.run import Run
    from tfnets.studies.saved_generator import TAKES, SavedGenerator, names

    run = Run.open(folder)
    found = names(run)
    width = max(map(len, found))
    for name in found:
        print(f"{name:{width}}  {TAKES[SavedGenerator.load(run, name).takes]}")
