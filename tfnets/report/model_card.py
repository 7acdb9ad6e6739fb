"""A model card, written from a run folder: the README.md in an export's folder, or FILE.md."""

import itertools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tfnets.artifacts.checked_export import ExportReport
from tfnets.artifacts.run import Run
from tfnets.datasets.sources.catalog import DATASETS
from tfnets.errors import InputError, printable
from tfnets.files import atomic
from tfnets.report.content import by_whose
from tfnets.report.numbers import NONE, measured
from tfnets.report.reading import read_report

CARD = "README.md"


def known_run(folder: Path) -> Run | None:
    """The run in a folder; None where there is none, or its report cannot be read."""
    try:
        run = Run.open(folder)
        if run.finished:
            read_report(run)
    except InputError:
        return None
    return run


def write_card(
    exported: ExportReport, name: str, run: Run | None, data: Iterable[str] = ()
) -> Path:
    """Writes the card of an exported model: data, licence, metrics, limits, how to load it.

    Args:
        exported: What was exported.
        name: What the model is called.
        run: The run that it is from; None if that is not known, and the card says so.
        data: Keys of `DATASETS` that the run's study learns from, beside those in its settings.

    Raises:
        InputError: The run's report.json cannot be read.
    """
    parts = {
        "Data and licence": _data(run.config.settings if run else {}, data),
        "Metrics": _metrics(run),
        "Limits": _limits(run),
        "How to load it": _loading(exported),
    }
    texts = [f"# Model card: {name}\n\n{_origin(name, run)}\n"]
    texts += [f"## {title}\n\n{text}\n" for title, text in parts.items()]
    path = exported.path / CARD if exported.path.is_dir() else Path(f"{exported.path}.md")
    with atomic(path) as temporary:
        text = printable("\n".join(texts), keep="\n")
        temporary.write_text(text, encoding="utf-8", errors="replace")
    return path


def _origin(name: str, run: Run | None) -> str:
    if run is None:
        return (
            f"`{name}` lies in no run folder that can be read, so this card cannot say what it has "
            "learned. Write in what you know."
        )
    config = run.config
    question = f" ({' '.join(read_report(run).question.split())})" if run.finished else ""
    versions = ", ".join(f"{key} {value}" for key, value in config.versions.items())
    return (
        f"`{name}` of a run of `{config.study}`{question} at scale {config.scale} with seed "
        f"{config.seed}, made with {versions}."
    )


def _data(settings: Mapping[str, Any], data: Iterable[str]) -> str:
    named = {key: value if isinstance(value, list) else [value] for key, value in settings.items()}
    kept = list(DATASETS)  # What a file says need not be hashable.
    found = [(key, name) for key, names in named.items() for name in names if name in kept]
    rows = dict.fromkeys([*found, *(("the study's", name) for name in data)])
    own = "The weights are bound by what the data's licence asks of them; tfnets itself is MIT."
    if not rows:
        return (
            "The run names no data set that tfnets knows: they are pictures of one's own or drawn "
            f"ones. Write in where they are from and under which licence. {own}"
        )
    lines = ["| setting | data set | licence |", "|---|---|---|"]
    for key, name in rows:
        lines.append(f"| {key} | {DATASETS[name].title} | {DATASETS[name].licence} |")
    count = settings.get("train_images")
    first = f"\n\nAt most {count:,} training images." if isinstance(count, int) else ""
    return "\n".join(lines) + f"{first}\n\n{own}"


def _metrics(run: Run | None) -> str:
    claims = read_report(run).claims if run and run.finished else []
    if not claims:
        return "None are known: " + (
            "there is no run folder." if run is None else
            "the run claims none; its numbers are in metrics.json." if run.finished else
            "the run is not finished."
        )  # fmt: skip
    lines = [
        "What the run measured, of other networks of it, too; intervals are 95 %.",
        "",
        "| claim | whose | measured | verdict | how |",
        "|---|---|---|---|---|",
    ]
    claims = itertools.chain.from_iterable(by_whose(claims).values())
    cells = ([c.claim, c.whose, measured(c), c.verdict, c.note or NONE] for c in claims)
    return "\n".join([*lines, *(f"| {' | '.join(map(_cell, row))} |" for row in cells)])


def _limits(run: Run | None) -> str:
    notes = read_report(run).notes if run and run.finished else []
    known = (
        "Nothing was measured on other data than those above, nor by anyone else; what the table "
        "does not confirm does not hold."
    )
    return "\n".join(f"- {_cell(text)}" for text in (known, *notes))


_CODE = {
    "saved_model": (
        "TensorFlow",
        "import tensorflow as tf\n\nmodel = tf.saved_model.load({path!r})\n"
        "answers = model.signatures[{signature!r}](**{{{tensors}}})",
    ),
    "onnx": (
        "onnxruntime",
        "import numpy as np\nimport onnxruntime\n\nmodel = onnxruntime.InferenceSession({path!r})\n"
        "answers = model.run(None, {{{arrays}}})",
    ),
    "litert": (
        "ai_edge_litert",
        "import numpy as np\nfrom ai_edge_litert.interpreter import Interpreter\n\n"
        "model = Interpreter({path!r}).get_signature_runner({signature!r})\n"
        "answers = model(**{{{arrays}}})",
    ),
}
"""What an export of each form runs with, and how."""


def _loading(exported: ExportReport) -> str:
    sides = (("input", exported.inputs), ("output", exported.outputs))
    rows = [f"| {side} | {name} | {what} |" for side, all_ in sides for name, what in all_.items()]
    table = "\n".join(["| | name | type and shape |", "|---|---|---|", *rows])
    package, code = _CODE[exported.form]
    given = {
        key: ", ".join(f"{name!r}: {zeros(what)}" for name, what in exported.inputs.items())
        for key, zeros in (("tensors", _tensor), ("arrays", _array))
    }
    code = code.format(path=str(exported.path), signature=exported.signature, **given)
    return (
        f"With {package} alone. Pictures have values in [0, 1].\n\n{table}\n\n```python\n{code}\n"
        f"```\n\nLoaded again without Keras, it differed from the network by at most "
        f"{exported.max_abs_difference:.2g}."
    )


def _tensor(what: str) -> str:
    """Code of an input of a type and shape, such as "float32 (None, 28, 28, 1)"."""
    kind, shape = what.split(" ", 1)
    return f"tf.zeros({re.sub('None', '1', shape)}, {kind!r})"


def _array(what: str) -> str:
    return _tensor(what).replace("tf.", "np.")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
