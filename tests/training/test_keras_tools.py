"""Every trainer with every tool that Keras has around `fit`: the cells of docs/keras_tools.md."""

import csv
import functools
import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import callbacks, layers

from tests.training.tiny import kernel, same
from tfnets.errors import InputError
from tfnets.latents import Normal
from tfnets.metrics.frechet import frechet_distance
from tfnets.training.augmentations import instance_noise
from tfnets.training.callbacks import SampleQuality
from tfnets.training.conditional import ConditionalGAN
from tfnets.training.contrastive import Contrastive
from tfnets.training.cycle_gan import CycleGAN
from tfnets.training.gan import GAN
from tfnets.training.links import l1_to_target
from tfnets.training.semi_supervised import SemiSupervised
from tfnets.training.translation import Translation

RNG = np.random.default_rng(0)
X, Y = (RNG.normal(size=(12, 4)).astype(np.float32) for _ in range(2))
LABELS = np.arange(12, dtype=np.int32) % 3


def dense(*sizes, name, seed, asked=None):
    """A network of dense layers; one that is asked sees another input beside its first."""
    x = inputs = keras.Input((sizes[0],))
    if asked is not None:
        label = keras.Input((), dtype="int32") if asked == "label" else keras.Input((asked,))
        known = layers.Embedding(3, 2, kernel(seed + 9))(label) if asked == "label" else label
        x, inputs = layers.Concatenate()([x, known]), [x, label]
    for place, size in enumerate(sizes[1:]):
        last = place == len(sizes) - 2
        initial = kernel(seed + place)
        x = layers.Dense(
            size, None if last else "tanh", kernel_initializer=initial, name=f"{name}{place}"
        )(x)
    return keras.Model(inputs, x, name=name)


def gan():
    return GAN(
        dense(2, 3, 4, name="g", seed=1), dense(4, 3, 1, name="d", seed=5), Normal(2), seed=0
    )


def conditional():
    networks = (
        dense(*sizes, name=name, seed=seed, asked="label")
        for sizes, name, seed in (((2, 3, 4), "g", 1), ((4, 3, 1), "d", 5))
    )
    return ConditionalGAN(*networks, Normal(2), seed=0)


def translation():
    critic = dense(4, 3, 1, name="d", seed=5, asked=4)
    return Translation(dense(4, 3, 4, name="g", seed=1), critic, seed=0)


def cycle():
    makers = dense(4, 3, 4, name="g", seed=1), dense(4, 3, 4, name="f", seed=3)
    return CycleGAN(*makers, dense(4, 3, 1, name="d", seed=5), dense(4, 3, 1, name="e", seed=7))


def semi_supervised():
    known = X[:3], LABELS[:3]
    return SemiSupervised(dense(4, 3, 3, name="c", seed=1), known, instance_noise(0.1), seed=0)


def contrastive():
    networks = dense(4, 3, 3, name="e", seed=1), dense(3, 2, name="p", seed=3)
    return Contrastive(*networks, instance_noise(0.3), temperature=0.5, seed=0)


def agreement(network, batch, seed):
    return tf.reduce_mean(network(batch[0], training=True) ** 2)


MAKERS = {
    "GAN": gan, "ConditionalGAN": conditional, "Translation": translation, "CycleGAN": cycle,
    "SemiSupervised": semi_supervised, "Contrastive": contrastive,
}  # fmt: skip
DATA = {
    "ConditionalGAN": (X, LABELS), "Translation": (X, Y), "CycleGAN": (X, Y),
}  # fmt: skip
EACH = pytest.mark.parametrize("kind", MAKERS)
TWO = pytest.mark.parametrize("kind", list(MAKERS)[:4])
"""Trainers of two optimisers."""


MOMENTUM = functools.partial(keras.optimizers.SGD, momentum=0.5)


def settings(kind, optimizer=MOMENTUM):
    """What the trainer is compiled with, new optimisers each time."""
    if kind == "Contrastive":
        return {"optimizer": optimizer(0.01)}
    if kind == "SemiSupervised":
        return {"optimizer": optimizer(0.01), "guidance": agreement, "average": 0.5}
    link = {"link": l1_to_target(1.0)} if kind == "Translation" else {}
    both = {"generator_optimizer": optimizer(0.01), "discriminator_optimizer": optimizer(0.02)}
    return both | {"average": 0.5} | link


def make(kind, run_eagerly=True, **compiled):
    """A compiled trainer; in Python a few tiny steps take less time than compiling them."""
    trainer = MAKERS[kind]()
    trainer.compile(**(settings(kind) | compiled), run_eagerly=run_eagerly)
    return trainer


def data(kind, batch=6):
    return tf.data.Dataset.from_tensor_slices(DATA.get(kind, (X,))).batch(batch)


