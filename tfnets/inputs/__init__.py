"""Asking a trained network through its input: the image is the variable, all weights are constants.

Every function takes a plain `keras.Model` that maps images float32 in [0, 1], shape (n, height,
width, channels), to logits (n, classes); what the network's own preprocessing needs is inside it.
Inner layers are named as `tfnets.theory.tracing.trace` names its steps.

`reading` gives inner tensors; `objectives` say what is to rise; `parametrizations`, `priors` and
`transformations` say which images are looked for; `maximize` puts them together.
"""
