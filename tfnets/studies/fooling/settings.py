"""What can be set in the study `fooling`, and its scales."""

from dataclasses import dataclass

from tfnets.inputs.attacks import PGD, CarliniWagner, EightBit, Method, Origin
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, count, setting, some_of

ATTACKS = (  # `eight_bit` chooses single values, `eight_bit_pixels` whole pixels
    "origin", "signed_gradient", "momentum", "pgd_l2", "carlini_wagner", "eight_bit",
    "eight_bit_pixels",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    network: str = setting("efficientnet_lite0", "What `tfnets.models.load` takes.")
    second: str = setting(
        "mobilenet_v2", "Another network, which is shown the results; empty for none."
    )
    image: str = setting("jellyfish", "A photograph's name or a picture's path.")
    source: str = setting(
        "", "The image's class, by number or name; empty for the one that the network sees."
    )
    target: str = setting(
        "mink", "The class to be seen; empty for the one that the network finds least likely."
    )
    attacks: Names = some_of(ATTACKS, ATTACKS, "What is done to `image`.")
    rated: Names = some_of(
        ATTACKS,
        ("signed_gradient", "momentum", "eight_bit"),
        "Attacks on all photographs; may be empty.",
        may_be_empty=True,
    )
    levels: int = count(1, "Largest change of a value in the L-inf attacks, in steps of 1/255.")
    radius: float = setting(
        1.0, "Largest change in the L2 attack, over all values, in pixel units from 0 to 1."
    )
    probability: float = setting(0.98, "p(target) that `eight_bit` asks for.")
    steps: int = count(
        200, "Gradient steps of each attack on `image`, but for the next three settings."
    )
    origin_steps: int = count(200, "Gradient steps on the report's loss.")
    searches: int = count(5, "Values of c that Carlini and Wagner's attack tries.")
    search_steps: int = count(100, "Gradient steps for each of them.")
    rate_steps: int = count(100, "What `steps` is where all photographs are attacked.")
    weight: float = setting(500_000.0, "The report's factor of p(target).")
    others: Names = setting(
        ("astronaut", "chelsea", "coffee", "rocket", "china", "flower"),
        "More photographs, for rates; may be empty.",
    )
    targets: int = count(2, "Random targets for each of the photographs, `image` included.")
    frames: int = count(12, "Frames of the animation.")

    def require(self) -> None:
        """Refuses what an attack cannot do."""
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
