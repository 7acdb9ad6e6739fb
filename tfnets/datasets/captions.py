"""Captions written from the images themselves (study 3.8): "a thick 7 slanted to the left".

What is said of an image is measured on it (`tfnets.datasets.strokes`) and compared with quartiles
of the training images: the thinnest quarter is thin, the thickest thick; the quarter that leans
most to the right is slanted right, the other end left, the half between upright. Small and large
are the quarters of the same digit, because a one is smaller than a zero. Word order, synonyms and
what is left unsaid are drawn from a seed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from tfnets.datasets.prompts import ATTRIBUTES, DIGITS, LEANING
from tfnets.datasets.strokes import MEASURES
from tfnets.errors import InputError

SHARE = 0.25
"""Share of the training images at either end that gets a word."""
SAID = 0.6
"""Probability that an attribute with a word for its value is named."""
NAMELESS = 0.1
"""Probability that the digit itself is not named."""
SIDELESS = 0.2
"""Probability that a slant is named without its side."""

_DRAWS = 20
"""Random numbers per caption, more than any needs."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Thresholds:
    """From which measure on a word fits: for each attribute ten values, one per digit.

    At or below `low` the image is thin, left, or small; at or above `high` thick, right, or large.
    """

    low: dict[str, tuple[float, ...]]
    high: dict[str, tuple[float, ...]]

    @classmethod
    def of(cls, images: np.ndarray, labels: np.ndarray) -> "Thresholds":
        """Takes the thresholds from training images (n, height, width, 1) in [0, 1].

        Raises:
            InputError: Colour images, or a digit of which there is no image.
        """
        missing = set(range(10)) - set(np.unique(labels).tolist())
        if missing:
            raise InputError(
                f"The training images show no {min(missing)}; captions need all ten digits."
            )
        low, high = {}, {}
        for name, measure in MEASURES.items():
            values = measure(images)
            groups = [values[labels == k] if name == "size" else values for k in range(10)]
            ends = [np.quantile(group, (SHARE, 1 - SHARE)).tolist() for group in groups]
            low[name], high[name] = map(tuple, zip(*ends, strict=True))
        return cls(low, high)

    def values(self, images: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
        """Returns for each attribute -1, 0 or 1 for each image: int (n,)."""
        found = {}
        for name, measure in MEASURES.items():
            measured = measure(images)
            low, high = (np.array(ends[name])[labels] for ends in (self.low, self.high))
            found[name] = (measured >= high).astype(int) - (measured <= low).astype(int)
        return found


@dataclass(frozen=True)
class Captions:
    """One caption per image, and what it asks for.

    Attributes:
        texts: The captions.
        asked: `digit` 0 to 9, `thickness` and `size` -1 or 1, `slant` -1, 0 or 1; float (n,), NaN
            where the caption does not say.
    """

    texts: tuple[str, ...]
    asked: dict[str, np.ndarray] = field(repr=False)


def write(images: np.ndarray, labels: np.ndarray, thresholds: Thresholds, seed: int) -> Captions:
    """Writes a caption for each image (n, height, width, 1) in [0, 1].

    Caption i depends on image i, its label, the thresholds and (seed, i) alone.
    """
    values = thresholds.values(images, labels)
    uniform = np.random.default_rng(seed).random((len(labels), _DRAWS))
    texts, asked = [], {name: np.full(len(labels), np.nan) for name in ("digit", *ATTRIBUTES)}
    for i, row in enumerate(uniform):
        draws = iter(row.tolist())
        named = {name: next(draws) < SAID for name in ATTRIBUTES}
        said = {n: int(v[i]) for n, v in values.items() if named[n] and v[i] in ATTRIBUTES[n]}
        if next(draws) >= NAMELESS:
            said["digit"] = int(labels[i])
        sided = next(draws) >= SIDELESS
        texts.append(_sentence(said, sided, draws))
        if not sided and said.get("slant"):
            del said["slant"]
        for name, value in said.items():
            asked[name][i] = value
    return Captions(tuple(texts), asked)


def _sentence(said: dict[str, int], sided: bool, draws: Iterator[float]) -> str:
    """One of four orders of the words."""
    noun = _noun(said.get("digit"), draws)
    adjectives = [name for name in ("thickness", "size") if name in said]
    words = [_one_of(ATTRIBUTES[name][said[name]], draws) for name in adjectives]
    words = words[:: _one_of((1, -1), draws)]
    before, after = _slant(said.get("slant"), sided, draws)
    order = _one_of(("adjectives", "split", "list", "clause"), draws)
    if order == "adjectives":
        return _with_article([*_inserted(before, words, draws), noun])
    if order == "split":
        return _with_article([*words, noun, *after])
    told = _inserted(after, words, draws)
    if order == "list":
        return ", ".join([noun, *told])
    return _with_article([noun]) + (f" that is {' and '.join(told)}" if told else "")


def _noun(digit: int | None, draws: Iterator[float]) -> str:
    if digit is None:
        return "digit"
    name = _one_of((DIGITS[digit], str(digit)), draws)
    return _one_of((name, name, f"digit {name}", f"number {name}"), draws)


def _slant(value: int | None, sided: bool, draws: Iterator[float]) -> tuple[list[str], list[str]]:
    """The words for a slant before a noun and after it."""
    if value is None:
        return [], []
    word = _one_of(LEANING if value else ATTRIBUTES["slant"][0], draws)
    if not (value and sided):
        return [word], [word]
    (side,) = ATTRIBUTES["slant"][value]
    return [f"{side} {word}"], [f"{word} {_one_of(('', 'to the '), draws)}{side}"]


def _with_article(words: Sequence[str]) -> str:
    article = "an" if words[0].startswith(("eight", "8", "upright")) else "a"
    return " ".join([article, *words])


def _inserted(extra: list[str], words: list[str], draws: Iterator[float]) -> list[str]:
    place = int(next(draws) * (len(words) + 1))
    return [*words[:place], *extra, *words[place:]]


def _one_of(items: Sequence[Item], draws: Iterator[float]) -> Item:
    return items[int(next(draws) * len(items))]
