"""Study 4.1: a classifier from 50 labels, on pixels and on an autoencoder's latents.

Question: with 50 labels, does a classifier on an autoencoder's latents beat the same classifier on
pixels?

Origin: one draw of 50 labelled MNIST images; five heads; transfer won for all but the plain softmax
head, best 0.7295 (sigmoid 64) against 0.6501 on pixels. One draw proves nothing: the spread between
draws is as large as the gain.

Here: the same five heads on at least 20 draws, the same draw for both columns, mean and 95 %
interval, paired t test; balanced draws and uniform ones beside them; the accuracy against the
number of labels; the encoder frozen and fine-tuned; and other encoders: the origin's network (a
plain autoencoder) trained to remove noise (`denoising`) and to restore hidden patches (`masked`),
and a better plain one (`deep`). The encoder never sees a label.

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
nothing but the head that a claim calls best.

Beyond the origin: what the same labels give when all unlabelled images are used, too
(`tfnets.studies.few_labels.efficient`, which says how its own settings were chosen).

Command: `tfnets run few_labels --scale full` (about an hour and a half on one core).
"""

from tqdm.auto import tqdm

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.methods.autoencoders.training import Recipe, train
from tfnets.methods.labels.plan import Plan
from tfnets.models.autoencoders import Autoencoder
from tfnets.studies.few_labels import page
from tfnets.studies.few_labels.efficient import LabelEfficient
from tfnets.studies.few_labels.numbers import summary
from tfnets.studies.few_labels.settings import KINDS, SCALES, Settings
from tfnets.studies.few_labels.trials import Trials

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains encoders and heads, tests the pairs, draws, reports."""
    data = datasets.load(settings.dataset, lab.data_dir).first(
        settings.train_images, settings.test_images
    )
    models = {name: _autoencoder(run, settings, name, data) for name in settings.encoders}
    trials = Trials.of(run, settings, data, models)
    table = [(kind, head, settings.labels) for kind in KINDS for head in settings.heads]
    curve = [(kind, settings.curve_head, n) for kind in KINDS for n in settings.curve]
    accuracies = {
        trial: trials.columns(*trial)
        for trial in tqdm(dict.fromkeys(table + curve), desc="heads", unit="head")
    }
    finetuned = {(n, kind): trials.finetuned(n, kind) for n in models for kind in KINDS}
    numbers = summary(settings, accuracies, finetuned)
    if settings.methods:
        efficient = _efficient(run, settings, data, models).numbers()
        numbers |= {"label_efficient": efficient["balanced"]}
        numbers |= {"label_efficient_uniform": efficient["uniform"]}
    page.draw(run, settings, numbers)
    run.finish(numbers, page.report(settings, numbers).as_json())


def _efficient(
    run: Run, settings: Settings, data: datasets.ImageData, models: dict[str, Autoencoder]
) -> LabelEfficient:
    """The methods that use all unlabelled images; their latents are the masked autoencoder's."""
    plan = Plan(updates=settings.contrastive_updates, steps=settings.classifier_steps)
    latents = models.get("masked", models[settings.encoders[0]])
    return LabelEfficient(
        run, data, plan, settings.labels, settings.efficient_draws, settings.methods,
        latents.encode,
    )  # fmt: skip


def _autoencoder(run: Run, settings: Settings, name: str, data: datasets.ImageData) -> Autoencoder:
    source = Recipe(latent=settings.latent, epochs=settings.encoder_epochs)
    return train(run, name, source, run.config.seed, data.x_train)
