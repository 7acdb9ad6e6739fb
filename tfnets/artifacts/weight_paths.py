"""The paths of weights, and the patterns of a restore that pick and rename them.

A weight's path is its layer's path and its own name: `decoder/conv1/kernel`. A layer's path is the
names of the models and layers around it, from the outside in, without the outermost model's own
name; a layer that is used in several places goes by the first one. This differs from Keras's
`variable.path`, which forgets the enclosing model and so can give two variables the same path.

A pattern is a regular expression that must match a whole path. What matches a layer or a nested
model holds for everything inside it.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np

from tfnets.errors import InputError


@dataclass(frozen=True, eq=False)
class Weight:
    """One weight of a model or a file.

    Attributes:
        layer: Path of its layer; "" for a variable of the outermost model itself.
        name: Its own name, such as "kernel"; "" where the file stores none (`.weights.h5`).
        key: Keras's number for it inside the layer's group, such as "0".
        where: Keras's own path or the place in the file, for messages.
        shape: Its shape.
        dtype: Name of its type, such as "float32".
        value: The variable of a live model, or the array read from a file.
        owner: The live layer itself; None for a file.
    """

    layer: str
    name: str
    key: str
    where: str
    shape: tuple[int, ...]
    dtype: str
    value: keras.Variable | np.ndarray
    owner: keras.Layer | None = None

    @property
    def path(self) -> str:
        """The layer's path and the name (the number where there is no name)."""
        return join(self.layer, self.name or self.key)

    def array(self) -> np.ndarray:
        """Returns the value as an array."""
        return self.value if isinstance(self.value, np.ndarray) else self.value.numpy()


def join(*parts: str) -> str:
    """Joins the parts of a path that are not empty with "/"."""
    return "/".join(part for part in parts if part)


def require_unique(weights: Iterable[tuple[str, Weight]], label: str) -> None:
    """Refuses, with an `InputError`, two weights under the same path of a model or file."""
    first: dict[str, Weight] = {}
    for path, weight in weights:
        other = first.setdefault(path, weight)
        if other is not weight:
            raise InputError(
                f"{label} has two weights called {path!r}: {other.where} {other.shape} and "
                f"{weight.where} {weight.shape}; give their layers different names."
            )


def renamed_layers(layers: Iterable[str], rename: Mapping[str, str]) -> dict[str, str]:
    r"""Gives every source layer the path it is looked for under in the target.

    For each layer the first pattern that matches counts; it is tried on the layer's whole path
    first and then on the models around it, from the inside out. So `{"decoder_(.*)":
    r"generator_\1"}` turns `decoder_conv1` into `generator_conv1`, `{"decoder": "generator"}` turns
    `decoder/conv1` into `generator/conv1`, and `{"decoder": ""}` takes the layers out of a nested
    model `decoder`. Replacements have groups as in `re.sub`.

    Returns:
        Source layer path -> new layer path, for every layer.

    Raises:
        InputError: A pattern is no regular expression, or no layer is renamed by it.
    """
    patterns = [(_compiled(pattern), text) for pattern, text in rename.items()]
    used: set[str] = set()
    paths: dict[str, str] = {}
    for layer in layers:
        paths[layer] = layer
        for pattern, text in patterns:
            if (new := _replaced(layer, pattern, text)) is not None:
                paths[layer] = new
                used.add(pattern.pattern)
                break
    for unused in rename:
        if unused not in used:
            sentence = f"The rename pattern {unused!r} renames no layer of the source"
            raise _useless(sentence, unused, paths)
    return paths


def automatic(name: str, kinds: Collection[str]) -> bool:
    """Whether a name is one that Keras counts up (`dense_3`, `forward_lstm_1`) for such kinds."""
    return re.sub("^(for|back)ward_", "", _base(name)) in kinds


def counterparts(
    wanted: Iterable[str], given: Iterable[str], kinds: Collection[str], subclassed: bool
) -> dict[str, str]:
    """Gives every target layer the path of its counterpart in the source.

    Names go by themselves. Inside wrappers and nested models (in a subclassed model: everywhere)
    automatic ones go by their order, if both sides have as many, because Keras counts them from
    the program's start. `kinds` are the classes' names as Keras writes them (`multi_head`).
    """
    layers = list(wanted)
    (ours, theirs), found = (_children(paths) for paths in (layers, given)), {}
    for path in layers:
        here = there = ""
        for name in path.split("/"):
            mine, other = (_alike(found_, name) for found_ in (ours[here], theirs[there]))
            inner = bool(here) or subclassed
            counted = inner and automatic(name, kinds) and len(mine) == len(other)
            there = join(there, other[mine.index(name)] if counted else name)
            here = join(here, name)
        found[path] = there
    return found


def _children(paths: Iterable[str]) -> dict[str, set[str]]:
    """Names of the layers right inside each path."""
    names: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        for around in _around(path):
            parent, _, name = around.rpartition("/")
            names[parent].add(name)
    return names


def _alike(names: Iterable[str], name: str) -> list[str]:
    """The names that differ from this one in their number only, counted up."""
    same = [other for other in names if _base(other) == _base(name)]
    return sorted(same, key=lambda other: (len(other), other))


def _base(name: str) -> str:
    return re.sub(r"_\d+$", "", name)


def skipped_paths(paths: Collection[str], skip: Sequence[str]) -> set[str]:
    """Returns those of the target's weight paths that some pattern matches, or that of a layer.

    Raises:
        InputError: A pattern is no regular expression, or matches nothing.
    """
    if isinstance(skip, str):
        raise InputError(f"skip is the text {skip!r}; expected a list of patterns: [{skip!r}].")
    found: set[str] = set()
    for text in skip:
        pattern = _compiled(text)
        hits = {path for path in paths if any(map(pattern.fullmatch, _around(path)))}
        if not hits:
            known = {part for path in paths for part in _around(path)}
            raise _useless(f"The skip pattern {text!r} matches no path of the target", text, known)
        found |= hits
    return found


def _around(path: str) -> list[str]:
    """Returns the path and the paths around it, longest first: a/b/c, a/b, a."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, TypeError) as error:
        raise InputError(
            f"The pattern {pattern!r} is not a regular expression ({error}); write one as in "
            "'block1_.*'."
        ) from error


def _replaced(layer: str, pattern: re.Pattern[str], text: str) -> str | None:
    for around in _around(layer):
        if match := pattern.fullmatch(around):
            try:
                return join(*(match.expand(text) + layer[len(around) :]).split("/"))
            except (re.error, IndexError, TypeError) as error:
                raise InputError(
                    f"The replacement {text!r} does not fit the pattern {pattern.pattern!r} "
                    rf"({error}); its groups are \1, \2 and so on."
                ) from error
    return None


def _useless(sentence: str, pattern: str, known: Collection[str]) -> InputError:
    names = sorted(set(known) - {""})
    near = difflib.get_close_matches(pattern, names, n=3, cutoff=0.4)
    hint = f"near ones are {', '.join(near)}" if near else f"there are {', '.join(names[:6])}"
    return InputError(f"{sentence}; {hint}.")
