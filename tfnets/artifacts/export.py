"""Exporting a model as a SavedModel that is proven to work without Keras and without tfnets."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfnets.artifacts import export_check
from tfnets.artifacts.models import load_model
from tfnets.errors import InputError
from tfnets.files import atomic

_SIGNATURE = "serving_default"
_ROWS = 3
_FREE_SIZE = 64  # Stands for any size in the trial batch: enough for a few poolings.
_TOLERANCE = 1e-5
_TIMEOUT_S = 600


@dataclass(frozen=True)
class ExportReport:
    """What was exported, and how closely the loaded export agrees with the model.

    Attributes:
        path: The SavedModel's folder.
        signature: Name of the signature that was run.
        inputs: Input name -> type and shape, such as "float32 (None, 28, 28, 1)".
        outputs: Output name -> type and shape.
        max_abs_difference: Largest difference from the model's own output on random batches.
        size_bytes: Size of the folder.
    """

    path: Path
    signature: str
    inputs: dict[str, str]
    outputs: dict[str, str]
    max_abs_difference: float
    size_bytes: int

    def __str__(self) -> str:
        sides = (("input", self.inputs), ("output", self.outputs))
        lines = [f"{side}  {name}  {what}" for side, pairs in sides for name, what in pairs.items()]
        summary = (
            f"{self.path}: signature {self.signature}, {self.size_bytes:,} bytes; run without "
            f"Keras, it differs by at most {self.max_abs_difference:.2g} from the model"
        )
        return "\n".join([*lines, summary])


def export_saved_model(
    model_or_path: keras.Model | Path | str, out_dir: Path | str, *, force: bool = False
) -> ExportReport:
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

    Returns:
        The report.

    Raises:
        InputError: `out_dir` exists (with `force`: is something else than a SavedModel), the model
            has no inputs of any batch size, or the export failed or disagreed; nothing is left.
    """
    out_dir = Path(out_dir)
    _require_place(out_dir, force)
    model = model_or_path if isinstance(model_or_path, keras.Model) else load_model(model_or_path)
    batch = _random_batch(model)
    expected = _outputs(model, batch)
    with atomic(out_dir) as temporary:
        _write(model, temporary)
        actual, outputs = _run_apart(temporary, batch)
        difference = _require_agreement(expected, actual)
        size = sum(file.stat().st_size for file in temporary.rglob("*") if file.is_file())
        old = _set_aside(out_dir)
    if old:
        shutil.rmtree(old)
    inputs = {tensor.name: f"{tensor.dtype} {tuple(tensor.shape)}" for tensor in model.inputs}
    return ExportReport(out_dir, _SIGNATURE, inputs, outputs, difference, size)


def _require_place(path: Path, force: bool) -> None:
    if not path.exists():
        return
    if not force:
        raise InputError(f"{path} exists already; choose another name, or replace it with --force.")
    if not (path / "saved_model.pb").is_file():
        raise InputError(f"{path} is not a SavedModel, so it is not replaced; choose another name.")


def _random_batch(model: keras.Model) -> dict[str, np.ndarray]:
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


def _outputs(model: keras.Model, batch: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Returns the model's outputs by their names in the signature, stacked: the rows, row one."""
    try:
        with tf.device("/CPU:0"):
            runs = [_named(_call(model, batch, rows)) for rows in (_ROWS, 1)]
    except Exception as error:  # Whatever a layer raises for this batch.
        raise InputError(
            f"The model does not run on a random batch ({_last_line(str(error))}); call it on such "
            "a batch to see why."
        ) from error
    return {name: np.concatenate([run[name] for run in runs]) for name in sorted(runs[0])}


def _call(model: keras.Model, batch: Mapping[str, np.ndarray], rows: int) -> Any:
    def tensor(given: keras.KerasTensor) -> tf.Tensor:
        return tf.cast(batch[given.name][:rows], given.dtype)

    # A Sequential model has one input, and its `.input` raises before it was called.
    structure = model.inputs[0] if isinstance(model, keras.Sequential) else model.input
    return model(keras.tree.map_structure(tensor, structure), training=False)


def _named(outputs: Any) -> dict[str, np.ndarray]:
    if not isinstance(outputs, dict):
        flat = keras.tree.flatten(outputs)
        outputs = {f"output_{place}": value for place, value in enumerate(flat)}
    return {name: tf.cast(value, tf.float64).numpy() for name, value in outputs.items()}


def _write(model: keras.Model, folder: Path) -> None:
    try:
        model.export(folder, format="tf_saved_model", verbose=False)
    except Exception as error:  # Keras and TensorFlow raise many kinds here.
        raise InputError(
            f"The model cannot be exported ({_last_line(str(error))}); nothing was written."
        ) from error


def _run_apart(
    folder: Path, batch: Mapping[str, np.ndarray]
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Runs the export in a fresh process; returns its outputs as `_outputs` does, and shapes."""
    with tempfile.TemporaryDirectory() as scratch:
        given, result = Path(scratch, "given.npz"), Path(scratch, "result.npz")
        np.savez(given, *batch.values())
        Path(f"{given}.json").write_text(json.dumps(list(batch)))
        _start(folder, given, result)
        outputs = json.loads(Path(f"{result}.json").read_text())["outputs"]
        with np.load(result, allow_pickle=False) as file:
            arrays = [file[f"arr_{place}"] for place in range(len(file.files))]
    half = len(outputs)
    pairs = zip(outputs, arrays[:half], arrays[half:], strict=True)
    return {name: np.concatenate([rows, row]) for name, rows, row in pairs}, outputs


def _start(folder: Path, given: Path, result: Path) -> None:
    # -P keeps this package's folder, whose modules have common names, off the import path.
    command = [sys.executable, "-P", export_check.__file__, str(folder), str(given), str(result)]
    settings = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    try:
        subprocess.run(
            command,
            env=os.environ | settings,
            check=True,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
        )
    except (subprocess.SubprocessError, OSError) as error:
        reason = _last_line(getattr(error, "stderr", None) or str(error))
        raise InputError(
            f"The exported model does not run in a process without Keras ({reason}); nothing was "
            "written."
        ) from error


def _require_agreement(
    expected: Mapping[str, np.ndarray], actual: Mapping[str, np.ndarray]
) -> float:
    """Returns the largest difference between the outputs, refusing one beyond the tolerance."""
    if {n: v.shape for n, v in expected.items()} != {n: v.shape for n, v in actual.items()}:
        raise InputError(
            f"The exported model has the outputs {sorted(actual)}, the model {sorted(expected)}, "
            "or they differ in shape; nothing was written."
        )
    largest = 0.0
    for name, ours in expected.items():
        with np.errstate(invalid="ignore"):
            difference = float(np.max(np.abs(ours - actual[name]), initial=0.0))
        scale = float(np.max(np.abs(ours), initial=0.0))
        if not difference <= _TOLERANCE * scale:  # Written so that NaN is refused, too.
            raise InputError(
                f"The exported model's output {name!r} differs by {difference:.3g} from the "
                f"model's (largest value {scale:.3g}); nothing was written, and a "
                "model that draws random numbers or gives NaN cannot be checked."
            )
        largest = max(largest, difference)
    return largest


def _set_aside(path: Path) -> Path | None:
    """Renames the old SavedModel at the last moment, so that a failed export leaves it in place."""
    if not path.exists():
        return None
    return path.rename(path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.old"))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no reason given"
