"""What can be set in the study `gan_against_mcmc`, and its scales."""

from dataclasses import dataclass

from tfnets.lab.settings import require_positive, require_rates, require_weights


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        epochs: Numbers of finished epochs after which is measured, ascending.
        steps: Steps of an epoch; each step of an epoch has points of its own.
        batch_size: Points per step.
        units: Units of each of the three hidden layers, of both networks.
        learning_rate: Adam's at the start, falling to 0 along a half cosine.
        r1: Weight of R1; 0 for none.
        noise: Standard deviation of the instance noise at the start, gone after half of the steps;
            0 for none.
        average: Decay of the averaged generator.
        repeats: Seeds.
        samples: Generated points per measurement, and as many Gibbs samples.
        burn_in: Sweeps of each Gibbs chain before its one sample.
    """

    epochs: tuple[int, ...] = (1, 2, 4, 8, 16, 24, 32, 40)
    steps: int = 1_000
    batch_size: int = 512
    units: int = 128
    learning_rate: float = 1e-3
    r1: float = 1.0
    noise: float = 0.3
    average: float = 0.999
    repeats: int = 3
    samples: int = 20_000
    burn_in: int = 50

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_positive(self, "epochs", "steps", "batch_size", "units", "repeats", "burn_in")
        require_rates(self, "learning_rate")
        require_weights(self, "r1", "noise")
        require_positive(self, "samples")


SCALES = {
    "tiny": Settings(epochs=(1, 2), steps=4, batch_size=32, units=8, repeats=2, samples=200),
    "quick": Settings(epochs=(1, 2, 4), steps=500, batch_size=256, repeats=2, samples=5_000),
    "full": Settings(),
}
