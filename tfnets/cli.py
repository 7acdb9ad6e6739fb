"""The `tfnets` command. Bad input ends with one sentence and exit code 2."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import tfnets
from tfnets.errors import InputError
from tfnets.startup import import_tensorflow, quiet
from tfnets.studies import STUDIES

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: Words after `tfnets`; those of the process if None.

    Returns:
        Exit code: 0 done, 2 bad input, 130 interrupted.
    """
    options = parser().parse_args(arguments)
    return guarded(lambda: options.action(options))


def guarded(action: Callable[[], None]) -> int:
    """Runs an action as a command does: quiet start-up, one sentence for bad input.

    Args:
        action: What to do; its `InputError` and Ctrl-C become an exit code.

    Returns:
        Exit code: 0 done, 2 bad input, 130 interrupted.
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
    parser = argparse.ArgumentParser(
        prog="tfnets", description="Classic experiments on neural networks for images, measured."
    )
    parser.add_argument("--version", action="version", version=f"tfnets {tfnets.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_list(commands)
    _add_run(commands)
    _add_resume(commands)
    _add_report(commands)
    _add_restore(commands)
    _add_export(commands)
    _add_cost(commands)
    _add_data(commands)
    return parser


Commands = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _command(
    commands: Commands, name: str, text: str, action: Callable[[argparse.Namespace], None]
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(action=action)
    return parser


def _add_list(commands: Commands) -> None:
    parser = _command(commands, "list", "Show the studies, or the settings of one.", _list)
    parser.add_argument("study", nargs="?", metavar="STUDY")


def _list(options: argparse.Namespace) -> None:
    if options.study:
        import_tensorflow()
        from tfnets.studies import execute

        study = execute.load(options.study)
        print(study.__doc__)
        print("Settings and their values at full scale:")
        for name, value in vars(study.SCALES["full"]).items():
            shown = ",".join(map(str, value)) if isinstance(value, tuple) else value
            print(f"  {name}={shown}")
        return
    width = max(map(len, STUDIES))
    for name, question in STUDIES.items():
        print(f"{name:{width}}  {question}")


def _add_run(commands: Commands) -> None:
    parser = _command(commands, "run", "Run a study in a new folder.", _run)
    parser.add_argument("study", metavar="STUDY", help=", ".join(STUDIES))
    parser.add_argument("--scale", default="quick", help="tiny, quick (default) or full")
    parser.add_argument("--seed", type=int, default=0, help="the one seed (default 0)")
    parser.add_argument("--out", type=Path, help="run folder (default runs/STUDY-SCALE-SEED)")
    parser.add_argument(
        "--set", action="extend", nargs="+", default=[], metavar="KEY=VALUE", dest="settings",
        help="change settings of the study; `tfnets list STUDY` shows them",
    )  # fmt: skip
    _add_data_dir(parser)


def _run(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.studies import execute

    out = options.out or Path("runs") / f"{options.study}-{options.scale}-{options.seed}"
    run = execute.start(
        options.study,
        out,
        scale=options.scale,
        seed=options.seed,
        assignments=options.settings,
        data_dir=options.data_dir,
    )
    _show([run.path])


def _add_resume(commands: Commands) -> None:
    parser = _command(commands, "resume", "Continue a run that was stopped.", _resume)
    parser.add_argument("run", type=Path, metavar="DIR")
    _add_data_dir(parser)


def _resume(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.studies import execute

    run = execute.resume(options.run, data_dir=options.data_dir)
    _show([run.path])


def _show(runs: list[Path]) -> None:
    from tfnets.report import summary_table

    print(summary_table(runs))
    print(f"Run folder: {' '.join(map(str, runs))}")


def _add_report(commands: Commands) -> None:
    parser = _command(commands, "report", "Write one HTML page about finished runs.", _report)
    parser.add_argument("runs", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="page to write")


def _report(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.report import build_report

    print(f"Report page: {build_report(options.runs, options.out)}")


def _add_restore(commands: Commands) -> None:
    text = "Copy the weights that fit from a model into another, by layer name and shape."
    parser = _command(commands, "restore", text, _restore)
    parser.add_argument("source", type=Path, help=".keras, .weights.h5 or run folder")
    parser.add_argument("target", type=Path, help=".keras file that receives")
    parser.add_argument("--out", type=Path, required=True, help=".keras file to write")
    parser.add_argument("--rename", action="append", default=[], metavar="PATTERN=NAME")
    parser.add_argument("--skip", action="append", default=[], metavar="PATTERN")
    parser.add_argument("--dry-run", action="store_true", help="only show the table")
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def _restore(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.artifacts.weights import restore_file

    for pair in options.rename:
        if "=" not in pair:
            raise InputError(f"--rename takes PATTERN=NAME, but got {pair!r}.")
    report = restore_file(
        options.source,
        options.target,
        options.out,
        rename=dict(pair.split("=", 1) for pair in options.rename),
        skip=options.skip,
        dry_run=options.dry_run,
        force=options.force,
    )
    print(report)


def _add_export(commands: Commands) -> None:
    text = "Write a SavedModel, load it again without tfnets and compare before it is done."
    parser = _command(commands, "export", text, _export)
    parser.add_argument("model", type=Path, help=".keras file")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--force", action="store_true", help="replace an existing folder")


def _export(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.artifacts.export import export_saved_model

    print(export_saved_model(options.model, options.out, force=options.force))


def _add_cost(commands: Commands) -> None:
    text = "Show what each layer of a model sees and costs: field, weights, multiplications."
    parser = _command(commands, "cost", text, _cost)
    parser.add_argument("model", type=Path, help=".keras file")
    parser.add_argument("--input", metavar="HEIGHTxWIDTHxCHANNELS", help="another image size")


def _cost(options: argparse.Namespace) -> None:
    shape = _image_shape(options.input)
    import_tensorflow()
    from tfnets.artifacts.models import load_model
    from tfnets.theory.cost import cost_table

    print(cost_table(load_model(options.model), shape))


def _image_shape(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    if not re.fullmatch(r"[1-9]\d{0,5}(x[1-9]\d{0,5}){2}", text):
        raise InputError(f"--input takes HEIGHTxWIDTHxCHANNELS such as 32x32x3, but got {text!r}.")
    return tuple(map(int, text.split("x")))


def _add_data(commands: Commands) -> None:
    parser = commands.add_parser("data", help="Show or fetch the data sets.")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _add_data_dir(_command(actions, "list", "Show what is known and cached.", _data_list))
    get = _command(actions, "get", "Fetch a data set into the cache.", _data_get)
    get.add_argument("name", metavar="NAME")
    _add_data_dir(get)


def _data_list(options: argparse.Namespace) -> None:
    from tfnets import datasets

    for row in datasets.status(options.data_dir):
        state = "cached" if row.cached else "not cached"
        print(f"{row.name:14} {state:11} {row.megabytes:6.1f} MB  {row.licence}")
        print(f"{'':14} from {', '.join(row.sources)}")


def _data_get(options: argparse.Namespace) -> None:
    from tfnets import datasets

    stored = datasets.get(options.name, options.data_dir)
    print(f"{stored.name} is in {stored.folder} (source: {stored.source}).")


def _add_data_dir(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data-dir", type=Path, help="data cache (default: $TFNETS_DATA_DIR, else the user cache)"
    )