def fit(trainer, kind, epochs=2, **options):
    options = {"shuffle": False, "verbose": 0} | options
    return trainer.fit(data(kind), epochs=epochs, **options).history


def loss_of(kind):
    return {"Contrastive": "loss", "SemiSupervised": "labelled_loss"}.get(kind, "generator_loss")


def state(trainer):
    """All that a training goes on from."""
    optimizer = trainer.optimizer
    parts = [one.optimizer for one in getattr(optimizer, "optimizers", [])] or [optimizer]
    slots = [value.numpy() for one in parts for value in one.variables]
    return [*trainer.get_weights(), *slots, trainer.step.numpy()]


@functools.cache
def watched(kind, folder):
    """One compiled training with the callbacks that only look on; returns trainer and history."""
    trainer = make(kind, run_eagerly=False)
    seen = []
    sample = {"GAN": lambda: trainer.sample(12, seed=0)}.get(kind, lambda: X + 1)
    looking = [
        SampleQuality(sample, np.asarray, real=X, distances={"frechet": frechet_distance}),
        callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2),
        callbacks.CSVLogger(folder / "log.csv"),
        callbacks.ModelCheckpoint(folder / "{epoch}.weights.h5", save_weights_only=True),
        callbacks.ModelCheckpoint(
            folder / "best.weights.h5", monitor="frechet", mode="min", save_best_only=True,
            save_weights_only=True,
        ),
        callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append((epoch, dict(logs)))),
        callbacks.TerminateOnNaN(),
    ]  # fmt: skip
    return trainer, fit(trainer, kind, callbacks=looking), seen


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    root = tmp_path_factory.mktemp("trainings")
    folders = {kind: root / kind for kind in MAKERS}
    for folder in folders.values():
        folder.mkdir()
    return lambda kind: (*watched(kind, folders[kind]), folders[kind])


@EACH
def test_it_is_built_from_its_constructor_on(kind):
    trainer = MAKERS[kind]()
    assert trainer.built
    assert trainer.count_params() == sum(weight.size for weight in trainer.get_weights())


@EACH
def test_csv_logger_and_lambda_callback(kind, training):
    _, history, seen, folder = training(kind)
    with (folder / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0", "1"]
    for name, values in history.items():
        assert [float(row[name]) for row in rows] == pytest.approx(values)
        assert [logs[name] for _, logs in seen] == values


@EACH
def test_model_checkpoint_keeps_the_whole_state(kind, training):
    trainer, _, _, folder = training(kind)
    fresh = make(kind)
    fresh.load_weights(folder / "2.weights.h5")
    same(state(fresh), state(trainer))
    assert int(fresh.step.numpy()) == 4
    fresh.load_weights(folder / "1.weights.h5")
    assert int(fresh.step.numpy()) == 2


@EACH
def test_sample_quality_is_logged(kind, training):
    trainer, history, _, folder = training(kind)
    expected = 4.0 if kind != "GAN" else frechet_distance(X, trainer.sample(12, seed=0))
    assert history["frechet"][-1] == pytest.approx(expected, rel=1e-4)
    assert len(history["frechet"]) == 2
    assert (folder / "best.weights.h5").exists()


@EACH
def test_a_scheduler_moves_every_rate(kind, training):
    trainer, history, _, _ = training(kind)
    if kind in list(MAKERS)[:4]:
        assert history["learning_rate_generator"] == pytest.approx([0.005, 0.0025])
        assert history["learning_rate_discriminator"] == pytest.approx([0.01, 0.005])
        assert float(trainer.discriminator_optimizer.learning_rate) == pytest.approx(0.005)
        assert float(trainer.generator_optimizer.learning_rate) == pytest.approx(0.0025)
    else:
        assert history["learning_rate"] == pytest.approx([0.005, 0.0025])


@EACH
def test_a_plateau_lowers_every_rate(kind):
    trainer = make(kind)
    plateau = callbacks.ReduceLROnPlateau(
        loss_of(kind), mode="min", patience=1, factor=0.1, min_delta=100.0
    )
    fit(trainer, kind, callbacks=[plateau])
    rates = [float(trainer.optimizer.learning_rate)] if kind in list(MAKERS)[4:] else [
        float(trainer.generator_optimizer.learning_rate),
        float(trainer.discriminator_optimizer.learning_rate),
    ]  # fmt: skip
    assert rates == pytest.approx([0.001, 0.002][: len(rates)])


@EACH
def test_early_stopping_restores_the_best_weights_and_average(kind):
    trainer, kept = make(kind), []
    stop = callbacks.EarlyStopping(
        loss_of(kind), mode="min", patience=1, min_delta=100.0, restore_best_weights=True
    )
    keep = callbacks.LambdaCallback(on_epoch_end=lambda *_: kept.append(trainer.get_weights()))
    history = fit(trainer, kind, epochs=9, callbacks=[keep, stop])
    assert len(history[loss_of(kind)]) == 2
    same(trainer.get_weights(), kept[0])
    assert any((a != b).any() for a, b in zip(*kept, strict=True))
    if kind != "Contrastive":
        same(trainer.average.model.get_weights(), kept[0][-len(trainer.average.model.weights) :])


@EACH
def test_backup_and_restore_goes_on_to_the_bit(kind, tmp_path):
    whole, stopped = make(kind), make(kind)
    fit(whole, kind, epochs=3)

    def die(epoch, logs):
        if epoch == 1:
            raise KeyboardInterrupt

    backup = callbacks.BackupAndRestore(tmp_path / "backup")
    dying = callbacks.LambdaCallback(on_epoch_end=die)
    with pytest.raises(KeyboardInterrupt):
        fit(stopped, kind, epochs=3, callbacks=[dying, backup])
    again = make(kind)
    backup = callbacks.BackupAndRestore(tmp_path / "backup")
    assert len(fit(again, kind, epochs=3, callbacks=[backup])[loss_of(kind)]) == 2
    same(state(again), state(whole))


@EACH
def test_a_loss_that_is_not_finite_ends_the_training(kind):
    trainer = make(kind)
    weight = trainer.trainable_weights[0]
    weight.assign(weight * np.nan)
    history = fit(trainer, kind, epochs=3, callbacks=[callbacks.TerminateOnNaN()])
    assert int(trainer.step.numpy()) == 1
    assert np.isnan(history[loss_of(kind)]).all()
    with pytest.raises(RuntimeError, match="NaN or Inf loss"):
        fit(trainer, kind, callbacks=[callbacks.TerminateOnNaN(raise_error=True)])


@EACH
def test_run_eagerly_reaches_keras_and_computes_the_same(kind, training):
    compiled = training(kind)[0]
    assert not compiled.run_eagerly
    trainer = make(kind)
    assert trainer.run_eagerly
    fit(trainer, kind, callbacks=[callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)])
    for eager, fast in zip(trainer.get_weights(), compiled.get_weights(), strict=True):
        np.testing.assert_allclose(eager, fast, rtol=1e-3, atol=1e-5)


