"""The `tfnets` command. Bad input ends with one sentence and exit code 2.

One module per group of commands; each adds its own to the parser, and each command's `action`
does its work. Heavy imports are inside the actions.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

import tfnets
from tfnets.cli import completion, data, doctor, inputs, models, pictures, studies
from tfnets.cli.options import Parser, readable
from tfnets.errors import InputError
from tfnets.startup import import_tensorflow as import_tensorflow
from tfnets.startup import quiet

INTERRUPTED = 130
FAULT = (
    "This is a fault of tfnets, not of what you gave it: please report it where you got tfnets, "
    "with all these lines, what `tfnets doctor` prints, and the config.json of the run, if any."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the words after `tfnets`, those of the process if None; returns as `guarded` does."""
    options = parser().parse_args(arguments)
    return guarded(lambda: options.action(options))


@readable()
def guarded(action: Callable[[], int | None]) -> int:
    """Runs an action as a command does: quiet start-up, one sentence for bad input.

    Returns the exit code: the action's own, if any, or 0 done, 2 bad input (an `InputError`), 130
    interrupted by Ctrl-C. Another error is a bug: it is raised with a note on how to report it.
    """
    quiet()
    try:
        return action() or 0
    except InputError as error:
        print(f"tfnets: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("tfnets: interrupted; `tfnets resume DIR` continues a run.", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        error.add_note(FAULT)
        raise


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the whole command line; each command's `action` does its work."""
    parser = Parser(
        prog="tfnets", description="Classic experiments on neural networks for images, measured."
    )
    parser.add_argument("--version", action="version", version=f"tfnets {tfnets.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in (studies, pictures, inputs, models, data, doctor):
        group.add(commands)
    completion.add(commands, parser)
    return parser
