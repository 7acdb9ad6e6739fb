"""What study 2.2 takes for natural: the average Fourier amplitude of photographs."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import final

import numpy as np
from PIL import Image

from tfnets.datasets import pictures
from tfnets.datasets.sources import photo_catalog
from tfnets.errors import InputError
from tfnets.files import as_on_disk
from tfnets.inputs.spectrum import average_amplitude, crops, distance
from tfnets.lab.trial import DataStore, Measurement
from tfnets.studies.fourier_prior.settings import Settings

INSTALLED = (  # photographs of things, among those that come with scikit-image and scikit-learn
    "astronaut", "camera", "chelsea", "china", "coffee", "flower", "motorcycle", "rocket",
)  # fmt: skip

FETCHED = tuple(name for name in pictures.PHOTOS if name not in photo_catalog.INSTALLED)
"""Photographs from packages."""

ENDINGS = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"}
"""Files of a folder that are taken for pictures."""

ACROSS = 4
"""Photographs are reduced to at most this many crops along their shorter side, so that a crop for a
small network shows things and not only the blur of one pixel into the next."""

MEASURED = 200  # photographs whose own distance from the average is measured


@final
@dataclass(frozen=True)
class Natural(Measurement):
    """The average amplitude of photographs as the network's images, kept as natural.npz."""

    settings: Settings
    named = "{variant}"

    def measure(self) -> dict[str, float]:
        """Averages; how far single crops are from it is in dB."""
        shape = self.store.network(self.settings.network).input_shape
        found = average_amplitude(self._pictures(shape), shape[:2])
        found.save(self.run.path / "natural.npz")
        some = islice(self._pictures(shape), MEASURED)
        own = [distance(crops(picture, found.size), found).numpy() for picture in some]
        return {"crops": found.count, "distance": float(np.concatenate(own).mean())}

    def _pictures(self, shape: tuple[int, int, int]) -> Iterator[np.ndarray]:
        for picture in photographs(self.settings.natural, shape[:2], self.store):
            yield picture.mean(axis=-1, keepdims=True) if shape[2] == 1 else picture


def require_pictures(source: str, size: tuple[int, int], store: DataStore) -> None:
    """Looks at the first picture, before anything takes time.

    Raises:
        InputError: Neither a known source nor a folder with pictures of that size.
    """
    if next(photographs(source, size, store), None) is None:
        raise InputError(
            f"There is no picture of {size[0]} x {size[1]} pixels or more in {source}; an average "
            "spectrum needs at least one."
        )


def photographs(source: str, size: tuple[int, int], store: DataStore) -> Iterator[np.ndarray]:
    """Natural pictures (height, width, 3) in [0, 1], none smaller than the crops to be cut.

    Their source is as in the setting `natural`.

    Raises:
        InputError: Neither a known source nor a folder with pictures.
    """
    if source == "cifar10":
        yield from store.images("cifar10").x_train
        return
    for picture in _pictures(source, store.data_dir):
        colour = np.broadcast_to(picture.pixels, (*picture.pixels.shape[:2], 3))
        if all(np.array(colour.shape[:2]) >= size):
            yield reduced(colour, size)


def _pictures(source: str, data_dir: Path | str | None) -> Iterator[pictures.Picture]:
    if source in ("installed", "all"):
        names = INSTALLED if source == "installed" else (*INSTALLED, *FETCHED)
        yield from (pictures.photo(name, data_dir) for name in names)
        return
    folder = as_on_disk(source)
    if not folder.is_dir():
        raise InputError(
            f"The setting natural is {source!r}; give installed, all, cifar10, or a folder of "
            "pictures."
        )
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
    yield from (pictures.read_picture(path) for path in files)


def reduced(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Shrinks a colour picture to at most `ACROSS` crops of `size` along its tighter side."""
    height, width = picture.shape[:2]
    factor = ACROSS / min(height / size[0], width / size[1])
    if factor >= 1:
        return picture
    image = Image.fromarray(np.rint(picture * 255).astype(np.uint8))
    size = (round(width * factor), round(height * factor))
    smaller = image.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(smaller, np.float32) / 255
