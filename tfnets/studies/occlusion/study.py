"""Study 2.4: what a network's answer depends on, found by covering one block at a time.

Question: which part of a photograph does a network's answer depend on?

Origin (ran): zero one block of the jellyfish photo at a time and draw p(jellyfish) as a heat map:
the jellyfish's body is where it drops. No number was given.

Here: the signed map of one photo, with overlaps averaged and edges covered; how much of it lies in
a box drawn by hand around the object; the same with other fills and other blocks; deletion and
insertion scores (Petsiuk et al. 2018) of several photos beside the same blocks in random order; a
photo pasted at a known place that the map must find; and the computation of only what sees the
block beside that of the whole network.

Blocks and photographs of the deletion and insertion scores were changed after a first full run had
been seen: with blocks of 16 pixels and seven photographs, deletion was not decidable.

Command: `tfnets run occlusion --scale full` (about four minutes on 2 quiet cores; downloads an
ImageNet network and photos).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, final

import numpy as np

from tfnets.artifacts.run import Run
from tfnets.datasets.eight_bit import write_picture
from tfnets.files import inside
from tfnets.inputs.covering import faithfulness, orders
from tfnets.lab.engine import Lab
from tfnets.lab.trial import Measurement
from tfnets.metrics import mean_ci95
from tfnets.studies.occlusion import page, planting
from tfnets.studies.occlusion.covered import CoveredPhotos, covered
from tfnets.studies.occlusion.numbers import compared, in_box
from tfnets.studies.occlusion.settings import CURVES, SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Makes all maps, measures them, draws the figures, writes the report."""
    seed, photos = run.config.seed, covered(settings, lab.store, run.config.seed, quiet=False)
    if not (run.path / "network.keras").exists():
        run.save_model("network", photos.network.model)
    names = ("map", "fills", "sizes", *CURVES, *(("planted",) if settings.planted else ()))
    measured = {name: Measured(settings, name, seed) for name in names}
    lab.run(run, list(measured.values()))
    found = {name: one.result(run) for name, one in measured.items()}
    # Its times are taken with nothing beside it.
    exact = run.part("exact", partial(_exact, run, photos))
    numbers = found.pop("map") | {"exact": exact} | found
    run.finish(numbers, page.write(run, settings, numbers, photos.notes))


@final
@dataclass(frozen=True)
class Measured(Measurement):
    """The maps (`map`), or what is made of them (of `MEASURES`); leaves arrays, and image.png."""

    settings: Settings
    named = "{variant}"

    @property
    def needs(self) -> tuple["Measured", ...]:
        """The maps."""
        if self.variant in ("map", "planted"):
            return ()
        return (Measured(self.settings, "map", self.seed),)

    def measure(self) -> dict[str, Any]:
        """Makes it."""
        return MEASURES[self.variant](self.run, covered(self.settings, self.store, self.seed))


def _map(run: Run, photos: CoveredPhotos) -> dict[str, Any]:
    """The maps of all photos, in one go; the first one is the study's image."""
    settings, network, box = photos.settings, photos.network, photos.box
    write_picture(inside(run.path, "image.png"), photos.images[0])
    found = photos.occlude(photos.images, photos.targets)
    kept = {"heats": found.heat, "drops": found.drops, "samples/image": photos.images[0]}
    for name, array in (kept | ({} if box is None else {"samples/box": box})).items():
        run.save_array(name, array)
    drops = found.drops[0]
    return {
        "network": settings.network,
        "image": settings.image,
        "classes": {
            name: {"class": int(target), "class_name": network.class_name(target), "p": float(p)}
            for name, target, p in zip(photos.names, photos.targets, photos.p, strict=True)
        },
        "map": {
            "size": photos.size,
            "stride": photos.stride,
            "windows": int(drops.size),
            "score": float(found.scores[0]),
            "largest_drop": float(drops.max()),
            "largest_rise": float(-drops.min()),
            **({} if box is None else {"in_box": in_box(found.heat[0], box)}),
        },
    }


def _exact(run: Run, photos: CoveredPhotos) -> dict[str, float]:
    """The two ways to the same drops; their times, which differ from run to run, stand apart."""
    found, seconds = {}, {}
    for name, exact_part in (("part", True), ("whole", False)):
        begun = time.perf_counter()
        found[name] = photos.occlude(*photos.first, exact_part=exact_part).drops
        seconds[name] = time.perf_counter() - begun
    run.save_json("timing.json", {"windows": int(found["whole"].size), "seconds": seconds})
    return {
        "largest_difference": float(np.abs(found["part"] - found["whole"]).max()),
        "largest_drop": float(np.abs(found["whole"]).max()),
    }


def _fills(run: Run, photos: CoveredPhotos) -> dict[str, Any]:
    first, own = run.load_array("heats")[0], photos.settings.fill
    heats = {
        fill: first if fill == own else photos.occlude(*photos.first, fill=fill).heat[0]
        for fill in photos.settings.fills
    }
    run.save_array("fills", np.stack(list(heats.values())))
    return {name: compared(heat, first, photos.box) for name, heat in heats.items()}


def _sizes(run: Run, photos: CoveredPhotos) -> dict[str, Any]:
    first, most = run.load_array("heats")[0], min(photos.images.shape[1:3])
    sizes = [min(most, max(1, round(r * photos.size))) for r in photos.settings.relative_sizes]
    heats = {
        size: first if size == photos.size else photos.occlude(*photos.first, size=size).heat[0]
        for size in dict.fromkeys(sizes)
    }
    run.save_array("sizes", np.stack(list(heats.values())))
    return {str(size): compared(heat, first, None) for size, heat in heats.items()}


def _faithful(kind: str, run: Run, photos: CoveredPhotos) -> dict[str, Any]:
    """Areas of each photo's map and of random orders of the same blocks."""
    settings, seed, heats = photos.settings, run.config.seed, run.load_array("heats")
    ranks = []
    for place, heat in enumerate(heats):
        drawn = orders.random_ranks(heat.shape, photos.size, settings.orders, seed + place)
        ranks.append(np.concatenate([orders.map_ranks(heat, photos.size)[None], drawn]))
    deletion = partial(faithfulness.deletion, fill=settings.fill)
    measure = deletion if kind == "deletion" else faithfulness.insertion
    curves = measure(
        photos.network.model, photos.images, np.stack(ranks), photos.targets, steps=settings.steps,
        batch_size=settings.batch_size, seed=seed, progress=False,
    )  # fmt: skip
    run.save_array(kind, np.stack([curves.shares, curves.scores]))
    areas = curves.areas.astype(np.float64)
    return {
        name: {"map": float(row[0]), "random": mean_ci95(row[1:]).as_json()}
        for name, row in zip(photos.names, areas, strict=True)
    }


MEASURES: dict[str, Callable[[Run, CoveredPhotos], dict[str, Any]]] = {
    "map": _map,
    "fills": _fills,
    "sizes": _sizes,
    **{kind: partial(_faithful, kind) for kind in CURVES},
    "planted": planting.measure,
}
"""What can be measured, by the name of its part."""
