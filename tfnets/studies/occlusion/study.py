"""Study 2.4: what a network's answer depends on, found by covering one block at a time.

Question: which part of a photograph does a network's answer depend on?

Origin: zero one block of the jellyfish photo at a time and draw p(jellyfish) as a heat map: "the
jellyfish's body is where it drops". No number was given.

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
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tfnets import models
from tfnets.artifacts.run import Run
from tfnets.datasets.eight_bit import write_picture
from tfnets.datasets.pictures import picture
from tfnets.errors import InputError
from tfnets.files import inside
from tfnets.inputs.covering import faithfulness, orders
from tfnets.lab.engine import Lab
from tfnets.metrics import mean_ci95
from tfnets.studies.occlusion import page, planting
from tfnets.studies.occlusion.case import Case, compared, in_box, object_box
from tfnets.studies.occlusion.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Makes all maps, measures them, draws the figures, writes the report."""
    case = _case(settings, run.config.seed, lab.data_dir)
    box = object_box(case.network, settings.image, lab.data_dir)
    found = run.part("map", partial(_map, run, case, box))
    numbers = {
        **found,
        "exact": run.part("exact", partial(_exact, run, case)),
        "fills": run.part("fills", partial(_fills, run, case, box)),
        "sizes": run.part("sizes", partial(_sizes, run, case)),
        **{kind: run.part(kind, partial(_faithful, run, case, kind)) for kind in page.CURVES},
    }
    if settings.planted:
        numbers["planted"] = run.part("planted", partial(planting.measure, run, case))
    page.draw(run, case, box, numbers)
    run.finish(numbers, page.report(settings, case.notes, numbers).as_json())


def _case(settings: Settings, seed: int, data_dir: Path | str | None) -> Case:
    network = models.load(settings.network, data_dir=data_dir)
    if network.classes < 2:
        raise InputError(
            f"The network {settings.network} has no classes; give one that ends in logits."
        )
    names = tuple(dict.fromkeys((settings.image, *settings.photos)))
    pictures = [picture(name, data_dir) for name in names]
    images = np.stack([network.prepare(shown.pixels) for shown in pictures])
    side = min(images.shape[1:3])
    size = settings.size or min(side, max(6, side // 7))
    stride = settings.stride or max(1, size // 4)
    logits = np.asarray(network.model(images, training=False))
    targets = logits.argmax(axis=1)
    if settings.target:
        targets[0] = network.class_index(settings.target)
    p = np.asarray(tf.nn.softmax(logits.astype(np.float64)))[np.arange(len(names)), targets]
    notes = (*network.notes, *pictures[0].told)
    return Case(network, settings, names, images, targets, p, size, stride, seed, notes)


def _map(run: Run, case: Case, box: np.ndarray | None) -> dict[str, Any]:
    """The maps of all photos, in one go; the first one is the study's image."""
    settings, network = case.settings, case.network
    run.save_model("network", network.model)
    write_picture(inside(run.path, "image.png"), case.images[0])
    found = case.occlude(case.images, case.targets)
    run.save_array("heats", found.heat)
    run.save_array("drops", found.drops)
    drops = found.drops[0]
    return {
        "network": settings.network,
        "image": settings.image,
        "classes": {
            name: {"class": int(target), "class_name": case.name_of(target), "p": float(p)}
            for name, target, p in zip(case.names, case.targets, case.p, strict=True)
        },
        "map": {
            "size": case.size,
            "stride": case.stride,
            "windows": int(drops.size),
            "score": float(found.scores[0]),
            "largest_drop": float(drops.max()),
            "largest_rise": float(-drops.min()),
            **({} if box is None else {"in_box": in_box(found.heat[0], box)}),
        },
    }


def _exact(run: Run, case: Case) -> dict[str, float]:
    """The two ways to the same drops; their times, which differ from run to run, stand apart."""
    found, seconds = {}, {}
    for name, exact_part in (("part", True), ("whole", False)):
        begun = time.perf_counter()
        found[name] = case.occlude(*case.first, exact_part=exact_part).drops
        seconds[name] = time.perf_counter() - begun
    run.save_json("timing.json", {"windows": int(found["whole"].size), "seconds": seconds})
    return {
        "largest_difference": float(np.abs(found["part"] - found["whole"]).max()),
        "largest_drop": float(np.abs(found["whole"]).max()),
    }


def _fills(run: Run, case: Case, box: np.ndarray | None) -> dict[str, Any]:
    first = run.load_array("heats")[0]
    heats = {
        fill: first if fill == case.settings.fill else case.occlude(*case.first, fill=fill).heat[0]
        for fill in case.settings.fills
    }
    run.save_array("fills", np.stack(list(heats.values())))
    return {name: compared(heat, first, box) for name, heat in heats.items()}


def _sizes(run: Run, case: Case) -> dict[str, Any]:
    first, most = run.load_array("heats")[0], min(case.images.shape[1:3])
    sizes = [min(most, max(1, round(r * case.size))) for r in case.settings.relative_sizes]
    heats = {
        size: first if size == case.size else case.occlude(*case.first, size=size).heat[0]
        for size in dict.fromkeys(sizes)
    }
    run.save_array("sizes", np.stack(list(heats.values())))
    return {str(size): compared(heat, first, None) for size, heat in heats.items()}


def _faithful(run: Run, case: Case, kind: str) -> dict[str, Any]:
    """Areas of each photo's map and of random orders of the same blocks."""
    settings, seed, heats = case.settings, run.config.seed, run.load_array("heats")
    ranks = [
        np.concatenate([
            orders.map_ranks(heat, case.size)[None],
            orders.random_ranks(heat.shape, case.size, settings.orders, seed + place),
        ])
        for place, heat in enumerate(heats)
    ]  # fmt: skip
    measure = {
        "deletion": partial(faithfulness.deletion, fill=settings.fill),
        "insertion": faithfulness.insertion,
    }[kind]
    curves = measure(
        case.network.model, case.images, np.stack(ranks), case.targets, steps=settings.steps,
        batch_size=settings.batch_size, seed=seed,
    )  # fmt: skip
    run.save_array(kind, np.stack([curves.shares, curves.scores]))
    areas = curves.areas.astype(np.float64)
    return {
        name: {"map": float(row[0]), "random": mean_ci95(row[1:]).as_json()}
        for name, row in zip(case.names, areas, strict=True)
    }
