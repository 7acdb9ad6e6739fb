"""Asking a trained network through its input: the image is the variable, all weights are constants.

Every function takes a plain `keras.Model` that maps images float32 in [0, 1], shape (n, height,
width, channels), to logits (n, classes); what the network's own preprocessing needs is inside it.
Inner layers are named as `tfnets.tracing.tracing.trace` names its steps.

`reading` gives inner tensors; `objectives` say what is to rise; `parametrizations`, `priors` and
`transformations` say which images are looked for; `maximize` puts them together.
`occlude` and `attack` can be had from here; importing `tfnets.inputs` imports no TensorFlow.
"""

from importlib import import_module
from typing import Any

_PUBLIC = {"attack": "tfnets.inputs.attacks", "occlude": "tfnets.inputs.covering.occlusion"}


def __getattr__(name: str) -> Any:
    """Imports what is asked for."""
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
