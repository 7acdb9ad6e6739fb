"""A generator in a run folder: what it takes, and how it draws.

A run folder holds generators as `PART_generator.keras`, beside them `PART_prior.json` (the prior of
the latent vectors) and, for one that reads prompts, `PART_vocabulary.json`. What a generator takes
is read from its inputs: latent vectors alone, a label beside them, or tokens.
"""

from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tfnets import latents
from tfnets.artifacts.run import Run
from tfnets.datasets.prompts import DIGITS, Vocabulary
from tfnets.errors import InputError, choices
from tfnets.files import inside
from tfnets.models.labels import require_labels


def save(run: Run, part: str, generator: keras.Model, prior: latents.Prior) -> None:
    """Saves `PART_generator.keras` and `PART_prior.json` (and .npz where the prior has arrays)."""
    latents.save(prior, prior_path(run, part))
    run.save_model(f"{part}_generator", generator)


def load(run: Run, part: str) -> tuple[keras.Model, latents.Prior]:
    """Loads what `save` has written; `InputError` where a file is missing or damaged."""
    return run.load_model(f"{part}_generator"), latents.load(prior_path(run, part))


def prior_path(run: Run, part: str) -> str:
    """Where the prior of a generator lies."""
    return str(inside(run.path, f"{part}_prior.json"))


TAKES = {
    "nothing": "latent vectors alone, so ask for a count only",
    "label": "a digit; without one, all in turn",
    "tokens": "a prompt or a digit; without either, all digits in turn",
}
"""What kinds of generators there are, and what they are asked for."""

_SUFFIX = "_generator"
_BATCH = 500


@dataclass(frozen=True)
class Condition:
    """What goes into a generator beside the latent vectors: labels (n,), or tokens (n, length).

    `asked` is what all rows ask for, `unknown` the words that were left out.
    """

    rows: tuple[np.ndarray, ...] = field(default=(), repr=False)
    asked: dict[str, int] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class SavedGenerator:
    """A saved generator, by its part of the study, and the prior of its latent vectors.

    `vocabulary` are the words that it knows, where it reads prompts.
    """

    name: str
    model: keras.Model
    prior: latents.Prior
    vocabulary: Vocabulary | None = None

    @classmethod
    def load(cls, run: Run, name: str) -> "SavedGenerator":
        """Loads one of `names(run)`.

        Raises:
            InputError: A file is missing or damaged, it makes no pictures, or the prior or the
                vocabulary is of another size.
        """
        model = run.load_model(f"{name}{_SUFFIX}")
        shape, inputs = model.output_shape, len(model.inputs)
        vectors = len(model.inputs[0].shape) == 2 and inputs <= 2
        if not (vectors and len(shape) == 4 and shape[-1] in (1, 3)):
            raise InputError(
                f"{name!r} is not a generator of pictures: it makes {shape[1:]} from {inputs} "
                "input(s)."
            )
        prior = _prior(run, name, model.inputs[0].shape[-1])
        reads = inputs == 2 and len(model.inputs[1].shape) == 2
        vocabulary = Vocabulary.load(vocabulary_path(run, name)) if reads else None
        if vocabulary is not None:
            _require_same_words(name, model, vocabulary)
        return cls(name, model, prior, vocabulary)

    @property
    def takes(self) -> str:
        """A key of `TAKES`."""
        if len(self.model.inputs) == 1:
            return "nothing"
        return "label" if self.vocabulary is None else "tokens"

    def condition(self, digit: int | None, prompt: str | None, count: int) -> Condition:
        """Reads what is asked for: a digit, a prompt (a sentence) or neither, as `count` rows.

        Raises:
            InputError: The generator cannot be asked for that, there is no such digit, or the
                prompt cannot be read (see `Vocabulary.read`).
        """
        if self.takes == "nothing":
            if digit is not None or prompt is not None:
                raise InputError(
                    f"The generator {self.name!r} can be asked for nothing: it was trained without "
                    "labels; leave digit and prompt out."
                )
            return Condition()
        if prompt is not None:
            if self.vocabulary is None:
                raise InputError(
                    f"The generator {self.name!r} does not read prompts; ask for a digit."
                )
            read = self.vocabulary.read(prompt)
            return Condition((np.repeat(read.tokens, count, axis=0),), read.asked, read.unknown)
        turn = np.arange(count) % len(DIGITS)
        digits = turn if digit is None else np.repeat(digit, count)
        digits = require_labels(digits, len(DIGITS))
        asked = {} if digit is None else {"digit": digit}
        if self.vocabulary is None:
            return Condition((digits,), asked)
        return Condition((self.vocabulary.tokens([DIGITS[i] for i in digits]),), asked)

    def draw(self, condition: tuple[np.ndarray, ...], count: int, seed: int) -> np.ndarray:
        """Draws pictures (count, height, width, channels), float32 in [0, 1].

        `condition` are the `count` rows of a `Condition`; the seed is that of the latent vectors.
        """
        inputs = [self.prior(count, (seed, 1)), *map(tf.constant, condition)]
        parts = []
        for start in range(0, count, _BATCH):
            batch = [values[start : start + _BATCH] for values in inputs]
            parts.append(self.model(batch if condition else batch[0], training=False))
        return np.clip(tf.concat(parts, axis=0), 0, 1).astype(np.float32)


