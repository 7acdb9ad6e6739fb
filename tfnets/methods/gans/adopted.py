"""A generator that another run has trained, taken over into a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import keras

from tfnets import latents
from tfnets.artifacts import reference
from tfnets.errors import InputError
from tfnets.lab.trial import Measurement
from tfnets.methods.gans import saved as generators
from tfnets.methods.gans.saved import SavedGenerator, names

PRIORS = (latents.Normal, latents.Uniform)
"""Priors around 0, between whose draws an arc means something."""


@final
@dataclass(frozen=True)
class AdoptedGenerator(Measurement):
    """The generator of digits that `chosen_generator` finds; leaves what `saved.load` takes.

    Its variant is `gan`, its `source` the folder, the data set that of the settings.
    """

    source: str
    here = True
    mark = "adopt-"

    def measure(self) -> dict[str, Any]:
        """Takes it over."""
        saved = chosen_generator(self.source, self.settings.dataset, self.seed)
        generators.save(self.run, self.part, saved.model, saved.prior)
        given = reference.opened(self.source)
        return {"run": given.path.resolve().name, "study": given.config.study, "part": saved.name}

    def trained(self) -> tuple[keras.Model, latents.Prior]:
        """Returns the generator and its prior from the run folder."""
        return generators.load(self.run, self.part)


def chosen_generator(source: Path | str, dataset: str, seed: int) -> SavedGenerator:
    """Loads a generator of a finished run of `dcgan`, `gan_priors` or `decoder_gan`.

    It is that of the seed; where the run does not have it, that of its first one.

    Raises:
        InputError: No folder of a finished run, or no generator in it that draws the data set from
            a prior around 0 and from nothing else.
    """
    run = reference.opened(source)
    if not run.finished:
        raise InputError(
            f"The run {source} is not finished; finish it with `tfnets resume {source}`, or give "
            "another GAN's run."
        )
    # A generator learned from the run's data set, or from the one that its part names.
    kinds = {name: run.config.settings.get("dataset", name.split("-")[0]) for name in names(run)}
    ours = [name for name, kind in kinds.items() if kind == dataset]
    for name in sorted(ours, key=lambda name: not name.endswith(f"-{seed}")):
        saved = SavedGenerator.load(run, name)
        plain = saved.takes == "nothing" and saved.model.output_shape[1:] == (28, 28, 1)
        if plain and isinstance(saved.prior, PRIORS):
            return saved
    raise InputError(
        f"{run.path} has no generator that draws {dataset} from a normal or uniform prior alone; "
        "give a finished run of dcgan, gan_priors or decoder_gan on that data set."
    )
