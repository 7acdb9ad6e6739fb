"""A trained generator in the run folder, with the prior it was trained on beside it."""

import keras

from tfnets import latents
from tfnets.artifacts.run import Run
from tfnets.files import inside


def save(run: Run, part: str, generator: keras.Model, prior: latents.Prior) -> None:
    """Saves `PART_generator.keras` and `PART_prior.json` (and .npz where the prior has arrays)."""
    latents.save(prior, prior_path(run, part))
    run.save_model(f"{part}_generator", generator)


def load(run: Run, part: str) -> tuple[keras.Model, latents.Prior]:
    """Loads what `save` has written.

    Raises:
        InputError: One of the files is missing or damaged.
    """
    return run.load_model(f"{part}_generator"), latents.load(prior_path(run, part))


def prior_path(run: Run, part: str) -> str:
    """Where the prior of a generator lies."""
    return str(inside(run.path, f"{part}_prior.json"))
