"""What can be set in the job `classify`, and its scales."""

from dataclasses import dataclass, fields, replace
from typing import Any

from tfnets.jobs.own_pictures import BACKGROUNDS
from tfnets.lab import settings as lab
from tfnets.lab.settings import one_of, setting
from tfnets.methods.labels.plan import Plan

_PLAN = Plan()
_STRENGTH = _PLAN.strength

CLASSES, COLUMNS = 20, 8
"""Classes, the first ones, and pictures of each that are kept for the figures."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """Settings of the job; those of the method are `tfnets.methods.labels.Plan`'s, which checks."""

    images: str = setting("", "Folder of the pictures.")
    labels: str = setting("", "CSV with the columns file and label.")
    background: str = one_of(
        BACKGROUNDS, "auto", "dark, light, or auto to go by the pictures' edges."
    )
    updates: int = setting(_PLAN.updates, "Updates of the encoder.")
    batch_size: int = setting(_PLAN.batch_size, "Pictures per update of it.")
    neighbours: int = setting(_PLAN.neighbours, "Of each picture in the graph.")
    alpha: float = setting(
        _PLAN.alpha, "Share of an answer that comes from the neighbours in spreading."
    )
    steps: int = setting(_PLAN.steps, "Updates of the classifier.")
    degrees: float = setting(_STRENGTH.degrees, "Strongest rotation.")
    stretch: float = setting(
        _STRENGTH.stretch, "Logarithm of the strongest factor of height and width."
    )
    shear: float = setting(_STRENGTH.shear, "Strongest sideways move per unit of height.")
    shift: float = setting(_STRENGTH.shift, "Farthest move in pixels.")
    bend: float = setting(_STRENGTH.bend, "Standard deviation of the smooth field in pixels.")
    stroke: float = setting(
        _STRENGTH.stroke, "Largest share of a stroke that is one pixel thinner or thicker."
    )

    def require(self) -> None:
        """Refuses what the method could not use."""
        _ = self.plan

    @property
    def plan(self) -> Plan:
        """The settings of the method."""

        def given(values: Any) -> dict[str, Any]:
            names = [field.name for field in fields(values)]
            return {name: getattr(self, name) for name in names if hasattr(self, name)}

        strength = replace(_STRENGTH, **given(_STRENGTH))
        return replace(_PLAN, strength=strength, **given(_PLAN))


SCALES = {
    "tiny": Settings(updates=30, steps=5),
    "quick": Settings(updates=700, steps=150),
    "full": Settings(),
}
