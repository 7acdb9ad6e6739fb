"""How study 3.8 measures a generator that is asked in words: by label, attribute and quality."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.datasets import ImageData, captions
from tfnets.datasets.prompts import ATTRIBUTES, DIGITS, Vocabulary
from tfnets.datasets.strokes import MEASURES
from tfnets.errors import InputError
from tfnets.methods.gans import judges

Asked = dict[str, np.ndarray]
"""`digit` and the attributes, float (n,), NaN where nothing is asked (see `captions.Captions`)."""


class CaptionQuality:
    """Measures images that were generated for captions of the test images.

    So generated and real images have the same digits and attributes equally often. Real against
    real is training images in the generated ones' place, at the same size.

    Attributes:
        samples: Images of the final measurement.
        tokens: Captions (samples, length) to generate images for, as tokens.
        asked: What the captions ask for.
        crossed: Tokens of every digit with every attribute's value, each combination equally often.
        measured: Each attribute of the test images, as `measured` gives it.
        real: `numbers` of the test images for their own captions: what a perfect generator gets.
    """

    def __init__(
        self, data: ImageData, thresholds: captions.Thresholds, settings: Any, seed: int
    ) -> None:
        """Takes the images and how many of them a measurement has.

        Args:
            data: Training and test images.
            thresholds: Of the training images.
            settings: Has `samples`, `curve_samples` and `crossed_samples` (per combination).
            seed: Seed of the captions.

        Raises:
            InputError: So few images that a digit or one side of an attribute is not asked for.
        """
        self.samples = min(settings.samples, len(data.x_test), len(data.x_train))
        self._curve = min(settings.curve_samples, self.samples)
        images, self._labels = data.x_test[: self.samples], data.y_test[: self.samples]
        written = captions.write(images, self._labels, thresholds, seed)
        vocabulary = Vocabulary()
        self.tokens, self.asked = vocabulary.tokens(written.texts), written.asked
        texts = crossed(settings.crossed_samples)
        self.crossed, self._crossed = vocabulary.tokens(texts), _wishes(texts, vocabulary)
        _require_asked(self._curve_asked)
        self._judge = judges.load(data.name)
        self._real = self._judged(images)
        others = self._judged(data.x_train[: self.samples])
        self._ceiling = metrics.ceiling(self._real, others, self._labels)
        self.measured = measured(images)
        self.real = followed(self.measured, _digits(self._real), self.asked)

    @property
    def curve_tokens(self) -> np.ndarray:
        """Captions to generate the images of a brief measurement for."""
        return self.tokens[: self._curve]

    def brief(self, images: np.ndarray) -> dict[str, float]:
        """Returns agreement and correlations of images made for `curve_tokens`."""
        digits = _digits(self._judged(images))
        numbers = followed(measured(images), digits, self._curve_asked)
        return {name: value["mean"] for name, value in numbers.items()}

    def whole(self, images: np.ndarray, others: np.ndarray) -> dict[str, Any]:
        """Measures images made for `tokens`, and others made for `crossed`.

        Returns:
            `followed` of the first, the same of the others as `crossed`, the numbers of
            `metrics.sample_quality`, and `nameless`: the label histogram of the images whose
            caption names no digit.
        """
        judged = self._judged(images)
        digits, nameless = _digits(judged), np.isnan(self.asked["digit"])
        crossed_digits = _digits(self._judged(others))
        return {
            **followed(measured(images), digits, self.asked),
            "crossed": followed(measured(others), crossed_digits, self._crossed),
            **metrics.sample_numbers(self._real, judged, self._labels),
            **self._ceiling,
            "nameless": metrics.label_histogram(digits[nameless], self._labels, len(DIGITS)),
        }

    @property
    def _curve_asked(self) -> Asked:
        return {name: values[: self._curve] for name, values in self.asked.items()}

    def _judged(self, images: np.ndarray) -> dict[str, np.ndarray]:
        return self._judge.predict(images, batch_size=500, verbose=0)


def measured(images: np.ndarray) -> dict[str, np.ndarray]:
    """Returns each attribute of images (n, 28, 28, 1), float (n,)."""
    return {name: measure(images) for name, measure in MEASURES.items()}


def followed(
    attributes: dict[str, np.ndarray], digits: np.ndarray, asked: Asked
) -> dict[str, dict[str, Any]]:
    """How far images follow what was asked for.

    Args:
        attributes: What is measured on them.
        digits: What the judge sees in them, int (n,).
        asked: What was asked for.

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


def _wishes(texts: Sequence[str], vocabulary: Vocabulary) -> Asked:
    read = [vocabulary.read(text).asked for text in texts]
    return {name: np.array([float(one[name]) for one in read]) for name in ("digit", *ATTRIBUTES)}


def _digits(judged: dict[str, np.ndarray]) -> np.ndarray:
    return judged["probabilities"].argmax(axis=1)


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