def names(run: Run) -> list[str]:
    """Names of a run's generators, the one to use first on top.

    That is a generator of the study's `best` variant where the study names one (metrics.json), then
    those that were trained earlier.

    Raises:
        InputError: There is none.
    """
    found = sorted(p.stem.removesuffix(_SUFFIX) for p in run.path.glob(f"*{_SUFFIX}.keras"))
    if not found:
        raise InputError(
            f"{run.path} has no saved generator; give a finished run of a GAN study, for instance "
            "of caption_to_digit."
        )
    best = str(run.metrics.get("best", "")) if run.finished else ""
    trained = list(dict.fromkeys(row["part"] for row in run.history))
    order = {part: place for place, part in enumerate(trained)}

    def rank(name: str) -> tuple[bool, int]:
        return name.rpartition("-")[0] != best, order.get(name, len(order))

    return sorted(found, key=rank)


def chosen(run: Run, name: str | None) -> SavedGenerator:
    """Loads a generator by name, or the first of `names(run)`; `InputError` for an unknown name."""
    known = names(run)
    if name is not None and name not in known:
        raise InputError(f"{run.path} has no generator {name!r}; {choices(name, known)}.")
    return SavedGenerator.load(run, name or known[0])


def vocabulary_path(run: Run, name: str) -> Path:
    """Where the vocabulary of a generator lies."""
    return inside(run.path, f"{name}_vocabulary.json")


def _prior(run: Run, name: str, dim: int) -> latents.Prior:
    """The prior beside the generator, else that of the run's settings."""
    path = Path(prior_path(run, name))
    if path.exists():
        prior = latents.load(path)
        if prior.dim != dim:
            raise InputError(
                f"The prior {path} draws latent vectors of size {prior.dim}, but the generator "
                f"takes size {dim}; copy both from the same run."
            )
        return prior
    kind = run.config.settings.get("prior")
    if kind not in list(latents.PRIORS):  # What a file says need not be hashable.
        raise InputError(
            f"The run does not say from which prior {name!r} takes its latent vectors; put "
            f"{path.name} beside the generator."
        )
    return latents.PRIORS[kind](dim)


def _require_same_words(name: str, model: keras.Model, vocabulary: Vocabulary) -> None:
    """Refuses a vocabulary whose tokens the generator does not take."""
    length, known = model.inputs[1].shape[1], len(vocabulary.words) + 1
    tables = [x for x in model.layers if isinstance(x, keras.layers.Embedding)]
    if vocabulary.length != length or any(table.input_dim != known for table in tables):
        raise InputError(
            f"The vocabulary of {name!r} is not the one that the generator was trained with; copy "
            "both from the same run."
        )
