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
    return picture_network(run, f"unet-{numbers[0]}")


def picture_network(run: Run, name: str) -> keras.Model:
    """Loads a network from grey pictures of any size to pictures of their size.

    Raises:
        InputError: There is no such network, or it is of another kind.
    """
    network = run.load_model(name)
    made = ()
    if network.input_shape == (None, None, None, 1):
        made = tuple(network.compute_output_shape((1, 32, 32, 1)))
    if made not in ((1, 32, 32, 1), (1, 32, 32, 3)):
        raise InputError(
            f"{run.path / name}.keras does not make a picture of each grey picture; copy the "
            "network again from the run that trained it."
        )
    return network
