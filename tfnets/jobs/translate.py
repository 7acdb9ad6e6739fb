"""A person's own pictures in another domain, as `tfnets translate` makes them.

    found = load_translator("runs/translation", domain="inverted")
    made = translate(found.network, picture.pixels)      # (height, width, channels) in [0, 1]

The networks have learned from small white digits on black, 28 x 28 pixels. They are fully
convolutional and take pictures of any size, but know strokes and distances of that size only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from skimage.transform import resize

from tfnets.artifacts import reference
from tfnets.artifacts.run import Run
from tfnets.datasets.eight_bit import write_picture
from tfnets.datasets.picture_files import read_picture
from tfnets.errors import InputError, choices
from tfnets.files import writable
from tfnets.jobs.own_pictures import Written, checked, is_light, require_background, targets
from tfnets.methods.denoisers.saved import picture_network
from tfnets.models.translators import STRIDE

SIZE = 28
"""Rows and columns of the digits that the networks have learned from."""

MOST = 2**22
"""Pixels of a picture that is translated at once."""

LIGHT = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in a grey value (ITU-R BT.601)."""

PREFERRED = ("paired", "cycle", "plain")
"""The method that is taken where none is asked for, if the run has it."""


@dataclass(frozen=True)
class Translator:
    """A run's network, grey images (n, height, width, 1) -> images of the domain, and its names."""

    network: keras.Model
    domain: str
    method: str


Translated = Written
"""What is told of each file."""


def available(run: Run) -> dict[tuple[str, str], str]:
    """The networks of a run: (domain, method) -> model, of several seeds the first.

    Raises:
        InputError: It is no run of study `translation`, or has no network yet.
    """
    if run.config.study == "translation":
        domains, methods = _texts(run, "domains"), _texts(run, "methods")
        pairs = [(d, m) for d in domains for m in methods if m in PREFERRED]
        names = {pair: f"{pair[0]}-{pair[1]}-{run.config.seed}" for pair in pairs}
        found = {k: name for k, name in names.items() if (run.path / f"{name}.keras").exists()}
        if found:
            return found
    raise InputError(
        f"{run.path} has no translator; give the folder of a run of the study translation."
    )


def load_translator(
    run: Run | Path | str, domain: str | None = None, method: str | None = None
) -> Translator:
    """Loads a network of a run of study `translation`, given as `reference.opened` takes it.

    None is for the run's first domain, and for the first of the methods `PREFERRED` that it has.

    Raises:
        InputError: There is no such run, or no such network in it, or its file is damaged.
    """
    run = reference.opened(run)
    known = available(run)
    domains = list(dict.fromkeys(domain for domain, _ in known))
    wanted = domain or domains[0]
    if wanted not in domains:
        raise InputError(f"The run has no domain {wanted!r}; {choices(wanted, domains)}.")
    methods = sorted((m for d, m in known if d == wanted), key=PREFERRED.index)
    if method is not None and method not in methods:
        raise InputError(
            f"The run has no method {method!r} for {wanted}; {choices(method, methods)}."
        )
    pair = wanted, method or methods[0]
    return Translator(picture_network(run, known[pair]), *pair)


def _texts(run: Run, name: str) -> list[str]:
    """The texts of a list in a run's settings."""
    values = run.config.settings.get(name)
    return [v for v in values if isinstance(v, str)] if isinstance(values, list) else []


def translate(network: keras.Model, image: np.ndarray, background: str = "auto") -> np.ndarray:
    """Translates one picture (height, width, 1 or 3) in [0, 1], colours read as grey.

    The background is `dark`, `light` (the picture is turned round before, because the network knows
    light strokes on dark), or `auto` to go by the picture's edges.

    Returns:
        float32 (height, width, channels of the domain) in [0, 1].

    Raises:
        InputError: Another background or kind of array, or more than `MOST` pixels.
    """
    require_background(background)
    image = checked(image, channels=(1, 3))
    height, width = image.shape[:2]
    _require_few(height, width)
    grey = image @ LIGHT[:, None] if image.shape[-1] == 3 else image
    if is_light(grey[np.newaxis], background):
        grey = 1 - grey
    around = ((0, -height % STRIDE), (0, -width % STRIDE), (0, 0))
    padded = np.pad(grey, around, mode="edge")
    made = network(padded[np.newaxis], training=False).numpy()[0]
    return np.clip(made[:height, :width], 0, 1)


def scaled(image: np.ndarray, size: int) -> np.ndarray:
    """Scales a picture (height, width, channels) so that its longer side has `size` pixels.

    Raises:
        InputError: A size below 1, or more than `MOST` pixels.
    """
    if size < 1:
        raise InputError(f"The size is {size}; give a number of pixels, 1 or more.")
    factor = size / max(image.shape[:2])
    shape = tuple(max(1, round(factor * edge)) for edge in image.shape[:2])
    _require_few(*shape)
    return np.clip(resize(image, shape, anti_aliasing=factor < 1), 0, 1).astype(np.float32)


def translate_files(
    found: Translator,
    pictures: Sequence[Path | str],
    out: Path | str,
    *,
    background: str = "auto",
    size: int | None = None,
) -> list[Translated]:
    """Translates picture files; `scan.jpg` becomes `scan.png` in `out`.

    All are translated before the first is written, so that a bad one leaves nothing behind. A file
    that is there already is replaced, but never one of the pictures themselves. `background` is as
    in `translate`; `size` has the longer side scaled to so many pixels before.

    Raises:
        InputError: A picture that cannot be read or is too large, two that would get one name, one
            that would be replaced by its own result, or a folder that cannot be written.
    """
    sources = list(map(Path, pictures))
    places = targets(sources, Path(out))
    made = [_translated(found.network, source, background, size) for source in sources]
    writable(out)
    for place, (image, _) in zip(places, made, strict=True):
        write_picture(place, image)
    return [Written(*one, notes) for *one, (_, notes) in zip(sources, places, made, strict=True)]


def _require_few(height: int, width: int) -> None:
    if height * width > MOST:
        raise InputError(
            f"The picture has {height} x {width} pixels, more than {MOST}; make it smaller, for "
            "instance with --size 28."
        )


def _translated(
    network: keras.Model, source: Path, background: str, size: int | None
) -> tuple[np.ndarray, tuple[str, ...]]:
    picture = read_picture(source)
    pixels = picture.pixels if size is None else scaled(picture.pixels, size)
    notes = list(picture.notes)
    if pixels.shape[-1] == 3:
        notes.append("colours are read as grey")
    if max(pixels.shape[:2]) != SIZE:
        notes.append(
            f"{pixels.shape[0]} x {pixels.shape[1]} pixels, where the network knows digits of "
            f"{SIZE} x {SIZE}; --size {SIZE} scales it"
        )
    return translate(network, pixels, background), tuple(notes)
