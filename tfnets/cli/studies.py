"""`tfnets list | run | sweep | resume | report`: the studies and their run folders."""

import argparse
import textwrap
from pathlib import Path

from tfnets.cli import options as shared
from tfnets.cli.inputs import SETTINGS, add_settings, assignments
from tfnets.cli.options import Commands, command
from tfnets.errors import InputError
from tfnets.files import as_on_disk
from tfnets.jobs import JOBS
from tfnets.startup import import_tensorflow
from tfnets.studies import STUDIES, require

_INDENT = {"initial_indent": "  ", "subsequent_indent": "      ", "break_on_hyphens": False}


def add(commands: Commands) -> None:
    """Adds the commands of this module."""
    parser = command(commands, "list", "Show the studies, or the settings of one.", _list)
    parser.add_argument("study", nargs="?", metavar="STUDY")

    parser = command(commands, "run", "Run a study in a new folder.", _run)
    parser.add_argument("study", metavar="STUDY", help=", ".join(STUDIES))
    add_settings(parser, SETTINGS)
    shared.add_run_options(parser, "STUDY", "STUDY")

    text = "Run a study with several seeds and settings, side by side, and compare them."
    parser = command(commands, "sweep", text, _sweep)
    option = parser.add_argument
    option("study", metavar="STUDY", help=", ".join(STUDIES))
    option("--seeds", default="0-4", help="such as 0-9 or 1,2,5-7 (default 0-4)")
    option("--scale", default="quick", help="tiny, quick or full (default quick)")
    option("--out", type=as_on_disk, help="folder (default runs/sweep-STUDY-SCALE)")
    text = "settings with the values to try, KEY=V;V where a value is a list itself"
    option("--set", **shared.SEVERAL, dest="settings", metavar="KEY=V,V,...", help=text)
    text = "numbers of metrics.json to compare, such as 'restored.frechet' or '*.frechet' "
    _add_metric(parser, text + "(default: those of the claims)")

    parser = command(commands, "resume", "Continue a run that was stopped.", _resume)
    parser.add_argument("run", type=as_on_disk, metavar="DIR")
    _add_metric(parser, "of a sweep: other numbers to compare than before")
    shared.add_log(parser)

    parser = command(commands, "report", "Write one HTML page about finished runs.", _report)
    parser.add_argument("runs", type=as_on_disk, nargs="+", metavar="DIR")
    parser.add_argument("--out", type=as_on_disk, default=Path("report.html"), help="page to write")


def _add_metric(parser: argparse.ArgumentParser, text: str) -> None:
    """Adds what sweeps take only, and where trainings run."""
    parser.add_argument("--metric", **shared.SEVERAL, dest="metrics", metavar="NAME", help=text)
    shared.add_lab_options(parser)


def _require(study: str, scale: str = "full") -> None:
    """Refuses an unknown study before TensorFlow is imported; jobs say what they miss."""
    if study not in JOBS:
        require(study, scale)


def _list(options: argparse.Namespace) -> None:
    if options.study:
        _require(options.study)
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


def _run(options: argparse.Namespace) -> None:
    _require(options.study, options.scale)
    shared.run_study(options.study, options, assignments(options), options.study)


def _sweep(options: argparse.Namespace) -> None:
    _require(options.study, options.scale)
    import_tensorflow()
    from tfnets import sweep

    with shared.no_empty_folder():
        run = sweep.start(
            options.study,
            options.out or shared.RUNS / f"sweep-{options.study}-{options.scale}",
            seeds=sweep.parse_seeds(options.seeds),
            scale=options.scale,
            assignments=options.settings,
            metrics=options.metrics,
            lab=shared.lab_of(options),
        )
    shared.show_sweep(run.path)


def _resume(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets import execute, sweep

    if sweep.is_sweep(options.run):
        if options.log:
            raise InputError(f"--log is for single runs, but {options.run} is a sweep.")
        run = sweep.resume(options.run, metrics=options.metrics, lab=shared.lab_of(options))
        shared.show_sweep(run.path)
        return
    if options.metrics:
        raise InputError(f"--metric is for sweeps, but {options.run} is a run.")
    places = {name: getattr(options, name) for name in ("data_dir", "jobs", "cluster", "log")}
    shared.show(execute.resume(options.run, **places).path)


def _report(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.report import build_report

    print(f"Report page: {build_report(options.runs, options.out)}")
