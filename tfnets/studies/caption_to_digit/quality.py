"""How study 3.8 measures a generator that is asked in words: by label, attribute and quality."""

import functools
import itertools
from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.datasets import ImageData, captions
from tfnets.datasets.prompts import ATTRIBUTES, DIGITS, Vocabulary
from tfnets.datasets.strokes import MEASURES
from tfnets.errors import InputError
from tfnets.lab.trial import DataStore
from tfnets.methods.gans.judges import Judge, seen
from tfnets.studies.caption_to_digit.settings import Settings

Asked = dict[str, np.ndarray]
"""`digit` and the attributes, float (n,), NaN where nothing is asked (see `captions.Captions`)."""


@functools.lru_cache(maxsize=2)
def of(store: DataStore, settings: Settings, seed: int) -> "CaptionQuality":
    """Returns the quality that a run's settings and seed ask for; a process makes it once."""
    return CaptionQuality(store.images("mnist", settings.train_images), settings, seed)


class CaptionQuality(Judge):
    """Measures images that were generated for captions of the test images.

    So generated and real images have the same digits and attributes equally often. Real against
    real is training images in the generated ones' place, at the same size.

    Attributes:
        thresholds: Of the training images: from which measure on a word fits.
        tokens: Captions (samples, length) to generate images for, as tokens.
        asked: What the captions ask for.
        crossed: Tokens of every digit with every attribute's value, each combination equally often.
    """

    def __init__(self, data: ImageData, settings: Settings, seed: int) -> None:
        """Takes training and test images, and the captions' seed.

        `InputError` where a digit or one side of an attribute is not asked for.
        """
        super().__init__(data, min(settings.samples, len(data.x_train)))
        self._images = data.x_test[: self.samples]
        self.thresholds = captions.Thresholds.of(data.x_train, data.y_train)
        written = captions.write(self._images, self.labels, self.thresholds, seed)
        vocabulary = Vocabulary()
        self.tokens, self.asked = vocabulary.tokens(written.texts), written.asked
        texts = crossed(settings.crossed_samples)
        read = [vocabulary.read(text).asked for text in texts]
        self.crossed = vocabulary.tokens(texts)
        self._crossed = {name: np.array([float(one[name]) for one in read]) for name in self.asked}
        self._curve = min(settings.curve_samples, self.samples)
        _require_asked(_first(self.asked, self._curve))

    @property
    def curve_tokens(self) -> np.ndarray:
        """Captions to generate the images of a brief measurement for."""
        return self.tokens[: self._curve]

    @functools.cached_property
    def measured(self) -> dict[str, np.ndarray]:
        """Each attribute of the test images, as the function `measured` gives it."""
        return measured(self._images)

    @functools.cached_property
    def real(self) -> dict[str, dict[str, Any]]:
        """`followed` of the test images for their own captions: what a perfect generator gets."""
        return followed(self.measured, seen(self.reference), self.asked)

    def brief(self, images: np.ndarray) -> dict[str, float]:
        """Returns agreement and correlations of images made for the first captions."""
        digits, asked = seen(self.judged(images)), _first(self.asked, len(images))
        numbers = followed(measured(images), digits, asked)
        return {name: value["mean"] for name, value in numbers.items()}

    def whole(self, images: np.ndarray, others: np.ndarray) -> dict[str, Any]:
        """Measures images made for `tokens`, and others made for `crossed`.

        Returns:
            `followed` of the first, the same of the others as `crossed`, the numbers of
            `metrics.sample_quality`, and `nameless`: the label histogram of the images whose
            caption names no digit.
        """
        judged = self.judged(images)
        digits, nameless = seen(judged), np.isnan(self.asked["digit"])
        crossed_digits = seen(self.judged(others))
        return {
            **followed(measured(images), digits, self.asked),
            "crossed": followed(measured(others), crossed_digits, self._crossed),
            **self.numbers(judged),
            "nameless": metrics.label_histogram(digits[nameless], self.labels, len(DIGITS)),
        }


def measured(images: np.ndarray) -> dict[str, np.ndarray]:
    """Returns each attribute of images (n, 28, 28, 1), float (n,)."""
    return {name: measure(images) for name, measure in MEASURES.items()}


def followed(
    attributes: dict[str, np.ndarray], digits: np.ndarray, asked: Asked
) -> dict[str, dict[str, Any]]:
    """How far images follow what was `asked` for, by measured attributes and seen digits (n,).

    Returns:
        `agreement` over the captions that name a digit (see `metrics.label_agreement`), and for
        each attribute the rank correlation of asked and measured values over the captions that ask
        for it, as `{"mean", "n"}`.
    """
    named = np.isfinite(asked["digit"])
    agreement = metrics.label_agreement(asked["digit"][named].astype(int), digits[named])
    numbers = {"agreement": agreement}
    for name, values in attributes.items():
        there = np.isfinite(asked[name])
        value = metrics.rank_correlation(asked[name][there], values[there])
        numbers[name] = {"mean": value, "n": int(there.sum())}
    return numbers


def crossed(repeats: int) -> list[str]:
    """Prompts of every digit with every value of every attribute, each combination `repeats` times.

    They ask for combinations that may be rare among digits, so that no attribute can be guessed
    from another or from the digit.
    """
    values = [sorted(words) for words in ATTRIBUTES.values()]
    texts = []
    for digit, (thick, lean, large) in itertools.product(DIGITS, itertools.product(*values)):
        side = {-1: " slanted left", 0: " upright", 1: " slanted right"}[lean]
        words = ATTRIBUTES["size"][large][0], ATTRIBUTES["thickness"][thick][0]
        texts += [f"a {' '.join(words)} {digit}{side}"] * repeats
    return texts


def _first(asked: Asked, n: int) -> Asked:
    return {name: values[:n] for name, values in asked.items()}


def _require_asked(asked: Asked) -> None:
    for name, words in ATTRIBUTES.items():
        missing = set(words) - set(asked[name][np.isfinite(asked[name])].tolist())
        if missing:
            raise InputError(
                f"None of the first {len(asked[name])} captions says {words[min(missing)][0]!r}; "
                "set samples and curve_samples higher."
            )
    if not np.isnan(asked["digit"]).any():
        raise InputError(
            f"All of the first {len(asked['digit'])} captions name a digit; set samples and "
            "curve_samples higher."
        )
