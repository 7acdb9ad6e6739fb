"""What can be set in the study `gan_against_mcmc`, and its scales."""

from dataclasses import dataclass

from tfnets.lab import settings as lab
from tfnets.lab.settings import Counts, count, decay, rate, weight


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    epochs: Counts = count(
        (1, 2, 4, 8, 16, 24, 32, 40),
        "Numbers of finished epochs after which is measured, ascending.",
    )
    steps: int = count(1_000, "Steps of an epoch; each step of an epoch has points of its own.")
    batch_size: int = lab.batch_size(512, "Points per step.")
    units: int = count(128, "Units of each of the three hidden layers, of both networks.")
    learning_rate: float = rate(1e-3, "Adam's at the start, falling to 0 along a half cosine.")
    r1: float = weight(1.0, "Weight of R1; 0 for none.")
    noise: float = weight(
        0.3,
        "Standard deviation of the instance noise at the start, gone after half of the steps; 0 "
        "for none.",
    )
    average: float = decay(0.999, "Decay of the averaged generator.")
    repeats: int = lab.repeats(3, "Seeds.")
    samples: int = count(20_000, "Generated points per measurement, and as many Gibbs samples.")
    burn_in: int = count(50, "Sweeps of each Gibbs chain before its one sample.")


SCALES = {
    "tiny": Settings(epochs=(1, 2), steps=4, batch_size=32, units=8, repeats=2, samples=200),
    "quick": Settings(epochs=(1, 2, 4), steps=500, batch_size=256, repeats=2, samples=5_000),
    "full": Settings(),
}
