"""Loading `.keras` files safely, with one clear sentence when not, and saving them byte-stable."""

import json
import math
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np

from tfnets.artifacts.weight_files import arrays
from tfnets.errors import InputError
from tfnets.files import as_on_disk, atomic

_CONFIG, _METADATA, _WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_MOST_MEMBERS, _MOST_TEXT = 1000, 2**26
_MOST_UNKNOWN = 2**22
"""So many numbers may be missing in the weights before the model is built to hear why."""
_RUNNING = ("keras.utils", "keras.saving", "keras.config", "keras.src.utils", "keras.src.saving")


def load_model(path: Path | str) -> keras.Model:
    """Loads a `.keras` file in Keras's safe mode.

    Nothing from the file is executed: a Lambda layer, or a class or function that neither Keras
    nor `keras.saving.register_keras_serializable` knows, is refused before anything is built.
    Every byte is checked against the archive's checksums, and what the layers need against the
    arrays that are stored. The model comes back uncompiled, because a saved loss or optimizer may
    need classes that are not there.

    Raises:
        InputError: The file is missing, a folder, not a `.keras` file, damaged, needs code that is
            not part of Keras, or has weights that are too few, NaN or infinite.
    """
    path = as_on_disk(path)
    _require_file(path)
    config, stored = _read(path)
    _require_safe(path, config)
    _require_stored(path, config, stored)
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises nearly every kind for a file that does not fit.
        raise _unloadable(path, error) from error
    if not isinstance(model, keras.Model):
        raise InputError(f"{path} holds a {type(model).__name__}; expected a saved keras.Model.")
    return model


def save_model(path: Path | str, model: keras.Model) -> None:
    """Saves a model whole, as bytes that depend on it alone: no date, no addresses of objects."""
    with atomic(path) as temporary:
        model.save(temporary)
        with zipfile.ZipFile(temporary) as archive:
            members = {name: archive.read(name) for name in sorted(archive.namelist())}
        config, metadata = (json.loads(members[name]) for name in (_CONFIG, _METADATA))
        _number_shared(config)
        metadata.pop("date_saved", None)
        members |= {_CONFIG: json.dumps(config).encode(), _METADATA: json.dumps(metadata).encode()}
        with zipfile.ZipFile(temporary, "w") as archive:
            for name, data in members.items():
                archive.writestr(zipfile.ZipInfo(name), data)


def _number_shared(config: dict[str, Any]) -> None:
    """Replaces the addresses of shared objects by numbers, in the order of the config."""
    numbers: dict[int, int] = {}
    for node in _dicts(config):
        if "shared_object_id" in node:
            address = node["shared_object_id"]
            node["shared_object_id"] = numbers.setdefault(address, len(numbers))


def _require_file(path: Path) -> None:
    if (path / "saved_model.pb").is_file():
        raise InputError(f"{path} is a SavedModel; expected a .keras file of model.save.")
    if path.is_dir():
        raise InputError(f"{path} is a folder; expected one .keras file, so name the file inside.")
    if not path.exists():
        raise InputError(f"There is no file {path}; expected a .keras file.")
    if path.suffix != ".keras":
        raise InputError(
            f"{path} is not a .keras file; expected a model saved with model.save('NAME.keras')."
        )


def _read(path: Path) -> tuple[dict[str, Any], Counter[tuple[int, ...]]]:
    """Returns the parsed `config.json` and the shapes of the stored arrays; checks all members."""
    try:
        with zipfile.ZipFile(path) as archive:
            if why := _strange(archive.infolist()):
                raise _damaged(path, why)
            if damaged := archive.testzip():
                raise _damaged(path, f"wrong checksum in {damaged!r}")
            if not {_CONFIG, _WEIGHTS} <= set(archive.namelist()):
                raise _damaged(path, f"no {_CONFIG} with a model, or no weights")
            config = json.loads(archive.read(_CONFIG))
            if not isinstance(config, dict):
                raise _damaged(path, f"no {_CONFIG} with a model")
            with archive.open(_WEIGHTS) as member, h5py.File(member, "r") as file:
                shapes = Counter(_finite(path, array) for array in arrays(file))
    except InputError as error:
        message = str(error)
        raise (error if str(path) in message else InputError(f"{path} {message}")) from error
    except Exception as error:  # zipfile and h5py raise nearly every kind for damaged bytes.
        raise _damaged(path, _reason(error)) from error
    return config, shapes


