"""Copying weights from one model to another by name, strictly: all that is asked for, or nothing.

Keras itself loads by the order of layers, or skips silently what does not fit
(https://github.com/keras-team/keras/issues/21404). Here every weight of the target must find its
counterpart, unless it is named in `skip`, and the error lists both sides.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfnets.artifacts.models import load_model, save_model
from tfnets.artifacts.weight_paths import (
    Weight,
    automatic,
    counterparts,
    join,
    renamed_layers,
    require_unique,
    skipped_paths,
)
from tfnets.artifacts.weight_report import RestoreError, RestoreReport, Row
from tfnets.artifacts.weight_sources import model_weights, source_weights
from tfnets.errors import InputError

_FLOATS = ("bfloat16", "float16", "float32", "float64")


def restore_weights(
    target: keras.Model,
    source: keras.Model | Path | str,
    *,
    rename: Mapping[str, str] | None = None,
    skip: Sequence[str] = (),
    by: str = "name",
    dry_run: bool = False,
) -> RestoreReport:
    r"""Copies weights into `target` by layer path, weight name and shape, all or nothing.

    Paths are names from the outside in without the outermost model's own name, such as
    `decoder/conv1/kernel`, so a model called `decoder` can be restored into one called
    `generator`. Patterns are regular expressions that must match a whole path; what matches a
    layer or nested model holds for everything inside it. For example

        restore_weights(gan, "run/autoencoder.keras",
                        rename={"decoder_(.*)": r"generator_\1"}, skip=["head"])

    Names that Keras has counted up (`dense_3`) differ whenever a program has made other layers
    before. Inside wrappers, nested models and subclassed models they are paired by their order;
    elsewhere they are refused, and `by="order"` pairs all layers that have weights by theirs.

    A `.weights.h5` file stores no variable names: there a layer must have as many variables as
    its counterpart, which then go by their order (so a file cannot tell apart two different
    variables of the same shape in the same place, such as BatchNormalization's scale and offset
    when each side has only one of them), and unused ones are listed by number. Types are cast
    only between floats, and never where a finite number would become infinite.

    Args:
        target: The built model whose weights are overwritten.
        source: A built model, a `.keras` file (loaded in safe mode), a `.weights.h5` file, a `.h5`
            file of `model.save` (only its arrays are read), or a run folder with one `.keras` file.
        rename: Pattern over source layer paths -> the path to look for in the target. The first
            that matches a layer counts.
        skip: Patterns over target paths (layers or single weights) that stay as they are, whether
            or not the source has them.
        by: "name", or "order": the first layer with the first, and so on, without `rename`.
        dry_run: Change nothing, and report what does not fit instead of raising.

    Raises:
        RestoreError: A weight of the target has no counterpart, or one of another shape or type.
        InputError: The source cannot be read, a model is not built or is quantised, a path or a
            renamed path is ambiguous, or a pattern matches nothing.
    """
    if by not in ("name", "order") or (by == "order" and rename):
        raise InputError(f"by is {by!r}; expected 'name', or 'order' without rename.")
    wanted = model_weights(target, "The target model")
    given = source_weights(source, target, in_order=by == "order")
    stay = skipped_paths([weight.path for weight in wanted], skip)
    kinds = {_kind(layer) for layer in target._flatten_layers()}
    ours, theirs = _by_layer(wanted), _by_new_layer(given, rename or {})
    if by == "order":
        partners = dict(zip(ours, theirs, strict=False))
    else:
        partners = counterparts(ours, theirs, kinds, not getattr(target, "inputs", None))
    pairs = tuple(_pairs(ours, theirs, partners))
    # Read before anything is written, so that a model can be the source of its own renaming.
    fitting = [(w, g) for w, g, why in pairs if g and not (why or w.path in stay)]
    values = {w.path: _cast(g.array(), w.dtype) for w, g in fitting}
    report = _report(pairs, given, stay, values, dry_run)
    if dry_run:
        return report
    if report.mismatched:
        missing = (row.target.split("/")[0] for row in report.mismatched if not row.source)
        counted = [name for name in missing if by == "name" and automatic(name, kinds)]
        raise RestoreError(report, counted[0] if counted and report.unused else "")
    _write(wanted, values)
    return report


def restore_file(
    source: keras.Model | Path | str,
    target_path: Path | str,
    out_path: Path | str,
    *,
    rename: Mapping[str, str] | None = None,
    skip: Sequence[str] = (),
    by: str = "name",
    dry_run: bool = False,
    force: bool = False,
) -> RestoreReport:
    """Restores into the model of one `.keras` file and saves the result as another, whole.

    Arguments and report as in `restore_weights`; `force` replaces an existing `out_path`. The file
    at `target_path` is not changed, unless `out_path` is the same; the model that is written is not
    compiled. A dry run writes nothing.

    Raises:
        RestoreError: As in `restore_weights`; nothing is written.
        InputError: As in `restore_weights` and `load_model`, or `out_path` exists (without `force`)
            or is no `.keras` file name.
    """
    out_path = Path(out_path)
    if out_path.suffix != ".keras" or out_path.is_dir():
        raise InputError(f"{out_path} is not a file name for the result; expected NAME.keras.")
    if out_path.exists() and not (force or dry_run):
        raise InputError(
            f"{out_path} exists already; choose another name, or replace it with --force."
        )
    model = load_model(target_path)
    report = restore_weights(model, source, rename=rename, skip=skip, by=by, dry_run=dry_run)
    if not dry_run:
        save_model(out_path, model)
    return report


def _kind(layer: keras.Layer) -> str:
    """The name that Keras counts up for a layer, without its number: `multi_head_attention`."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W", "", type(layer).__name__))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _by_layer(
    weights: Iterable[Weight], new: Mapping[str, str] = MappingProxyType({})
) -> dict[str, list[Weight]]:
    layers: dict[str, list[Weight]] = {}
    for weight in weights:
        layers.setdefault(new.get(weight.layer, weight.layer), []).append(weight)
    return layers


