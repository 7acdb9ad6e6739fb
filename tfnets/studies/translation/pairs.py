"""One domain of study 5.5 in memory: training sets, test pairs, and its own judge."""

import functools
from dataclasses import dataclass, field

import keras
import numpy as np

from tfnets import metrics
from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData, domains
from tfnets.methods.gans.judges import trained_judge
from tfnets.models.classifiers import features_and_probabilities


@dataclass(frozen=True, eq=False)
class DomainPairs:
    """Digits and their true partners in one domain.

    Attributes:
        domain: The domain.
        digits: Training and test digits.
        x_train: True partners of the training digits.
        x_test: True partners of the test digits.
    """

    domain: domains.Domain
    digits: ImageData = field(repr=False)
    x_train: np.ndarray = field(repr=False)
    x_test: np.ndarray = field(repr=False)

    @classmethod
    def of(cls, name: str, digits: ImageData, items: ImageData) -> "DomainPairs":
        """Makes the partners of a domain.

        Args:
            name: A key of `domains.DOMAINS`.
            digits: The digits.
            items: Where partners come from that are no transform of the digit.
        """
        domain = domains.find(name)
        if domain.transform is not None:
            made = [domain.partners(images) for images in (digits.x_train, digits.x_test)]
        else:
            made = [
                domains.same_class(digits.y_train, items.x_train, items.y_train),
                domains.same_class(digits.y_test, items.x_test, items.y_test),
            ]
        return cls(domain, digits, *made)

    @property
    def unpaired(self) -> tuple[np.ndarray, np.ndarray]:
        """Digits of the first half, partners of the second (see `domains.unpaired`)."""
        return domains.unpaired(self.digits.x_train, self.x_train)

    @property
    def paired(self) -> tuple[np.ndarray, np.ndarray]:
        """Digits of the first half with their partners (see `domains.paired`)."""
        return domains.paired(self.digits.x_train, self.x_train)

    @functools.cached_property
    def similarity(self) -> dict[str, float]:
        """`domains.similarity` of up to 1,000 training pairs."""
        return domains.similarity(self.digits.x_train[:1000], self.x_train[:1000])

    def judge(self, run: Run, epochs: int) -> "Judge":
        """Trains a classifier of the domain's images on all training partners, as a part.

        Args:
            run: The run, which gets `judge-NAME.keras`.
            epochs: Passes over the training partners.
        """
        images, labels = self.x_train, self.digits.y_train
        part, classes = f"judge-{self.domain.name}", len(self.digits.class_names)
        model = trained_judge(run, part, (images, labels), classes, epochs, run.config.seed)
        return Judge(features_and_probabilities(model), self)


class Judge:
    """Measures translated test digits in the features of a domain's own classifier.

    Attributes:
        real: What the true partners of the test digits give: `label` (the judge's agreement with
            their labels) and `frechet` (of as many training partners).
    """

    def __init__(self, model: keras.Model, pairs: DomainPairs) -> None:
        """Takes the model image -> `{"features", "probabilities"}` and the pairs."""
        self._model, self._pairs = model, pairs
        self._labels = pairs.digits.y_test
        judged = self._judged(pairs.x_test)
        self._features = judged["features"]
        others = self._judged(pairs.x_train[: len(pairs.x_test)])
        self.real = {
            "label": self._agreement(judged),
            "frechet": metrics.frechet_distance(self._features, others["features"]),
        }

    def __call__(self, images: np.ndarray) -> dict:
        """Numbers of the translated test digits: `partner_match`, `label` and `frechet`."""
        judged = self._judged(images)
        return metrics.partner_match(images, self._pairs.x_test) | {
            "label": self._agreement(judged),
            "frechet": metrics.frechet_distance(self._features, judged["features"]),
        }

    def _judged(self, images: np.ndarray) -> dict[str, np.ndarray]:
        return self._model.predict(images, batch_size=500, verbose=0)

    def _agreement(self, judged: dict[str, np.ndarray]) -> dict:
        found = metrics.label_agreement(self._labels, judged["probabilities"].argmax(axis=1))
        return {key: found[key] for key in ("mean", "ci95", "n")}
