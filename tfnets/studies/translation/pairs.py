"""One domain of study 5.5 in memory: training sets, test pairs, and its own judge."""

import functools
from dataclasses import dataclass, field, replace
from typing import Any

import keras
import numpy as np

from tfnets import metrics
from tfnets.datasets import ImageData, domains
from tfnets.lab.trial import DataStore
from tfnets.methods.gans import judges
from tfnets.metrics.sample_quality import Judged
from tfnets.models.classifiers import features_and_probabilities
from tfnets.studies.translation.settings import Settings


@functools.lru_cache(maxsize=2)
def of(store: DataStore, settings: Settings, name: str) -> "DomainPairs":
    """Returns the pairs of a domain; a process makes them once."""
    digits = store.images("mnist", settings.train_images, settings.test_images)
    items = store.images("fashion_mnist") if domains.find(name).transform is None else digits
    return DomainPairs.of(name, digits, items)


@dataclass(frozen=True, eq=False)
class DomainPairs:
    """Digits and their true partners in one domain, with the digits' labels."""

    domain: domains.Domain
    digits: ImageData = field(repr=False)
    partners: ImageData = field(repr=False)

    @classmethod
    def of(cls, name: str, digits: ImageData, items: ImageData) -> "DomainPairs":
        """Makes the partners of a key of `domains.DOMAINS`.

        `items` is where partners come from that are no transform of the digit.
        """
        domain = domains.find(name)
        if domain.transform is not None:
            train, test = map(domain.partners, (digits.x_train, digits.x_test))
        else:
            train = domains.same_class(digits.y_train, items.x_train, items.y_train)
            test = domains.same_class(digits.y_test, items.x_test, items.y_test)
        return cls(domain, digits, replace(digits, x_train=train, x_test=test))

    @property
    def unpaired(self) -> tuple[np.ndarray, np.ndarray]:
        """Digits of the first half, partners of the second (see `domains.unpaired`)."""
        return domains.unpaired(self.digits.x_train, self.partners.x_train)

    @property
    def paired(self) -> tuple[np.ndarray, np.ndarray]:
        """Digits of the first half with their partners (see `domains.paired`)."""
        return domains.paired(self.digits.x_train, self.partners.x_train)


class DomainJudge(judges.Judge):
    """Measures translated test digits in the features of a domain's own classifier."""

    def __init__(self, classifier: keras.Model, partners: ImageData) -> None:
        """Takes the trained classifier, image -> probabilities, and the digits' partners."""
        super().__init__(partners, model=features_and_probabilities(classifier))
        self._partners = partners.x_test

    @property
    def real(self) -> dict[str, Any]:
        """What the true partners of the test digits give: `label` and `frechet`.

        The judge's agreement with their labels, and the distance of as many training partners.
        """
        return {"label": self._label(self.reference), "frechet": self.frechet(self.others)}

    def __call__(self, images: np.ndarray) -> dict[str, Any]:
        """Numbers of the translated test digits: `partner_match`, `label` and `frechet`."""
        judged = self.judged(images)
        return metrics.partner_match(images, self._partners) | {
            "label": self._label(judged),
            "frechet": self.frechet(judged),
        }

    def _label(self, judged: Judged) -> dict[str, Any]:
        found = self.agreement(judged)
        return {key: found[key] for key in ("mean", "ci95", "n")}
