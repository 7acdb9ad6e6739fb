"""Study 3.7: the deep convolutional GAN on MNIST and CIFAR-10.

Question: how good do the samples of a DCGAN get on a small budget, and does it need batch
normalisation?

Origin (answered): strided convolutions in place of pooling, batch normalisation in both networks,
ReLU with a tanh output in the generator, LeakyReLU in the discriminator, transposed convolutions.
Nothing was built.

Here: that network (`paper`) on both data sets, and on MNIST the same without batch normalisation
(`paper_without_norm`), each over several seeds, with the Frechet and the kernel distance,
precision, recall, coverage and classes on the judge's features, beside what as many training images
reach. The networks are far smaller than the paper's (32 or 64 channels in the generator's first
plane, where it has 1024) and see a few epochs: what two cores give in half an hour. On CIFAR-10 the
features are those of our own small classifier, so that its distances compare with nothing that
others have published.

Command: `tfnets run dcgan --scale full` (about half an hour on one core).
"""

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.methods.gans import quality
from tfnets.methods.gans.dcgan import Training
from tfnets.studies.dcgan import page
from tfnets.studies.dcgan.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every network and seed on each data set, measures, writes the page."""
    plans = {dataset: settings.plan(dataset) for dataset in settings.datasets}
    for plan in plans.values():  # Refuses too few samples.
        quality.of(lab.store, plan)
    seeds = run.seeds(settings.repeats)
    trials = {
        (dataset, variant): row
        for dataset, plan in plans.items()
        for variant, row in Training.of_each(plan, settings.variants(dataset), seeds).items()
    }
    points: dict[str, dict[str, list]] = {dataset: {} for dataset in plans}
    for (dataset, variant), rows in lab.results(run, trials, "points").items():
        points[dataset][variant] = [row["points"] for row in rows]
    numbers = {
        dataset: {name: quality.summary(seeds) for name, seeds in rows.items()}
        for dataset, rows in points.items()
    }
    run.finish(numbers, page.write(run, settings, points, numbers))
