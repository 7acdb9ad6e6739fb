"""The curve is what the steps' losses average to, also after a kill."""

import keras
import numpy as np
import pytest

from tests.training import tiny
from tfnets.artifacts import checkpoint
from tfnets.artifacts.run import Config, Run
from tfnets.datasets.batches import batches
from tfnets.training.loss_trace import LossTrace

STEPS, EPOCHS, EVERY = 6, 3, 2
NAMES = ("generator_loss", "discriminator_loss")


class Kill(keras.callbacks.Callback):
    """Dies after a number of finished calls."""

    def __init__(self, calls):
        super().__init__()
        self.left = calls

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


def fit(folder, *, every=EVERY, callbacks=()):
    run = Run.open(folder) if folder.exists() else new(folder)
    trainer = tiny.gan(steps_per_execution=every)
    trace = LossTrace(NAMES, every, STEPS, EPOCHS)

    def data(first_epoch):
        return batches((tiny.IMAGES,), batch_size=3, seed=2, first_epoch=first_epoch)

    checkpoint.fit(
        run, "gan", trainer, data, epochs=EPOCHS, steps_per_epoch=STEPS,
        callbacks=[trace, *callbacks], tracked=trace.state,
    )  # fmt: skip
    return trace, run


def new(folder):
    return Run.create(folder, Config.of("gan_priors", "tiny", 0, {}))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """An uninterrupted training: its trace and its run."""
    return fit(tmp_path_factory.mktemp("whole") / "run")


def test_a_point_is_the_mean_of_the_single_steps(whole, tmp_path):
    fine, _ = fit(tmp_path / "fine", every=1)
    coarse, _ = whole
    assert fine.steps == list(range(1, 19))
    assert coarse.steps == list(range(2, 19, 2))
    assert list(coarse.curves) == list(NAMES)
    for name in NAMES:
        means = np.reshape(fine.curves[name], (-1, EVERY)).mean(axis=1)
        np.testing.assert_allclose(coarse.curves[name], means, rtol=1e-4)


def test_the_points_of_an_epoch_average_to_its_history_row(whole):
    trace, run = whole
    for name in NAMES:
        rows = [row[name] for row in run.history]
        means = np.reshape(trace.curves[name], (EPOCHS, -1)).mean(axis=1)
        np.testing.assert_allclose(means, rows, rtol=1e-5)


@pytest.mark.parametrize("calls", [1, 4])
def test_a_killed_training_draws_the_same_curve(whole, tmp_path, calls):
    with pytest.raises(KeyboardInterrupt):
        fit(tmp_path / "killed", callbacks=[Kill(calls)])
    resumed, _ = fit(tmp_path / "killed")
    assert resumed.curves == whole[0].curves


def test_a_finished_training_gives_its_curve_again(whole):
    trace, run = whole
    again, _ = fit(run.path)
    assert again.curves == trace.curves


def test_a_model_of_other_calls_is_refused():
    trainer = tiny.gan(steps_per_execution=3)
    trace = LossTrace(NAMES, 2, 6, 1)
    with pytest.raises(ValueError, match="runs 3 steps per execution, but a point of the curve is"):
        trainer.fit(tiny.IMAGES[:18], batch_size=3, callbacks=[trace], verbose=0)
