"""Study 3.3: a GAN whose generator is a trained autoencoder's decoder.

Question: does a generator learn faster when its weights come from a trained decoder?

Origin (ran): the generator is the decoder of study 3.1, partly restored from the saved model. A
generator of one dense layer fails, the convolutional one works. No number was given; the comparison
with training from scratch is ours.

Here: the same generator from scratch (`scratch`), with every layer but the first restored
(`restored`), restored and frozen for the first epochs so that only the first layer learns
(`frozen`), and the one-dense-layer generator (`one_dense`); and the decoder of our deeper
autoencoder restored or from scratch (`deep_restored`, `deep_scratch`). The first dense layer is
not restored, because it was made for the encoder's latents and the prior is another: it goes back
to its initial values. Those are the values from which the autoencoder's own first layer started
(weights are a function of seed and name), and training leaves it close to them; `fresh` is
`restored` with initial values of another seed, to see how much that matters. Each over several
seeds; Frechet distance on the judge's features, precision, recall, density, coverage and modes at
three points of the training.

Command: `tfnets run decoder_gan --scale full` (about an hour on 2 cores).
"""

from typing import Any, final

import keras

from tfnets import latents
from tfnets.artifacts.run import Run
from tfnets.artifacts.weights import restore_weights
from tfnets.lab.engine import Lab
from tfnets.methods import autoencoders
from tfnets.methods.gans import quality
from tfnets.models.discriminators import image_discriminator
from tfnets.models.generators import decoder_generator
from tfnets.studies.decoder_gan import page
from tfnets.studies.decoder_gan.settings import RESTORED, SCALES, SHOWN, VARIANTS, Settings
from tfnets.training.gan import GAN

__all__ = ["SCALES", "Settings", "run"]

FRESH = 1000
"""What `fresh` adds to the seed of the generator's initial weights."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every variant and seed, measures at each point, writes the page."""
    # Refuses patterns of `new_layers` that name no layer.
    for architecture in {VARIANTS[name] for name in settings.variants if name in RESTORED}:
        pair = (decoder_generator(architecture, settings.latent, 0) for _ in range(2))
        restore_weights(*pair, skip=settings.new_layers, dry_run=True)
    judge = quality.of(lab.store, settings)
    trials = Training.of_each(settings, settings.variants, run.seeds(settings.repeats))
    rows = lab.results(run, trials, "points")
    points = {name: [row["points"] for row in seeds] for name, seeds in rows.items()}
    numbers = {name: quality.summary(rows) for name, rows in points.items()}
    run.finish(numbers | {"n": judge.samples}, page.write(run, settings, points, numbers))


@final
class Training(quality.SampledGAN):
    """One variant with one seed."""

    settings: Settings
    shown = SHOWN

    @property
    def needs(self) -> tuple[autoencoders.Training, ...]:
        """The autoencoder whose decoder is restored."""
        if self.variant not in RESTORED:
            return ()
        architecture = VARIANTS[self.variant]
        return (autoencoders.Training(self.settings.autoencoder, architecture, self.seed),)

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains, with the restored layers fixed at first where the variant says so."""
        settings, recipe = self.settings, self.settings.recipe
        images = self.store.images(settings.dataset, settings.train_images).x_train
        start = self.seed + FRESH if self.variant == "fresh" else self.seed
        generator = decoder_generator(VARIANTS[self.variant], settings.latent, start)
        prior = latents.PRIORS[settings.prior](settings.latent)
        trainer = GAN(generator, image_discriminator(self.seed), prior, seed=self.seed)
        restored: list[str] = []
        for autoencoder in self.needs:
            decoder = autoencoder.at(self.run).trained().decoder
            report = restore_weights(generator, decoder, skip=settings.new_layers)
            restored = sorted({row.target.rsplit("/", 1)[0] for row in report.loaded})
        optimizers = recipe.optimizers()  # Their state goes on from phase to phase.
        recipe.compile(trainer, len(images), **optimizers)
        phases = [(recipe.epochs, True)]
        if self.variant == "frozen":
            phases.insert(0, (min(settings.frozen_epochs, recipe.epochs), False))
        for epochs, free in phases:
            for name in restored:
                generator.get_layer(name).trainable = free
            recipe.compile(trainer, len(images), **optimizers)
            recipe.fit(self, trainer, (images,), epochs=epochs, callbacks=[measuring])
        self.run.save_model(f"{self.part}_generator", trainer.generator)
        return {"steps": int(trainer.step.numpy()), "restored": restored}
