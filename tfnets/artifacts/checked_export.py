"""An export gets its name only after a process without Keras has run it and answered rightly."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfnets.artifacts import export_check
from tfnets.errors import InputError
from tfnets.files import atomic

SIGNATURE = export_check.SIGNATURE
"""Name of the signature that is run."""

TOLERANCE = 1e-5
_TIMEOUT_S = 600

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Trial:
    """What an export must do before it gets its name.

    For each of the calls, inputs by name, it must give its answer, the outputs by name in float64;
    and a call with refused inputs must fail. Answers may differ by `tolerance` of the largest one.
    """

    calls: Sequence[Arrays]
    answers: Sequence[Arrays]
    refused: Sequence[Arrays] = ()
    tolerance: float = TOLERANCE


@dataclass(frozen=True)
class ExportReport:
    """What was exported, and how closely the loaded export agrees with what it should answer.

    Attributes:
        path: The SavedModel's folder, or the file.
        signature: Name of the signature that was run.
        inputs: Input name -> type and shape, such as "float32 (None, 28, 28, 1)".
        outputs: Output name -> type and shape.
        max_abs_difference: Largest difference from the model's own output in the trial.
        size_bytes: Size of the folder or file.
        form: A key of `export_check.FORMS`.
    """

    path: Path
    signature: str
    inputs: dict[str, str]
    outputs: dict[str, str]
    max_abs_difference: float
    size_bytes: int
    form: str = "saved_model"

    def __str__(self) -> str:
        sides = (("input", self.inputs), ("output", self.outputs))
        lines = [f"{side}  {name}  {what}" for side, pairs in sides for name, what in pairs.items()]
        summary = (
            f"{self.path}: signature {self.signature}, {self.size_bytes:,} bytes; run without "
            f"Keras, it differs by at most {self.max_abs_difference:.2g} from the model"
        )
        return "\n".join([*lines, summary])


def require_place(path: Path, force: bool, form: str = "saved_model") -> None:
    """Refuses a place that is taken (with `force`: by another thing) with an `InputError`."""
    if not path.exists():
        return
    if not force:
        raise InputError(f"{path} exists already; choose another name, or replace it with --force.")
    if form != "saved_model":
        if not path.is_file():
            raise InputError(f"{path} is a folder, so it is not replaced; choose another name.")
    elif not (path / "saved_model.pb").is_file():
        raise InputError(f"{path} is not a SavedModel, so it is not replaced; choose another name.")


def write_checked(
    path: Path, write: Callable[[Path], None], trial: Trial, form: str = "saved_model"
) -> ExportReport:
    """Writes an export under a temporary name, tries it apart, and gives it its name.

    The trial is run by a fresh Python process that has the form's runtime only (imports of the
    other packages that `export_check.FORMS` names fail there), on the CPU. What was exported to
    `path` before is replaced at the last moment.

    `write` writes the file or folder, a SavedModel with the signature `SIGNATURE`; the answers of
    the trial must agree to its tolerance.

    Raises:
        InputError: The export failed, did not run, answered differently or did not refuse;
            nothing is left.
    """
    with atomic(path) as temporary:
        with one_sentence("The model cannot be exported", "nothing was written"):
            write(temporary)
        ran = _run_apart(temporary, trial, form)
        difference = _require_agreement(trial.answers, ran.answers, trial.tolerance)
        files = (temporary, *temporary.rglob("*"))
        size = sum(file.stat().st_size for file in files if file.is_file())
        # At the last moment, so that a failed export leaves the old one in place.
        old = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.old")
        if path.is_dir():
            path.rename(old)
    if old.exists():
        shutil.rmtree(old)
    return ExportReport(path, SIGNATURE, ran.inputs, ran.outputs, difference, size, form)


@dataclass(frozen=True)
class _Ran:
    """What the process without Keras found: answers of the calls, and the signature's types."""

    answers: list[dict[str, np.ndarray]]
    inputs: dict[str, str]
    outputs: dict[str, str]


def _run_apart(place: Path, trial: Trial, form: str) -> _Ran:
    with tempfile.TemporaryDirectory() as scratch:
        given, result = Path(scratch, "given.npz"), Path(scratch, "result.npz")
        calls = [*trial.calls, *trial.refused]
        np.savez(given, *[value for call in calls for value in call.values()])
        names = {"calls": list(map(list, trial.calls)), "refused": list(map(list, trial.refused))}
        Path(f"{given}.json").write_text(json.dumps(names))
        _start(form, place, given, result)
        told = json.loads(Path(f"{result}.json").read_text())
        with np.load(result, allow_pickle=False) as file:
            arrays = iter([file[f"arr_{place}"] for place in range(len(file.files))])
    answers = [{name: next(arrays) for name in told["outputs"]} for _ in trial.calls]
    return _Ran(answers, told["inputs"], told["outputs"])


def _start(form: str, *places: Path) -> None:
    # -P keeps this package's folder, whose modules have common names, off the import path.
    command = [sys.executable, "-P", export_check.__file__, form, *map(str, places)]
    env = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    caught = {"capture_output": True, "text": True, "timeout": _TIMEOUT_S}
    try:
        subprocess.run(command, env=env, check=True, **caught)
    except (subprocess.SubprocessError, OSError) as error:
        reason = last_line(getattr(error, "stderr", None) or str(error))
        raise InputError(
            f"The exported model does not run in a process without Keras ({reason}); nothing was "
            "written."
        ) from error


def _require_agreement(
    expected: Sequence[Arrays], actual: Sequence[Arrays], tolerance: float = TOLERANCE
) -> float:
    """Returns the largest difference between the answers, refusing one beyond the tolerance."""
    if _shapes(expected) != _shapes(actual):
        raise InputError(
            f"The exported model has the outputs {sorted(actual[0])}, the model "
            f"{sorted(expected[0])}, or they differ in shape; nothing was written."
        )
    differences = [_agreement(name, expected, actual, tolerance) for name in expected[0]]
    return max(differences, default=0.0)


def _shapes(answers: Sequence[Arrays]) -> list[dict[str, tuple[int, ...]]]:
    return [{name: value.shape for name, value in answer.items()} for answer in answers]


def _agreement(
    name: str, expected: Sequence[Arrays], actual: Sequence[Arrays], tolerance: float
) -> float:
    """The largest difference of one output over all calls."""
    ours, theirs = (np.concatenate([a[name].ravel() for a in side]) for side in (expected, actual))
    with np.errstate(invalid="ignore"):
        difference = float(np.max(np.abs(ours - theirs), initial=0.0))
    scale = float(np.max(np.abs(ours), initial=0.0))
    if not difference <= tolerance * scale:  # Written so that NaN is refused, too.
        raise InputError(
            f"The exported model's output {name!r} differs by {difference:.3g} from the "
            f"model's (largest value {scale:.3g}, of which {tolerance:.2g} is allowed for "
            "rounding); nothing was written."
        )
    return difference


@contextmanager
def one_sentence(what: str, advice: str) -> Iterator[None]:
    """Turns what a network raises into an `InputError`: what does not work (why); advice."""
    try:
        yield
    except Exception as error:  # Layers, Keras and TensorFlow raise many kinds.
        raise InputError(f"{what} ({last_line(str(error))}); {advice}.") from error


def last_line(text: str) -> str:
    """The last line that is not empty, at most 300 characters of it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no reason given"