def _strange(members: list[zipfile.ZipInfo]) -> str:
    """Says what no archive of Keras has, if there is such a thing."""
    names = [member.filename for member in members]
    if len(members) > _MOST_MEMBERS:
        return f"{len(members)} members, where {_MOST_MEMBERS} are the most"
    if len(set(names)) < len(names):
        return "two members have one name"
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if parts[0] == "" or ".." in parts or ":" in parts[0]:
            return f"the member {member.filename!r} leads out of it"
        if member.flag_bits & 1:
            return f"the member {member.filename!r} is encrypted"
        # Keras stores its members uncompressed, so a large ratio is never its own work.
        if member.file_size > max(2**24, 100 * member.compress_size):
            return "a member would unpack to more than a hundred times its size"
        if member.filename.endswith(".json") and member.file_size > _MOST_TEXT:
            return f"{member.filename!r} has more than {_MOST_TEXT} bytes"
    return ""


def _finite(path: Path, array: h5py.Dataset) -> tuple[int, ...]:
    """Returns the shape of stored numbers, none of which is NaN or infinite."""
    left_out = array.name.startswith("/optimizer/")  # It is not loaded.
    if array.dtype.kind == "f" and not left_out and not np.isfinite(array[()]).all():
        raise InputError(
            f"{path} has weights that are NaN or infinite ({array.name!r}); train the model again "
            "with a smaller learning rate, or take a copy from before."
        )
    return array.shape


def _require_stored(path: Path, config: dict[str, Any], stored: Counter[tuple[int, ...]]) -> None:
    """Refuses a config whose layers need far more numbers than are stored, without making them."""
    with ThreadPoolExecutor(1) as apart:  # What Keras remembers of these variables ends with it.
        needed = apart.submit(_needed, path, config | {"compile_config": None}).result()
    lost = needed - stored
    if sum(math.prod(shape) * times for shape, times in lost.items()) > _MOST_UNKNOWN:
        shape = max(lost, key=math.prod)
        raise InputError(
            f"{path} needs weights of the shape {shape}, which it does not store; save the model "
            "again from the code that built it."
        )


def _needed(path: Path, config: dict[str, Any]) -> Counter[tuple[int, ...]]:
    """Returns the shapes of a model's variables, none of which gets a value."""
    try:
        with keras.StatelessScope(initialize_variables=False):
            model = keras.saving.deserialize_keras_object(config, safe_mode=True)
        return Counter(tuple(variable.shape) for variable in model.variables)
    except Exception as error:
        # What Keras does not let be built without values, and what is known to one thread only.
        if "stateless scope" in str(error) or any(map(_registered, _objects(config))):
            return Counter()
        raise _unloadable(path, error) from error


def _damaged(path: Path, reason: str) -> InputError:
    return InputError(
        f"{path} is not a whole .keras file ({reason}); copy or save it again with "
        "model.save('NAME.keras')."
    )


def _unloadable(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path} cannot be loaded by Keras {keras.__version__} ({_reason(error)}); save the model "
        "again from the code that built it."
    )


def _require_safe(path: Path, config: dict[str, Any]) -> None:
    """Refuses Lambda layers and unknown classes by name (the compile config is not loaded)."""
    for node in _objects(config | {"compile_config": None}):
        if node["class_name"] in ("Lambda", "__lambda__"):
            raise InputError(
                f"{path} has a Lambda layer, whose code is not run from a file; build the model "
                "without Lambda and save it again."
            )
        if _unknown(node):
            raise InputError(
                f"{path} needs the class {node['class_name']!r}, which is not part of Keras; "
                "register it with keras.saving.register_keras_serializable before loading, or "
                "save a functional model of built-in layers."
            )


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    """Yields every serialised object below `node`."""
    return (each for each in _dicts(node) if isinstance(each.get("class_name"), str))


def _dicts(node: Any) -> Iterator[dict[str, Any]]:
    """Yields every dictionary below `node`, without recursion limits."""
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _registered(node: dict[str, Any]) -> bool:
    """Whether a class is one that somebody has registered."""
    return keras.saving.get_registered_object(str(node.get("registered_name"))) is not None


def _unknown(node: dict[str, Any]) -> bool:
    registered = node.get("registered_name")
    package = str(node.get("module")).partition(".")[0]
    if str(node.get("module")).startswith(_RUNNING):
        return True
    if not registered or package == "keras" or node["class_name"] == "function":
        return False
    return not _registered(node)


def _reason(error: Exception) -> str:
    """Returns the first sentence of an error's innermost cause, short enough for one line."""
    text = str(error).rpartition("Exception encountered: ")[2]
    lines = text.strip().splitlines() or [""]
    first = "".join(c if c.isprintable() else " " for c in lines[0].split(". ")[0].rstrip(".:"))
    return f"{type(error).__name__}: {first[:200]}"
