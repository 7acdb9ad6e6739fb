"""How the units that see a few pixels are computed anew, and in which stages (study 2.4).

A crop of the image around the pixels is run as far as a cut; the units that changed there are
pasted into what the known image has there; a crop of that is run to the next cut, and so on; from
the last cut on, the network is run as a whole. Crops begin at multiples of the stride and are as
long as the whole plane up to a multiple of the stride, so that padding and windows fall as they do
in the whole plane; where a crop ends inside the plane, the units that see its edge are not used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tfnets.inputs.covering.calls import Call, Calls
from tfnets.inputs.covering.locality import VALUE, Indices, Reach, Segment, segments

Plane = tuple[int, int]

_PASTE = 2 * VALUE
"""Cost of one pasted value, in multiplications."""

_STAGE = 2e9
"""Cost of compiling one stage, in multiplications (some 50 ms)."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """One box per image: first row and column, and those after the last ones, each (n, 2)."""

    first: Indices
    stop: Indices

    def axis(self, axis: int) -> tuple[Indices, Indices]:
        """Returns `first` and `stop` along rows (0) or columns (1), each of shape (n,)."""
        return self.first[:, axis], self.stop[:, axis]


@dataclass(frozen=True, eq=False)
class Stage:
    """From one cut to the next, on crops.

    Attributes:
        calls: What is run.
        source: Number of the tensor that is cropped.
        target: Number of the tensor at the next cut.
        starts: First row and column of each box's crop, shape (n, 2).
        crop: Rows and columns of a crop.
        places: Where the crop's result lies on the target's plane, shape (n, 2).
        changed: The units of the target that are taken over: those that changed, and a few more.
    """

    calls: tuple[Call, ...]
    source: int
    target: int
    starts: Indices
    crop: Plane
    places: Indices
    changed: Boxes


def plan(
    network: Calls, boxes: Boxes, *, images: int = 1, cuts: Sequence[int] | None = None
) -> tuple[Stage, ...]:
    """Chooses the cuts that make the work smallest, by counted multiplications and values.

    Args:
        network: The network.
        boxes: The changed pixels of each image.
        images: How many known images there will be; each stage has to be compiled, which pays the
            sooner the more there is to run.
        cuts: These cuts instead: after how many `segments` each lies, rising, from 1 on.

    Returns:
        The stages in order; none if cropping does not pay, or if the network is not local.
    """
    parts = segments(network)
    if not parts:
        return ()
    planner = _Planner(network, parts, boxes)
    chosen = planner.cuts(_STAGE / (images * len(boxes.first))) if cuts is None else [0, *cuts]
    return tuple(planner.stage(i, j) for i, j in pairwise(chosen))


class _Planner:
    """Sizes and costs of crops between any two cuts; cut 0 is the image."""

    def __init__(self, network: Calls, parts: Sequence[Segment], boxes: Boxes) -> None:
        self._parts = parts
        self._tensors = [network.image, *(part.target for part in parts)]
        self._shapes = [network.graph.shapes[tensor] for tensor in self._tensors]
        self._changed = [boxes]
        self._changed += [self._seeing(boxes, cut) for cut in range(1, len(self._tensors))]

    def cuts(self, stage: float) -> list[int]:
        """The cheapest sequence of cuts, from the image on; each stage costs `stage` more."""
        works = [part.work for part in self._parts]
        costs, before = [0.0], [0]
        for end in range(1, len(self._tensors)):
            options = [
                costs[begin] + stage + self._cost(begin, end, sum(works[begin:end]))
                for begin in range(end)
            ]
            before.append(int(np.argmin(options)))
            costs.append(min(options))
        wholes = [
            cost + sum(works[cut:]) + _PASTE * float(np.prod(self._shapes[cut]))
            for cut, cost in enumerate(costs)
        ]
        cuts = [int(np.argmin(wholes))]
        while cuts[0]:
            cuts.insert(0, before[cuts[0]])
        return cuts

    def stage(self, begin: int, end: int) -> Stage:
        changed, source = self._changed[end], self._shapes[begin]
        crop, reaches = self._crop(begin, end), self._reaches(begin, end)
        starts = [
            _starts(reaches[axis], changed.first[:, axis], source[axis], crop[axis])
            for axis in (0, 1)
        ]
        starts = np.stack(starts, axis=1)
        calls = tuple(call for part in self._parts[begin:end] for call in part.calls)
        places = starts // [reach.stride for reach in reaches]
        source, target = self._tensors[begin], self._tensors[end]
        return Stage(calls, source, target, starts, crop, places, changed)

    def _reaches(self, begin: int, end: int) -> tuple[Reach, Reach]:
        rows, columns = Reach(), Reach()
        for part in self._parts[begin:end]:
            rows, columns = part.reaches[0].through(rows), part.reaches[1].through(columns)
        return rows, columns

    def _seeing(self, boxes: Boxes, cut: int) -> Boxes:
        """The units of a cut that see the boxes; as many for each, so that they fill one array."""
        firsts, stops = [], []
        for axis, reach in enumerate(self._reaches(0, cut)):
            units = self._shapes[cut][axis]
            first, stop = reach.seeing(*boxes.axis(axis), units)
            size = int((stop - first).max())
            first = np.minimum(first, units - size)
            firsts.append(first)
            stops.append(first + size)
        return Boxes(np.stack(firsts, axis=1), np.stack(stops, axis=1))

    def _crop(self, begin: int, end: int) -> Plane:
        changed, plane = self._changed[end], self._shapes[begin]
        counts = (changed.stop - changed.first)[0]
        reaches = self._reaches(begin, end)
        return tuple(_length(reaches[axis], int(counts[axis]), plane[axis]) for axis in (0, 1))  # type: ignore[return-value]

    def _cost(self, begin: int, end: int, work: float) -> float:
        crop, shape = np.prod(self._crop(begin, end)), self._shapes[begin]
        return work * float(crop) / (shape[0] * shape[1]) + _PASTE * float(crop) * shape[2]


def _length(reach: Reach, count: int, units: int) -> int:
    """How long a crop has to be so that `count` units after each other are right in it."""
    needed = (count - 1) * reach.stride + reach.size + reach.offset % reach.stride
    return min(units, needed + (units - needed) % reach.stride)


def _starts(reach: Reach, first: Indices, units: int, length: int) -> Indices:
    """Where crops begin: at multiples of the stride, inside the plane of `units`."""
    wanted = (first + reach.offset // reach.stride) * reach.stride
    return np.clip(wanted, 0, units - length)
