"""Runs a SavedModel with TensorFlow alone; a program for a process of its own.

It is started by file name with three arguments: the SavedModel's folder, an `.npz` file with the
batches (`arr_0`, `arr_1`, ... in the order of the input names in the JSON beside it), and the
`.npz` file to write. It neither needs nor lets in Keras or tfnets: whoever loads the export later
will not have them either.
"""

import json
import sys
from pathlib import Path
from typing import Any

ABSENT = ("keras", "tfnets")


def main(folder: str, given: str, result: str) -> None:
    """Writes the outputs of `serving_default` for the batch and for its first row alone.

    Args:
        folder: The SavedModel.
        given: `.npz` file of the batch; the input names are in `given` + ".json".
        result: `.npz` file to write: the outputs as float64, sorted by name, first those of the
            whole batch, then those of its first row. Names and shapes go to `result` + ".json".

    Raises:
        ValueError: The signature's inputs are not the expected ones or not of any batch size.
    """
    sys.modules.update(dict.fromkeys(ABSENT))  # None makes every later import of them fail.
    import numpy as np
    import tensorflow as tf

    names = json.loads(Path(given + ".json").read_text())
    serve = tf.saved_model.load(folder).signatures["serving_default"]
    specs = serve.structured_input_signature[1]
    if sorted(specs) != sorted(names):
        raise ValueError(f"the signature has the inputs {sorted(specs)}, not {sorted(names)}")
    if any(spec.shape.rank == 0 or spec.shape[0] is not None for spec in specs.values()):
        raise ValueError("the signature takes batches of one fixed size only")
    with np.load(given, allow_pickle=False) as file:
        batch = {
            name: tf.cast(file[f"arr_{place}"], specs[name].dtype)
            for place, name in enumerate(names)
        }
    outputs = [serve(**batch), serve(**{name: value[:1] for name, value in batch.items()})]
    order = sorted(outputs[0])
    np.savez(result, *[tf.cast(output[name], tf.float64) for output in outputs for name in order])
    shapes = {name: _describe(serve.structured_outputs[name]) for name in order}
    Path(result + ".json").write_text(json.dumps({"outputs": shapes, "modules": _loaded()}))


def _describe(spec: Any) -> str:
    return f"{spec.dtype.name} {tuple(spec.shape)}"


def _loaded() -> list[str]:
    return sorted({name.partition(".")[0] for name, module in sys.modules.items() if module})


if __name__ == "__main__":
    main(*sys.argv[1:])
