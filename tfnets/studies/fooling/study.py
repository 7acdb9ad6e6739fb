"""Study 2.3: making a network see another class in a photograph.

Question: how small a change makes a network see another class in a photograph, and does the change
survive rounding to 8 bits and a PNG file?

Origin (ran): from a jellyfish photograph, gradient descent on -500000 p(mink) + ||image -
original|| on AlexNet, so that it still looks like a jellyfish. p(jellyfish) was 0.583915 before;
the new image had p(mink) = 0.977706.

Correct: the report's text says that AlexNet sees the new image as a jellyfish. Its own numbers say
mink: with p(mink) = 0.977706, no other class can have more than 0.022294. The classes are looked up
by name: in ImageNet's order, jellyfish is 107 and mink is 357.

Here: the report's loss, but with the square of the distance, which is ours; the plain signed
gradient and the same with momentum inside an L-inf ball; projected gradients in L2; Carlini and
Wagner's smallest L2 change; and `eight_bit`, which changes as few values of the 8-bit picture as it
can, each by one level, until p(target) reaches 0.98. All are judged on the PNG file, with size of
the change in pixel units, SSIM, changed pixels and values. Then the same attacks on more
photographs and targets, and what a second network sees in the result.

Command: `tfnets run fooling --scale full` (a few minutes on 2 cores).
"""

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from tfnets.artifacts.run import Run
from tfnets.datasets import pictures
from tfnets.inputs.attacks import attack
from tfnets.lab.engine import Lab
from tfnets.lab.trial import Measurement
from tfnets.studies.fooling import figures, page
from tfnets.studies.fooling.challenge import challenge, fitted, pairs, probabilities, same_class
from tfnets.studies.fooling.numbers import seen, share, sizes
from tfnets.studies.fooling.settings import SCALES, Settings, methods

__all__ = ["SCALES", "Settings", "run"]


ROWS = 60  # most rows of history.csv per attack


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Attacks the photograph and the others, draws the figures, writes the report."""
    what, seed = challenge(settings, lab.store, quiet=False), run.config.seed
    if not (run.path / "network.keras").exists():
        run.save_model("network", what.network.model)
    attacks = [Attacking(settings, name, seed) for name in settings.attacks]
    ratings = [Rating(settings, name, seed) for name in settings.rated]
    lab.run(run, [*attacks, *ratings])
    numbers = {
        "network": what.network.name,
        "source": what.name(what.source),
        "target": what.name(what.target),
        "attacks": {one.variant: one.result(run) for one in attacks},
        "rates": {one.variant: one.result(run) for one in ratings},
    }
    second = what.second.name if what.second else ""
    run.finish(numbers, page.write(run, settings, numbers, second, what.notes))


@final
@dataclass(frozen=True)
class Attacking(Measurement):
    """One attack on the photograph: its pictures, its course and its numbers."""

    settings: Settings
    named = "attack-{variant}"

    def measure(self) -> dict[str, Any]:
        """Attacks, and says how large the change is and what is seen."""
        what, name, run = challenge(self.settings, self.store), self.variant, self.run
        found = attack(
            what.network.model, what.image[None], methods(self.settings)[name],
            target=what.target, source=what.source, seed=self.seed, frames=self.settings.frames,
            round_trip=pictures.png_round_trip, progress=False,
        )  # fmt: skip
        pictures.write_picture(run.path / "original.png", found.originals[0])
        file = pictures.write_picture(run.path / f"fooling_{name}.png", found.images[0])
        if name == figures.animated(self.settings.attacks):
            figures.animate(run, found.originals[0], found.frames[:, 0])
        passes = np.unique(np.geomspace(1, len(found.trace), ROWS).astype(int))
        for step in passes:
            run.log(name, int(step), {"p_target": found.trace[step - 1, 0]})
        return sizes(what, found) | seen(what, found.originals[0], file)


@final
@dataclass(frozen=True)
class Rating(Measurement):
    """How often an attack succeeds on all photographs, each with random targets."""

    settings: Settings
    named = "rates-{variant}"

    def measure(self) -> dict[str, Any]:
        """Attacks all photographs, and counts."""
        settings, what = self.settings, challenge(self.settings, self.store)
        images, targets = pairs(what, self.seed)
        found = attack(
            what.network.model, images,
            methods(replace(settings, steps=settings.rate_steps))[self.variant],
            target=targets, seed=self.seed, batch_size=16,
            round_trip=pictures.png_round_trip, progress=False,
        )  # fmt: skip
        numbers = share(found.success) | {
            "p_target_after_png": float(found.p_target_after.mean()),
            "median_l2": float(np.median(found.l2)),
            "median_changed_values": float(np.median(found.changed_values)),
        }
        if what.second is None:
            return numbers
        shown = (fitted(what.second, images) for images in (found.originals, found.images))
        before, after = (probabilities(what.second, images).argmax(axis=1) for images in shown)
        same = np.array([same_class(what, int(label)) for label in found.target])
        return numbers | {
            "second_sees_target": share(after == same),
            "second_changes_its_mind": share(before != after),
        }
