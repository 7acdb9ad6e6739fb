"""A network that is ready to be looked into: pixels in, logits out, and what its classes mean."""

import dataclasses
import difflib
import re

import keras
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tfnets.errors import InputError
from tfnets.tracing.endings import require_logits

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601)."""


@dataclasses.dataclass(frozen=True, eq=False)
class Network:
    """A classifier, or the features of one, in the units of pictures.

    Attributes:
        name: What it was loaded as.
        model: Maps images (n, height, width, channels) in [0, 1] to logits (n, classes); features
            without classes put out a plane.
        class_names: What the outputs mean; empty if that is not known.
        source: Where the weights came from.
        notes: One line for each thing that was changed on loading, such as a softmax taken off.
        crop: Part of a picture's shorter edge that `prepare` keeps when it has to resize.

    Raises:
        InputError: There are class names, but not one for each output.
    """

    name: str
    model: keras.Model
    class_names: tuple[str, ...]
    source: str
    notes: tuple[str, ...] = ()
    crop: float = 1.0

    def __post_init__(self) -> None:
        if self.class_names and len(self.class_names) != self.classes:
            raise InputError(
                f"There are {len(self.class_names)} class names for the {self.classes} outputs of "
                f"{self.name!r}; give one for each, or none."
            )

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Image shape (height, width, channels)."""
        return tuple(self.model.input.shape[1:])

    @property
    def classes(self) -> int:
        """Number of classes; 0 for features."""
        shape = self.model.output.shape
        return int(shape[1]) if len(shape) == 2 else 0

    def prepare(self, picture: NDArray[np.floating]) -> NDArray[np.float32]:
        """Makes a picture of any size one that the network takes.

        A picture that has the network's size stays as it is. Otherwise a centre crop of the
        network's proportions (`crop` of the largest possible one) is resized by bicubic
        interpolation with antialiasing, and rounded to 8 bits: what the network sees is then a
        picture that can be saved as it is. Grey and colour are converted into each other.

        The picture is (height, width) or (height, width, 1 or 3), values in [0, 1]; what comes out
        is `input_shape`, values in [0, 1].

        Raises:
            InputError: It is not a picture of that kind.
        """
        picture = _channels(_checked(picture), self.input_shape[2])
        height, width, _ = self.input_shape
        if picture.shape[:2] == (height, width):
            return picture
        return _resized(_cropped(picture, height, width, self.crop), height, width)

    def class_index(self, text: str | int) -> int:
        """Returns the number of a class, given as that or by its name.

        A name is known in any case, with spaces, hyphens or underscores.

        Raises:
            InputError: The outputs are no logits, or no such class; near names are listed. Or the
                name stands for several.
        """
        if self.classes < 2:
            raise InputError(f"{self.name!r} has no classes; ask for a unit of one of its layers.")
        require_logits(self.model)
        words = str(text).strip()
        if re.fullmatch(r"[-+]?\d{1,18}", words):
            if 0 <= int(words) < self.classes:
                return int(words)
            raise InputError(
                f"There is no class {int(words)}; {self.name!r} has the classes 0 to "
                f"{self.classes - 1}."
            )
        found = [place for place, name in enumerate(self.class_names) if _key(name) == _key(words)]
        if len(found) == 1:
            return found[0]
        if found:
            numbers = " or ".join(map(str, found))
            raise InputError(f"{words!r} is the name of several classes; give a number: {numbers}.")
        raise InputError(self._unknown(words))

    def class_name(self, index: int) -> str:
        """Returns the name of a class, or `class N` where names are not known."""
        return self.class_names[index] if self.class_names else f"class {index}"

    def _unknown(self, words: str) -> str:
        if not self.class_names:
            return (
                f"The class names of {self.name!r} are not known, so {words!r} cannot be found; "
                f"give a number from 0 to {self.classes - 1}."
            )
        # Up to five names: those that contain the words, then those spelt alike.
        keys, wanted = {_key(name): name for name in self.class_names}, _key(words)
        near = [key for key in keys if wanted and wanted in key]
        near += difflib.get_close_matches(wanted, keys, n=5, cutoff=0.6)
        near = [keys[key] for key in dict.fromkeys(near)][:5]
        hint = f"near names are {', '.join(near)}" if near else "give another name or a number"
        return f"{self.name!r} has no class called {words!r}; {hint}."


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _checked(picture: NDArray[np.floating]) -> NDArray[np.float32]:
    picture = np.asarray(picture)
    if picture.ndim == 2:
        picture = picture[:, :, None]
    if picture.ndim != 3 or picture.shape[2] not in (1, 3) or not picture.size:
        raise InputError(
            f"A picture has the shape {picture.shape}; give (height, width, channels) with 1 or 3 "
            "channels."
        )
    if picture.dtype.kind != "f" or not (picture.min() >= 0 and picture.max() <= 1):
        raise InputError("A picture has values that are not in [0, 1]; divide 8-bit values by 255.")
    return picture.astype(np.float32)


def _channels(picture: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    if picture.shape[2] == channels:
        return picture
    if channels not in (1, 3):
        raise InputError(
            f"The network takes pictures of {channels} channels, which a picture of "
            f"{picture.shape[2]} cannot be turned into; give a network of grey or colour pictures."
        )
    if channels == 3:
        return np.repeat(picture, 3, axis=2)
    return np.clip(picture @ np.array(LUMA, np.float32), 0, 1)[:, :, None]


def _cropped(
    picture: NDArray[np.float32], height: int, width: int, part: float
) -> NDArray[np.float32]:
    """Cuts the centre out in the proportions height : width."""
    rows, columns = picture.shape[:2]
    scale = part * min(rows / height, columns / width)
    tall, wide = (max(1, round(scale * size)) for size in (height, width))
    top, left = (rows - tall) // 2, (columns - wide) // 2
    return picture[top : top + tall, left : left + wide]


def _resized(picture: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    bands = [
        np.asarray(Image.fromarray(band).resize((width, height), Image.Resampling.BICUBIC))
        for band in np.moveaxis(picture, -1, 0)
    ]
    # Bicubic interpolation overshoots at edges.
    levels = np.rint(255 * np.clip(np.stack(bands, axis=-1), 0, 1))
    return (levels / 255).astype(np.float32)
