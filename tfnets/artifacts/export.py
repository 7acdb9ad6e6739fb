"""Exporting a model in a form that is proven to work without Keras and without tfnets."""

import importlib.util
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfnets.artifacts import checked_export as checked
from tfnets.artifacts.models import load_model
from tfnets.errors import InputError

_ROWS = 3
_COARSE = {"float16": 4 * 2.0**-10, "bfloat16": 4 * 2.0**-7}
_FREE_SIZE = 64  # Stands for any size in the trial batch: enough for a few poolings.


FORMS = {"": "saved_model", ".onnx": "onnx", ".tflite": "litert"}
"""By the suffix of the export's name; any other one is a SavedModel's, too."""
_NEEDS = {"onnx": ("tf2onnx", "onnxruntime"), "litert": ("ai_edge_litert",)}


def export_model(
    model_or_path: keras.Model | Path | str, out: Path | str, *, force: bool = False
) -> checked.ExportReport:
    """Exports as `export_saved_model`, to ONNX where `out` ends in .onnx, to LiteRT in .tflite.

    ONNX is tried by onnxruntime, LiteRT by its interpreter, in a process that has neither
    TensorFlow nor Keras nor tfnets.

    Raises:
        InputError: As `export_saved_model`, or a package of the extra `onnx` is not installed.
    """
    out = Path(out)
    form = FORMS.get(out.suffix, "saved_model")
    missing = [name for name in _NEEDS.get(form, ()) if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(
            f"An export to {out.suffix} needs {' and '.join(missing)}; install them with "
            "`pip install -e '.[onnx]'`."
        )
    return _export(model_or_path, out, form, force)


def export_saved_model(
    model_or_path: keras.Model | Path | str, out_dir: Path | str, *, force: bool = False
) -> checked.ExportReport:
    """Writes a model as a TensorFlow SavedModel, after trying it in a process without Keras.

    The export is written to a temporary folder, loaded by a fresh Python process that has
    TensorFlow only (imports of keras and tfnets fail there), and run on a fixed random batch of
    three rows and of one. Only if its outputs agree with the model's own does the folder get its
    name: to 1e-5 of their largest magnitude, with layers that compute in float16 to 0.0039 and in
    bfloat16 to 0.031, four units in the last place. Both sides run on the CPU.

    Args:
        model_or_path: A built functional or sequential model whose inputs take any batch size, or
            a `.keras` file of one.
        out_dir: The folder to make.
        force: Replace an `out_dir` that is a SavedModel already.

    Raises:
        InputError: `out_dir` exists (with `force`: is something else than a SavedModel), the model
            has no inputs of any batch size, it draws random numbers or gives numbers that are not
            finite, or the export failed or disagreed; nothing is left.
    """
    return _export(model_or_path, Path(out_dir), "saved_model", force)


def _export(
    model_or_path: keras.Model | Path | str, out: Path, form: str, force: bool
) -> checked.ExportReport:
    checked.require_place(out, force, form)
    model = model_or_path if isinstance(model_or_path, keras.Model) else load_model(model_or_path)
    trial = _trial(model)
    return checked.write_checked(out, lambda place: _write(model, place, form), trial, form)


def _trial(model: keras.Model) -> checked.Trial:
    """The model's own answers to a random batch and to its first row alone."""
    batch = _random_batch(model)
    calls = [{name: value[:rows] for name, value in batch.items()} for rows in (_ROWS, 1)]
    what = "The model does not run on a random batch"
    why = "call it on such a batch to see why"
    with checked.one_sentence(what, why), tf.device("/CPU:0"):
        answers, again = ([_named(_call(model, call)) for call in calls] for _ in range(2))
    for name, value in ((name, x) for answer in answers for name, x in answer.items()):
        if not np.isfinite(value).all():
            raise InputError(
                f"The model's output {name!r} has NaN or infinite numbers on a random batch, so "
                "that an export cannot be compared; mend its weights."
            )
    coarse = (_COARSE.get(layer.compute_dtype, 0) for layer in model._flatten_layers())
    tolerance = max(checked.TOLERANCE, *coarse)
    pairs = [(a[name], b[name]) for a, b in zip(answers, again, strict=True) for name in a]
    if any(
        np.max(np.abs(a - b), initial=0) > tolerance * np.max(np.abs(a), initial=0)
        for a, b in pairs
    ):
        raise InputError(
            "The model draws random numbers, so that two equal calls differ and an export cannot "
            "be compared; take out the layer that draws them."
        )
    return checked.Trial(calls, answers, tolerance=tolerance)


def _random_batch(model: keras.Model) -> checked.Arrays:
    """Returns three random rows for every input: floats in [0, 1), whole numbers 0 or 1."""
    tensors = getattr(model, "inputs", None)
    if not model.built or not tensors:
        raise InputError(
            "The model has no fixed inputs to export; build it as a functional or Sequential model "
            "with keras.Input."
        )
    random = np.random.default_rng(0)
    return {tensor.name: _random_input(tensor, random) for tensor in tensors}


def _random_input(tensor: keras.KerasTensor, random: np.random.Generator) -> np.ndarray:
    if not tensor.shape or tensor.shape[0] is not None:
        raise InputError(
            f"The input {tensor.name!r} has the fixed shape {tensor.shape}; an export must take "
            "any batch size, so make it with keras.Input(shape=...), without batch_shape."
        )
    shape = (_ROWS, *(size or _FREE_SIZE for size in tensor.shape[1:]))
    if tf.as_dtype(tensor.dtype).is_floating:
        return random.random(shape, dtype=np.float32)
    if tensor.dtype == "string":
        raise InputError(f"The input {tensor.name!r} takes text; expected numbers.")
    return random.integers(0, 2, shape, dtype=np.int32)


def _call(model: keras.Model, batch: Mapping[str, Any]) -> Any:
    def tensor(given: keras.KerasTensor) -> tf.Tensor:
        return tf.cast(batch[given.name], given.dtype)

    return model(keras.tree.map_structure(tensor, _structure(model)), training=False)


def _structure(model: keras.Model) -> Any:
    # A Sequential model has one input, and its `.input` raises before it was called.
    return model.inputs[0] if isinstance(model, keras.Sequential) else model.input


def _named(outputs: Any) -> dict[str, np.ndarray]:
    """Outputs by their names in the signature, float64, in the order of the names."""
    named = _by_name(outputs)
    return {name: tf.cast(named[name], tf.float64).numpy() for name in sorted(named)}


def _by_name(outputs: Any) -> Mapping[str, tf.Tensor]:
    if isinstance(outputs, Mapping):
        return outputs
    return {f"output_{place}": value for place, value in enumerate(keras.tree.flatten(outputs))}


def _write(model: keras.Model, place: Path, form: str) -> None:
    if form != "onnx":
        # Keras exports a call without `training`, in which layers such as RandomFlip act.
        given = _structure(model)
        inference = keras.Model(given, model(given, training=False), name=model.name)
        kind = {"saved_model": "tf_saved_model"}.get(form, form)
        return inference.export(place, format=kind, verbose=False)
    import tf2onnx  # Keras's own export to ONNX leaves the outputs without their names.

    def answers(*given: tf.Tensor) -> Mapping[str, tf.Tensor]:
        return _by_name(_call(model, dict(zip(names, given, strict=True))))

    # What it cannot say is said by the check; its log lines are not for who calls this.
    logging.getLogger("tf2onnx").setLevel(logging.CRITICAL)
    names = [tensor.name for tensor in model.inputs]
    specs = [tf.TensorSpec(x.shape, x.dtype, name=x.name) for x in model.inputs]
    tf2onnx.convert.from_function(tf.function(answers), specs, output_path=place)
