"""The small trained models that come with the repository, under `saved_models/reference/`."""

from pathlib import Path

import keras

from tfnets.artifacts.models import load_model
from tfnets.errors import InputError

FOLDER = Path(__file__).resolve().parents[2] / "saved_models" / "reference"


def judge(dataset: str) -> keras.Model:
    """Loads the classifier that measures generated images of `mnist` or `fashion_mnist`.

    Raises:
        InputError: The model is not there (the package was installed without its repository).
    """
    path = FOLDER / "judge" / f"{dataset}.keras"
    if not path.exists():
        raise InputError(
            f"The judge of {dataset} is not at {path}; work in a clone of the repository, or "
            f"train it with `python scripts/train_reference.py {dataset}`."
        )
    return load_model(path)