def _by_new_layer(given: Sequence[Weight], rename: Mapping[str, str]) -> dict[str, list[Weight]]:
    new = renamed_layers(dict.fromkeys(weight.layer for weight in given), rename)
    paths = ((join(new[weight.layer], weight.name or weight.key), weight) for weight in given)
    require_unique(paths, "After renaming, the source")
    return _by_layer(given, new)


_Pair = tuple[Weight, Weight | None, str]


def _pairs(
    wanted: Mapping[str, list[Weight]], given: Mapping[str, list[Weight]], partners: dict[str, str]
) -> Iterator[_Pair]:
    """Yields every target weight, its counterpart, and why the two do not fit ("" if they do)."""
    for layer, ours in wanted.items():
        theirs = given.get(partners.get(layer), [])
        named = all(weight.name for weight in theirs)
        if not named and {weight.key for weight in theirs} != _keys(ours):
            why = f"the file has {len(theirs)} unnamed variables here, the target {len(ours)}"
            yield from ((w, None, why) for w in ours)
            continue
        table = {_label(weight, named): weight for weight in theirs}
        found = ((weight, table.get(_label(weight, named))) for weight in ours)
        yield from ((weight, other, _misfit(weight, other)) for weight, other in found)


def _keys(weights: Sequence[Weight]) -> set[str]:
    """All numbers of a layer's variables, also of those that belong to a layer around it."""
    store: dict[str, Any] = {}
    weights[0].owner.save_own_variables(store)
    return set(store)


def _label(weight: Weight, named: bool) -> str:
    """A weight's name in its layer, or its number if it has none but Keras's own `variable_7`."""
    return weight.name if named and not automatic(weight.name, ("variable",)) else weight.key


def _misfit(wanted: Weight, given: Weight | None) -> str:
    if given is None:
        return "not in the source"
    if given.shape != wanted.shape:
        return "shapes differ"
    if given.dtype == wanted.dtype:
        return ""
    if given.dtype not in _FLOATS or wanted.dtype not in _FLOATS:
        return f"{given.dtype} is not made {wanted.dtype}"
    value = given.array()
    finite = np.array_equal(np.isfinite(value), np.isfinite(_cast(value, wanted.dtype)))
    return "" if finite else f"too large for {wanted.dtype}"


def _cast(value: np.ndarray, dtype: str) -> np.ndarray:
    with np.errstate(over="ignore"):
        return value.astype(tf.as_dtype(dtype).as_numpy_dtype)


def _write(wanted: Sequence[Weight], values: Mapping[str, np.ndarray]) -> None:
    """Hands each layer its new values as a saved file would.

    Assigning alone would not do: Normalization, for one, works out constants when it is loaded.
    """
    layers: dict[keras.Layer, dict[str, Any]] = defaultdict(dict)
    for weight in wanted:
        if weight.path in values and weight.owner is not None:
            layers[weight.owner][weight.key] = values[weight.path]
    for layer, new in layers.items():
        store: dict[str, Any] = {}
        layer.save_own_variables(store)
        layer.load_own_variables(store | new)


def _report(
    pairs: Sequence[_Pair],
    given: Sequence[Weight],
    stay: set[str],
    values: Mapping[str, np.ndarray],
    dry_run: bool,
) -> RestoreReport:
    taken = {id(source) for _, source, _ in pairs}
    rows = {target.path: _row(target, source, why) for target, source, why in pairs}
    wrong = [path for path in rows if path not in stay and path not in values]
    left = sorted((g for g in given if id(g) not in taken), key=lambda weight: weight.path)
    return RestoreReport(
        loaded=tuple(rows[path] for path in rows if path in values),
        skipped=tuple(rows[path] for path in rows if path in stay),
        mismatched=tuple(rows[path] for path in wrong),
        unused=tuple(Row("", None, weight.path, weight.shape) for weight in left),
        dry_run=dry_run,
    )


def _row(target: Weight, source: Weight | None, why: str) -> Row:
    if source is None:
        return Row(target.path, target.shape, "", None, why)
    cast = "" if source.dtype == target.dtype else f"{source.dtype} -> {target.dtype}"
    path = join(source.layer, source.name or target.name)
    return Row(target.path, target.shape, path, source.shape, why or cast)
