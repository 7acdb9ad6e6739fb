"""What several commands share: how a command is added, and the options of a run."""

import argparse
import contextlib
import re
import sys
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from tfnets.errors import InputError, choices, printable
from tfnets.files import as_on_disk
from tfnets.startup import import_tensorflow

if TYPE_CHECKING:
    from tfnets.lab.engine import Lab

RUNS = Path("runs")
SEVERAL = {"action": "extend", "nargs": "+", "default": []}
"""An option that takes several words, and may be given several times."""
Commands = "argparse._SubParsersAction[argparse.ArgumentParser]"


class Parser(argparse.ArgumentParser):
    """Answers words that it cannot read as the commands answer other bad input."""

    def error(self, message: str) -> NoReturn:
        """Ends with one sentence and exit code 2."""
        unknown = re.fullmatch(
            r"argument .+: invalid choice: '(.*?)' \(choose from (.+)\)", message
        )
        if unknown:
            known = [each.strip("' ") for each in unknown[2].split(",")]
            message = f"there is no {unknown[1]!r}; {choices(unknown[1], known)}"
        message = printable(message)
        self.exit(2, f"tfnets: {message}; `{self.prog} --help` shows what can be given.\n")


def command(
    commands: Commands, name: str, text: str, action: Callable[[argparse.Namespace], int | None]
) -> argparse.ArgumentParser:
    """Adds a command that `text` describes and `action` does, given the parsed options.

    Returns the command's own parser, for its arguments.
    """
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(action=action)
    return parser


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """Adds `--data-dir`."""
    text = "data cache (default: $TFNETS_DATA_DIR, else the user cache)"
    parser.add_argument("--data-dir", type=as_on_disk, help=text)


def add_run_options(
    parser: argparse.ArgumentParser, study: str, folder: str, scale: str | None = "quick"
) -> None:
    """Adds the options of every command that runs a study.

    The help says how the study and the run folder are called; `scale` is None where it depends on
    the network.
    """
    default = scale or "quick for the networks of CIFAR-10, full for others"
    add = parser.add_argument
    add("--scale", default=scale, help=f"tiny, quick or full (default {default})")
    add("--seed", type=int, default=0, help="the one seed (default 0)")
    add("--out", type=as_on_disk, help=f"run folder (default runs/{folder}-SCALE-SEED)")
    text = f"change settings of the study; `tfnets list {study}` shows them"
    add("--set", **SEVERAL, dest="settings", metavar="KEY=VALUE", help=text)
    text = "TensorFlow's threads in each training (default 1: the same bytes on any machine)"
    add("--threads", type=int, default=1, help=text)
    add_log(parser)
    add_lab_options(parser)


def add_lab_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that say where trainings run, and where data are."""
    text = "trainings at a time, one process each (default: as many as cores)"
    parser.add_argument("--jobs", type=int, metavar="N", help=text)
    text = "a Dask scheduler that runs them instead"
    parser.add_argument("--cluster", type=_address, metavar="tcp://HOST:PORT", help=text)
    add_data_dir(parser)


def add_log(parser: argparse.ArgumentParser) -> None:
    """Adds `--log`."""
    text = "show curves and pictures meanwhile in tensorboard or mlflow"
    parser.add_argument("--log", choices=("tensorboard", "mlflow"), metavar="TOOL", help=text)


def _address(text: str) -> str:
    with contextlib.suppress(ValueError):
        place = urllib.parse.urlsplit(text)
        if place.scheme and place.hostname and place.port:
            return text
    raise argparse.ArgumentTypeError(f"give tcp://HOST:PORT of a Dask scheduler, not {text!r}")


def lab_of(options: argparse.Namespace) -> "Lab":
    """Returns the lab that the options of `add_lab_options` ask for."""
    from tfnets.lab.engine import Lab
    from tfnets.lab.trial import DataStore

    return Lab(options.jobs, options.cluster, store=DataStore(options.data_dir))


def run_study(
    study: str, options: argparse.Namespace, assignments: Sequence[str], folder: str
) -> None:
    """Runs a study with the options of `add_run_options`, and shows its summary.

    Its run folder is called `folder` by default. The `key=value` texts of `--set` come after those
    of `assignments` and win. Errors as in `execute.start`.
    """
    import_tensorflow()
    from tfnets import execute

    names = ("scale", "seed", "data_dir", "jobs", "cluster", "threads", "log")
    given = {name: getattr(options, name) for name in names}
    out = options.out or RUNS / f"{folder}-{options.scale}-{options.seed}"
    with no_empty_folder():
        run = execute.start(study, out, assignments=[*assignments, *options.settings], **given)
    show(run.path)


@contextlib.contextmanager
def no_empty_folder() -> Iterator[None]:
    """Removes the folder of runs if it was made for one that bad input has brought to nothing."""
    try:
        yield
    except InputError:
        with contextlib.suppress(OSError):
            RUNS.rmdir()  # Only if it is empty.
        raise


def show(path: Path) -> None:
    """Prints the summary of a finished run, its notes if it has no claim, and where it is."""
    from tfnets.report import summary_table
    from tfnets.report.reading import read_run

    run = read_run(path)
    print(summary_table([path]) if run.report.claims else "\n".join(run.report.notes))
    print(f"Run folder: {path}")


def show_sweep(path: Path) -> None:
    """Prints the table of a sweep, and where it is."""
    from tfnets.report import text_table
    from tfnets.report.reading import read_run

    for table in read_run(path).report.tables[:1]:
        print(text_table(table.columns, table.rows))
    print(f"Sweep: {path}; `tfnets report {path} --out page.html` makes a page of it")


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """Lets no text reach the terminal raw: names of files, layers and classes may hold anything."""
    out, err = _Readable(sys.stdout), _Readable(sys.stderr)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield


class _Readable:
    """A stream that writes text as `printable` does; lines and the way back of bars stay."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(printable(text, keep="\n\r\t"))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
