"""A prior as a file beside its generator: JSON, and an .npz for what it holds of arrays."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from tfnets.errors import InputError
from tfnets.files import atomic, digest
from tfnets.latents.prior import Encoded, GaussianMixture, Normal, Prior, Uniform
from tfnets.schema import MOST_ARRAY, read_json

CLASSES = {kind.__name__: kind for kind in (Uniform, Normal, GaussianMixture, Encoded)}
"""The priors that can be saved, by the name in the file."""


def save(prior: Prior, path: Path | str) -> Path:
    """Writes a prior of `CLASSES` as JSON; its arrays, if any, go to a .npz of the same name.

    The JSON is written last and knows the hash of the arrays, so that a pair that does not belong
    together is refused by `load`. Returned is its path, which must end in .json.

    Raises:
        InputError: Another ending, or another kind of prior.
    """
    path, name = _json_path(path), type(prior).__name__
    if CLASSES.get(name) is not type(prior):
        raise InputError(
            f"A prior of the class {name} cannot be saved; those that can are {', '.join(CLASSES)}."
        )
    config = prior.get_config()
    arrays = {key: value for key, value in config.items() if isinstance(value, np.ndarray)}
    kept: dict[str, Any] = {"prior": name}
    kept["config"] = {key: value for key, value in config.items() if key not in arrays}
    if arrays:
        with atomic(_arrays_path(path)) as temporary:
            np.savez(temporary, **arrays)
        kept["arrays_sha256"] = digest(_arrays_path(path))
    with atomic(path) as temporary:
        temporary.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return path


def load(path: Path | str) -> Prior:
    """Reads a prior that `save` has written; nothing from the file is executed.

    Raises:
        InputError: The file is missing, damaged, of an unknown prior, or its arrays are.
    """
    path = _json_path(path)
    kept = _read(path)
    config = dict(kept["config"])
    if "arrays_sha256" in kept:
        config |= _read_arrays(_arrays_path(path), kept["arrays_sha256"])
    kind, reason = CLASSES[kept["prior"]], f"{kept['prior']} cannot be made of it"
    if set(config) != set(kind.KEPT):  # Others would have it draw values, however many.
        raise _damaged(path, reason)
    try:
        return kind(**config)
    except (TypeError, ValueError) as error:
        raise _damaged(path, reason) from error


def _json_path(path: Path | str) -> Path:
    path = Path(path)
    if path.suffix != ".json":
        raise InputError(f"{path} does not end in .json; a prior is saved as NAME.json.")
    return path


def _arrays_path(path: Path) -> Path:
    return path.with_suffix(".npz")


def _read(path: Path) -> dict[str, Any]:
    try:
        kept = read_json(path)
    except OSError as error:
        raise InputError(
            f"The prior {path} cannot be read ({error.strerror}); give the .json file that was "
            "saved beside a generator."
        ) from error
    except ValueError as error:
        raise _damaged(path, f"it is not JSON: {error}") from error
    if not isinstance(kept.get("config"), dict):
        raise _damaged(path, "it has no config of a prior")
    if kept.get("prior") not in list(CLASSES):
        raise InputError(
            f"{path} names the prior {kept.get('prior')!r}, which is not known; the known ones are "
            f"{', '.join(CLASSES)}."
        )
    return kept


def _read_arrays(path: Path, sha256: str) -> dict[str, np.ndarray]:
    try:
        if digest(path) != sha256:
            raise _damaged(path, "it is not the file that the prior was saved with")
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_ARRAY:
                raise _damaged(path, f"its arrays have more than {MOST_ARRAY} bytes")
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    except InputError:
        raise
    except OSError as error:
        raise InputError(
            f"The arrays {path} of a prior cannot be read ({error.strerror or error}); copy the "
            ".npz file together with its .json."
        ) from error
    except Exception as error:  # zipfile and NumPy raise many kinds for damaged bytes.
        raise _damaged(path, f"{type(error).__name__}") from error


def _damaged(path: Path, reason: str) -> InputError:
    return InputError(f"{path} does not hold a prior ({reason}); copy or save it again.")
