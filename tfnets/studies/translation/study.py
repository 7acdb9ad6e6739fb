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

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.studies.translation import numbers, page
from tfnets.studies.translation.settings import SCALES, Settings
from tfnets.studies.translation.training import DomainMeasurement, JudgeTraining, Training

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains judges and translators, measures, writes the page."""
    first, seeds = run.config.seed, run.seeds(settings.repeats)
    works = {}
    for name in settings.domains:
        judge = JudgeTraining(settings, name, first)
        works[name, "domain"] = [DomainMeasurement(settings, name, first)]
        trainings = Training.of_each(settings, settings.methods, seeds, judge=judge)
        works |= {(name, method): row for method, row in trainings.items()}
    results = lab.results(run, works)
    rows = {
        name: results[name, "domain"][0]
        | {"methods": {method: results[name, method] for method in settings.methods}}
        for name in settings.domains
    }
    found = numbers.over_seeds(settings, rows)
    run.finish(found, page.write(run, settings, found))
