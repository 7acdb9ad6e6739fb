"""What study 2.3 attacks: a photograph, its classes, a network, and a second one that looks on."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from tfnets import models
from tfnets.datasets import pictures
from tfnets.errors import InputError
from tfnets.models.trained.networks import Network
from tfnets.studies.fooling.settings import Settings


@dataclass(frozen=True)
class Subject:
    """What is attacked.

    Attributes:
        settings: The study's settings.
        network: The network.
        second: The second network, or None.
        image: The prepared photograph (height, width, channels).
        notes: What has to be said of network and photograph, one line each.
        data_dir: The data cache.
        seed: The run's seed.
    """

    settings: Settings
    network: Network
    second: Network | None
    image: np.ndarray
    notes: tuple[str, ...]
    data_dir: Path | str | None
    seed: int

    @cached_property
    def logits(self) -> np.ndarray:
        """What the network gives for the photograph, (classes,)."""
        return np.asarray(self.network.model(self.image[None], training=False))[0]

    @property
    def source(self) -> int:
        """The photograph's class."""
        given = self.settings.source
        return self.network.class_index(given) if given else int(self.logits.argmax())

    @property
    def target(self) -> int:
        """The class that is to be seen."""
        given = self.settings.target
        return self.network.class_index(given) if given else int(self.logits.argmin())

    def name(self, label: int) -> str:
        """A class's name, without its synonyms."""
        return self.network.class_names[label].split(",")[0]


def subject(settings: Settings, data_dir: Path | str | None, seed: int) -> Subject:
    """Loads networks and photograph.

    Raises:
        InputError: They cannot be had, the network has no classes, or sees the target already.
    """
    network = models.load(settings.network, data_dir=data_dir)
    if not network.classes:
        raise InputError(
            f"The network {network.name} puts out no classes; give one that does, such as cifar10."
        )
    second = models.load(settings.second, data_dir=data_dir) if settings.second else None
    picture = pictures.picture(settings.image, data_dir)
    image, notes = network.prepare(picture.pixels), (*network.notes, *picture.told)
    found = Subject(settings, network, second, image, notes, data_dir, seed)
    if found.target in (found.source, int(found.logits.argmax())):
        raise InputError(
            f"The network {network.name} takes {settings.image} for {found.name(found.target)} "
            "already; give another target."
        )
    return found


def pairs(what: Subject) -> tuple[np.ndarray, np.ndarray]:
    """All photographs (n, ...) and targets (n,): random classes but the one that is seen."""
    others = [
        what.network.prepare(pictures.picture(name, what.data_dir).pixels)
        for name in what.settings.others
    ]
    photos = np.stack([what.image, *others])
    seen = probabilities(what.network, photos).argmax(axis=1)
    rng = np.random.default_rng(what.seed)
    count = min(what.settings.targets, what.network.classes - 1)
    drawn = [rng.choice(what.network.classes - 1, count, replace=False) for _ in photos]
    targets = [d + (d >= label) for d, label in zip(drawn, seen, strict=True)]
    return np.repeat(photos, count, axis=0), np.concatenate(targets)


def probabilities(network: Network, images: np.ndarray) -> np.ndarray:
    """Softmax (n, classes) of a network's logits, float64."""
    logits = np.asarray(network.model(images, training=False), np.float64)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def fitted(network: Network, images: np.ndarray) -> np.ndarray:
    """Images as another network takes them; those of its size are left as they are."""
    if images.shape[1:] == tuple(network.input_shape):
        return images
    return np.stack([network.prepare(image) for image in images])


def same_class(what: Subject, label: int) -> int:
    """The second network's number of a class of the first.

    Raises:
        InputError: It has no class of that name.
    """
    if what.second.class_names == what.network.class_names:
        return label
    return what.second.class_index(what.network.class_names[label])
