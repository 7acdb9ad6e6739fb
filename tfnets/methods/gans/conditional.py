"""How the studies of conditional GANs make and train one: networks by name, optimisers, average."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np

from tfnets import latents
from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData
from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.fit import fit, steps_per_execution
from tfnets.models.conditional import CLASSES, CONDITIONAL
from tfnets.models.labels import require_labels
from tfnets.models.maxout import Maxout
from tfnets.tracing import readings
from tfnets.tracing.cost import cost
from tfnets.tracing.readings import Reading
from tfnets.tracing.rules import Rule, plane_of
from tfnets.training.conditional import ConditionalGAN
from tfnets.training.loss_trace import LossTrace
from tfnets.training.mismatches import wrong_labels
from tfnets.training.optimizers import Adam
from tfnets.training.penalties import r1

LOSSES = ("discriminator_loss", "generator_loss")


@dataclass(frozen=True)
class Recipe:
    """How a conditional GAN is trained.

    Attributes:
        network: A key of `CONDITIONAL`.
        prior: A key of `latents.PRIORS`.
        latent: Size of the latent vector.
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: Adam's learning rate of both networks (beta_1 0.5).
        average: Decay of the generator's running mean, from which is sampled.
        matching: Whether real images with wrong labels are shown as a third kind of input.
        flatness: Weight of the penalty on the discriminator's slope (`r1`); 0 for none.
    """

    network: str
    prior: str
    latent: int
    epochs: int
    batch_size: int
    learning_rate: float
    average: float
    matching: bool
    flatness: float = 0.0

    def trainer(self, seed: int, images: int) -> ConditionalGAN:
        """Returns the compiled trainer for so many training images."""
        generator, discriminator = CONDITIONAL[self.network]
        trainer = ConditionalGAN(
            generator(self.latent, seed),
            discriminator(seed),
            latents.PRIORS[self.prior](self.latent),
            seed=seed,
        )
        steps = steps_per_epoch(images, self.batch_size)
        trainer.compile(
            generator_optimizer=Adam(self.learning_rate, beta_1=0.5),
            discriminator_optimizer=Adam(self.learning_rate, beta_1=0.5),
            mismatch=wrong_labels(CLASSES) if self.matching else None,
            penalty=r1(self.flatness) if self.flatness else None,
            average=self.average,
            steps_per_execution=steps_per_execution(steps),
        )
        return trainer

    def fit(
        self, run: Run, part: str, trainer: ConditionalGAN, data: ImageData, *, seed: int,
        measuring: keras.callbacks.Callback,
    ) -> np.ndarray:  # fmt: skip
        """Trains to the last epoch, resumable, with a further callback.

        Returns:
            The loss curves, three rows: finished steps, discriminator's loss, generator's loss.
        """
        steps = steps_per_epoch(len(data.x_train), self.batch_size)
        trace = LossTrace(LOSSES, trainer.steps_per_execution, steps, self.epochs)
        fit(
            run, part, trainer, (data.x_train, data.y_train), batch_size=self.batch_size,
            epochs=self.epochs, seed=seed, callbacks=[measuring, trace], tracked=trace.state,
        )  # fmt: skip
        return np.array([trace.steps, *trace.curves.values()])

    def multiplications(self, trainer: ConditionalGAN) -> int:
        """Multiplications of one update of both networks, a backward pass reckoned as two forward.

        The generator goes forward twice and back once. The discriminator goes forward and back for
        real, generated and perhaps mismatched pairs, and once more for the generator's gradient,
        where its own weights need none. The penalty takes a pass forward, one back to the images,
        and the gradients of both, which are twice as much.
        """
        made, judged = (_cost(net) for net in (trainer.generator, trainer.discriminator))
        passes = 3 * (2 + self.matching) + 2 + (6 if self.flatness else 0)
        return self.batch_size * (4 * made + passes * judged)


def sample(trainer: ConditionalGAN, labels: np.ndarray, seed: int) -> np.ndarray:
    """Returns images (n, 28, 28, 1) in [0, 1] for labels (n,).

    Raises:
        InputError: A label that the networks do not know.
    """
    return np.clip(trainer.sample(require_labels(labels, CLASSES), seed), 0, 1)


def grid(trainer: ConditionalGAN, rows: int, seed: int) -> np.ndarray:
    """Returns one image per row and class, row by row; each row has one latent vector.

    The same seed gives the same latent vectors, whatever the generator has learned since.
    """
    z = np.repeat(trainer.latent(rows, (seed, 2)), CLASSES, axis=0)
    labels = np.tile(np.arange(CLASSES, dtype=np.int32), rows)
    return np.clip(trainer.sampler([z, labels], training=False), 0, 1)


def _cost(network: keras.Model) -> int:
    """Multiplications of one image."""
    return cost(network, rules={Maxout: Rule(_whole, _maxout)}).multiplications


def _whole(layer: keras.Operation, source: tuple[int, ...], output: tuple[int, ...]) -> Reading:
    del layer, output
    return readings.whole(plane_of(source))


def _maxout(layer: Maxout, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> int:
    del output
    return inputs[0][-1] * layer.units * layer.pieces
