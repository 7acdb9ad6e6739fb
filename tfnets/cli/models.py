"""`tfnets restore | export | cost`: saved models."""

import argparse
import re

from tfnets.cli.options import Commands, command
from tfnets.errors import InputError
from tfnets.files import as_on_disk
from tfnets.startup import import_tensorflow


def add(commands: Commands) -> None:
    """Adds the commands of this module."""
    text = "Copy the weights that fit from a model into another, by layer name and shape."
    option = command(commands, "restore", text, _restore).add_argument
    option("source", type=as_on_disk, help=".keras, .weights.h5, .h5 or run folder")
    option("target", type=as_on_disk, help=".keras file that receives")
    option("--out", type=as_on_disk, required=True, help=".keras file to write")
    option("--rename", action="append", default=[], metavar="PATTERN=NAME")
    option("--skip", action="append", default=[], metavar="PATTERN")
    option("--by", choices=("name", "order"), default="name", help="how layers are paired")
    option("--dry-run", action="store_true", help="only show the table")
    option("--force", action="store_true", help="replace an existing file")

    text = (
        "Export a model and write its model card; it is loaded without tfnets and compared first."
    )
    option = command(commands, "export", text, _export).add_argument
    option("model", type=as_on_disk, help=".keras file; with --digits a run folder")
    text = "SavedModel folder to write; a name in .onnx or .tflite writes that form"
    option("--out", type=as_on_disk, required=True, help=text)
    option("--force", action="store_true", help="replace an existing export")
    text = "a run's generator with its prior, as (digit: int32[n], seed: int32[2]) -> image"
    option("--digits", action="store_true", help=text)
    text = "with --digits, one of `tfnets generate RUN --list` (default: the first)"
    option("--generator", metavar="NAME", help=text)

    text = "Show what each layer of a model sees and costs: field, weights, multiplications."
    option = command(commands, "cost", text, _cost).add_argument
    option("model", type=as_on_disk, help=".keras file")
    option("--input", metavar="HEIGHTxWIDTHxCHANNELS", help="another input size")


def _restore(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.artifacts.weights import restore_file

    for pair in options.rename:
        if "=" not in pair:
            raise InputError(f"--rename takes PATTERN=NAME, but got {pair!r}.")
    rename = dict(pair.split("=", 1) for pair in options.rename)
    given = {name: getattr(options, name) for name in ("skip", "by", "dry_run", "force")}
    print(restore_file(options.source, options.target, options.out, rename=rename, **given))


def _export(options: argparse.Namespace) -> None:
    if options.generator and not options.digits:
        raise InputError("--generator names the generator of a run; give --digits, too.")
    if options.digits and options.out.suffix in (".onnx", ".tflite"):
        raise InputError(
            "With --digits a SavedModel is written, because the other forms have no TensorFlow "
            f"that draws from a seed; give an --out without {options.out.suffix}."
        )
    import_tensorflow()
    from tfnets.artifacts import reference
    from tfnets.report.model_card import known_run, write_card
    from tfnets.studies import STUDIES, about

    if options.digits:
        from tfnets.methods.gans.export import export_digits
        from tfnets.methods.gans.saved import chosen

        run = reference.opened(options.model)
        name, folder = chosen(run, options.generator).name, run.path
        made = export_digits(run, options.out, name, force=options.force)
    else:
        from tfnets.artifacts.export import export_model

        name, folder = options.model.name, options.model.parent
        made = export_model(options.model, options.out, force=options.force)
    run = known_run(folder)
    ours = run is not None and run.config.study in STUDIES
    data = getattr(about(run.config.study), "DATA", ()) if ours else ()
    print(made, f"Model card: {write_card(made, name, run, data)}", sep="\n")


def _cost(options: argparse.Namespace) -> None:
    shape = text = options.input
    if text is not None:
        if not re.fullmatch(r"[1-9]\d{0,5}(x[1-9]\d{0,5}){0,3}", text):
            raise InputError(
                "--input takes HEIGHTxWIDTHxCHANNELS such as 32x32x3, or as many sizes as the "
                f"model's input has, but got {text!r}."
            )
        shape = tuple(map(int, text.split("x")))
    import_tensorflow()
    from tfnets.artifacts.models import load_model
    from tfnets.tracing.cost import cost_table

    print(cost_table(load_model(options.model), shape))
