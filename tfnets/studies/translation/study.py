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

from functools import partial

import numpy as np

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.studies.translation import page
from tfnets.studies.translation.pairs import DomainPairs, Judge
from tfnets.studies.translation.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains judges and translators, measures, draws the figures, writes the report."""
    digits = datasets.load("mnist", lab.data_dir).first(settings.train_images, settings.test_images)
    items = datasets.load("fashion_mnist", lab.data_dir)
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
