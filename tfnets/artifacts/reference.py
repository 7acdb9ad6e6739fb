"""The small trained models that come with the package, each in the run folder of its study.

They are in `tfnets/reference/` of an installed package (pyproject.toml puts them there), and in
`saved_models/reference/` of a clone.
"""

import os
from importlib import resources
from pathlib import Path

import keras

from tfnets.artifacts.models import load_model
from tfnets.artifacts.run import Run
from tfnets.errors import InputError


def _folder(package: Path) -> Path:
    installed = package / "reference"
    return installed if installed.is_dir() else package.parent / "saved_models" / "reference"


FOLDER = _folder(Path(str(resources.files("tfnets"))))


def judge(dataset: str) -> keras.Model:
    """Loads the classifier that measures generated images of `mnist` or `fashion_mnist`.

    Raises:
        InputError: The model is not there.
    """
    path = FOLDER / "judge" / f"{dataset}.keras"
    if not path.exists():
        raise InputError(
            f"The judge of {dataset} is not at {path}; work in a clone of the repository, or "
            f"train it with `python scripts/train_reference.py {dataset}`."
        )
    return load_model(path)


def opened(run: Run | Path | str) -> Run:
    """Opens a run that is given itself, by its folder, or by the name of one that comes with us.

    A folder in the way of a name, `conditional_gan` for instance, goes before it.

    Raises:
        InputError: There is no such run.
    """
    if isinstance(run, Run):
        return run
    path = Path(run)
    named = path.parts == (path.name,) and not os.path.lexists(path) and Run.is_run(FOLDER / path)
    return Run.open(FOLDER / path if named else path)
