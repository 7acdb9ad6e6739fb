"""Study 3.4: GANs that are asked for a digit.

Question: do conditional GANs draw the digit that they are asked for, and does the more complex
network converge faster than the simple one?

Origin (ran): Mirza & Osindero (2014) on MNIST, whose discriminator takes image and label through
maxout layers of their own and then through a joint one; a simple version (ReLU and batch
normalisation in the generator) and a more complex one (batch normalisation of momentum 0.8,
LeakyReLU), which converges faster. Only the generator differs between the two: same discriminator,
same widths. A GIF of the samples per epoch for both, diagrams of both networks, no number.

Here: the paper's network with its sizes, and a simple and a complex convolutional one (see
`tfnets.models.conditional`; ours differ in width and discriminator, too), each over several seeds,
with the same batches and updates. All see real images with wrong labels as a third kind of input
(`matching`; Reed et al. 2016), which study `wrong_labels` compares with training without. The
discriminator of the paper's network soon wins outright if trained like the others; its learning
rate is lower, and its slope at real images is penalised (Mescheder et al. 2018). Sampled is from a
running mean of the generator's weights. An independent classifier judges whether an image shows the
digit that was asked for: label agreement over 10,000 images, asked for by the labels of the test
images; beside it the judge's agreement with the labels of the real test images, Frechet distance,
precision, recall and coverage, the last per class, too. Speed of convergence is the mean over the
training of the logarithm of the Frechet distance and of the label error, paired by seed, and the
updates until a level of agreement is reached; an update's cost differs, so that the multiplications
until there are given as well.

Widths, learning rate and average of the complex network, and learning rate and penalty of the
paper's, were chosen in trials of one seed (0) by label agreement and by Frechet distance to
training images; the simple network takes over what the complex one has.

Command: `tfnets run conditional_gan --scale full` (about 40 minutes on one core).
"""

from typing import Any, final

import keras

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.methods.gans import conditional, label_quality, saved
from tfnets.methods.gans.label_quality import EveryEpoch
from tfnets.studies.conditional_gan import numbers, page
from tfnets.studies.conditional_gan.settings import ROWS, SCALES, Settings
from tfnets.training.conditional import ConditionalGAN

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every network and seed, measures after each epoch and at the end, writes the page."""
    judge = label_quality.of(lab.store, settings)
    trials = Training.of_each(settings, settings.networks, run.seeds(settings.repeats))
    rows = lab.results(run, trials, "curve")
    found = numbers.over_seeds(run, rows, judge)
    run.finish(found, page.write(run, settings, rows, found))


@final
class Training(EveryEpoch):
    """One network with one seed."""

    settings: Settings

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains; keeps both losses, and the classes that the judge sees at the end."""
        settings, recipe = self.settings, self.settings.recipe(self.variant)
        data = self.store.images(settings.dataset, settings.train_images)
        trainer = recipe.trainer(self.seed, len(data.x_train))
        recipe.traced_fit(self, trainer, (data.x_train, data.y_train), measuring)
        saved.save(self.run, self.part, trainer.sampler, trainer.latent)
        judge = label_quality.of(self.store, settings)
        found, seen = judge.whole(conditional.sample(trainer, judge.labels, self.seed))
        self.run.save_array(f"judged/{self.part}", seen)
        return found | {"multiplications": recipe.multiplications(trainer)}

    def measure(self, trainer: ConditionalGAN, point: int) -> dict[str, Any]:
        """Measures briefly; of the run's first seed, keeps a grid of samples."""
        if self.seed == self.run.config.seed:
            self.keep(point, conditional.grid(trainer.sampler, trainer.latent, ROWS, self.seed))
        judge = label_quality.of(self.store, self.settings)
        images = conditional.sample(trainer, judge.curve_labels, self.seed)
        return judge.brief(images) | {"epoch": point, "step": int(trainer.step.numpy())}
