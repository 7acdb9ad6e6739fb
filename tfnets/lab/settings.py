"""A study's settings: from a scale's defaults, `--set key=value`, or a run's config.json."""

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from tfnets.errors import InputError

Settings = TypeVar("Settings")
_TRUTH = {"true": True, "false": False}


def override(settings: Settings, assignments: Iterable[str]) -> Settings:
    """Returns settings with `key=value` texts applied; each value takes its key's type.

    Lists are written with commas: `heads=softmax,relu32`.

    Raises:
        InputError: No `=`, an unknown key, or a value of another type.
    """
    changes = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals:
            raise InputError(f"--set takes key=value, but got {assignment!r}.")
        changes[key] = _parse(key, text, _current(settings, key))
    return dataclasses.replace(settings, **changes)


def from_json(kind: type[Settings], values: Mapping[str, Any]) -> Settings:
    """Rebuilds settings from config.json, where tuples have become lists.

    Raises:
        InputError: The keys are not those of this version's settings.
    """
    try:
        return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
    except TypeError as error:
        raise InputError(
            "The run's config.json does not fit this version of the study; start a new run."
        ) from error


def require_positive(settings: object, *names: str) -> None:
    """Refuses numbers below 1, also inside tuples.

    Raises:
        InputError: Naming the first setting that is too small.
    """
    for name in names:
        value = getattr(settings, name)
        values = value if isinstance(value, tuple) else (value,)
        if not values or min(values) < 1:
            raise InputError(f"The setting {name} is {value}; give numbers of at least 1.")


def require_rates(settings: object, *names: str) -> None:
    """Refuses learning rates, and the like, that are not finite numbers above 0, also in tuples.

    Raises:
        InputError: Naming the first setting that is out of its range.
    """
    _require_range(settings, names, lambda rate: 0 < rate < math.inf, "above 0")


def require_weights(settings: object, *names: str) -> None:
    """Refuses weights of a penalty, and the like, that are not finite numbers of at least 0.

    Raises:
        InputError: Naming the first setting that is out of its range.
    """
    _require_range(settings, names, lambda weight: 0 <= weight < math.inf, "of at least 0")


def require_deviations(settings: object, *names: str) -> None:
    """Refuses standard deviations of noise on images in [0, 1] outside (0, 1], also in tuples.

    Raises:
        InputError: Naming the first setting that is out of its range.
    """
    _require_range(settings, names, lambda deviation: 0 < deviation <= 1, "in (0, 1]")


def require_decays(settings: object, *names: str) -> None:
    """Refuses decays of a running mean, momenta and the like, outside [0, 1).

    Raises:
        InputError: Naming the first setting that is out of its range.
    """
    _require_range(settings, names, lambda decay: 0 <= decay < 1, "from 0 to below 1")


def require_known(
    settings: object, name: str, known: Iterable[str], *, may_be_empty: bool = False
) -> None:
    """Refuses a text (or a tuple of texts) that is not among the known ones.

    An empty tuple is refused, too, unless it may be empty.

    Raises:
        InputError: Naming the known values.
    """
    value = getattr(settings, name)
    known = list(known)
    unknown = [v for v in (value if isinstance(value, tuple) else (value,)) if v not in known]
    if unknown or (value == () and not may_be_empty):
        raise InputError(
            f"The setting {name} does not know {', '.join(unknown) or 'an empty list'}; "
            f"choose from {', '.join(known)}."
        )


def _require_range(
    settings: object, names: Iterable[str], holds: Callable[[float], bool], expected: str
) -> None:
    for name in names:
        value = getattr(settings, name)
        values = value if isinstance(value, tuple) else (value,)
        if not values or not all(map(holds, values)):
            asked = "numbers" if isinstance(value, tuple) else "a number"
            raise InputError(f"The setting {name} is {value}; give {asked} {expected}.")


def _current(settings: object, key: str) -> Any:
    known = [field.name for field in dataclasses.fields(settings)]
    if key not in known:
        raise InputError(f"There is no setting {key!r}; the study has {', '.join(known)}.")
    return getattr(settings, key)


def _parse(key: str, text: str, current: Any) -> Any:
    try:
        if isinstance(current, tuple):
            kind = type(current[0]) if current else str
            return tuple(kind(item.strip()) for item in text.split(",") if item.strip())
        if isinstance(current, bool):
            return _TRUTH[text.lower()]
        return type(current)(text)
    except (ValueError, KeyError) as error:
        kind = type(current).__name__
        raise InputError(
            f"The setting {key} takes a {kind} like {current}, not {text!r}."
        ) from error
