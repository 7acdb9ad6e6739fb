"""Study 5.5: translating digits into other domains, with three links between input and output.

Question: does a GAN that is given an image, a CycleGAN or a paired conditional GAN find the image's
true partner in another domain, and is it easier where the domains are close?

Origin: translation from A to B with a plain GAN (nothing links output and input but that the input
is given), CycleGAN (Zhu et al. 2017) and the paired conditional GAN (Isola et al. 2017). The plain
GAN does not care how well pairs match; the other two do better the closer the domains are. No
number was given.

Here: A is MNIST, B eight domains whose true partners are known (see `tfnets.datasets.domains`):
digits thickened, coloured, as edge map, rotated by 15, 45 and 90 degrees, inverted, and items of
Fashion-MNIST of the class with the same number, where the pairing within the class is arbitrary.
How close a domain is, is the mean structural similarity of training digits and their partners
(`similarity`); it calls `inverted` the farthest, though exchanging light and dark is no hard task.
All methods have the same generator, the same batches and the same number of generator updates. The
plain GAN and CycleGAN get A from one half of the training images and B from the other, so that no
pair is in both; the paired GAN gets as many images, in pairs.

Measured on test images: the mean absolute distance to the true partner, relative to that of two
images of B (0 exact, 1 chance); the share of other partners that are nearer (0.5 chance); the share
of outputs that a judge gives the digit's label; and the Frechet distance to the test images of B in
the judge's features, beside that of training images of B. Each domain has a judge of its own, a
classifier that was trained on the training images of B (both halves): so an output counts as a kept
label only as an image of B, and nothing has to be mapped back. For `fashion` a label is kept if the
item is of the class with the digit's number, which nothing but pairs can tell. Whether a number
follows similarity is decided by the rank correlation over the eight domains, each the mean of its
seeds, with its exact permutation p value.

How settings were chosen: batch size, widths and the number of updates by what an hour on one core
allows; the weights of L1 (100) and of the cycle (10) and the losses are the papers', the learning
rate is five times theirs for a hundredth of their updates. Nothing else was searched.

`tfnets translate RUN IMAGE... --out DIR` translates a person's pictures with a run's generators.

Command: `tfnets run translation --scale full` (about an hour on one core).
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.datasets.domains import DOMAINS
from tfnets.errors import InputError
from tfnets.studies.domain_pairs import DomainPairs, Judge
from tfnets.studies.pages import translation as page
from tfnets.studies.settings import (
    require_decays,
    require_known,
    require_positive,
    require_rates,
    require_weights,
)
from tfnets.studies.translating import METHODS, Recipe


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        domains: Keys of `tfnets.datasets.domains.DOMAINS`.
        methods: Of `plain`, `cycle`, `paired`.
        width: Channels of the generators at full size.
        blocks: Their residual blocks.
        critic_width: Channels of the discriminators' first convolution.
        epochs: Passes over half of the training images.
        batch_size: Images per step.
        learning_rate: Adam's learning rate of all networks (beta_1 0.5); it falls to 0 along a
            cosine.
        l1: Weight of the paired GAN's distance to the partner.
        cycle: Weight of CycleGAN's cycle.
        average: Decay of the running mean of the generators' weights.
        judge_epochs: Passes of each judge over all training images.
        repeats: Seeds per domain and method.
        train_images: Training images, half of them for A.
        test_images: Test images that are translated and measured.
    """

    domains: tuple[str, ...] = tuple(DOMAINS)
    methods: tuple[str, ...] = METHODS
    width: int = 8
    blocks: int = 3
    critic_width: int = 16
    epochs: int = 4
    batch_size: int = 32
    learning_rate: float = 1e-3
    l1: float = 100.0
    cycle: float = 10.0
    average: float = 0.99
    judge_epochs: int = 1
    repeats: int = 2
    train_images: int = 11_200
    test_images: int = 1_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "domains", DOMAINS)
        require_known(self, "methods", METHODS)
        require_positive(self, "width", "blocks", "critic_width", "epochs", "batch_size")
        require_positive(self, "judge_epochs", "repeats", "train_images", "test_images")
        require_rates(self, "learning_rate")
        require_weights(self, "l1", "cycle")
        require_decays(self, "average")
        if self.train_images < self.test_images:
            raise InputError(
                f"There are {self.train_images} training and {self.test_images} test images, but "
                "as many training images are measured for comparison; set train_images higher."
            )

    def recipe(self, method: str) -> Recipe:
        """How a method's networks are made and trained."""
        return Recipe(
            method, self.width, self.blocks, self.critic_width, self.epochs, self.batch_size,
            self.learning_rate, self.l1, self.cycle, self.average,
        )  # fmt: skip


SCALES = {
    "tiny": Settings(
        domains=("coloured",), methods=("cycle", "paired"), width=2, blocks=1, critic_width=2,
        epochs=2, batch_size=16, repeats=1, train_images=64, test_images=40,
    ),
    "quick": Settings(
        domains=("thickened", "coloured", "rotated_45", "inverted"), epochs=1, repeats=1,
        train_images=4_800, test_images=300,
    ),
    "full": Settings(),
}  # fmt: skip

Rows = dict[str, dict]
"""For each domain `similarity`, `real` (of its judge) and `methods`: name -> numbers per seed."""


def run(run: Run, settings: Settings, data_dir: Path | str | None) -> None:
    """Trains judges and translators, measures, draws the figures, writes the report."""
    digits = datasets.load("mnist", data_dir).first(settings.train_images, settings.test_images)
    items = datasets.load("fashion_mnist", data_dir)
    rows = {
        name: _domain(run, settings, DomainPairs.of(name, digits, items))
        for name in settings.domains
    }
    numbers = page.numbers(settings, rows)
    page.draw(run, settings, numbers)
    run.finish(numbers, page.report(settings, numbers).as_json())


def _domain(run: Run, settings: Settings, pairs: DomainPairs) -> dict:
    """Everything of one domain."""
    name, judge = pairs.domain.name, pairs.judge(run, settings.judge_epochs)
    shown = page.shown(pairs.digits.y_test)
    run.save_array(f"samples/{name}-digits", pairs.digits.x_test[shown])
    run.save_array(f"samples/{name}-partners", pairs.x_test[shown])
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    methods = {
        method: [
            run.part(
                f"{name}-{method}-{seed}",
                partial(_translated, run, settings, pairs, judge, method, seed),
            )
            for seed in seeds
        ]
        for method in settings.methods
    }
    return {"similarity": pairs.similarity, "real": judge.real, "methods": methods}


def _translated(
    run: Run, settings: Settings, pairs: DomainPairs, judge: Judge, method: str, seed: int
) -> dict:
    """Trains one method with one seed and measures the translated test digits."""
    part = f"{pairs.domain.name}-{method}-{seed}"
    trainer = settings.recipe(method).trained(run, part, pairs, seed)
    images = np.clip(trainer.translate(pairs.digits.x_test), 0, 1)
    run.save_array(f"samples/{part}", images[page.shown(pairs.digits.y_test)])
    if seed == run.config.seed:
        run.save_model(part, trainer.sampler)
    return judge(images)
