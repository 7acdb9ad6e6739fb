"""One loader for every network: a known name, a file, or a Keras model."""

import dataclasses
import difflib
import functools
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras

from tfnets.artifacts import reference
from tfnets.artifacts.models import load_model
from tfnets.datasets.sources import assets
from tfnets.datasets.sources.catalog import DATASETS
from tfnets.errors import InputError
from tfnets.models.trained import imagenet, logits, pickles
from tfnets.models.trained.alexnet import import_alexnet, import_features
from tfnets.models.trained.applications import PREPROCESSING, application
from tfnets.models.trained.efficientnet_lite import efficientnet_lite0, import_efficientnet_lite0
from tfnets.models.trained.mobilenet import import_mobilenet_v2, mobilenet_v2
from tfnets.models.trained.networks import Network

UNIT = (0.0, 1.0)
"""Bounds of images everywhere in the package."""

Loader = Callable[[Path | str | None], Network]
"""Cache folder (None for the user's) -> network."""


def load(
    network: str | Path | keras.Model,
    *,
    bounds: tuple[float, float] = UNIT,
    class_names: Sequence[str] = (),
    size: Sequence[int] | None = None,
    data_dir: Path | str | None = None,
) -> Network:
    """Loads a network and makes it map images in [0, 1] to logits.

    Args:
        network: One of

            - a key of `NETWORKS`, such as `cifar10` or `efficientnet_lite0`;
            - `alexnet:PATH`, a file in the published layout of `bvlc_alexnet.npy`;
            - a name of `keras.applications`, such as `ResNet50`;
            - a path to a `.keras` file, or a Keras model: functional or Sequential, with one image
              input and one output; or `PATH.keras@64x48`, with the size.
        bounds: What the file or model takes for black and white. Known networks bring their own.
        class_names: Names of the outputs of a file or model.
        size: Height and width of the images, for a file or model that leaves them open.
        data_dir: The cache folder for weights; None for `TFNETS_DATA_DIR` or the user's cache.

    Returns:
        The network. A softmax at the end is taken off, with a line in its notes.

    Raises:
        InputError: Unknown name (near ones are listed), weights that cannot be had or read, bounds
            for a known network, or a model that does not map one image to one output.
    """
    if isinstance(network, keras.Model):
        return _wrapped(network.name, network, bounds, class_names, "given as a model", size)
    name = str(network)
    if sized := re.fullmatch(r"(.*\.keras)@(\d{1,5})x(\d{1,5})", name, re.DOTALL):
        name, size = sized[1], (int(sized[2]), int(sized[3]))
    if name.endswith(".keras"):
        return _wrapped(Path(name).stem, load_model(name), bounds, class_names, name, size)
    loader = _loader(name)
    if tuple(bounds) != UNIT or class_names or size:
        raise InputError(
            f"The network {name!r} brings its own bounds and class names (and size); give these "
            "only with a .keras file or a model."
        )
    return loader(data_dir)


def _wrapped(
    name: str,
    model: keras.Model,
    bounds: Sequence[float],
    class_names: Sequence[str],
    source: str,
    size: Sequence[int] | None = None,
) -> Network:
    """Makes a network of any image classifier."""
    if size is not None and getattr(model, "inputs", None):
        model = logits.at_size(model, tuple(map(int, size)))
    logits.require_image_model(model)
    front = logits.rescaling(bounds)
    model, note = logits.without_softmax(logits.one_to_one(model))
    notes = [note] if note else []
    if tuple(bounds) != UNIT:
        model = logits.preceded_by(front, model)
        notes.append(f"Images in [0, 1] are mapped to [{bounds[0]:g}, {bounds[1]:g}] inside.")
    return Network(name, model, tuple(class_names), source, tuple(notes))


def _loader(name: str) -> Loader:
    if name in NETWORKS:
        return NETWORKS[name]
    kind, colon, path = name.partition(":")
    if kind == "alexnet" and colon:
        return functools.partial(_alexnet, path)
    if name in PREPROCESSING:
        return functools.partial(_application, name)
    known = [*NETWORKS, "alexnet:PATH.npy", *PREPROCESSING]
    near = difflib.get_close_matches(name, known, n=4, cutoff=0.4)
    hint = f"near names are {', '.join(near)}" if near else f"choose from {', '.join(NETWORKS)}"
    raise InputError(
        f"There is no network called {name!r}; {hint}, a name of keras.applications, "
        "alexnet:PATH.npy, or a path that ends in .keras."
    )


def _cifar(file: str, name: str, data_dir: Path | str | None) -> Network:
    path = reference.FOLDER / "width_sweep" / file
    if not path.exists():
        raise InputError(
            f"The network {name!r} is not at {path}; work in a clone of the repository, or give "
            "the path of a .keras file."
        )
    names = DATASETS["cifar10"].class_names
    return Network(name, load_model(path), names, f"saved_models/reference/width_sweep/{file}")


def _imagenet(
    name: str,
    build: Callable[[], keras.Model],
    fill: Callable[[keras.Model, Mapping[str, Any]], None],
    data_dir: Path | str | None,
) -> Network:
    """A network whose weights are a torch file of the catalogue."""
    path, model = assets.asset(name, data_dir), build()
    fill(model, pickles.read_torch(path))
    return Network(name, model, imagenet.class_names(), _origin(name), crop=imagenet.CROP)


def _alexnet_features(data_dir: Path | str | None) -> Network:
    path = assets.asset("alexnet_features", data_dir)
    nested = pickles.read_pickle(path)
    try:
        found = nested["AlexNet_0"]
        pairs = [(found[f"Conv_{place}"], f"conv{place + 1}") for place in range(5)]
        arrays = {name: [pair["kernel"], pair["bias"]] for pair, name in pairs}
    except (KeyError, TypeError) as error:
        raise InputError(f"{path} does not hold the five convolutions of AlexNet.") from error
    source = _origin("alexnet_features")
    return Network("alexnet_features", import_features(arrays), (), source, crop=imagenet.CROP)


def _alexnet(path: str, data_dir: Path | str | None) -> Network:
    model = import_alexnet(pickles.read_npy(path))
    known = model.output.shape[1] == len(imagenet.class_names())
    names = imagenet.class_names() if known else ()
    return Network("alexnet", model, names, path, crop=imagenet.CROP)


def _application(name: str, data_dir: Path | str | None) -> Network:
    found = _wrapped(name, application(name), UNIT, imagenet.class_names(), "keras.applications")
    return dataclasses.replace(found, crop=imagenet.CROP)


def _origin(name: str) -> str:
    """The package that the weights were published in."""
    return assets.ASSETS[name].packages[0].label


_CIFAR = {
    "cifar10": "48-128-seed0.keras", "cifar10_3_8": "3-8-seed0.keras",
    "cifar10_12_32": "12-32-seed0.keras", "cifar10_24_64": "24-64-seed0.keras",
    "cifar10_48_128": "48-128-seed0.keras",
}  # fmt: skip

NETWORKS: dict[str, Loader] = {
    **{name: functools.partial(_cifar, file, name) for name, file in _CIFAR.items()},
    "efficientnet_lite0": functools.partial(
        _imagenet, "efficientnet_lite0", efficientnet_lite0, import_efficientnet_lite0
    ),
    "mobilenet_v2": functools.partial(_imagenet, "mobilenet_v2", mobilenet_v2, import_mobilenet_v2),
    "alexnet_features": _alexnet_features,
}
"""The known networks. Those of CIFAR-10 come with the repository; the others are downloaded."""
