"""Study 4.3: from one digit to another, in an autoencoder's latents and in a GAN's.

Question: what lies between two digits: does an autoencoder pass through gradual hybrids, and does a
GAN commit to one digit at each step?

Origin (ran): strips of images between two digits. The autoencoder's are gradual hybrids; the GAN's
commit to a digit at each step. No number was given.

Here: straight lines and arcs (spherical interpolation) in both latent spaces, between the same
pairs of test images of different classes: the autoencoder encodes them, and for the GAN, which has
no encoder, latent vectors are searched that give them (`inputs.inversion`). Beside them a plain
cross-fade of the two images (`pixels`), and paths between random draws of the GAN's own prior
(`draws`), as the origin's must have been. Along each path the judge's confidence, entropy and
class, the width of the change of class, the evenness and length of the steps in the judge's
features, and the distance to the nearest training image, by pixels and by those features, over that
of test images. Only pairs count whose two ends the judge takes for their digits in the images, the
autoencoder's and the GAN's; where it never does, all pairs. Each over several seeds of both
networks. The autoencoder is the origin's of study 3.1, the GAN is study 3.7's; both are trained
here unless finished runs are given.

No setting was chosen by what the paths show. After a look at the paths of one seed, the claim about
how far the judge's sureness sags between the ends was added, and the GAN's epochs were doubled to
six, because the judge had been unsure of a third of its samples; the other claims stood before.

Command: `tfnets run interpolation --scale full` (about 20 minutes on one core); with
networks of finished runs `--set autoencoder=RUN gan=RUN`.
"""

import functools
from dataclasses import dataclass
from typing import Any, final

from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData
from tfnets.inputs.inversion import invert
from tfnets.lab.engine import Lab
from tfnets.lab.trial import DataStore, Measurement, Work
from tfnets.methods.gans import quality
from tfnets.studies.interpolation import page
from tfnets.studies.interpolation.networks import Origins, require_sources
from tfnets.studies.interpolation.numbers import Row, over_seeds
from tfnets.studies.interpolation.pairs import Measure, digit_pairs
from tfnets.studies.interpolation.paths import Walker
from tfnets.studies.interpolation.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Gets both networks of each seed, measures their paths, writes the page."""
    first = run.config.seed
    require_sources(run, settings)
    digit_pairs(_data(lab.store, settings), settings.pairs, first)  # Refuses too many pairs,
    quality.of(lab.store, settings.plan)  # too few samples.
    real = Real(settings, "real", first)
    walks = [Walk(settings, "paths", seed, first) for seed in run.seeds(settings.repeats)]
    lab.run(run, [real, *walks])
    rows = [walk.row(run) for walk in walks]
    numbers = over_seeds(settings, real.result(run), rows)
    run.finish(numbers, page.write(run, settings, rows, numbers))


def _data(store: DataStore, settings: Settings) -> ImageData:
    return store.images(settings.dataset, settings.train_images, settings.test_images)


@functools.lru_cache(maxsize=1)
def _measure(store: DataStore, settings: Settings) -> Measure:
    """The judge, which a process asks about the training images once."""
    return Measure(_data(store, settings))


@final
class Real(Measurement):
    """What the paths are compared with: the images between which they lead."""

    settings: Settings
    named = "{variant}"

    def measure(self) -> dict[str, Any]:
        """Measures them."""
        pairs = digit_pairs(_data(self.store, self.settings), self.settings.pairs, self.seed)
        return _measure(self.store, self.settings).real(pairs)


@final
@dataclass(frozen=True)
class Walk(Measurement):
    """The paths of one seed of both networks; pairs are drawn with the run's seed, `first`."""

    settings: Settings
    first: int

    @property
    def origins(self) -> Origins:
        """Where the networks come from."""
        return Origins(self.settings, self.seed)

    @property
    def needs(self) -> tuple[Real, Work, Work]:
        """The numbers of the images, and both networks."""
        real = Real(self.settings, "real", self.first)
        return real, self.origins.autoencoder, self.origins.gan

    def measure(self) -> dict[str, Any]:
        """Finds the ends and walks the paths; measures a GAN that was taken over."""
        settings, networks = self.settings, self.origins.networks(self.run)
        if settings.gan:
            judge = quality.of(self.store, settings.plan)
            drawn = judge.samples, (self.seed, 2)
            self.run.part(self._drawn, lambda: judge(networks.samples(*drawn)))
        data, real = _data(self.store, settings), self.needs[0].result(self.run)
        pairs = digit_pairs(data, settings.pairs, self.first)
        walker = Walker(networks, pairs, _measure(self.store, settings), real, self.seed)
        draws = networks.prior(settings.candidates, (self.seed, 3)).numpy()
        found = invert(networks.generator, pairs.images, draws, steps=settings.search_steps)
        centre = networks.autoencoder.encode(data.x_train).mean(axis=0)
        paths = walker.paths(walker.spaces(found, centre), settings.points)
        row = paths.summary() | {"networks": walker.ends(found)}
        return row | ({"strips": paths.strips(self.run)} if self.seed == self.first else {})

    def row(self, run: Run) -> Row:
        """The numbers of the paths, the samples and the sources, from a run that has this done."""
        row, gan = self.result(run), self.origins.gan
        drawn = run.part(self._drawn, dict) if self.settings.gan else gan.measured(run)[-1]
        row["networks"] |= {name: drawn[name] for name in ("frechet", "coverage", "modes")}
        return row | {"sources": self.origins.sources(run)}

    @property
    def _drawn(self) -> str:
        return f"quality-{self.seed}"
