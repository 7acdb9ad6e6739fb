"""The encoder and decoder of an autoencoder that another run has trained.

Networks are built anew, and the saved weights are restored into them by name
(`artifacts.weights.restore_weights`), strictly. `Adopted` also copies them into the run that uses
them, so that this run can be resumed, and its models loaded, without the other one.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from tfnets.artifacts import reference
from tfnets.artifacts.run import Run
from tfnets.artifacts.weights import restore_weights
from tfnets.errors import InputError, choices
from tfnets.lab.trial import Measurement
from tfnets.methods.autoencoders.training import VARIANTS, Recipe, Training, load
from tfnets.models import autoencoders
from tfnets.models.autoencoders import Autoencoder

PARTS = ("encoder", "decoder")  # both are saved as `VARIANT-SEED_PART.keras`


@final
@dataclass(frozen=True)
class Adopted(Measurement):
    """An autoencoder that another run has trained; leaves the files that `Training` leaves.

    They bear the seed of this, whatever seed was found; `source` is as in `restored_autoencoder`.
    """

    settings: Recipe  # how it would be trained here; only the size of the latents counts
    source: str
    here = True
    mark = "restore-"

    def measure(self) -> dict[str, Any]:
        """Restores it, or raises as `restored_autoencoder`."""
        asked = self.source, self.variant, self.seed, self.settings.latent
        model, report = restored_autoencoder(*asked)
        for part, network in zip(PARTS, model, strict=True):
            self.run.save_model(f"{self.part}_{part}", network)
        return report

    def trained(self) -> Autoencoder:
        """Returns the autoencoder from the run folder."""
        return load(self.run, self.variant, self.seed)


def obtained(recipe: Recipe, variant: str, seed: int, source: str = "") -> Training | Adopted:
    """Returns what leaves an autoencoder in its run: taken from the run `source`, or trained."""
    where = (recipe, variant, seed)
    return Adopted(*where, source) if source else Training(*where)


def restored_autoencoder(
    source: Path | str, variant: str, seed: int, latent: int
) -> tuple[Autoencoder, dict[str, Any]]:
    """Builds a variant's networks and restores the weights that a finished run has saved.

    Args:
        source: A finished run, as `reference.opened` takes it, of study `autoencoder`, or of
            another that has trained one (`few_labels`, `gan_priors`, ...).
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
    run = reference.opened(source)
    if not run.finished:
        raise InputError(
            f"The run {source} is not finished; finish it with `tfnets resume {source}`, or give "
            "another autoencoder run."
        )
    found = _seed(run, variant, seed)
    saved = load(run, variant, found)
    if (shape := saved.encoder.output_shape) != (None, latent):
        raise InputError(
            f"The autoencoder of {run.path} has latents of size {shape[-1]}, but {latent} was "
            f"asked for; set latent={shape[-1]}, or give another run."
        )
    built, restored = rebuilt(saved, variant, seed)
    where = {
        "run": run.path.resolve().name,
        "study": run.config.study,
        "dataset": run.config.settings.get("dataset", ""),
    }
    return built, where | restored | {"seed": found}


def rebuilt(saved: Autoencoder, variant: str, seed: int) -> tuple[Autoencoder, dict[str, Any]]:
    """Builds a variant's networks anew and restores the weights of saved ones into them.

    Returns:
        The autoencoder, and what was restored: `variant`, `seed`, `latent`, `layers` and `numbers`
        of `restored_autoencoder`.

    Raises:
        InputError: The saved networks are of another variant.
    """
    latent = saved.encoder.output_shape[-1]
    built = autoencoders.build(VARIANTS[variant], latent, seed)
    reports = [restore_weights(*pair) for pair in zip(built, saved, strict=True)]
    found = ([row.target.rpartition("/")[0] for row in report.loaded] for report in reports)
    layers = {part: list(dict.fromkeys(names)) for part, names in zip(PARTS, found, strict=True)}
    numbers = sum(report.numbers for report in reports)
    told = {"variant": variant, "seed": seed, "latent": latent, "layers": layers}
    return built, told | {"numbers": numbers}


def _seed(run: Run, variant: str, seed: int) -> int:
    """The asked seed where the run has both networks of it, else the first that it has."""
    if variant not in VARIANTS:
        raise InputError(
            f"There is no autoencoder variant {variant!r}; {choices(variant, VARIANTS)}."
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
