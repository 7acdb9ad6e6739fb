"""The denoiser of a finished run, or the one that comes with tfnets."""

from pathlib import Path

import keras

from tfnets.artifacts import reference
from tfnets.artifacts.run import Run
from tfnets.errors import InputError


def load_denoiser(run: Run | Path | str | None = None) -> keras.Model:
    """Loads the U-Net of a run of study `denoising`, its first seed's; None for the one with us.

    Raises:
        InputError: There is no such run, it has no U-Net, or the file is damaged.
    """
    ours = reference.FOLDER / "denoising"
    if run is None and not ours.is_dir():
        raise InputError(
            f"There is no denoiser at {ours}; make one with `tfnets run denoising --scale full "
            "--out RUN` and give --run RUN."
        )
    run = reference.opened(run or ours)
    seeds = [path.stem.rpartition("-")[2] for path in run.path.glob("unet-*.keras")]
    numbers = sorted(int(seed) for seed in seeds if seed.isdecimal())
    if run.config.study != "denoising" or not numbers:
        where = "give the folder of a run of the study denoising"
        raise InputError(f"{run.path} has no denoiser; {where}.")
    return run.load_model(f"unet-{numbers[0]}")
