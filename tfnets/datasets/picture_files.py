"""A picture file of whatever kind -> an array in [0, 1] and what was converted."""

import stat
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from tfnets.datasets.eight_bit import unit
from tfnets.errors import InputError
from tfnets.files import as_on_disk

# Without those that call other programs (EPS) or hold no photographs.
FORMATS = ("PNG", "JPEG", "MPO", "GIF", "BMP", "TIFF", "WEBP", "PPM", "JPEG2000", "AVIF")
MOST_PIXELS = 2**26  # 67 million: 0.8 GB as float32 in colour
MOST_BYTES = 2**29  # as many pixels of eight bytes each
MOST_FRAMES = 10_000
_GREY_MODES = ("1", "L", "LA", "La")


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture.

    Attributes:
        pixels: float32 in [0, 1], shape (height, width, 3), or (height, width, 1) if it is grey.
        notes: One line for each thing that was converted on reading.
    """

    pixels: np.ndarray
    notes: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """The notes as sentences of a report."""
        return tuple(f"The picture: {note}." for note in self.notes)


def read_picture(path: Path | str) -> Picture:
    """Reads a picture file: PNG, JPEG, GIF, BMP, TIFF, WebP, PPM, JPEG 2000 or AVIF.

    It is turned as its EXIF orientation says. Colour is kept as RGB and grey as one channel; what
    is transparent is laid on white; ink (CMYK) and other colour spaces become RGB by Pillow's plain
    formulas, and colour profiles are not applied. Whole numbers of 16 bits go to [0, 1] exactly
    when the picture is grey; in colour Pillow reads the upper 8 bits. Of an animation, the first
    frame is read.

    Raises:
        InputError: As `opened`, or the picture holds numbers whose range is not known.
    """
    path = as_on_disk(path)
    with opened(path) as image:
        notes = _file_notes(image)
        upright, turned = _upright(image)
    pixels, converted = _pixels(upright, path)
    return Picture(pixels, (*notes, *turned, *converted))


@contextmanager
def opened(path: Path | str, formats: Sequence[str] = FORMATS) -> Iterator[Image.Image]:
    """Opens a picture file whose sizes are as they should be; its pixels are not read yet.

    The file is handed to Pillow open: what has a name Pillow maps into memory, and then it takes a
    TIFF's rows for as long as they are after turning (seen in 13.0).

    Raises:
        InputError: There is no such file, or here or in the block it proves to be no picture of
            these formats, damaged, cut off, or larger than `MOST_BYTES`, `MOST_PIXELS` or
            `MOST_FRAMES`.
    """
    path = Path(path)
    try:
        about = path.stat()
    except (OSError, ValueError) as error:
        raise InputError(f"There is no picture file at {path}; check the path.") from error
    if not stat.S_ISREG(about.st_mode):
        kind = "folder" if stat.S_ISDIR(about.st_mode) else "pipe or a device"
        raise InputError(f"{path} is a {kind}; give the path of one picture file.")
    if about.st_size > MOST_BYTES:
        raise InputError(f"{path} has more than {MOST_BYTES >> 20} MiB; make it smaller first.")
    Image.init()
    known = [name for name in formats if name in Image.OPEN]  # by this build of Pillow
    with _one_sentence(path, formats), path.open("rb") as f, Image.open(f, formats=known) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        if _frames(image) > MOST_FRAMES:
            raise InputError(f"{path} has more than {MOST_FRAMES} frames; save one as PNG.")
        yield image


def _frames(image: Image.Image) -> int:
    """Counts the frames; those of a TIFF, each slower than the last, one by one."""
    if image.format == "TIFF":
        frame = 0
        with suppress(EOFError):
            while frame <= MOST_FRAMES:
                image.seek(frame)
                frame += 1
        image.seek(0)
        return frame
    return getattr(image, "n_frames", 1)


@contextmanager
def _one_sentence(path: Path, formats: Sequence[str]) -> Iterator[None]:
    """Turns everything that Pillow says about a bad file into one sentence."""
    try:
        with warnings.catch_warnings():
            # Damaged EXIF and the like; what matters for the pixels is an error anyway.
            warnings.simplefilter("ignore")
            yield
    except InputError:
        raise
    except (Image.DecompressionBombError, MemoryError) as error:
        raise InputError(
            f"The picture {path} has more than {MOST_PIXELS // 10**6} million pixels; make it "
            "smaller first."
        ) from error
    except UnidentifiedImageError as error:
        raise InputError(
            f"{path} is not a picture that can be read; give a {', '.join(formats[:-1])} or "
            f"{formats[-1]} file."
        ) from error
    except PermissionError as error:
        raise InputError(f"{path} may not be read by this user; change its permissions.") from error
    except Exception as error:  # Pillow's decoders raise nearly everything on damaged files.
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise InputError(
            f"The picture {path} is damaged or cut off ({reason}); get the whole file, or save it "
            "again as PNG."
        ) from error


def _file_notes(image: Image.Image) -> list[str]:
    """Says what of a file is left out; before loading, Pillow knows the depth."""
    frames = _frames(image)
    deep = any(";16" in str(tile.args) for tile in image.tile) and image.mode[0] != "I"
    notes = [f"the first of {frames} frames is used"] if frames > 1 else []
    return [*notes, "of 16 bits per channel the upper 8 are read"] if deep else notes


def _upright(image: Image.Image) -> tuple[Image.Image, list[str]]:
    """Returns the loaded picture turned as its EXIF orientation says, with a note."""
    orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    upright = ImageOps.exif_transpose(image)
    if orientation not in range(2, 9):
        return upright, []
    return upright, [f"turned or mirrored as its EXIF orientation {orientation} says"]


def _pixels(image: Image.Image, path: Path) -> tuple[np.ndarray, list[str]]:
    """Returns the pixels of a loaded picture of any mode, and what was converted."""
    if image.mode[0] in "IF":
        return _numbers(image, path)
    if image.has_transparency_data:
        return _on_white(image)
    mode = "L" if image.mode in _GREY_MODES else "RGB"
    notes = {
        "1": ["black and white read as grey"],
        "L": [],
        "RGB": [],
        "P": ["a palette of colours read as RGB"],
        "CMYK": ["ink colours (CMYK) turned into RGB without a colour profile"],
    }.get(image.mode, [f"colours of the kind {image.mode} turned into RGB"])
    pixels = unit(np.asarray(image.convert(mode)))
    return pixels[..., np.newaxis] if mode == "L" else pixels, notes


def _on_white(image: Image.Image) -> tuple[np.ndarray, list[str]]:
    """Lays a picture with transparency on white."""
    grey = image.mode in _GREY_MODES
    layers = unit(np.asarray(image.convert("LA" if grey else "RGBA")))
    colour, alpha = layers[..., :-1], layers[..., -1:]
    kind = "a palette of colours" if image.mode == "P" else "an alpha channel"
    if alpha.min() == 1:
        return np.ascontiguousarray(colour), [f"{kind}, nowhere transparent, read as plain colour"]
    return colour * alpha + (1 - alpha), [f"{kind}: what is transparent is laid on white"]


def _numbers(image: Image.Image, path: Path) -> tuple[np.ndarray, list[str]]:
    """Reads grey pictures of 16-bit or 32-bit whole numbers, or of floats."""
    array = np.asarray(image)
    if image.mode == "F":
        white, kind = 1, "floating-point numbers"
    else:
        white, kind = 65535, f"{16 if image.mode.startswith('I;16') else 32}-bit whole numbers"
    low, high = array.min(), array.max()
    if not (low >= 0 and high <= white):
        raise InputError(
            f"The picture {path} holds {kind} from {low:.6g} to {high:.6g}, where 0 (black) to "
            f"{white} (white) was expected; save it as 8-bit PNG."
        )
    return unit(array, white)[..., np.newaxis], [f"{kind} from 0 to {white} read as grey"]
