"""Study 2.3: making a network see another class in a photograph.

Question: how small a change makes a network see another class in a photograph, and does the change
survive rounding to 8 bits and a PNG file?

Origin: from a jellyfish photograph, gradient descent on -500000 p(mink) + ||image - original||^2 on
AlexNet. p(jellyfish) was 0.583915 before; the new image had p(mink) = 0.977706.

Correct: the report's text says that AlexNet sees the new image as a jellyfish. Its own numbers say
mink: with p(mink) = 0.977706, no other class can have more than 0.022294. The classes are looked up
by name: in ImageNet's order, jellyfish is 107 and mink is 357.

Here: the report's loss; the plain signed gradient and the same with momentum inside an L-inf ball;
projected gradients in L2; Carlini and Wagner's smallest L2 change; and `eight_bit`, which changes
as few values of the 8-bit picture as it can, each by one level, until p(target) reaches 0.98. All
are judged on the PNG file, with size of the change in pixel units, SSIM, changed pixels and values.
Then the same attacks on more photographs and targets, and what a second network sees in the result.

Command: `tfnets run fooling --scale full` (a few minutes on 2 cores).
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tfnets.artifacts.run import Run
from tfnets.datasets import pictures
from tfnets.inputs.attacks import (
    PGD,
    CarliniWagner,
    EightBit,
    Method,
    Origin,
    attack,
)
from tfnets.studies.fooling_numbers import seen, share, sizes
from tfnets.studies.fooling_subject import (
    Subject,
    fitted,
    pairs,
    probabilities,
    same_class,
    subject,
)
from tfnets.studies.pages import fooling as page
from tfnets.studies.pages import fooling_figures as drawing
from tfnets.studies.settings import require_known, require_positive

ATTACKS = (
    "origin", "signed_gradient", "momentum", "pgd_l2", "carlini_wagner", "eight_bit",
    "eight_bit_pixels",
)  # fmt: skip
"""`eight_bit` chooses single values, `eight_bit_pixels` whole pixels."""

ROWS = 60
"""Most rows of history.csv per attack."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        network: What `tfnets.models.load` takes.
        second: Another network, which is shown the results; empty for none.
        image: A photograph's name or a picture's path.
        source: The image's class, by number or name; empty for the one that the network sees.
        target: The class to be seen; empty for the one that the network finds least likely.
        attacks: Names from `ATTACKS`: what is done to `image`.
        rated: Names from `ATTACKS`: what is done to all photographs; may be empty.
        levels: Largest change of a value in the L-inf attacks, in steps of 1/255.
        radius: Largest change in the L2 attack, over all values, in pixel units from 0 to 1.
        probability: p(target) that `eight_bit` asks for.
        steps: Gradient steps of each attack on `image`, but for the next three settings.
        origin_steps: Gradient steps on the report's loss.
        searches: Values of c that Carlini and Wagner's attack tries.
        search_steps: Gradient steps for each of them.
        rate_steps: What `steps` is where all photographs are attacked.
        weight: The report's factor of p(target).
        others: More photographs, for rates; may be empty.
        targets: Random targets for each of the photographs, `image` included.
        frames: Frames of the animation.
    """

    network: str = "efficientnet_lite0"
    second: str = "mobilenet_v2"
    image: str = "jellyfish"
    source: str = ""
    target: str = "mink"
    attacks: tuple[str, ...] = ATTACKS
    rated: tuple[str, ...] = ("signed_gradient", "momentum", "eight_bit")
    levels: int = 1
    radius: float = 1.0
    probability: float = 0.98
    steps: int = 200
    origin_steps: int = 200
    searches: int = 5
    search_steps: int = 100
    rate_steps: int = 100
    weight: float = 500_000.0
    others: tuple[str, ...] = ("astronaut", "chelsea", "coffee", "rocket", "china", "flower")
    targets: int = 2
    frames: int = 12

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "attacks", ATTACKS)
        require_known(self, "rated", ATTACKS, may_be_empty=True)
        require_positive(self, "levels", "steps", "origin_steps", "searches", "search_steps")
        require_positive(self, "rate_steps", "targets", "frames")
        methods(self)


def methods(settings: Settings) -> dict[str, Method]:
    """The attacks by name, with the settings' sizes and steps.

    Raises:
        InputError: A size or a probability out of range.
    """
    epsilon, steps, level = settings.levels / 255, settings.steps, 1 / 255
    few = {"levels": settings.levels, "probability": settings.probability, "steps": steps}
    return {
        "origin": Origin(weight=settings.weight, steps=settings.origin_steps),
        "signed_gradient": PGD("linf", epsilon, steps, level / 4),
        "momentum": PGD("linf", epsilon, steps, level / 4, momentum=1.0),
        "pgd_l2": PGD("l2", settings.radius, steps, settings.radius / 10),
        "carlini_wagner": CarliniWagner(
            steps=settings.search_steps, searches=settings.searches, learning_rate=0.003, c=1.0
        ),
        "eight_bit": EightBit(**few),
        "eight_bit_pixels": EightBit(**few, pixels=True),
    }


SCALES = {
    "tiny": Settings(
        network="cifar10_3_8", second="cifar10_12_32", image="chelsea", target="", levels=4,
        attacks=("origin", "signed_gradient", "eight_bit"), rated=("eight_bit",), steps=20,
        origin_steps=20, rate_steps=20, others=("coffee",), targets=2, frames=3,
    ),
    "quick": Settings(
        network="cifar10", second="cifar10_24_64", image="chelsea", target="", levels=8,
        radius=0.5, rated=ATTACKS, others=("astronaut", "coffee", "rocket", "china", "flower"),
        targets=4, steps=100,
    ),
    "full": Settings(),
}  # fmt: skip


def run(run: Run, settings: Settings, data_dir: Path | str | None) -> None:
    """Attacks the photograph and the others, draws the figures, writes the report."""
    what = subject(settings, data_dir, run.config.seed)
    if not (run.path / "network.keras").exists():
        run.save_model("network", what.network.model)
    chosen = {name: methods(settings)[name] for name in settings.attacks}
    rows = {
        name: run.part(f"attack-{name}", partial(_attack, run, what, name, method))
        for name, method in chosen.items()
    }
    rating = methods(replace(settings, steps=settings.rate_steps))
    rates = {
        name: run.part(f"rates-{name}", partial(_rates, what, rating[name]))
        for name in settings.rated
    }
    numbers = {
        "network": what.network.name,
        "source": what.name(what.source),
        "target": what.name(what.target),
        "attacks": rows,
        "rates": rates,
    }
    drawing.draw(run, what, rows)
    run.finish(numbers, page.report(what, numbers).as_json())


def _attack(run: Run, what: Subject, name: str, method: Method) -> dict[str, Any]:
    """One attack on the photograph: saves its pictures and its course, returns its numbers."""
    found = attack(
        what.network.model, what.image[None], method,
        target=what.target, source=what.source, seed=what.seed,
        frames=what.settings.frames, round_trip=pictures.png_round_trip,
    )  # fmt: skip
    pictures.write_picture(run.path / "original.png", found.originals[0])
    file = pictures.write_picture(run.path / f"fooling_{name}.png", found.images[0])
    if name == drawing.animated(what.settings.attacks):
        drawing.animate(run, found.originals[0], found.frames[:, 0])
    passes = np.unique(np.geomspace(1, len(found.trace), ROWS).astype(int))
    for step in passes:
        run.log(name, int(step), {"p_target": found.trace[step - 1, 0]})
    return sizes(what, found) | seen(what, found.originals[0], file)


def _rates(what: Subject, method: Method) -> dict[str, Any]:
    """How often an attack succeeds on all photographs, each with random targets."""
    images, targets = pairs(what)
    found = attack(
        what.network.model, images, method,
        target=targets, seed=what.seed, batch_size=16, round_trip=pictures.png_round_trip,
    )  # fmt: skip
    numbers = share(found.success) | {
        "p_target_after_png": float(found.p_target_after.mean()),
        "median_l2": float(np.median(found.l2)),
        "median_changed_values": float(np.median(found.changed_values)),
    }
    if what.second is None:
        return numbers
    before, after = (
        probabilities(what.second, fitted(what.second, shown)).argmax(axis=1)
        for shown in (found.originals, found.images)
    )
    same = np.array([same_class(what, int(label)) for label in found.target])
    return numbers | {
        "second_sees_target": share(after == same),
        "second_changes_its_mind": share(before != after),
    }
