"""A study's settings: each field says its default, its meaning and its check once.

    @dataclass(frozen=True, kw_only=True)
    class Settings(lab.settings.Settings):
        variants: Names = some_of(VARIANTS, ("scratch", "restored"), "The generators.")
        epochs: Counts = count((1, 3, 8), "Points of measurement, in finished epochs.")

They come from a scale's defaults, from `--set key=value`, or from a run's config.json.
"""

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from tfnets.errors import InputError, choices
from tfnets.schema import Misfit, conform

Names = tuple[str, ...]
Counts = tuple[int, ...]
Rates = tuple[float, ...]
Check = Callable[[str, Any], None]
AnySettings = TypeVar("AnySettings", bound="Settings")
Anything = TypeVar("Anything")
_TRUTH = {"true": True, "false": False}
RETIRED = frozenset({"workers"})
"""Settings of earlier versions that a config.json may still hold; now there is `--jobs`."""


def setting(default: Any, help: str, check: Check | None = None) -> Any:
    """Declares a setting by its value at full scale and what it means, for `tfnets list STUDY`.

    The check, given name and value, raises `InputError` for a value that no run could use.
    """
    return dataclasses.field(default=default, metadata={"help": help, "check": check})


def count(default: int | Counts, help: str) -> Any:
    """A number of at least 1, or a tuple of such numbers."""
    return setting(default, help, _range(lambda v: v >= 1, "of at least 1", one="numbers"))


def rate(default: float | Rates, help: str) -> Any:
    """A learning rate, and the like: a finite number above 0, or a tuple of such numbers."""
    return setting(default, help, _range(lambda v: 0 < v < math.inf, "above 0"))


def weight(default: float | Rates, help: str) -> Any:
    """A weight of a penalty, and the like: a finite number of at least 0, or a tuple of such."""
    return setting(default, help, _range(lambda v: 0 <= v < math.inf, "of at least 0"))


def deviation(default: float | Rates, help: str) -> Any:
    """A standard deviation of noise on images in [0, 1]: in (0, 1], or a tuple of such numbers."""
    return setting(default, help, _range(lambda v: 0 < v <= 1, "in (0, 1]"))


def decay(default: float | Rates, help: str) -> Any:
    """A decay of a running mean, a momentum and the like: from 0 to below 1, or a tuple of such."""
    return setting(default, help, _range(lambda v: 0 <= v < 1, "from 0 to below 1"))


def one_of(known: Iterable[str], default: str, help: str) -> Any:
    """One of the known texts."""
    return setting(default, help, _known(known))


def some_of(known: Iterable[str], default: Names, help: str, *, may_be_empty: bool = False) -> Any:
    """Some of the known texts; at least one of them, unless it may be empty."""
    return setting(default, help, _known(known, may_be_empty=may_be_empty))


def dataset(default: str = "mnist") -> Any:
    """The data set of 28x28 grey images that a study works on."""
    return one_of(("mnist", "fashion_mnist"), default, "The data set: mnist or fashion_mnist.")


def repeats(default: int, help: str = "Seeds per variant.") -> Any:
    """How many seeds, from the run's seed on, each thing is repeated with."""
    return count(default, help)


def batch_size(default: int, help: str = "Images per step.") -> Any:
    """Images per step."""
    return count(default, help)


def first_train_images(default: int, all_images: int = 60_000) -> Any:
    """Training images used, the first ones."""
    return count(default, f"Training images used (all: {all_images}).")


def first_test_images(default: int, all_images: int = 10_000) -> Any:
    """Test images used, the first ones."""
    return count(default, f"Test images used (all: {all_images}).")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """What can be changed with `--set`; a study's own class declares the fields."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            if check := field.metadata.get("check"):
                check(field.name, getattr(self, field.name))
        self.require()

    def require(self) -> None:
        """Refuses values that do not fit one another, with an `InputError`; a study says which."""


def described(settings: Settings) -> list[tuple[str, str, str]]:
    """Returns (name, value as `--set` takes it, meaning) of every setting."""
    return [
        (field.name, as_text(getattr(settings, field.name)), field.metadata.get("help", ""))
        for field in dataclasses.fields(settings)
    ]


def as_text(value: Any) -> str:
    """Writes a value as `--set` takes it: lists with commas, truth in small letters."""
    if isinstance(value, tuple):
        return ",".join(map(as_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def override(settings: AnySettings, assignments: Iterable[str]) -> AnySettings:
    """Returns settings with `key=value` texts applied; each value takes its key's type.

    Lists are written with commas: `heads=softmax,relu32`.

    Raises:
        InputError: No `=`, an unknown key, or a value of another type.
    """
    pairs = map(split, assignments)
    changes = {key: parse(key, text, current(settings, key)) for key, text in pairs}
    return dataclasses.replace(settings, **changes)


def split(assignment: str) -> tuple[str, str]:
    """Splits `key=value`; an `InputError` if there is no `=`."""
    key, equals, text = assignment.partition("=")
    if not equals:
        raise InputError(f"--set takes key=value, but got {assignment!r}.")
    return key, text


def current(settings: Settings, key: str) -> Any:
    """Returns a setting's value; an `InputError` if there is no such setting."""
    known = [field.name for field in dataclasses.fields(settings)]
    if key not in known:
        raise InputError(f"There is no setting {key!r}; {choices(key, known)}.")
    return getattr(settings, key)


def parse(key: str, text: str, like: Any) -> Any:
    """Reads a setting's value from text, as the type of another value, or else an `InputError`."""
    try:
        if isinstance(like, tuple):
            kind = type(like[0]) if like else str
            return tuple(_value(kind, item.strip()) for item in text.split(",") if item.strip())
        return _value(type(like), text)
    except (ValueError, KeyError) as error:
        kind = type(like).__name__
        raise InputError(f"The setting {key} takes a {kind} like {like}, not {text!r}.") from error


def _value(kind: type, text: str) -> Any:
    return _TRUTH[text.lower()] if kind is bool else kind(text)


def from_json(kind: type[Anything], values: Mapping[str, Any]) -> Anything:
    """Rebuilds settings from config.json, where tuples have become lists.

    Keys that are not those of this version's settings are an `InputError`.
    """
    try:
        given = conform(values, dict[str, Any], "settings")
        return conform({k: v for k, v in given.items() if k not in RETIRED}, kind, "settings")
    except Misfit as error:
        raise InputError(
            "The run's config.json does not fit this version of the study; start a new run "
            f"({error})."
        ) from error


def _range(holds: Callable[[float], bool], expected: str, one: str = "a number") -> Check:
    def check(name: str, value: float | Rates) -> None:
        values = value if isinstance(value, tuple) else (value,)
        if not values or not all(map(holds, values)):
            asked = "numbers" if isinstance(value, tuple) else one
            raise InputError(f"The setting {name} is {value}; give {asked} {expected}.")

    return check


def _known(known: Iterable[str], *, may_be_empty: bool = False) -> Check:
    known = list(known)

    def check(name: str, value: str | Names) -> None:
        unknown = [v for v in (value if isinstance(value, tuple) else (value,)) if v not in known]
        if unknown or (value == () and not may_be_empty):
            raise InputError(
                f"The setting {name} does not know {', '.join(unknown) or 'an empty list'}; "
                f"{choices(unknown[0] if unknown else '', known)}."
            )

    return check
