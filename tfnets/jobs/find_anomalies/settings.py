"""What can be set in the job `find_anomalies`, and its scales."""

from dataclasses import dataclass, fields

from tfnets.lab import settings as lab
from tfnets.lab.settings import count, rate, setting
from tfnets.methods.anomalies import Recipe

COLUMNS, ROWS = 8, 2
"""Pictures of each kind that are kept for the figures, side by side and below each other."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """Settings of the job."""

    train: str = setting("", "Folder of normal pictures.")
    test: str = setting("", "Folder of the pictures to score.")
    latent: int = count(12, "Size of the latent vector.")
    hidden: int = count(256, "Units of the autoencoder's hidden layers.")
    updates: int = count(2400, "Steps of training.")
    batch_size: int = lab.batch_size(100, "Pictures per step.")
    learning_rate: float = rate(2e-3, "Adam's first learning rate; it falls to 0 along a cosine.")

    @property
    def recipe(self) -> Recipe:
        """How the autoencoder is trained."""
        return Recipe(**{field.name: getattr(self, field.name) for field in fields(Recipe)})


SCALES = {
    "tiny": Settings(latent=4, hidden=32, updates=30),
    "quick": Settings(updates=600),
    "full": Settings(),
}
