"""`tfnets list | run | resume | report`: the studies and their run folders."""

import argparse
import textwrap
from pathlib import Path

from tfnets.cli.inputs import SETTINGS, add_settings, assignments
from tfnets.cli.options import (
    RUNS,
    Commands,
    add_lab_options,
    add_run_options,
    command,
    lab_of,
    no_empty_folder,
    run_study,
    show,
    show_sweep,
)
from tfnets.errors import InputError
from tfnets.startup import import_tensorflow
from tfnets.studies import STUDIES

_INDENT = {"initial_indent": "  ", "subsequent_indent": "      ", "break_on_hyphens": False}


def add(commands: Commands) -> None:
    """Adds the commands of this module."""
    _add_list(commands)
    _add_run(commands)
    _add_sweep(commands)
    _add_resume(commands)
    _add_report(commands)


def _add_list(commands: Commands) -> None:
    parser = command(commands, "list", "Show the studies, or the settings of one.", _list)
    parser.add_argument("study", nargs="?", metavar="STUDY")


def _list(options: argparse.Namespace) -> None:
    if options.study:
        import_tensorflow()
        from tfnets import execute
        from tfnets.lab.settings import described

        study = execute.load(options.study)
        print(study.__doc__)
        print("Settings, their values at full scale, and what they mean:")
        for name, value, meaning in described(study.SCALES["full"]):
            print(textwrap.fill(f"{name}={value}  {meaning}", 100, **_INDENT))
        return
    width = max(map(len, STUDIES))
    for name, question in STUDIES.items():
        print(f"{name:{width}}  {question}")


def _add_run(commands: Commands) -> None:
    parser = command(commands, "run", "Run a study in a new folder.", _run)
    parser.add_argument("study", metavar="STUDY", help=", ".join(STUDIES))
    add_settings(parser, SETTINGS)
    add_run_options(parser, "STUDY")


def _run(options: argparse.Namespace) -> None:
    run_study(options.study, options, assignments(options), options.study)


def _add_sweep(commands: Commands) -> None:
    text = "Run a study with several seeds and settings, side by side, and compare them."
    parser = command(commands, "sweep", text, _sweep)
    parser.add_argument("study", metavar="STUDY", help=", ".join(STUDIES))
    parser.add_argument("--seeds", default="0-4", help="such as 0-9 or 1,2,5-7 (default 0-4)")
    parser.add_argument("--scale", default="quick", help="tiny, quick or full (default quick)")
    parser.add_argument("--out", type=Path, help="folder (default runs/sweep-STUDY-SCALE)")
    parser.add_argument(
        "--set", action="extend", nargs="+", default=[], metavar="KEY=V,V,...", dest="settings",
        help="settings with the values to try, KEY=V;V where a value is a list itself",
    )  # fmt: skip
    parser.add_argument(
        "--metric", action="extend", nargs="+", default=[], dest="metrics", metavar="NAME",
        help="numbers of metrics.json to compare, such as 'restored.frechet' or '*.frechet' "
        "(default: those of the claims)",
    )  # fmt: skip
    add_lab_options(parser)


def _sweep(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets import sweep

    with no_empty_folder():
        run = sweep.start(
            options.study,
            options.out or RUNS / f"sweep-{options.study}-{options.scale}",
            seeds=sweep.parse_seeds(options.seeds),
            scale=options.scale,
            assignments=options.settings,
            metrics=options.metrics,
            lab=lab_of(options),
        )
    show_sweep(run.path)


def _add_resume(commands: Commands) -> None:
    parser = command(commands, "resume", "Continue a run that was stopped.", _resume)
    parser.add_argument("run", type=Path, metavar="DIR")
    parser.add_argument(
        "--metric", action="extend", nargs="+", default=[], dest="metrics", metavar="NAME",
        help="of a sweep: other numbers to compare than before",
    )  # fmt: skip
    add_lab_options(parser)


def _resume(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets import execute, sweep

    if sweep.is_sweep(options.run):
        run = sweep.resume(options.run, metrics=options.metrics, lab=lab_of(options))
        show_sweep(run.path)
        return
    if options.metrics:
        raise InputError(f"--metric is for sweeps, but {options.run} is a run.")
    run = execute.resume(
        options.run, data_dir=options.data_dir, jobs=options.jobs, cluster=options.cluster
    )
    show([run.path])


def _add_report(commands: Commands) -> None:
    parser = command(commands, "report", "Write one HTML page about finished runs.", _report)
    parser.add_argument("runs", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="page to write")


def _report(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.report import build_report

    print(f"Report page: {build_report(options.runs, options.out)}")
