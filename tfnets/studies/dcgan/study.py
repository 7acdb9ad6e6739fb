"""Study 3.7: the deep convolutional GAN on MNIST and CIFAR-10.

Question: how good do the samples of a DCGAN get on a small budget, and does it need batch
normalisation?

Origin: strided convolutions in place of pooling, batch normalisation in both networks, ReLU with a
tanh output in the generator, LeakyReLU in the discriminator, transposed convolutions. No number was
given.

Here: that network (`paper`) on both data sets, and on MNIST the same without batch normalisation
(`paper_without_norm`), each over several seeds, with the Frechet and the kernel distance,
precision, recall, coverage and classes on the judge's features, beside what as many training images
reach. The networks are far smaller than the paper's (32 or 64 channels in the generator's first
plane, where it has 1024) and see a few epochs: what two cores give in half an hour. On CIFAR-10 the
features are those of our own small classifier, so that its distances compare with nothing that
others have published.

Command: `tfnets run dcgan --scale full` (about half an hour on one core).
"""

from typing import Any

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.methods.gans import quality as gan_quality
from tfnets.methods.gans.dcgan import Training
from tfnets.studies.dcgan import page
from tfnets.studies.dcgan.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every network and seed on each data set, measures, draws, reports."""
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    points: dict[str, dict[str, list[list[dict[str, Any]]]]] = {}
    for dataset in settings.datasets:
        data = datasets.load(dataset, lab.data_dir).first(settings.train_images)
        quality = gan_quality.Quality(data, settings.samples)
        points[dataset] = {
            variant: [
                Training(run, settings.recipe(dataset), dataset, variant, seed).measured(
                    data.x_train, quality
                )
                for seed in seeds
            ]
            for variant in settings.variants(dataset)
        }
    numbers = {
        dataset: {variant: gan_quality.summary(rows) for variant, rows in variants.items()}
        for dataset, variants in points.items()
    }
    page.draw(run, settings, numbers)
    run.finish(numbers, page.report(settings, points, numbers).as_json())
