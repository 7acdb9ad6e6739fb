"""Runs an exported model without Keras and without tfnets; a program for a process of its own.

It is started by file name with four arguments: the export's form, the export, an `.npz` file with
the inputs of some calls (`arr_0`, `arr_1`, ... in the order of the input names in the JSON beside
it), and the `.npz` file to write. It neither needs nor lets in Keras, tfnets and, where the form
has a runtime of its own, TensorFlow: whoever loads the export later will not have them either.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

SIGNATURE = "serving_default"
_ONNX = {"float": "float32", "double": "float64"}

Call = dict[str, Any]


class Spec(NamedTuple):
    """Type and shape of an input or output; None is any size."""

    dtype: str
    shape: tuple[int | None, ...]


class Opened(NamedTuple):
    """An export that answers calls, its inputs and outputs in order, and how it refuses a call."""

    answer: Callable[[Call], Call]
    inputs: dict[str, Spec]
    outputs: dict[str, Spec]
    refusal: type[Exception] = ValueError


def main(form: str, export: str, given: str, result: str) -> None:
    """Writes the outputs for each call, and tries the calls that must fail.

    Args:
        form: A key of `FORMS`.
        export: The exported file or folder.
        given: `.npz` file of the inputs. `given` + ".json" has `calls` and `refused`, for each call
            the input names in the order of their arrays; the arrays of `refused` come last.
        result: `.npz` file to write: the outputs as float64, call by call, sorted by name. Types
            and shapes go to `result` + ".json", under `inputs` and `outputs`.

    Raises:
        ValueError: The export does not take the calls' inputs, or a call that must fail did not.
    """
    opening, absent = FORMS[form]
    sys.modules.update(dict.fromkeys(absent))  # None makes every later import of them fail.
    import numpy as np

    names = json.loads(Path(given + ".json").read_text())
    opened = opening(export)
    with np.load(given, allow_pickle=False) as file:
        arrays = iter([file[f"arr_{place}"] for place in range(len(file.files))])
    calls, refused = (
        [{name: next(arrays) for name in call} for call in names[kind]]
        for kind in ("calls", "refused")
    )
    for call in calls:
        _require_taken(call, opened.inputs)

    def run(call: Call) -> Call:
        return opened.answer({n: np.asarray(v, opened.inputs[n].dtype) for n, v in call.items()})

    answers = [run(call) for call in calls]
    for call in refused:
        _require_refused(run, call, opened.refusal)
    order = sorted(opened.outputs)
    np.savez(result, *[np.asarray(a[name], np.float64) for a in answers for name in order])
    told = {
        "inputs": {name: _describe(opened.inputs[name]) for name in names["calls"][0]},
        "outputs": {name: _describe(opened.outputs[name]) for name in order},
        "modules": sorted({name.partition(".")[0] for name, m in sys.modules.items() if m}),
    }
    Path(result + ".json").write_text(json.dumps(told))


def _saved_model(folder: str) -> Opened:
    import tensorflow as tf

    serve = tf.saved_model.load(folder).signatures[SIGNATURE]

    def specs(of: dict[str, Any]) -> dict[str, Spec]:
        return {name: Spec(spec.dtype.name, tuple(spec.shape)) for name, spec in of.items()}

    def answer(call: Call) -> Call:
        return {
            n: v.numpy() for n, v in serve(**{n: tf.constant(v) for n, v in call.items()}).items()
        }

    refusal = tf.errors.InvalidArgumentError
    return Opened(
        answer, specs(serve.structured_input_signature[1]), specs(serve.structured_outputs), refusal
    )


def _onnx(file: str) -> Opened:
    import onnxruntime

    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])

    def specs(nodes: list[Any]) -> dict[str, Spec]:
        kinds = {node.name: node.type.removeprefix("tensor(").rstrip(")") for node in nodes}
        shapes = {n.name: tuple(s if isinstance(s, int) else None for s in n.shape) for n in nodes}
        return {name: Spec(_ONNX.get(kinds[name], kinds[name]), shapes[name]) for name in kinds}

    outputs = specs(session.get_outputs())
    return Opened(
        lambda call: dict(zip(outputs, session.run(list(outputs), call), strict=True)),
        specs(session.get_inputs()),
        outputs,
    )


def _litert(file: str) -> Opened:
    from ai_edge_litert.interpreter import Interpreter

    runner = Interpreter(file).get_signature_runner(SIGNATURE)

    def specs(details: dict[str, Any]) -> dict[str, Spec]:
        return {
            name: Spec(one["dtype"].__name__, tuple(s if s >= 0 else None for s in signature))
            for name, one in details.items()
            for signature in [one["shape_signature"].tolist()]
        }

    inputs, outputs = specs(runner.get_input_details()), specs(runner.get_output_details())
    return Opened(lambda call: runner(**call), inputs, outputs)


FORMS: dict[str, tuple[Callable[[str], Opened], tuple[str, ...]]] = {
    "saved_model": (_saved_model, ("keras", "tfnets")),
    "onnx": (_onnx, ("tensorflow", "keras", "tfnets")),
    "litert": (_litert, ("tensorflow", "keras", "tfnets")),
}
"""How an export of each form is opened, and which packages it must not need."""


def _require_taken(call: Call, specs: dict[str, Spec]) -> None:
    if sorted(specs) != sorted(call):
        raise ValueError(f"the signature has the inputs {sorted(specs)}, not {sorted(call)}")
    for name, value in call.items():
        wanted = specs[name].shape
        sizes = zip(wanted, value.shape, strict=False)
        if len(wanted) != value.ndim or any(a not in (None, b) for a, b in sizes):
            raise ValueError(
                f"the signature's input {name} has the shape {wanted}, which does not "
                f"take {value.shape}"
            )


def _require_refused(run: Callable[[Call], Any], call: Call, refusal: type[Exception]) -> None:
    try:
        run(call)
    except refusal:
        return
    values = {name: value.tolist() for name, value in call.items()}
    raise ValueError(f"the signature does not refuse {values}")


def _describe(spec: Spec) -> str:
    return f"{spec.dtype} {spec.shape}"


if __name__ == "__main__":
    main(*sys.argv[1:])
