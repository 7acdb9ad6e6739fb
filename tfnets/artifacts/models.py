"""Loading `.keras` files safely, with one clear sentence when that is not possible."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras

from tfnets.errors import InputError
from tfnets.files import as_on_disk

_CONFIG = "config.json"
_WEIGHTS = ("model.weights.h5", "model.weights.npz")


def load_model(path: Path | str) -> keras.Model:
    """Loads a `.keras` file in Keras's safe mode.

    Nothing from the file is executed: a Lambda layer, or a class or function that neither Keras
    nor `keras.saving.register_keras_serializable` knows, is refused before anything is built.
    Every byte is checked against the archive's checksums. The model comes back uncompiled, because
    a saved loss or optimizer may need classes that are not there.

    Raises:
        InputError: The file is missing, a folder, not a `.keras` file, damaged, or needs code
            that is not part of Keras.
    """
    path = as_on_disk(path)
    _require_file(path)
    _require_safe(path, _config(path))
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises nearly every kind for a file that does not fit.
        raise InputError(
            f"{path} cannot be loaded by Keras {keras.__version__} ({_reason(error)}); save the "
            "model again from the code that built it."
        ) from error
    if not isinstance(model, keras.Model):
        raise InputError(f"{path} holds a {type(model).__name__}; expected a saved keras.Model.")
    return model


def _require_file(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"{path} is a folder; expected one .keras file, so name the file inside.")
    if not path.exists():
        raise InputError(f"There is no file {path}; expected a .keras file.")
    if path.suffix != ".keras":
        raise InputError(
            f"{path} is not a .keras file; expected a model saved with model.save('NAME.keras')."
        )


def _config(path: Path) -> Any:
    """Returns the parsed `config.json` after checking the whole archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            # Keras stores its members uncompressed, so a large ratio is never its own work.
            if any(m.file_size > max(2**28, 100 * m.compress_size) for m in archive.infolist()):
                why = "a member would unpack to more than a hundred times its size"
                raise _damaged(path, why)
            damaged = archive.testzip()
            names = archive.namelist()
            config = json.loads(archive.read(_CONFIG)) if _CONFIG in names else None
    except InputError:
        raise
    except Exception as error:  # zipfile raises more than BadZipFile for damaged bytes.
        raise _damaged(path, _reason(error)) from error
    if damaged:
        raise _damaged(path, f"wrong checksum in {damaged}")
    if not isinstance(config, dict) or not any(name in names for name in _WEIGHTS):
        raise _damaged(path, f"no {_CONFIG} with a model, or no weights")
    return config


def _damaged(path: Path, reason: str) -> InputError:
    return InputError(
        f"{path} is not a whole .keras file ({reason}); copy or save it again with "
        "model.save('NAME.keras')."
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
    """Yields every serialised object below `node`, without recursion limits."""
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if isinstance(node.get("class_name"), str):
                yield node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _unknown(node: dict[str, Any]) -> bool:
    registered = node.get("registered_name")
    package = str(node.get("module")).partition(".")[0]
    if not registered or package == "keras" or node["class_name"] == "function":
        return False
    return keras.saving.get_registered_object(registered) is None


def _reason(error: Exception) -> str:
    """Returns the first sentence of an error's innermost cause, short enough for one line."""
    text = str(error).rpartition("Exception encountered: ")[2]
    lines = text.strip().splitlines() or [""]
    first = lines[0].split(". ")[0].rstrip(".:")
    return f"{type(error).__name__}: {first[:200]}"
