"""`tfnets restore | export | cost`: saved models."""

import argparse
import re
from pathlib import Path

from tfnets.cli.options import Commands, command
from tfnets.errors import InputError
from tfnets.startup import import_tensorflow


def add(commands: Commands) -> None:
    """Adds the commands of this module."""
    _add_restore(commands)
    _add_export(commands)
    _add_cost(commands)


def _add_restore(commands: Commands) -> None:
    text = "Copy the weights that fit from a model into another, by layer name and shape."
    parser = command(commands, "restore", text, _restore)
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
    parser = command(commands, "export", text, _export)
    parser.add_argument("model", type=Path, help=".keras file; with --digits a run folder")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--force", action="store_true", help="replace an existing folder")
    parser.add_argument(
        "--digits", action="store_true",
        help="a run's generator with its prior, as (digit: int32[n], seed: int32[2]) -> image",
    )  # fmt: skip
    parser.add_argument(
        "--generator", metavar="NAME",
        help="with --digits, one of `tfnets generate RUN --list` (default: the first)",
    )  # fmt: skip


def _export(options: argparse.Namespace) -> None:
    if options.generator and not options.digits:
        raise InputError("--generator names the generator of a run; give --digits, too.")
    import_tensorflow()
    if options.digits:
        from tfnets.methods.gans.export import export_digits

        made = export_digits(options.model, options.out, options.generator, force=options.force)
    else:
        from tfnets.artifacts.export import export_saved_model

        made = export_saved_model(options.model, options.out, force=options.force)
    print(made)


def _add_cost(commands: Commands) -> None:
    text = "Show what each layer of a model sees and costs: field, weights, multiplications."
    parser = command(commands, "cost", text, _cost)
    parser.add_argument("model", type=Path, help=".keras file")
    parser.add_argument("--input", metavar="HEIGHTxWIDTHxCHANNELS", help="another image size")


def _cost(options: argparse.Namespace) -> None:
    shape = _image_shape(options.input)
    import_tensorflow()
    from tfnets.artifacts.models import load_model
    from tfnets.tracing.cost import cost_table

    print(cost_table(load_model(options.model), shape))


def _image_shape(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    if not re.fullmatch(r"[1-9]\d{0,5}(x[1-9]\d{0,5}){2}", text):
        raise InputError(f"--input takes HEIGHTxWIDTHxCHANNELS such as 32x32x3, but got {text!r}.")
    return tuple(map(int, text.split("x")))
