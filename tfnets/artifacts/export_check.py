"""Runs a SavedModel with TensorFlow alone; a program for a process of its own.

It is started by file name with three arguments: the SavedModel's folder, an `.npz` file with the
inputs of some calls (`arr_0`, `arr_1`, ... in the order of the input names in the JSON beside it),
and the `.npz` file to write. It neither needs nor lets in Keras or tfnets: whoever loads the export
later will not have them either.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ABSENT = ("keras", "tfnets")
SIGNATURE = "serving_default"


def main(folder: str, given: str, result: str) -> None:
    """Writes the outputs of `SIGNATURE` for each call, and tries the calls that must fail.

    Args:
        folder: The SavedModel.
        given: `.npz` file of the inputs. `given` + ".json" has `calls` and `refused`, for each call
            the input names in the order of their arrays; the arrays of `refused` come last.
        result: `.npz` file to write: the outputs as float64, call by call, sorted by name. Types
            and shapes go to `result` + ".json", under `inputs` and `outputs`.

    Raises:
        ValueError: The signature does not take the calls' inputs, or a call that must fail did not.
    """
    sys.modules.update(dict.fromkeys(ABSENT))  # None makes every later import of them fail.
    import numpy as np
    import tensorflow as tf

    names = json.loads(Path(given + ".json").read_text())
    serve = tf.saved_model.load(folder).signatures[SIGNATURE]
    specs = serve.structured_input_signature[1]
    with np.load(given, allow_pickle=False) as file:
        arrays = iter([file[f"arr_{place}"] for place in range(len(file.files))])
    calls, refused = (
        [{name: next(arrays) for name in call} for call in names[kind]]
        for kind in ("calls", "refused")
    )
    for call in calls:
        _require_taken(call, specs)

    def run(call: dict[str, Any]) -> dict[str, Any]:
        return serve(**{name: tf.cast(value, specs[name].dtype) for name, value in call.items()})

    answers = [run(call) for call in calls]
    for call in refused:
        _require_refused(run, call)
    order = sorted(answers[0])
    np.savez(result, *[tf.cast(answer[name], tf.float64) for answer in answers for name in order])
    told = {
        "inputs": {name: _describe(specs[name]) for name in names["calls"][0]},
        "outputs": {name: _describe(serve.structured_outputs[name]) for name in order},
        "modules": sorted({name.partition(".")[0] for name, m in sys.modules.items() if m}),
    }
    Path(result + ".json").write_text(json.dumps(told))


def _require_taken(call: dict[str, Any], specs: dict[str, Any]) -> None:
    if sorted(specs) != sorted(call):
        raise ValueError(f"the signature has the inputs {sorted(specs)}, not {sorted(call)}")
    for name, value in call.items():
        if not specs[name].shape.is_compatible_with(value.shape):
            raise ValueError(
                f"the signature's input {name} has the shape {specs[name].shape}, which does not "
                f"take {value.shape}"
            )


def _require_refused(run: Callable[[dict[str, Any]], Any], call: dict[str, Any]) -> None:
    import tensorflow as tf

    try:
        run(call)
    except tf.errors.InvalidArgumentError:
        return
    values = {name: value.tolist() for name, value in call.items()}
    raise ValueError(f"the signature does not refuse {values}")


def _describe(spec: Any) -> str:
    return f"{spec.dtype.name} {tuple(spec.shape)}"


if __name__ == "__main__":
    main(*sys.argv[1:])
