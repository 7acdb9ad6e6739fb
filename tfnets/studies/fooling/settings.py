"""What can be set in the study `fooling`, and its scales."""

from dataclasses import dataclass

from tfnets.inputs.attacks import PGD, CarliniWagner, EightBit, Method, Origin
from tfnets.lab.settings import require_known, require_positive

ATTACKS = (
    "origin", "signed_gradient", "momentum", "pgd_l2", "carlini_wagner", "eight_bit",
    "eight_bit_pixels",
)  # fmt: skip
"""`eight_bit` chooses single values, `eight_bit_pixels` whole pixels."""


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
