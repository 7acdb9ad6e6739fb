"""Study 4.1: a classifier from 50 labels, on pixels and on an autoencoder's latents.

Question: with 50 labels, does a classifier on an autoencoder's latents beat the same classifier on
pixels?

Origin (ran): one draw of 50 labelled MNIST images, and the encoder's 64 latents. Accuracy on pixels
and on latents: softmax 0.6404, 0.5928; ReLU 32 0.6172, 0.6363; sigmoid 32 0.6443, 0.6862; sigmoid
64 0.6501, 0.7295; sigmoid 64 twice 0.5948, 0.6649. Transfer wins in all but the first, sigmoid is
better than ReLU, 64 units are the best. One draw proves nothing: the spread between draws is as
large as the gain.

Here: the same five heads on at least 20 draws and 100 latents (`latent`), the same draw for both
columns, mean and 95 % interval, paired t test; balanced draws and uniform ones beside them; the
accuracy against the number of labels; the encoder frozen and fine-tuned; and other encoders: the
origin's network (a plain autoencoder) trained to remove noise (`denoising`) and to restore hidden
patches (`masked`), and a better plain one (`deep`). The encoder never sees a label.

All draws of a head train as one batched program. Fine-tuning goes draw after draw, through one
compiled program, because an encoder of each draw's own has convolutions of each draw's own: as
batched matrix products of shifted planes, 20 draws side by side took 14.7 ms per update and draw of
the origin's encoder, in turn 3.3 (processor time, one thread, 50 labels).

How the settings were chosen: on 10,000 held-out training images with their labels, 20 draws, heads
whose initial weights were still too large (mended since, not searched again). Of four pairs of
learning rate and updates tried on pixels, 0.01 with 200 was best for them, by 0.01 or less for the
sigmoid heads; 0.003 with 500 was then fixed for both columns, not searched for either. The
encoder (the origin's; raw latents, not standardised) was chosen there too, among five trained ones.
How much is hidden from `masked` and the noise of `denoising` were not searched. Test images chose
nothing but the head that a claim calls best, and at quick scale the encoder's images, batches and
epochs (four were compared, seeds 10 and 20); its rate there was chosen on held-out training images.

Beyond the origin: what the same labels give when all unlabelled images are used, too
(`tfnets.studies.few_labels.efficient`, which says how its own settings were chosen).

Command: `tfnets run few_labels --scale full` (about an hour and a half on one core).
"""

from itertools import product

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.methods import autoencoders
from tfnets.studies.few_labels import page
from tfnets.studies.few_labels.efficient import Draw
from tfnets.studies.few_labels.numbers import EFFICIENT, by_method, summary
from tfnets.studies.few_labels.settings import KINDS, PIXELS, SCALES, Settings
from tfnets.studies.few_labels.trials import FineTuning, Heads

__all__ = ["SCALES", "Settings", "run"]

TIMING = "timing.json"
"""Processor seconds of the trainings that use all unlabelled images; not among the metrics, which
are the same in every run."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains encoders, heads and label-efficient classifiers, tests the pairs, writes the page."""
    seed, columns = run.config.seed, (PIXELS, *settings.encoders)
    pool = lab.store.images(settings.dataset, settings.train_images).y_train
    for balanced in KINDS.values():  # Refuses classes with too few images.
        datasets.few_label_draws(pool, max(settings.labels, *settings.curve), 1, seed, balanced)
    models = [autoencoders.Training(settings.autoencoder, n, seed) for n in settings.encoders]
    heads = {key: Heads(settings, key[1], seed, *key[0]) for key in product(settings.rows, columns)}
    pairs = product(settings.encoders, KINDS)
    tuned = {(name, kind): FineTuning(settings, name, seed, kind) for name, kind in pairs}
    places = product(KINDS if settings.methods else (), range(settings.efficient_draws))
    draws = [Draw(settings, kind, seed, place) for kind, place in places]
    encoders = dict.fromkeys(needed for draw in draws for needed in draw.needs)
    # What others wait for is begun first.
    lab.run(run, [*models, *encoders, *heads.values(), *tuned.values(), *draws])
    accuracies = {
        row: {column: heads[row, column].result(run)["accuracy"] for column in columns}
        for row in settings.rows
    }
    finetuned = {which: trial.result(run) for which, trial in tuned.items()}
    numbers = summary(settings, accuracies, finetuned)
    if draws:
        numbers |= {
            name: by_method([draw.result(run) for draw in draws if draw.variant == kind])
            for name, kind in EFFICIENT.items()
        }
        timed = [f"seconds-{work.part}" for work in (*encoders, *draws)]
        times = [run.part(name, dict) for name in timed if run.has_part(name)]
        run.save_json(TIMING, {name: value for each in times for name, value in each.items()})
    run.finish(numbers, page.write(run, settings, numbers))
