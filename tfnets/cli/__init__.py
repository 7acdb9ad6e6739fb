"""The `tfnets` command. Bad input ends with one sentence and exit code 2.

One module per group of commands; each adds its own to the parser, and each command's `action`
does its work. Heavy imports are inside the actions.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

import tfnets
from tfnets.cli import completion, data, inputs, models, pictures, studies
from tfnets.cli.options import Parser, readable
from tfnets.errors import InputError
from tfnets.startup import import_tensorflow as import_tensorflow
from tfnets.startup import quiet

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the words after `tfnets`, those of the process if None; returns as `guarded` does."""
    options = parser().parse_args(arguments)
    return guarded(lambda: options.action(options))


@readable()
def guarded(action: Callable[[], None]) -> int:
    """Runs an action as a command does: quiet start-up, one sentence for bad input.

    Returns the exit code: 0 done, 2 bad input (an `InputError`), 130 interrupted by Ctrl-C.
    """
    quiet()
    try:
        action()
    except InputError as error:
        print(f"tfnets: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("tfnets: interrupted; `tfnets resume DIR` continues a run.", file=sys.stderr)
        return INTERRUPTED
    return 0


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the whole command line; each command's `action` does its work."""
    parser = Parser(
        prog="tfnets", description="Classic experiments on neural networks for images, measured."
    )
    parser.add_argument("--version", action="version", version=f"tfnets {tfnets.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in (studies, pictures, inputs, models, data):
        group.add(commands)
    completion.add(commands, parser)
    return parser
