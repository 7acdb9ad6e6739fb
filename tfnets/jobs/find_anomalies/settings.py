"""What can be set in the job `find_anomalies`, and its scales."""

import hashlib
from dataclasses import dataclass

import numpy as np

from tfnets.lab.settings import require_positive, require_rates


@dataclass(frozen=True)
class Settings:
    """Settings of the job.

    Attributes:
        train: Folder of normal pictures.
        test: Folder of the pictures to score.
        latent: Size of the latent vector.
        hidden: Units of the autoencoder's hidden layers.
        updates: Steps of training.
        batch_size: Pictures per step.
        learning_rate: Adam's first learning rate; it falls to 0 along a cosine.
    """

    train: str = ""
    test: str = ""
    latent: int = 12
    hidden: int = 256
    updates: int = 2400
    batch_size: int = 100
    learning_rate: float = 2e-3

    def __post_init__(self) -> None:
        """Refuses values that could not be used."""
        require_positive(self, "latent", "hidden", "updates", "batch_size")
        require_rates(self, "learning_rate")


SCALES = {
    "tiny": Settings(latent=4, hidden=32, updates=30),
    "quick": Settings(updates=600),
    "full": Settings(),
}


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures of one size.

    Attributes:
        normal: Normal pictures (n, height, width, channels) in [0, 1].
        test: Those to score (m, height, width, channels).
        files: File names of those to score.
        size: Height and width of the files.
    """

    normal: np.ndarray
    test: np.ndarray
    files: tuple[str, ...]
    size: tuple[int, int]

    @property
    def digest(self) -> str:
        """SHA-256 of everything, which tells whether the folders are still the same."""
        said = hashlib.sha256(repr((self.normal.shape, self.files, self.size)).encode())
        said.update(self.normal)
        said.update(self.test)
        return said.hexdigest()
