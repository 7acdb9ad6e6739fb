"""Study 4.1: a classifier from 50 labels, on pixels and on an autoencoder's latents.

Question: with 50 labels, does a classifier on an autoencoder's latents beat the same classifier on
pixels?

Origin: one draw of 50 labelled MNIST images; five heads; transfer won for all but the plain softmax
head, best 0.7295 (sigmoid 64) against 0.6501 on pixels. One draw proves nothing: the spread between
draws is as large as the gain.

Here: the same five heads on at least 20 draws, the same draw for both columns, mean and 95 %
interval, paired t test; balanced draws and uniform ones beside them; the accuracy against the
number of labels; the encoder fine-tuned; and a second encoder, trained on half-hidden images
(`masked`). The encoder never sees a label. All draws of a head train as one batched program.

How the settings were chosen: on 10,000 held-out training images with their labels, 20 draws, heads
whose initial weights were still too large (mended since, not searched again). Of four pairs of
learning rate and updates tried on pixels, 0.01 with 200 was best for them, by 0.01 or less for the
sigmoid heads; 0.003 with 500 was then fixed for both columns, not searched for either. The
encoder (the origin's; raw latents, not standardised) was chosen there too, among five trained ones.
Test images chose nothing but the head that is called best in the last claim.

Command: `tfnets run few_labels --scale full` (about 25 minutes beside another training).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tqdm.auto import tqdm

from tfnets import datasets, metrics
from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.heads import HEADS, finetuned_head, parallel_heads
from tfnets.studies import autoencoder
from tfnets.studies.pages import few_labels as page
from tfnets.studies.settings import require_known, require_positive
from tfnets.training.parallel import parallel_accuracy, train_in_turn, train_parallel


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
        curve_head: Head of the curve and of the fine-tuned encoder.
        finetune_steps: Updates of encoder and head together.
        steps: Whole-batch Adam updates of a head.
        learning_rate: Adam's learning rate of heads.
        finetune_rate: Adam's learning rate of fine-tuning.
        latent: Size of the latent vector.
        encoder_epochs: Epochs of the autoencoders.
        train_images: Training images: unlabelled for the encoder, the draws' pool.
        test_images: Test images.
    """

    dataset: str = "mnist"
    heads: tuple[str, ...] = tuple(HEADS)
    labels: int = 50
    draws: int = 40
    encoders: tuple[str, ...] = ("origin", "masked")
    curve: tuple[int, ...] = (10, 20, 50, 100, 500)
    curve_head: str = "sigmoid64"
    finetune_steps: int = 100
    steps: int = 500
    learning_rate: float = 3e-3
    finetune_rate: float = 1e-3
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
        require_positive(self, "labels", "draws", "curve", "steps", "finetune_steps", "latent")
        require_positive(self, "encoder_epochs", "train_images", "test_images")
        for labels in (self.labels, *self.curve):
            if labels % 10 or labels > self.train_images:
                raise InputError(
                    f"{labels} labels cannot be drawn evenly from ten classes of "
                    f"{self.train_images} images; give a multiple of 10, at most that many."
                )
        if self.draws < 2:
            raise InputError("One draw gives no interval; set draws to 2 or more.")


SCALES = {
    "tiny": Settings(
        heads=("softmax", "sigmoid64"), draws=3, labels=20, encoders=("origin",), curve=(10, 20),
        finetune_steps=3, steps=10, latent=8, encoder_epochs=1, train_images=512, test_images=128,
    ),
    "quick": Settings(
        draws=20, encoders=("origin",), curve=(10, 50, 100), finetune_steps=50, steps=300,
        encoder_epochs=2,
    ),
    "full": Settings(),
}  # fmt: skip


def run(run: Run, settings: Settings, data_dir: Path | str | None) -> None:
    """Trains encoders and heads, tests the pairs, draws, reports."""
    data = datasets.load(settings.dataset, data_dir).first(
        settings.train_images, settings.test_images
    )
    models = {name: _autoencoder(run, settings, name, data) for name in settings.encoders}
    columns = {"mlp": _pixels(data)} | {
        name: _latents(model, data) for name, model in models.items()
    }
    trials = Trials(run, settings, data, columns)
    table = [(kind, head, settings.labels) for kind in KINDS for head in settings.heads]
    curve = [(kind, settings.curve_head, n) for kind in KINDS for n in settings.curve]
    accuracies = {
        trial: trials.columns(*trial)
        for trial in tqdm(dict.fromkeys(table + curve), desc="heads", unit="head")
    }
    finetuned = trials.finetuned(models[settings.encoders[0]].encoder)
    numbers = _numbers(settings, accuracies, finetuned)
    page.draw(run, settings, numbers)
    run.finish(numbers, page.report(settings, numbers).as_json())


KINDS = {"balanced": True, "uniform": False}
"""Kinds of draws: the same number of each class, or simply random."""

Column = tuple[np.ndarray, np.ndarray]
"""Inputs of training and of test images, (n, features) each."""


def _autoencoder(run: Run, settings: Settings, name: str, data: datasets.ImageData) -> Autoencoder:
    source = autoencoder.Settings(
        dataset=settings.dataset, latent=settings.latent, epochs=settings.encoder_epochs
    )
    return autoencoder.train(run, name, source, run.config.seed, data.x_train)


def _pixels(data: datasets.ImageData) -> Column:
    return tuple(images.reshape(len(images), -1) for images in (data.x_train, data.x_test))


