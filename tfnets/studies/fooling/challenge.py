"""What study 2.3 sets itself: to make a network take a photograph for another class."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import softmax

from tfnets.datasets import pictures
from tfnets.errors import InputError
from tfnets.lab.trial import DataStore
from tfnets.models.trained.networks import Network
from tfnets.studies.fooling.settings import Settings


@dataclass(frozen=True)
class Challenge:
    """A photograph, its classes, a network to be fooled, and perhaps a second one that looks on.

    The prepared photograph, and the others if they are attacked, are (n, height, width, channels).
    """

    settings: Settings
    network: Network
    second: Network | None
    photos: np.ndarray
    notes: tuple[str, ...]  # what has to be said of network and photograph, one line each

    @property
    def image(self) -> np.ndarray:
        """The photograph (height, width, channels)."""
        return self.photos[0]

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
        return self.network.class_name(label).split(",")[0]


def challenge(settings: Settings, store: DataStore, *, quiet: bool = True) -> Challenge:
    """Loads networks and photographs; `quiet` logs nothing of how a picture was converted.

    Raises:
        InputError: They cannot be had, the network has no classes, or sees the target already, or
            the second one does not know the classes.
    """
    network = store.network(settings.network)
    if not network.classes:
        asked = "give one that does, such as cifar10"
        raise InputError(f"The network {network.name} puts out no classes; {asked}.")
    second = store.network(settings.second) if settings.second else None
    names = (settings.image, *(settings.others if settings.rated else ()))
    shown = [pictures.picture(name, store.data_dir, quiet=quiet) for name in names]
    photos = np.stack([network.prepare(picture.pixels) for picture in shown])
    notes = (*network.notes, *shown[0].told)
    found = Challenge(settings, network, second, photos, notes)
    if found.target in (found.source, int(found.logits.argmax())):
        raise InputError(
            f"The network {network.name} takes {settings.image} for {found.name(found.target)} "
            "already; give another target."
        )
    if second:
        for label in (found.source, found.target):
            same_class(found, label)
    return found


def pairs(what: Challenge, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """All photographs (n, ...) and targets (n,): random classes but the one that is seen."""
    seen = probabilities(what.network, what.photos).argmax(axis=1)
    rng = np.random.default_rng(seed)
    count = min(what.settings.targets, what.network.classes - 1)
    drawn = [rng.choice(what.network.classes - 1, count, replace=False) for _ in what.photos]
    targets = [d + (d >= label) for d, label in zip(drawn, seen, strict=True)]
    return np.repeat(what.photos, count, axis=0), np.concatenate(targets)


def probabilities(network: Network, images: np.ndarray) -> np.ndarray:
    """Softmax (n, classes) of a network's logits, float64."""
    return softmax(np.asarray(network.model(images, training=False), np.float64), axis=1)


def fitted(network: Network, images: np.ndarray) -> np.ndarray:
    """Images as another network takes them; those of its size are left as they are."""
    if images.shape[1:] == tuple(network.input_shape):
        return images
    return np.stack([network.prepare(image) for image in images])


def same_class(what: Challenge, label: int) -> int:
    """The second network's number of a class of the first.

    Raises:
        InputError: It has no class of that name.
    """
    first, second = what.network, what.second
    if (first.classes, first.class_names) == (second.classes, second.class_names):
        return label
    return second.class_index(first.class_name(label))
