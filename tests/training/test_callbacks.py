import keras
import numpy as np
import pytest
import tqdm

from tfnets.datasets.batches import batches
from tfnets.training import callbacks
from tfnets.training.callbacks import AtEpochs, Progress


@pytest.fixture
def bars(monkeypatch):
    """The bars that are opened; each notes its positions."""
    opened = []

    class Bar(tqdm.tqdm):
        monitor_interval = 0  # no thread

        def __init__(self, *args, **kwargs):
            opened.append(self)
            self.seen = []
            super().__init__(*args, **kwargs)

        def update(self, n=1):
            super().update(n)
            self.seen.append(self.n)

    monkeypatch.setattr(callbacks, "tqdm", Bar)
    return opened


def fit(*watching, epochs=3, first_epoch=0, steps_per_execution=1, model=None):
    if model is None:
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse", steps_per_execution=steps_per_execution, jit_compile=False)
    data = batches((np.ones((6, 3), np.float32), np.ones((6, 1), np.float32)), batch_size=1, seed=0)
    model.fit(
        data,
        initial_epoch=first_epoch,
        epochs=epochs,
        steps_per_epoch=6,
        callbacks=list(watching),
        shuffle=False,
        verbose=0,
    )
    return model


@pytest.mark.parametrize(
    ("first_epoch", "steps_per_execution", "initial"), [(0, 1, 0), (0, 3, 0), (1, 1, 6), (2, 6, 12)]
)
def test_one_bar_from_where_training_begins_to_its_end(
    bars, capsys, first_epoch, steps_per_execution, initial
):
    progress = Progress("a net", 3, 6)
    fit(progress, first_epoch=first_epoch, steps_per_execution=steps_per_execution)
    (bar,) = bars
    assert (bar.total, bar.initial, bar.n) == (18, initial, 18)
    ends = range(initial + steps_per_execution, 19, steps_per_execution)
    assert list(dict.fromkeys(bar.seen)) == list(ends)
    assert bar not in tqdm.tqdm._instances  # closed
    shown = capsys.readouterr().err
    assert "a net: 100%" in shown
    assert "18/18" in shown
    assert "loss=" in shown


def test_a_second_fit_opens_a_bar_of_its_own(bars):
    progress = Progress("a net", 2, 6)
    model = fit(progress, epochs=1)
    fit(progress, epochs=2, first_epoch=1, model=model)
    assert [(bar.initial, bar.n) for bar in bars] == [(0, 6), (6, 12)]


def test_losses_are_shown_before_other_metrics(bars):
    progress = Progress("a net", 1, 6)
    progress.on_train_begin()
    progress.on_epoch_begin(0)
    # In the order in which Keras hands a GAN's metrics over.
    logs = {"discriminator_loss": 1.25, "fake_accuracy": 0.5, "generator_loss": 0.75}
    progress.on_epoch_end(0, logs)
    assert bars[0].postfix == "discriminator_loss=1.25, generator_loss=0.75"
    progress.on_train_end()


def test_no_epoch_no_bar(bars):
    fit(Progress("a net", 3, 6), epochs=3, first_epoch=3)
    assert bars == []


def test_actions_run_after_the_chosen_epochs():
    called = []
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=False)

    def action(epoch):
        called.append((epoch, int(model.optimizer.iterations.numpy())))

    fit(AtEpochs([1, 3, 9], action), epochs=4, model=model)
    assert called == [(1, 6), (3, 18)]


def test_a_resumed_training_does_not_repeat_past_actions():
    called = []
    fit(AtEpochs((1, 2, 3), called.append), first_epoch=1)
    assert called == [2, 3]
