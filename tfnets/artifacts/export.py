"""Exporting a model as a SavedModel that is proven to work without Keras and without tfnets."""

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
_FREE_SIZE = 64  # Stands for any size in the trial batch: enough for a few poolings.


def export_saved_model(
    model_or_path: keras.Model | Path | str, out_dir: Path | str, *, force: bool = False
) -> checked.ExportReport:
    """Writes a model as a TensorFlow SavedModel, after trying it in a process without Keras.

    The export is written to a temporary folder, loaded by a fresh Python process that has
    TensorFlow only (imports of keras and tfnets fail there), and run on a fixed random batch of
    three rows and of one. Only if its outputs agree with the model's own, to 1e-5 of their largest
    magnitude, does the folder get its name. Both sides run on the CPU.

    Args:
        model_or_path: A built functional or sequential model whose inputs take any batch size, or
            a `.keras` file of one.
        out_dir: The folder to make.
        force: Replace an `out_dir` that is a SavedModel already.

    Raises:
        InputError: `out_dir` exists (with `force`: is something else than a SavedModel), the model
            has no inputs of any batch size, or the export failed or disagreed; nothing is left.
    """
    out_dir = Path(out_dir)
    checked.require_place(out_dir, force)
    model = model_or_path if isinstance(model_or_path, keras.Model) else load_model(model_or_path)
    trial = _trial(model)
    return checked.write_checked(out_dir, lambda folder: _write(model, folder), trial)


def _trial(model: keras.Model) -> checked.Trial:
    """The model's own answers to a random batch and to its first row alone."""
    batch = _random_batch(model)
    calls = [{name: value[:rows] for name, value in batch.items()} for rows in (_ROWS, 1)]
    what = "The model does not run on a random batch"
    why = "call it on such a batch to see why"
    with checked.one_sentence(what, why), tf.device("/CPU:0"):
        return checked.Trial(calls, [_named(_call(model, call)) for call in calls])


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


def _call(model: keras.Model, batch: checked.Arrays) -> Any:
    def tensor(given: keras.KerasTensor) -> tf.Tensor:
        return tf.cast(batch[given.name], given.dtype)

    # A Sequential model has one input, and its `.input` raises before it was called.
    structure = model.inputs[0] if isinstance(model, keras.Sequential) else model.input
    return model(keras.tree.map_structure(tensor, structure), training=False)


def _named(outputs: Any) -> dict[str, np.ndarray]:
    """Outputs by their names in the signature, float64, in the order of the names."""
    if not isinstance(outputs, Mapping):
        flat = keras.tree.flatten(outputs)
        outputs = {f"output_{place}": value for place, value in enumerate(flat)}
    return {name: tf.cast(outputs[name], tf.float64).numpy() for name in sorted(outputs)}


def _write(model: keras.Model, folder: Path) -> None:
    model.export(folder, format="tf_saved_model", verbose=False)
