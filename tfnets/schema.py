"""The gate for files that a person hands in: bounded, strict, of a known form.

A form is a type hint: `dict[str, list[float]]`, `str | None`, `Literal["a", "b"]`; a dataclass, for
an object with its fields; `Annotated[int, Rule(...)]`, for what holds beside the type.
"""

import dataclasses
import json
import math
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Union

import numpy as np

from tfnets.errors import InputError

MOST = 2**24
"""Bytes of a file of text, at most."""
MOST_ARRAY = 2**29
"""Bytes of a file of arrays, at most."""
_DEEPEST = 32
"""Lists and objects within one another, at most."""
_SHOWN = 40
"""Letters of a value in a sentence, and digits of a number, at most."""
_CALLED = {
    str: "text", int: "a whole number", float: "a number", bool: "true or false",
    type(None): "null", list: "a list", tuple: "a list", Sequence: "a list",
}  # fmt: skip
_OBJECT = "an object"


class Misfit(ValueError):
    """What is wrong with a file, as the middle of a sentence in printable letters."""


class Rule(NamedTuple):
    """What holds for a value beside its type, and how to say so: "a number from 0 to 9"."""

    holds: Callable[[Any], bool]
    expected: str


Line = Annotated[str, Rule(lambda v: v.isprintable() and len(v) <= 200, "a line of text")]
"""A short text without control characters."""


def read_bytes(path: Path, most: int = MOST) -> bytes:
    """Reads a file; one of more than so many bytes, a pipe or a device is a `Misfit`."""
    if path.exists() and not path.is_file():
        raise Misfit("it is not a plain file")
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise Misfit(f"it has more than {most} bytes")
    return content


def read_text(path: Path) -> str:
    """Reads a file of UTF-8; another encoding is a `Misfit`, too."""
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Misfit(f"byte {error.start} is not UTF-8") from error


def read_json(path: Path, form: Any = dict[str, Any]) -> Any:
    """Reads a file of JSON, and returns its value as `conform` does.

    Raises:
        OSError: There is no such file, or it cannot be read.
        Misfit: Not JSON, of another form, too large, too deep, or with what JSON does not have or
            programs read differently: NaN, infinite or very long numbers, a key twice.
    """
    number = {"parse_constant": _number(float), "parse_float": _number(float)}
    too_deep = Misfit(f"it has more than {_DEEPEST} lists and objects within one another")
    try:
        value = json.loads(
            read_text(path), parse_int=_number(int), object_pairs_hook=_once, **number
        )
    except RecursionError as error:
        raise too_deep from error
    except json.JSONDecodeError as error:
        raise Misfit(f"{error.msg} in line {error.lineno}") from error
    level = [value]
    for _ in range(_DEEPEST):
        within = (v.values() if isinstance(v, dict) else v for v in level if _holds_values(v))
        level = [inner for values in within for inner in values]
    if any(map(_holds_values, level)):
        raise too_deep
    return conform(value, form)


def read_array(path: Path) -> np.ndarray:
    """Reads a .npy file of at most `MOST_ARRAY` bytes, without unpickling; else an `InputError`."""
    try:
        if not path.is_file() or path.stat().st_size > MOST_ARRAY:
            raise Misfit(f"not a plain file of at most {MOST_ARRAY} bytes")
        # Mapped first, so that a forged header cannot ask for more memory than the file has.
        return np.array(np.lib.format.open_memmap(path, mode="r"))
    except Exception as error:  # NumPy raises many kinds for damaged bytes.
        why = error if isinstance(error, Misfit) else type(error).__name__
        raise InputError(
            f"{path} is not a whole .npy file ({why}); put back a copy, or start a new run."
        ) from error


def conform(value: Any, form: Any, where: str = "it") -> Any:
    """Returns a JSON value in its form, with tuples and dataclasses where that says so.

    `where` is what the value is called in the sentence. A dataclass's own errors pass.

    Raises:
        Misfit: The value is not of that form.
    """
    kind, inner = typing.get_origin(form) or form, typing.get_args(form)
    if kind is Any:
        return value
    if kind is Annotated:
        value = conform(value, inner[0], where)
        if inner[1].holds(value):
            return value
    elif kind in (Union, types.UnionType):
        for option in inner:
            try:
                return conform(value, option, where)
            except Misfit:
                continue
    elif kind is Literal:
        if isinstance(value, str) and value in inner:
            return value
    elif dataclasses.is_dataclass(kind):
        if isinstance(value, dict):
            return _object(value, kind, where)
    elif kind in (dict, Mapping):
        if isinstance(value, dict):
            keys = [conform(key, inner[0], f"a key of {where}") for key in value]
            return {k: conform(value[k], inner[1], f"{_shown(k)} of {where}") for k in keys}
    elif kind in (list, tuple, Sequence):
        if isinstance(value, list | tuple):
            made = [conform(v, inner[0], f"{where}[{i}]") for i, v in enumerate(value)]
            return tuple(made) if kind is tuple else made
    elif type(value) is kind or (kind is float and type(value) is int):
        return value
    raise Misfit(f"{where} is {_shown(value)}, not {_name(form)}")


def _object(value: dict[str, Any], kind: type, where: str) -> Any:
    fields = {field.name: field for field in dataclasses.fields(kind)}
    needed = {name for name, field in fields.items() if field.default is dataclasses.MISSING}
    if unknown := value.keys() - fields:
        raise Misfit(f"{where} has {_shown(min(unknown))}, which is not known")
    if lacking := needed - value.keys():
        raise Misfit(f"{where} lacks {_shown(min(lacking))}")
    hints, within = typing.get_type_hints(kind, include_extras=True), f"{where}."
    return kind(
        **{k: conform(v, hints[k], within.removeprefix("it.") + k) for k, v in value.items()}
    )


def _name(form: Any) -> str:
    kind, inner = typing.get_origin(form) or form, typing.get_args(form)
    if kind is Annotated:
        return inner[1].expected
    if kind is Literal:
        return f"one of {', '.join(inner)}"
    if kind in (Union, types.UnionType):
        return " or ".join(map(_name, inner))
    return _CALLED.get(kind, _OBJECT)


def _shown(value: Any) -> str:
    """A value in a sentence: printable, and not too long."""
    if _holds_values(value):
        return _CALLED.get(type(value), _OBJECT)
    text = repr(value) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _holds_values(value: Any) -> bool:
    return isinstance(value, list | tuple | dict)


def _number(kind: type) -> Callable[[str], float]:
    def read(text: str) -> float:
        if len(text) > _SHOWN or not math.isfinite(float(text)):
            raise Misfit(f"the number {text[:_SHOWN]} is not finite, or too long")
        return kind(text)

    return read


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs := list(pairs))
    if len(found) < len(pairs):
        raise Misfit("it has a key twice")
    return found
