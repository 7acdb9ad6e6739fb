"""Where weights come from: a live model, a `.keras`, `.weights.h5` or `.h5` file, or a run folder.

Optimizer state, metrics and the states of random generators are not weights.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras

from tfnets.artifacts.models import load_model
from tfnets.artifacts.weight_files import file_weights, legacy_weights
from tfnets.artifacts.weight_paths import Weight, join, require_unique
from tfnets.errors import InputError


def source_weights(
    source: keras.Model | Path | str, target: keras.Model, *, in_order: bool = False
) -> tuple[Weight, ...]:
    """Reads the weights in the order of the layers (in a `.weights.h5` file: of its groups).

    The source is a built model; a `.keras` file (loaded in safe mode); a `.weights.h5` file; a
    `.h5` file of `model.save`, of which only arrays and their names are read; or a run folder
    (`config.json` beside exactly one `.keras` file). A `.weights.h5` file has no order of layers:
    where it is asked for, the file must be of a model built as the target is.

    Raises:
        InputError: The source cannot be read safely, or a weight has no path of its own.
    """
    if isinstance(source, keras.Model):
        return model_weights(source, "The source model")
    if not isinstance(source, str | Path):
        raise InputError(
            f"The source is a {type(source).__name__}; expected a Keras model, a .keras or "
            ".weights.h5 file, or a run folder."
        )
    path = Path(source)
    path = _model_in_run(path) if path.is_dir() else path
    if path.name.endswith(".weights.h5"):
        found = file_weights(path)
        return model_weights(_loaded(path, target), f"The model in {path}") if in_order else found
    if path.suffix in (".h5", ".hdf5"):
        return _as_in(target, legacy_weights(path))
    if path.exists() and path.suffix != ".keras":
        raise InputError(
            f"The source {path} is of no known kind; expected a .keras file, a .weights.h5 file, "
            "a .h5 file of model.save or a run folder."
        )
    return model_weights(load_model(path), f"The model in {path}")


def _loaded(path: Path, target: keras.Model) -> keras.Model:
    try:
        copy = keras.models.clone_model(target)
        copy.load_weights(path)
    except Exception as error:  # Keras raises nearly every kind.
        raise InputError(
            f"{path} stores no order of layers and does not fit a model built as the target; hand "
            "over the model or a .keras file."
        ) from error
    return copy


def _as_in(target: keras.Model, found: tuple[Weight, ...]) -> tuple[Weight, ...]:
    """Gives a legacy file's weights the target's paths, in layers with the same list of weights.

    Keras forgets nested models in its own paths, and lists a layer's trainable weights first.
    """
    ours = {id(weight.value): weight for weight in model_weights(target, "The target model")}
    paths: dict[int, Weight] = {}
    for layer in target.layers:
        there = [weight for weight in found if weight.layer.split("/")[0] == layer.name]
        here = [ours[id(v)] for v in layer.trainable_weights + layer.non_trainable_weights]
        if [weight.name for weight in there] == [weight.name for weight in here]:
            paths |= {id(one): other for one, other in zip(there, here, strict=True)}
    named = ((weight, paths.get(id(weight), weight)) for weight in found)
    moved = [replace(weight, layer=path.layer, key=path.key) for weight, path in named]
    return tuple({weight.path: weight for weight in moved}.values())  # Shared ones once.


def _model_in_run(folder: Path) -> Path:
    models = sorted(folder.glob("*.keras"))
    if not (folder / "config.json").is_file() or not models:
        raise InputError(
            f"{folder} is not a run folder with a model; expected config.json and a .keras file "
            "in it, or name a model file."
        )
    if len(models) > 1:
        names = ", ".join(model.name for model in models)
        raise InputError(f"{folder} has several models ({names}); name the file you want.")
    return models[0]


def model_weights(model: keras.Model, label: str) -> tuple[Weight, ...]:
    """Lists a model's weights in the order of its layers, nested models and sublayers included.

    `label` is what messages call the model, such as "The target model".

    Raises:
        InputError: The model is not built or quantised, two of its weights have the same path, or
            one lies outside of its layers.
    """
    weights = tuple(_walk(model, "", label, set()))
    listed = {id(weight.value) for weight in weights}
    lost = [variable.path for variable in model.weights if id(variable) not in listed]
    if lost:
        raise InputError(
            f"{label} keeps {lost[0]!r} outside of its layers, so it has no layer path; make it a "
            "weight of a layer."
        )
    require_unique(((weight.path, weight) for weight in weights), label)
    return weights


def _walk(layer: keras.Layer, path: str, label: str, seen: set[int]) -> Iterator[Weight]:
    if id(layer) in seen:
        return
    seen.add(id(layer))
    _require_plain(layer, path, label)
    yield from _own(layer, path, label, seen)
    # Keras has no public list of a plain layer's sublayers; `model_weights` notices lost ones.
    children = layer.layers if isinstance(layer, keras.Model) else layer._layers
    for child in children:
        yield from _walk(child, join(path, child.name), label, seen)


def _own(layer: keras.Layer, path: str, label: str, seen: set[int]) -> Iterator[Weight]:
    """Yields the layer's own variables under the numbers that Keras saves them by."""
    store: dict[str, Any] = {}
    layer.save_own_variables(store)
    for key, value in store.items():
        if not isinstance(value, keras.Variable):
            raise InputError(
                f"{label} has LoRA or rewritten weights in the layer {path!r}; merge them into "
                "plain weights first."
            )
        if id(value) not in seen:
            seen.add(id(value))
            shape = tuple(value.shape)
            yield Weight(path, value.name, key, value.path, shape, value.dtype, value, layer)


def _require_plain(layer: keras.Layer, path: str, label: str) -> None:
    where = f"the layer {path!r} of it" if path else "it"
    if isinstance(layer, keras.Model) and not layer.built:
        raise InputError(
            f"{label} is not built ({where} has no weights yet); call it once on some data or "
            "give it an Input."
        )
    if isinstance(layer.dtype_policy, keras.dtype_policies.QuantizedDTypePolicy):
        raise InputError(f"{label} is quantised ({where}); restore first and quantise afterwards.")
