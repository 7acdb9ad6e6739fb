"""What can be set in the job `classify`, and its scales."""

from dataclasses import dataclass, replace

from tfnets.jobs.own_pictures import BACKGROUNDS
from tfnets.lab.settings import require_known
from tfnets.methods.labels.plan import Plan

_PLAN = Plan()
_STRENGTH = _PLAN.strength


@dataclass(frozen=True)
class Settings:
    """Settings of the job; those of the method are `tfnets.methods.labels.Plan`'s.

    Attributes:
        images: Folder of the pictures.
        labels: CSV with the columns file and label.
        background: `dark`, `light`, or `auto` to go by the pictures' edges.
        updates: Updates of the encoder.
        batch_size: Pictures per update of it.
        neighbours: Of each picture in the graph.
        alpha: Share of an answer that comes from the neighbours in spreading.
        steps: Updates of the classifier.
        degrees: Strongest rotation.
        stretch: Logarithm of the strongest factor of height and width.
        shear: Strongest sideways move per unit of height.
        shift: Farthest move in pixels.
        bend: Standard deviation of the smooth field in pixels.
        stroke: Largest share of a stroke that is one pixel thinner or thicker.
    """

    images: str = ""
    labels: str = ""
    background: str = "auto"
    updates: int = _PLAN.updates
    batch_size: int = _PLAN.batch_size
    neighbours: int = _PLAN.neighbours
    alpha: float = _PLAN.alpha
    steps: int = _PLAN.steps
    degrees: float = _STRENGTH.degrees
    stretch: float = _STRENGTH.stretch
    shear: float = _STRENGTH.shear
    shift: float = _STRENGTH.shift
    bend: float = _STRENGTH.bend
    stroke: float = _STRENGTH.stroke

    def __post_init__(self) -> None:
        """Refuses values that could not be used."""
        require_known(self, "background", BACKGROUNDS)
        _ = self.plan

    @property
    def plan(self) -> Plan:
        """The settings of the method."""
        strength = replace(
            _STRENGTH,
            degrees=self.degrees, stretch=self.stretch, shear=self.shear, shift=self.shift,
            bend=self.bend, stroke=self.stroke,
        )  # fmt: skip
        return Plan(
            strength=strength, updates=self.updates, batch_size=self.batch_size,
            neighbours=self.neighbours, alpha=self.alpha, steps=self.steps,
        )  # fmt: skip


SCALES = {
    "tiny": Settings(updates=30, steps=5),
    "quick": Settings(updates=700, steps=150),
    "full": Settings(),
}
