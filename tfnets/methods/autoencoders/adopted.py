"""The encoder and decoder of an autoencoder that another run has trained.

Networks are built anew, and the saved weights are restored into them by name
(`artifacts.weights.restore_weights`), strictly. `adopted` also copies them into the run that uses
them, so that this run can be resumed, and its models loaded, without the other one.
"""

import re
from functools import partial
from pathlib import Path
from typing import Any

import keras

from tfnets.artifacts.run import Run
from tfnets.artifacts.weights import restore_weights
from tfnets.errors import InputError
from tfnets.methods.autoencoders.training import VARIANTS, load
from tfnets.models import autoencoders
from tfnets.models.autoencoders import Autoencoder

PARTS = ("encoder", "decoder")
"""Both are saved as `VARIANT-SEED_PART.keras`."""


def restored_autoencoder(
    source: Path | str, variant: str, seed: int, latent: int
) -> tuple[Autoencoder, dict[str, Any]]:
    """Builds a variant's networks and restores the weights that a finished run has saved.

    Args:
        source: Folder of a finished run of study `autoencoder`, or of another that has trained
            one (`few_labels`, `gan_priors`, ...).
        variant: A key of `training.VARIANTS`.
        seed: The seed that is taken; where the run does not have it, its first one.
        latent: Size of the latent vector.

    Returns:
        The autoencoder, and what was restored, JSON values: `run` (the folder's name), `study`,
        `dataset`, `variant`, `seed` (the one that was found), `latent`, `layers` (the names of the
        restored layers, by part) and `numbers` (how many weights).

    Raises:
        InputError: No folder of a finished run, no autoencoder of that variant in it, a damaged
            file, or another latent size.
    """
    run = _finished(source)
    found = _seed(run, variant, seed)
    saved = [run.load_model(f"{variant}-{found}_{part}") for part in PARTS]
    _require_latent(run, saved[0], latent)
    built = autoencoders.build(VARIANTS[variant], latent, seed)
    reports = {
        part: restore_weights(target, given)
        for part, target, given in zip(PARTS, built, saved, strict=True)
    }
    layers = {
        part: list(dict.fromkeys(row.target.rsplit("/", 1)[0] for row in report.loaded))
        for part, report in reports.items()
    }
    return built, {
        "run": run.path.resolve().name,
        "study": run.config.study,
        "dataset": run.config.settings.get("dataset", ""),
        "variant": variant,
        "seed": found,
        "latent": latent,
        "layers": layers,
        "numbers": sum(report.numbers for report in reports.values()),
    }


def adopted(
    run: Run, source: Path | str, variant: str, seed: int, latent: int
) -> tuple[Autoencoder, dict[str, Any]]:
    """Restores an autoencoder as a part of `run`, which keeps it as one that it has trained.

    Args:
        run: The run that gets `VARIANT-SEED_encoder.keras` and `..._decoder.keras`.
        source: As in `restored_autoencoder`.
        variant: As there.
        seed: As there; the files of `run` bear it, whatever seed was found.
        latent: As there.

    Returns:
        What `restored_autoencoder` returns; on resuming, from the run's own files.

    Raises:
        InputError: As there.
    """
    compute = partial(_adopt, run, source, variant, seed, latent)
    report = run.part(f"restore-{variant}-{seed}", compute)
    return load(run, variant, seed), report


def _adopt(run: Run, source: Path | str, variant: str, seed: int, latent: int) -> dict[str, Any]:
    model, report = restored_autoencoder(source, variant, seed, latent)
    for part, network in zip(PARTS, model, strict=True):
        run.save_model(f"{variant}-{seed}_{part}", network)
    return report


def _finished(source: Path | str) -> Run:
    run = Run.open(source)
    if not run.finished:
        raise InputError(
            f"The run {source} is not finished; finish it with `tfnets resume {source}`, or give "
            "another autoencoder run."
        )
    return run


def _seed(run: Run, variant: str, seed: int) -> int:
    """The asked seed where the run has both networks of it, else the first that it has."""
    if variant not in VARIANTS:
        raise InputError(
            f"There is no autoencoder variant {variant!r}; choose from {', '.join(VARIANTS)}."
        )
    pattern = re.compile(rf"{re.escape(variant)}-(\d+)_encoder")
    matches = (pattern.fullmatch(path.stem) for path in run.path.glob("*.keras"))
    seeds = [int(match[1]) for match in matches if match]
    whole = sorted(s for s in seeds if (run.path / f"{variant}-{s}_decoder.keras").exists())
    if not whole:
        raise InputError(
            f"{run.path} has no autoencoder {variant!r} (files {variant}-SEED_encoder.keras and "
            f"{variant}-SEED_decoder.keras); give the folder of an autoencoder run with it."
        )
    return seed if seed in whole else whole[0]


def _require_latent(run: Run, encoder: keras.Model, latent: int) -> None:
    shape = encoder.output_shape
    if shape != (None, latent):
        raise InputError(
            f"The autoencoder of {run.path} has latents of size {shape[-1]}, but {latent} was "
            f"asked for; set latent={shape[-1]}, or give another run."
        )
