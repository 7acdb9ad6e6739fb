"""The ways from a network's units back to the image, and how fields move from unit to unit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tfnets.tracing.graph import Graph, Step
from tfnets.tracing.moves import joined
from tfnets.tracing.readings import Reading
from tfnets.tracing.regions import Region
from tfnets.tracing.rules import Rules, plane_of, read


@dataclass(frozen=True)
class Move:
    """How the field moves along one axis.

    Attributes:
        stride: Pixels from one unit to the next, on average.
        period: Units after which the field has the same size again, `period * stride` pixels on.
    """

    stride: Fraction
    period: int

    def through(self, stride: Fraction) -> "Move":
        """Returns the move of units that read windows of these units, `stride` apart."""
        if self.stride == 0 or stride == 0:
            return STILL
        # The smallest number of windows that shifts by whole periods of what they read.
        units = self.period * stride.denominator
        return Move(self.stride * stride, units // math.gcd(units, stride.numerator))


STILL = Move(Fraction(0), 1)
"""All units read the same pixels."""

Moves = tuple[Move | None, Move | None]
"""Moves along rows and columns; None where the units have no common field."""


class Paths:
    """Walks back from units of a graph with one image input; other graphs raise InputError."""

    def __init__(self, graph: Graph, rules: Rules | None = None) -> None:
        self.graph = joined(graph)
        self._image = graph.image
        self._rules = rules
        self._readings: dict[int, tuple[Reading, ...]] = {}
        self._moves: dict[int, Moves] = {self._image: (Move(Fraction(1), 1),) * 2}

    def back(self, target: int, region: Region) -> Region:
        """Returns the pixels that a region of the tensor `target` reads.

        They are exact for a bounded region. Otherwise, only their box is.

        Raises:
            InputError: An unknown kind of layer is on the way.
        """
        # Where every row and column reads something, they do not depend on each other, and the
        # box needs no exact union of the branches; networks of many branches are slow with it.
        exact = any(region.bounded) or self._has_gaps(target)
        regions = {target: region}
        for step in reversed(self.graph.steps):
            if step.output not in regions:
                continue
            region = regions.pop(step.output)
            for source, reading in zip(step.inputs, self._reading(step), strict=True):
                seen = reading.inputs(region).clipped(self._plane(source))
                seen = regions[source] | seen if source in regions else seen
                regions[source] = seen if exact or any(seen.bounded) else seen.widened()
        return regions.get(self._image, Region((), (True, True)))

    def moves(self, target: int) -> Moves | None:
        """How the fields of a tensor's units move, None if they see no image. Errors as `back`."""
        for step in self.graph.leading_to(target):
            if step.output not in self._moves:
                meeting = self._meeting(step)
                if meeting:
                    self._moves[step.output] = tuple(self._joined(step, meeting, i) for i in (0, 1))
        return self._moves.get(target)

    def _meeting(self, step: Step) -> list[tuple[int, Moves]]:
        """Returns the moves that each input which sees the image gives the step's units."""
        readings = enumerate(zip(step.inputs, self._reading(step), strict=True))
        return [
            (place, _advanced(self._moves[source], reading.strides()))
            for place, (source, reading) in readings
            if source in self._moves
        ]

    def _joined(self, step: Step, meeting: Sequence[tuple[int, Moves]], axis: int) -> Move | None:
        moves = [moves[axis] for _, moves in meeting]
        if None in moves:
            return None
        if len({move.stride for move in moves}) == 1:
            return Move(moves[0].stride, math.lcm(*(move.period for move in moves)))
        # A branch that reads the whole image (squeeze and excitation) outdoes all others.
        still = [place for place, found in meeting if found[axis] == STILL]
        return STILL if any(self._reads_all(step, place, axis) for place in still) else None

    def _reads_all(self, step: Step, place: int, axis: int) -> bool:
        source = step.inputs[place]
        region = self._reading(step)[place].inputs(Region.unit(0, 0, bounded=True))
        box = self.back(source, region.clipped(self._plane(source))).box()
        return (box.height, box.width)[axis] == self._plane(self._image)[axis]

    def _has_gaps(self, target: int) -> bool:
        steps = self.graph.leading_to(target)
        return any(reading.gaps for step in steps for reading in self._reading(step))

    def _plane(self, tensor: int) -> tuple[int, int]:
        return plane_of(self.graph.shapes[tensor])

    def _reading(self, step: Step) -> tuple[Reading, ...]:
        if step.output not in self._readings:
            self._readings[step.output] = read(step, self.graph, self._rules)
        return self._readings[step.output]


def _advanced(moves: Moves, strides: tuple[Fraction, Fraction] | None) -> Moves:
    if strides is None:
        return None, None
    return tuple(
        STILL if stride == 0 else move and move.through(stride)
        for move, stride in zip(moves, strides, strict=True)
    )
