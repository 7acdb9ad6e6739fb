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
(`tfnets.studies.label_efficient`, which says how its own settings were chosen).

Command: `tfnets run few_labels --scale full` (about an hour and a half on one core).
"""

from dataclasses import dataclass
from pathlib import Path

from tqdm.auto import tqdm

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.labels.plan import Plan
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.heads import HEADS
from tfnets.studies import autoencoder, label_efficient
from tfnets.studies.few_label_numbers import summary
from tfnets.studies.few_label_trials import KINDS, Trials
from tfnets.studies.label_efficient import LabelEfficient
from tfnets.studies.pages import few_labels as page
from tfnets.studies.settings import require_known, require_positive


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        heads: Names out of `tfnets.models.heads.HEADS`.
        labels: Labelled images per draw; a multiple of 10 for balanced draws.
        draws: Draws of the labelled images, at least 2.
        encoders: Variants of study 3.1; the first is the `transfer` column.
        curve: Numbers of labels of the curve.
        curve_head: Head of the curve and of the fine-tuned encoders.
        finetune_steps: Updates of encoder and head together.
        steps: Whole-batch Adam updates of a head.
        learning_rate: Adam's learning rate of heads.
        finetune_rate: Adam's learning rate of fine-tuning.
        methods: Names out of `tfnets.studies.label_efficient.NAMES`; none leaves them out.
        efficient_draws: Draws of each kind for these, at least 2.
        contrastive_updates: Updates of their encoder.
        classifier_steps: Updates of each of their classifiers.
        latent: Size of the latent vector.
        encoder_epochs: Epochs of the autoencoders.
        train_images: Training images: unlabelled for the encoder, the draws' pool.
        test_images: Test images.
    """

    dataset: str = "mnist"
    heads: tuple[str, ...] = tuple(HEADS)
    labels: int = 50
    draws: int = 40
    encoders: tuple[str, ...] = ("origin", "denoising", "masked", "deep")
    curve: tuple[int, ...] = (10, 20, 50, 100, 500)
    curve_head: str = "sigmoid64"
    finetune_steps: int = 100
    steps: int = 500
    learning_rate: float = 3e-3
    finetune_rate: float = 1e-3
    methods: tuple[str, ...] = label_efficient.NAMES
    efficient_draws: int = 10
    contrastive_updates: int = 2_800
    classifier_steps: int = 600
    latent: int = 100
    encoder_epochs: int = 6
    train_images: int = 60_000
    test_images: int = 10_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "heads", HEADS)
        require_known(self, "curve_head", HEADS)
        require_known(self, "encoders", autoencoder.VARIANTS)
        _require_once(self.encoders)
        require_known(self, "methods", label_efficient.NAMES, may_be_empty=True)
        require_positive(self, "contrastive_updates", "classifier_steps")
        require_positive(self, "labels", "draws", "curve", "steps", "finetune_steps", "latent")
        require_positive(self, "encoder_epochs", "train_images", "test_images")
        for labels in (self.labels, *self.curve):
            if labels % 10 or labels > self.train_images:
                raise InputError(
                    f"{labels} labels cannot be drawn evenly from ten classes of "
                    f"{self.train_images} images; give a multiple of 10, at most that many."
                )
        for name in ("draws", "efficient_draws"):
            if getattr(self, name) < 2:
                raise InputError(f"One draw gives no interval; set {name} to 2 or more.")


def _require_once(encoders: tuple[str, ...]) -> None:
    twice = [name for name in encoders if encoders.count(name) > 1]
    if twice:
        raise InputError(f"The encoder {twice[0]} is asked for twice; name each one once.")


SCALES = {
    "tiny": Settings(
        heads=("softmax", "sigmoid64"), draws=3, labels=20, encoders=("origin",), curve=(10, 20),
        finetune_steps=3, steps=10, latent=8, encoder_epochs=1, train_images=512, test_images=128,
        methods=(),
    ),
    "quick": Settings(
        draws=20, encoders=("origin",), curve=(10, 50, 100), finetune_steps=50, steps=300,
        encoder_epochs=2, methods=(),
    ),
    "full": Settings(),
}  # fmt: skip


def run(run: Run, settings: Settings, data_dir: Path | str | None) -> None:
    """Trains encoders and heads, tests the pairs, draws, reports."""
    data = datasets.load(settings.dataset, data_dir).first(
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
    source = autoencoder.Settings(
        dataset=settings.dataset, latent=settings.latent, epochs=settings.encoder_epochs
    )
    return autoencoder.train(run, name, source, run.config.seed, data.x_train)
