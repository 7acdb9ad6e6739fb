"""Where the studies of GANs on latents get their autoencoder: trained here, or another run's."""

from dataclasses import dataclass
from typing import Any, Self

from tfnets.artifacts.run import Run
from tfnets.methods.autoencoders.adopted import Adopted, obtained, rebuilt, restored_autoencoder
from tfnets.methods.autoencoders.training import Recipe, Training
from tfnets.models.autoencoders import Autoencoder


@dataclass(frozen=True)
class Source:
    """The autoencoder whose latents a GAN learns."""

    variant: str  # a key of `training.VARIANTS`
    recipe: Recipe  # how it is trained, where it is trained here
    run: str = ""  # folder of a finished run to take it from; empty to train it here

    @classmethod
    def of(cls, settings: Any, variant: str) -> Self:
        """The autoencoder of a study's variant: the origin's, or our deeper one."""
        origin = variant == "origin"
        name, size = ("origin", settings.origin_latent) if origin else ("deep", settings.latent)
        recipe = Recipe(
            latent=size, epochs=settings.autoencoder_epochs, dataset=settings.dataset,
            train_images=settings.train_images,
        )  # fmt: skip
        return cls(name, recipe, settings.autoencoder)

    @property
    def size(self) -> int:
        """Size of its latents."""
        return self.recipe.latent

    def require(self, run: Run) -> None:
        """Tries the restoring before anything takes time, unless `run` has done it already.

        Raises:
            InputError: The folder is no run with that autoencoder, or its latents are of another
                size.
        """
        seed = run.config.seed
        if self.run and not run.has_part(self.trial(seed).key):
            restored_autoencoder(self.run, self.variant, seed, self.size)

    def trial(self, seed: int) -> Training | Adopted:
        """What leaves `VARIANT-SEED_encoder.keras` and `..._decoder.keras` in a run."""
        return obtained(self.recipe, self.variant, seed, self.run)

    def get(self, run: Run, seed: int) -> tuple[Autoencoder, dict[str, Any]]:
        """Restores the weights of a run that has `trial(seed)` done into networks built anew.

        Returns the autoencoder, and what was restored: see `restored_autoencoder`; `layers` by
        part, and `numbers`, are there in any case.
        """
        trial = self.trial(seed).at(run)
        if self.run:
            return trial.trained(), trial.result(run)
        return rebuilt(trial.trained(), self.variant, seed)


def restored_note(variant: str, restored: dict[str, Any]) -> str:
    """A sentence on where a variant's autoencoder comes from, and what was restored of it."""
    layers = "; ".join(f"{part}: {', '.join(names)}" for part, names in restored["layers"].items())
    where = f"run {restored['run']}" if "run" in restored else "this run"
    return (
        f"{variant}: restored by name from the autoencoder {restored['variant']} (seed "
        f"{restored['seed']}, {restored['latent']} latents) of {where}: {restored['numbers']:,} "
        f"numbers in the layers of the {layers}."
    )
