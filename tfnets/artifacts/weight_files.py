"""Reading weights from HDF5 files, without following links or running anything.

`.weights.h5` files store layer names but only numbers for their variables; `.h5` files of
`model.save`, as Keras has long written them, store the names of both.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import tensorflow as tf

from tfnets.artifacts.weight_paths import Weight, join, require_unique
from tfnets.errors import InputError

# The same guard as Keras has: a file must not declare far more numbers than it stores.
_LARGE_BYTES = 2**26
_MOST_EXPANSION = 1000


def file_weights(path: Path) -> tuple[Weight, ...]:
    """Reads what `model.save_weights("NAME.weights.h5")` wrote, following no links.

    The weights come in the order of the file's groups, without names, under their number in the
    layer.

    Raises:
        InputError: The file is missing, damaged or not plain, was written by a Keras that stored
            no layer names, or names two layers alike.
    """
    return _read(path, lambda file: _groups(file, "", set()))


def legacy_weights(path: Path) -> tuple[Weight, ...]:
    """Reads what `model.save("NAME.h5")` wrote, as Keras lists it: layer by layer.

    Raises:
        InputError: As in `file_weights`.
    """
    return _read(path, _legacy)


def _read(path: Path, read: Callable[[h5py.File], Iterator[Weight]]) -> tuple[Weight, ...]:
    if not path.is_file():
        raise InputError(f"There is no file {path}; expected a .weights.h5 or .h5 file.")
    with _one_sentence(path), h5py.File(path, "r") as file:
        weights = tuple(read(file))
    require_unique(((weight.path, weight) for weight in weights), str(path))
    return weights


def _legacy(file: h5py.File) -> Iterator[Weight]:
    seen: set[int] = set()
    root = _link(file, "model_weights") if "model_weights" in file else file
    names = _texts(root, "layer_names")
    if not names:
        raise InputError("has no list of layers; save it again with model.save.")
    for layer in (*names, *({"top_level_model_weights"} & set(root))):
        group = _link(root, layer)
        for number, text in enumerate(_texts(group, "weight_names")):
            *around, name = text.split("/")
            inner = group
            for part in around:
                inner = _link(inner, part)
            member = _member(inner, name, seen)
            path = around[around.index(layer) + 1 :] if layer in around else around
            top = "" if layer not in names else layer
            weight = _weight(member, join(top, *path), str(number))
            yield replace(weight, name=name.removesuffix(":0"))


def _texts(group: h5py.Group | h5py.Dataset, name: str) -> list[str]:
    """Returns a list of names, which Keras cuts into numbered pieces where it is long."""
    pieces = [group.attrs[name]] if name in group.attrs else []
    while not pieces or f"{name}{len(pieces)}" in group.attrs:
        if f"{name}{len(pieces)}" not in group.attrs:
            return []
        pieces.append(group.attrs[f"{name}{len(pieces)}"])
    return [x.decode() if isinstance(x, bytes) else str(x) for piece in pieces for x in piece]


@contextlib.contextmanager
def _one_sentence(path: Path) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise InputError(f"{path} {error}") from error
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"{path} is not a whole {''.join(path.suffixes[-2:])} file ({type(error).__name__}); "
            "copy or save it again with Keras."
        ) from error


def _groups(group: h5py.Group, layer: str, seen: set[int]) -> Iterator[Weight]:
    """Yields the weights of a group that belongs to `layer`, and of all groups below it."""
    top = group.name == "/"
    children = {name: _member(group, name, seen) for name in group}
    variables = children.pop("vars", None)
    if isinstance(variables, h5py.Group):
        layer = join(layer, "" if top else _layer_name(variables))
        for key in sorted(variables, key=lambda key: (len(key), key)):
            yield _weight(_member(variables, key, seen), layer, key)
    for name, child in children.items():
        if isinstance(child, h5py.Group) and not (top and name.endswith("optimizer")):
            yield from _groups(child, layer, seen)


def arrays(group: h5py.Group, seen: set[int] | None = None) -> Iterator[h5py.Dataset]:
    """Yields all arrays below a group; links and arrays that are not in the file are refused."""
    seen = set() if seen is None else seen
    for name in group:
        member = _member(group, name, seen)
        if isinstance(member, h5py.Group):
            yield from arrays(member, seen)
        else:
            _require_plain(member)
            yield member


def _member(group: h5py.Group, name: str, seen: set[int]) -> h5py.Group | h5py.Dataset:
    """Returns a member that is really stored in this file, and only in this place."""
    member = _link(group, name)
    address = h5py.h5o.get_info(member.id).addr
    if address in seen:
        raise InputError(f"stores {group.name}/{name} in two places; save it again with Keras.")
    seen.add(address)
    return member


def _link(group: h5py.Group, name: str) -> h5py.Group | h5py.Dataset:
    if not isinstance(group, h5py.Group):
        raise InputError(f"has an array instead of a group at {group.name}; save it again.")
    kind = group.get(name, getclass=True, getlink=True)
    if kind is not h5py.HardLink:
        what = "no member" if kind is None else "a link"
        raise InputError(f"has {what} at {group.name}/{name}; links are not followed.")
    return group[name]


def _layer_name(variables: h5py.Group) -> str:
    name = variables.attrs.get("name")
    if isinstance(name, str):
        return name
    if len(variables):
        raise InputError(
            f"stores no layer name at {variables.name}, as files of older Keras versions do; load "
            "it into its model and hand over the model or a .keras file."
        )
    return ""


def _require_plain(dataset: h5py.Group | h5py.Dataset) -> None:
    plain = isinstance(dataset, h5py.Dataset) and dataset.shape is not None
    if not plain or dataset.external or dataset.is_virtual:
        raise InputError(f"has no plain array at {dataset.name}; save it again with Keras.")
    stored = dataset.id.get_storage_size()
    if dataset.nbytes > max(_LARGE_BYTES, _MOST_EXPANSION * stored):
        raise InputError(f"declares far more numbers at {dataset.name} than it stores.")


def _weight(dataset: h5py.Group | h5py.Dataset, layer: str, key: str) -> Weight:
    _require_plain(dataset)
    brain_float = dataset.attrs.get("dtype") == "bfloat16" and dataset.dtype.itemsize == 2
    if not brain_float and dataset.dtype.kind not in "fiub":
        raise InputError(f"has {dataset.dtype} instead of numbers at {dataset.name}.")
    value = np.asarray(dataset[()])
    value = value.view(tf.bfloat16.as_numpy_dtype) if brain_float else value
    return Weight(layer, "", key, dataset.name, value.shape, value.dtype.name, value)
