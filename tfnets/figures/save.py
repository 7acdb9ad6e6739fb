"""Figures as files, written whole."""

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from tfnets.files import atomic


def save_png(figure: Figure, path: Path | str) -> Path:
    """Writes a figure as PNG at its own resolution; the same figure gives the same bytes.

    A path that does not end in .png is a `ValueError`.
    """
    path = ending(path, ".png")
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=figure.dpi, metadata={"Software": None})
    return path


@dataclass(frozen=True)
class Shown:
    """A PNG or GIF file that a notebook shows, as the last value of a cell; GIFs move."""

    path: Path

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {f"image/{self.path.suffix[1:]}": b64encode(self.path.read_bytes()).decode()}


def ending(path: Path | str, suffix: str) -> Path:
    """Returns the path, which must end in `suffix`; another ending is a `ValueError`."""
    path = Path(path)
    if path.suffix.lower() != suffix:
        raise ValueError(f"the path must end in {suffix}, but is {path.name!r}.")
    return path
