"""Sets of units on a plane: which pixels a unit reads, exactly, and the box around them."""

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Box:
    """A rectangle of pixels; `image[box.slices]` cuts it out of an image it lies in.

    Rows from `top` to the one before `bottom`, columns from `left` to the one before `right`.
    """

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Number of rows; 0 where nothing is read."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Number of columns; 0 where nothing is read."""
        return self.right - self.left

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns as slices; only for a box clipped to the image."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


EMPTY = Box(0, 0, 0, 0)
"""The box of a unit that reads no pixel, such as one that sees zero padding only."""


@dataclass(frozen=True, eq=False)
class Patch:
    """All units whose row is in `rows` and whose column is in `columns` (sorted, no repeats)."""

    rows: Indices
    columns: Indices

    def holds(self, other: "Patch") -> bool:
        """Whether every unit of the other patch is in this one."""
        rows, columns = np.isin(other.rows, self.rows), np.isin(other.columns, self.columns)
        return bool(rows.all() and columns.all())


@dataclass(frozen=True, eq=False)
class Region:
    """A set of units of one plane: the union of its patches.

    One patch is enough for a chain of convolutions. Branches that meet add theirs, and the
    union of two patches is in general not a patch.

    Attributes:
        patches: No patch is empty or inside another.
        bounded: Whether there are no rows, no columns beyond the plane's edges.
    """

    patches: tuple[Patch, ...]
    bounded: tuple[bool, bool]

    @classmethod
    def unit(cls, row: int, column: int, *, bounded: bool) -> "Region":
        """Returns the region of one unit."""
        return cls((Patch(np.array([row]), np.array([column])),), (bounded, bounded))

    @classmethod
    def of(cls, patches: Iterable[Patch], bounded: tuple[bool, bool]) -> "Region":
        """Makes a region of any patches: merges those that can be, drops empty and inner ones."""
        patches = [patch for patch in patches if patch.rows.size and patch.columns.size]
        patches = _merged(_merged(patches, by_rows=False), by_rows=True)
        # Merged patches differ, so two of them cannot hold each other.
        outer = [p for p in patches if not any(q is not p and q.holds(p) for q in patches)]
        return cls(tuple(outer), bounded)

    def __or__(self, other: "Region") -> "Region":
        bounded = tuple(map(operator.or_, self.bounded, other.bounded))
        return Region.of(self.patches + other.patches, bounded)

    def widened(self) -> "Region":
        """Returns all units in any of the region's rows and in any of its columns, as one patch."""
        return Region((_around(self.patches),), self.bounded) if self.patches else self

    def clipped(self, plane: tuple[int, int]) -> "Region":
        """Returns the units that lie on a plane of (height, width), where the region is bounded."""
        if not any(self.bounded):
            return self
        rows, columns = self.bounded
        patches = [
            Patch(_inside(p.rows, plane[0], rows), _inside(p.columns, plane[1], columns))
            for p in self.patches
        ]
        return Region.of(patches, self.bounded)

    def box(self) -> Box:
        """Returns the smallest box around all units."""
        if not self.patches:
            return EMPTY
        return Box(
            min(int(patch.rows[0]) for patch in self.patches),
            min(int(patch.columns[0]) for patch in self.patches),
            max(int(patch.rows[-1]) for patch in self.patches) + 1,
            max(int(patch.columns[-1]) for patch in self.patches) + 1,
        )

    def mask(self, plane: tuple[int, int]) -> NDArray[np.bool_]:
        """Returns a plane (height, width) that is true at the region's units."""
        mask = np.zeros(plane, bool)
        for patch in self.patches:
            mask[np.ix_(_inside(patch.rows, plane[0]), _inside(patch.columns, plane[1]))] = True
        return mask


def _inside(indices: Indices, size: int, bounded: bool = True) -> Indices:
    return indices[(indices >= 0) & (indices < size)] if bounded else indices


def _merged(patches: list[Patch], *, by_rows: bool) -> list[Patch]:
    """Joins patches that have the same rows (or the same columns)."""
    groups: dict[bytes, list[Patch]] = {}
    for patch in patches:
        groups.setdefault((patch.rows if by_rows else patch.columns).tobytes(), []).append(patch)
    return [_around(group) for group in groups.values()]


def _around(patches: Sequence[Patch]) -> Patch:
    """All units in any of the patches' rows and in any of their columns."""
    if len(patches) == 1:
        return patches[0]
    rows = np.unique(np.concatenate([patch.rows for patch in patches]))
    return Patch(rows, np.unique(np.concatenate([patch.columns for patch in patches])))
