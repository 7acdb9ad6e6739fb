"""Words for digits: the vocabulary of captions, prompts as tokens, and what a prompt asks for.

    vocabulary = Vocabulary()
    prompt = vocabulary.read("a thick slanted seven")
    prompt.tokens        # int32 (1, 16)
    prompt.asked         # {"thickness": 1, "digit": 7}
    prompt.unknown       # ()

A token is a word's place in the vocabulary, 0 is no word; the order of the words is kept.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np

from tfnets.errors import InputError
from tfnets.files import atomic, same_name
from tfnets.schema import Rule, read_json

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

ATTRIBUTES: dict[str, dict[int, tuple[str, ...]]] = {
    "thickness": {-1: ("thin", "light"), 1: ("thick", "bold")},
    "slant": {-1: ("left",), 0: ("upright", "straight"), 1: ("right",)},
    "size": {-1: ("small", "little"), 1: ("large", "big")},
}
"""What can be said of a digit besides its name: attribute -> value -> words that mean it."""

LEANING = ("slanted", "leaning", "tilted")
"""Before or after `left` or `right`; alone, to one side or the other."""

FILLERS = ("a", "an", "digit", "number", "to", "the", "that", "is", "and")

MEANINGS: dict[str, tuple[str, int]] = (
    {word: ("digit", digit) for digit, word in enumerate(DIGITS)}
    | {str(digit): ("digit", digit) for digit in range(10)}
    | {
        word: (attribute, value)
        for attribute, values in ATTRIBUTES.items()
        for value, words in values.items()
        for word in words
    }
)
"""What a word asks for: the digit, or an attribute's value."""

WORDS = (*FILLERS, *LEANING, *MEANINGS)
LENGTH = 16
"""Words of the longest prompt; captions have up to 13."""


@dataclass(frozen=True)
class Prompt:
    """A prompt that was read.

    Attributes:
        tokens: int32 (1, length).
        asked: The digit and the attributes that it names, for instance `{"digit": 7, "slant": -1}`.
        unknown: Words that are not in the vocabulary, in order; the tokens leave them out.
    """

    tokens: np.ndarray = field(repr=False)
    asked: dict[str, int]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class _Kept:
    """A vocabulary's file."""

    words: Annotated[
        tuple[str, ...], Rule(lambda v: 0 < len(v) == len(set(v)), "a list of words, each once")
    ]
    length: Annotated[int, Rule(range(1, 4097).__contains__, "a number of words")]


@dataclass(frozen=True)
class Vocabulary:
    """`words` in a fixed order, lower case, each once; token i + 1 is word i.

    A text has `length` tokens; token 0, "no word", fills up shorter ones.
    """

    words: tuple[str, ...] = WORDS
    length: int = LENGTH

    def tokens(self, texts: Sequence[str]) -> np.ndarray:
        """Tokens int32 (n, length) of texts; InputError for unknown or more than `length` words."""
        numbers = self._numbers
        table = np.zeros((len(texts), self.length), np.int32)
        for row, text in zip(table, texts, strict=True):
            words = split(text)
            self._require_short(words)
            for place, word in enumerate(words):
                if word not in numbers:
                    raise InputError(f"The vocabulary lacks the word {word!r} of {text!r}.")
                row[place] = numbers[word]
        return table

    def read(self, prompt: str) -> Prompt:
        """Reads one prompt of a person: words in any order; capitals, punctuation do not count.

        Raises:
            InputError: No word, no known word, too many words, or two wishes that exclude each
                other.
        """
        words = split(prompt)
        if not words:
            raise InputError(
                "The prompt is empty; describe a digit, for instance 'a thick slanted seven'."
            )
        known = [word for word in words if word in self._numbers]
        if not known:
            raise InputError(
                f"No word of the prompt {prompt!r} is known; the words are {', '.join(self.words)}."
            )
        self._require_short(known)
        unknown = tuple(word for word in words if word not in self._numbers)
        return Prompt(self.tokens([" ".join(known)]), asked(known), unknown)

    def save(self, path: Path | str) -> None:
        """Writes the vocabulary as JSON."""
        text = json.dumps({"words": list(self.words), "length": self.length}, indent=1)
        with atomic(path) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path | str) -> "Vocabulary":
        """Reads what `save` has written; InputError for a missing file or one of another kind."""
        try:
            kept = read_json(Path(path), _Kept)
        except OSError as error:
            raise InputError(
                f"The vocabulary {path} cannot be read ({error.strerror}); copy it beside its "
                "generator."
            ) from error
        except ValueError as error:
            raise InputError(
                f"{path} is not a vocabulary ('words' and 'length'); copy it again from the run "
                f"that trained its generator ({error})."
            ) from error
        return cls(kept.words, kept.length)

    @property
    def _numbers(self) -> dict[str, int]:
        return {same_name(word): i + 1 for i, word in enumerate(self.words)}

    def _require_short(self, words: Sequence[str]) -> None:
        if len(words) > self.length:
            raise InputError(
                f"The prompt has {len(words)} known words; give at most {self.length}."
            )


def split(text: str) -> list[str]:
    """Returns the words and numbers of a text in lower case, without punctuation."""
    return re.findall(r"[^\W_]+", same_name(text.lower()))


def asked(words: Sequence[str]) -> dict[str, int]:
    """What lower-case words ask for, by name; InputError for two that exclude each other."""
    wishes: dict[str, int] = {}
    first: dict[str, str] = {}
    for word in words:
        if word not in MEANINGS:
            continue
        what, value = MEANINGS[word]
        if wishes.setdefault(what, value) != value:
            raise InputError(
                f"The prompt asks for {first[what]!r} and for {word!r}; leave one of them out."
            )
        first.setdefault(what, word)
    return wishes