@EACH
def test_validation_data_is_one_sentence_that_names_the_callback(kind):
    trainer = make(kind)
    for given in ({"validation_data": data(kind)}, {"validation_split": 0.5}):
        with pytest.raises(InputError, match=rf"{kind} has no validation loss.*SampleQuality"):
            fit(trainer, kind, **given)
    with pytest.raises(InputError, match="no validation loss"):
        trainer.evaluate(data(kind))
    assert int(trainer.step.numpy()) == 0


@EACH
def test_saving_it_whole_is_refused_before_the_training(kind, tmp_path):
    trainer = make(kind)
    path = tmp_path / "whole.keras"
    with pytest.raises(InputError, match="not saved whole; save the network in it"):
        fit(trainer, kind, callbacks=[callbacks.ModelCheckpoint(path)])
    for save in (trainer.save, lambda path: keras.models.clone_model(trainer)):
        with pytest.raises(InputError, match="not saved whole"):
            save(path)
    assert int(trainer.step.numpy()) == 0
    assert not path.exists()


@EACH
def test_tensorboard_has_scalars_rates_and_histograms(kind, tmp_path):
    pytest.importorskip("tensorboard")
    trainer = make(kind)
    board = callbacks.TensorBoard(tmp_path, write_graph=True, histogram_freq=1, update_freq=1)
    fit(trainer, kind, epochs=1, callbacks=[board])
    (path,) = (tmp_path / "train").glob("events*")
    events = [tf.compat.v1.Event.FromString(r.numpy()) for r in tf.data.TFRecordDataset(str(path))]
    tags = {value.tag for event in events for value in event.summary.value}
    assert {f"epoch_{loss_of(kind)}", f"batch_{loss_of(kind)}"} <= tags
    rates = {"epoch_learning_rate"}
    if kind in list(MAKERS)[:4]:
        rates = {f"epoch_learning_rate_{name}" for name in ("generator", "discriminator")}
    assert rates <= tags
    assert {f"{weight.path}/histogram" for weight in trainer.weights} <= tags


@TWO
def test_one_optimiser_for_both_is_refused(kind):
    one = keras.optimizers.Adam()
    with pytest.raises(InputError, match="same optimiser"):
        make(kind, generator_optimizer=one, discriminator_optimizer=one)


def test_a_sample_that_is_not_finite_has_no_distance():
    quality = SampleQuality(
        lambda: X * np.nan, np.asarray, real=X, distances={"frechet": frechet_distance}
    )
    logs = {}
    quality.on_epoch_end(0, logs)
    assert json.dumps(logs) == '{"frechet": NaN}'