def _latents(model: Autoencoder, data: datasets.ImageData) -> Column:
    return tuple(model.encode(images) for images in (data.x_train, data.x_test))


@dataclass(frozen=True)
class Trials:
    """Trains heads on every draw; each (kind, head, number of labels, column) is a part."""

    run: Run
    settings: Settings
    data: datasets.ImageData
    inputs: dict[str, Column]

    def columns(self, kind: str, head: str, labels: int) -> dict[str, np.ndarray]:
        """Test accuracy of each draw, per column: `mlp` and one per encoder."""
        draws = self._draws(kind, labels)
        return {
            column: self._part(
                f"{kind}-{labels}-{head}-{column}",
                lambda column=column: self._accuracy(draws, head, *self.inputs[column]),
            )
            for column in self.inputs
        }

    def finetuned(self, encoder: keras.Model) -> dict[str, np.ndarray]:
        """Test accuracy of each balanced draw with the encoder frozen, then fine-tuned."""
        draws = self._draws("balanced", self.settings.labels)
        both = self.run.part("finetuned", lambda: self._finetune(encoder, draws))
        return {name: np.array(values) for name, values in both.items()}

    def _draws(self, kind: str, labels: int) -> np.ndarray:
        return datasets.few_label_draws(
            self.data.y_train, labels, self.settings.draws, self._seed, KINDS[kind]
        )

    def _part(self, name: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
        result = self.run.part(name, lambda: {"accuracy": compute().tolist()})
        return np.array(result["accuracy"])

    def _accuracy(
        self, draws: np.ndarray, head: str, train: np.ndarray, test: np.ndarray
    ) -> np.ndarray:
        model = parallel_heads(head, len(draws), train.shape[1], self._seed)
        self._train(model, train[draws.T], self.data.y_train[draws.T])
        return parallel_accuracy(model, test, self.data.y_test)

    def _train(self, model: keras.Model, inputs: np.ndarray, labels: np.ndarray) -> None:
        settings = self.settings
        train_parallel(
            model, inputs, labels, steps=settings.steps, learning_rate=settings.learning_rate
        )

    def _finetune(self, encoder: keras.Model, draws: np.ndarray) -> dict[str, list[float]]:
        """Encoder and head together, one draw after the other, from each draw's trained head."""
        settings, data = self.settings, self.data
        train, test = self.inputs[settings.encoders[0]]
        heads = parallel_heads(settings.curve_head, len(draws), settings.latent, self._seed)
        self._train(heads, train[draws.T], data.y_train[draws.T])
        whole = finetuned_head(encoder, parallel_heads(settings.curve_head, 1, settings.latent, 0))
        starts = (
            (
                [*encoder.get_weights(), *(value[i : i + 1] for value in heads.get_weights())],
                data.x_train[draw],
                data.y_train[draw][:, None],
            )
            for i, draw in enumerate(tqdm(draws, desc="fine-tuning", unit="draw"))
        )
        turns = train_in_turn(
            whole, starts, steps=settings.finetune_steps, learning_rate=settings.finetune_rate
        )
        return {
            "frozen": parallel_accuracy(heads, test, data.y_test).tolist(),
            "finetuned": [self._accuracy_on_images(whole) for _ in turns],
        }

    def _accuracy_on_images(self, model: keras.Model) -> float:
        guesses = model.predict(self.data.x_test, batch_size=1000, verbose=0)[:, 0].argmax(axis=1)
        return float((guesses == self.data.y_test).mean())

    @property
    def _seed(self) -> int:
        return self.run.config.seed


def _numbers(
    settings: Settings,
    accuracies: dict[tuple[str, str, int], dict[str, np.ndarray]],
    finetuned: dict[str, np.ndarray],
) -> dict[str, Any]:
    """metrics.json: balanced draws on top; uniform ones, other encoders and curves beside."""
    first, *others = settings.encoders

    def table(kind: str, encoder: str) -> dict[str, Any]:
        trials = {head: accuracies[kind, head, settings.labels] for head in settings.heads}
        return {head: _compare(columns, encoder) for head, columns in trials.items()}

    def curve(kind: str) -> dict[str, Any]:
        trials = {n: accuracies[kind, settings.curve_head, n] for n in settings.curve}
        return {str(n): _compare(columns, first) for n, columns in trials.items()}

    return {
        "labels": settings.labels,
        "draws": settings.draws,
        "encoder": first,
        "heads": table("balanced", first),
        "uniform": {"heads": table("uniform", first)},
        "sources": {name: {kind: table(kind, name) for kind in KINDS} for name in others},
        "curve": {"head": settings.curve_head} | {kind: curve(kind) for kind in KINDS},
        "finetuned": {"head": settings.curve_head, **_finetuned(finetuned)},
    }


def _finetuned(accuracies: dict[str, np.ndarray]) -> dict[str, Any]:
    test = metrics.paired_test(accuracies["finetuned"], accuracies["frozen"])
    return {
        **{name: metrics.mean_ci95(values).as_json() for name, values in accuracies.items()},
        "difference": test.difference.as_json(),
        "p_value": test.p_value,
    }


def _compare(columns: dict[str, np.ndarray], encoder: str) -> dict[str, Any]:
    test = metrics.paired_test(columns[encoder], columns["mlp"])
    return {
        "mlp": metrics.mean_ci95(columns["mlp"]).as_json(),
        "transfer": metrics.mean_ci95(columns[encoder]).as_json(),
        "difference": test.difference.as_json(),
        "p_value": test.p_value,
    }
