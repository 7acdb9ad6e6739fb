"""The settings of label-efficient classification, and why they are what they are."""

import math
from dataclasses import dataclass, field

from tfnets.errors import InputError
from tfnets.training.deformations import Strength


@dataclass(frozen=True)
class Plan:
    """How a classifier is made from few labels."""

    strength: Strength = field(default_factory=Strength)  # deformations that leave the class
    gentle: float = 0.5  # times this strength for the labelled images that a classifier is shown
    features: int = 128  # size of the encoder's output
    updates: int = 2_800  # updates of the contrastive training, rounded up to whole epochs
    batch_size: int = 256  # images per update of it (fewer if there are fewer)
    temperature: float = 0.2  # of its softmax
    learning_rate: float = 2e-3  # Adam's first rate of it; falls to 0 along a cosine
    neighbours: int = 10  # of the graph
    pixels: float = 0.0  # weight of the pixels in the graph, beside the features
    alpha: float = 0.999  # share of an answer that comes from the neighbours in spreading
    pseudo_count: float = 10.0  # labels added to each class before counting (`smoothed_prior`)
    steps: int = 600  # updates of a classifier
    classifier_batch: int = 128  # unlabelled images per update of it
    classifier_rate: float = 1e-3  # Adam's first rate of it; falls to 0 along a cosine
    average: float = 0.98  # decay of the running mean of its weights
    threshold: float = 0.95  # least probability from which `confident` learns
    radius: float = 1.5  # L2 length of the change of `virtual_adversarial`
    sureness: float = 2.0  # weight of the answers' entropy in `virtual_adversarial`
    balance: float = 4.0  # weight in it of the mean answer's divergence from the class frequencies

    def __post_init__(self) -> None:
        """Refuses values that could not be used."""
        for name in ("features", "updates", "batch_size", "neighbours", "steps"):
            self._require(name, getattr(self, name) >= 1, "at least 1")
        for name in ("temperature", "learning_rate", "classifier_batch", "classifier_rate"):
            self._require(name, 0 < getattr(self, name) < math.inf, "above 0")
        for name in ("alpha", "threshold"):
            self._require(name, 0 < getattr(self, name) < 1, "between 0 and 1")
        for name in ("pixels", "pseudo_count", "sureness", "balance", "gentle"):
            self._require(name, 0 <= getattr(self, name) < math.inf, "of at least 0")
        self._require("average", 0 <= self.average < 1, "from 0 to below 1")

    @classmethod
    def sized(cls, side: int) -> "Plan":
        """The plan whose deformations are as long for images of `side` pixels as ours for 28."""
        return cls(Strength().sized(side / 28))

    @property
    def gently(self) -> Strength:
        """The deformations of labelled images."""
        return self.strength.scaled(self.gentle)

    def _require(self, name: str, holds: bool, expected: str) -> None:
        if not holds:
            value = getattr(self, name)
            raise InputError(f"The plan's {name} is {value}; give a number {expected}.")
