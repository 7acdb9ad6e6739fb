"""What several commands share: how a command is added, and the options of a run."""

import argparse
import contextlib
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from tfnets.errors import InputError
from tfnets.startup import import_tensorflow

if TYPE_CHECKING:
    from tfnets.lab.engine import Lab

RUNS = Path("runs")
Commands = "argparse._SubParsersAction[argparse.ArgumentParser]"


class Parser(argparse.ArgumentParser):
    """Answers words that it cannot read as the commands answer other bad input."""

    def error(self, message: str) -> NoReturn:
        """Ends with one sentence and exit code 2."""
        self.exit(2, f"tfnets: {message}; `{self.prog} --help` shows what can be given.\n")


def command(
    commands: Commands, name: str, text: str, action: Callable[[argparse.Namespace], None]
) -> argparse.ArgumentParser:
    """Adds a command.

    Args:
        commands: The parser's commands.
        name: Its name.
        text: What it does, one sentence.
        action: Does it, given the parsed options.

    Returns:
        The command's own parser, for its arguments.
    """
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(action=action)
    return parser


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """Adds `--data-dir`."""
    parser.add_argument(
        "--data-dir", type=Path, help="data cache (default: $TFNETS_DATA_DIR, else the user cache)"
    )


def add_run_options(
    parser: argparse.ArgumentParser, folder: str, scale: str | None = "quick"
) -> None:
    """Adds the options of every command that runs a study.

    Args:
        parser: The command's parser.
        folder: What its run folder is called by default, for the help.
        scale: The default scale; None where it depends on the network.
    """
    default = scale or "quick for the networks of CIFAR-10, full for others"
    parser.add_argument("--scale", default=scale, help=f"tiny, quick or full (default {default})")
    parser.add_argument("--seed", type=int, default=0, help="the one seed (default 0)")
    parser.add_argument("--out", type=Path, help=f"run folder (default runs/{folder}-SCALE-SEED)")
    parser.add_argument(
        "--set", action="extend", nargs="+", default=[], metavar="KEY=VALUE", dest="settings",
        help="change settings of the study; `tfnets list STUDY` shows them",
    )  # fmt: skip
    parser.add_argument(
        "--threads", type=int, default=1,
        help="TensorFlow's threads in each training (default 1: the same bytes on any machine)",
    )  # fmt: skip
    add_lab_options(parser)


def add_lab_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that say where trainings run, and where data are."""
    parser.add_argument(
        "--jobs", type=int, metavar="N",
        help="trainings at a time, one process each (default: as many as cores)",
    )  # fmt: skip
    parser.add_argument(
        "--cluster", type=_address, metavar="tcp://HOST:PORT",
        help="a Dask scheduler that runs them instead",
    )  # fmt: skip
    add_data_dir(parser)


def _address(text: str) -> str:
    try:
        place = urllib.parse.urlsplit(text)
        if place.scheme and place.hostname and place.port:
            return text
    except ValueError:
        pass
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

    Args:
        study: Its name.
        options: The parsed options.
        assignments: `key=value` texts; those of `--set` come after them and win.
        folder: What its run folder is called by default.

    Raises:
        InputError: As in `execute.start`.
    """
    import_tensorflow()
    from tfnets import execute

    with no_empty_folder():
        run = execute.start(
            study,
            options.out or RUNS / f"{folder}-{options.scale}-{options.seed}",
            scale=options.scale,
            seed=options.seed,
            assignments=[*assignments, *options.settings],
            data_dir=options.data_dir,
            jobs=options.jobs,
            cluster=options.cluster,
            threads=options.threads,
        )
    show([run.path])


@contextlib.contextmanager
def no_empty_folder() -> Iterator[None]:
    """Removes the folder of runs if it was made for one that bad input has brought to nothing."""
    try:
        yield
    except InputError:
        with contextlib.suppress(OSError):
            RUNS.rmdir()  # Only if it is empty.
        raise


def show(runs: list[Path]) -> None:
    """Prints the summary of finished runs, what they say without a claim, and where they are."""
    from tfnets.artifacts.run import Run
    from tfnets.report import summary_rows, summary_table

    if summary_rows(runs):
        print(summary_table(runs))
    else:
        print(*(note for path in runs for note in Run.open(path).report["notes"]), sep="\n")
    print(f"Run folder: {' '.join(map(str, runs))}")


def show_sweep(path: Path) -> None:
    """Prints the table of a sweep, and where it is."""
    from tfnets.artifacts.run import Run
    from tfnets.report import text_table

    table = Run.open(path).report["tables"][0]
    print(text_table(table["columns"], table["rows"]))
    print(f"Sweep: {path}; `tfnets report {path} --out page.html` makes a page of it")
