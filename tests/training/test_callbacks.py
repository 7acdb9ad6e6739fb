import keras
import numpy as np
import pytest
import tensorflow as tf
import tqdm

from tfnets.artifacts import checkpoint
from tfnets.artifacts.run import Config, Run
from tfnets.datasets.batches import batches
from tfnets.training import callbacks
from tfnets.training.callbacks import AtEpochs, LossCurve, Progress


@pytest.fixture
def bars(monkeypatch):
    """The bars that are opened; each notes its positions."""
    opened = []

    class Bar(tqdm.tqdm):
        monitor_interval = 0  # no thread

        def __init__(self, *args, **kwargs):
            opened.append(self)
            self.seen = []
            super().__init__(*args, **(kwargs | {"disable": False}))  # as on a terminal

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


def test_one_line_where_the_output_is_no_terminal(capsys):
    fit(Progress("a net", 3, 6))
    assert capsys.readouterr().err == "a net: 18 steps done\n"


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


STEPS, EPOCHS, BATCH = 6, 3, 5
X = np.random.default_rng(0).normal(size=(STEPS * BATCH, 3)).astype(np.float32)
Y = (X @ np.float32([[1], [-2], [3]])) ** 2


def data(first_epoch=0):
    return batches((X, Y), batch_size=BATCH, seed=4, first_epoch=first_epoch)


def regression(steps_per_execution=1):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(
        keras.optimizers.SGD(0.01, momentum=0.5),
        "mse",
        jit_compile=False,
        steps_per_execution=steps_per_execution,
    )
    return model


def losses_by_hand():
    """The loss of each batch of the whole training, before its update, in NumPy."""
    kernel, bias = (weight.astype(np.float64) for weight in regression().get_weights())
    speed, losses = [0.0, 0.0], []
    for x, y in data().take(STEPS * EPOCHS).as_numpy_iterator():
        error = x @ kernel + bias - y
        losses.append(np.mean(error**2))
        gradients = 2 * x.T @ error / BATCH, 2 * error.mean(axis=0)
        speed = [0.5 * v - 0.01 * g for v, g in zip(speed, gradients, strict=True)]
        kernel, bias = kernel + speed[0], bias + speed[1]
    return np.array(losses)


def curve_of(model, every):
    """A curve whose `test_loss` is the first weight and whose `test_accuracy` counts steps."""

    def measure():
        steps = model.optimizer.iterations.numpy()
        return {"loss": float(model.get_weights()[0][0, 0]), "accuracy": float(steps)}

    return LossCurve(every, STEPS, EPOCHS, measure)


def run_to_the_end(model, *callbacks):
    model.fit(
        data(), epochs=EPOCHS, steps_per_epoch=STEPS, callbacks=callbacks, shuffle=False, verbose=0
    )


@pytest.mark.parametrize(
    ("every", "steps_per_execution"),
    [(1, 1), (4, 1), (4, 2), (5, 1), (6, 6), (9, 3), (18, 6), (10, 2), (19, 1)],
)
def test_points_are_the_mean_loss_since_the_last_also_across_epochs(every, steps_per_execution):
    model = regression(steps_per_execution)
    curve = curve_of(model, every)
    run_to_the_end(model, curve)
    points = STEPS * EPOCHS // every
    means = losses_by_hand()[: points * every].reshape(points, every).mean(axis=1)
    found = curve.points
    assert found["step"] == [every * (i + 1) for i in range(points)]
    np.testing.assert_allclose(found["train_loss"], means, rtol=1e-5)
    # Measured with as many steps done as the point says.
    assert found["test_accuracy"] == found["step"]
    assert len(set(found["test_loss"])) == points


def test_a_curve_has_its_columns_and_plain_numbers():
    model = regression()
    curve = curve_of(model, 6)
    run_to_the_end(model, curve)
    assert tuple(curve.points) == LossCurve.COLUMNS
    assert all(type(value) is float for column in curve.points.values() for value in column)


@pytest.mark.parametrize(("every", "steps_per_execution"), [(4, 1), (5, 2), (12, 6), (4, 3)])
def test_executions_that_would_run_past_a_point_are_refused(every, steps_per_execution):
    model = regression(steps_per_execution)
    if every % steps_per_execution == 0:
        run_to_the_end(model, curve_of(model, every))
        return
    with pytest.raises(ValueError, match=f"{steps_per_execution} steps per execution; they must"):
        run_to_the_end(model, curve_of(model, every))


class Stop(keras.callbacks.Callback):
    def __init__(self, step):
        super().__init__()
        self._at = step

    def on_train_batch_end(self, batch, logs=None):
        if self.model.optimizer.iterations.numpy() == self._at:
            raise KeyboardInterrupt


def fit_in(run, every, *others, tracked=True):
    model = regression(2)
    curve = curve_of(model, every)
    checkpoint.fit(
        run, "net", model, data, epochs=EPOCHS, steps_per_epoch=STEPS,
        callbacks=[curve, *others], tracked=curve.state if tracked else None,
    )  # fmt: skip
    return curve


@pytest.mark.parametrize("every", [4, 10])
@pytest.mark.parametrize(
    "stops", [(2,), (4, 10, 16), *(pytest.param((n,), marks=pytest.mark.slow) for n in (8, 12, 18))]
)
def test_a_curve_goes_on_after_a_kill_to_the_bit(tmp_path, every, stops):
    """Points lie on both sides of the epochs' ends, so that sums are carried over."""
    config = Config.of("width_sweep", "tiny", 0, {})
    whole = fit_in(Run.create(tmp_path / "whole", config), every)
    killed = Run.create(tmp_path / "killed", config)
    for stop in stops:
        with pytest.raises(KeyboardInterrupt):
            fit_in(killed, every, Stop(stop))
        killed = Run.open(killed.path)
    curve = fit_in(killed, every)
    assert curve.points == whole.points
    for name, value in whole.state.items():
        np.testing.assert_array_equal(curve.state[name], value)


def test_without_its_state_a_resumed_curve_would_be_another(tmp_path):
    config = Config.of("width_sweep", "tiny", 0, {})
    whole = fit_in(Run.create(tmp_path / "whole", config), 4, tracked=False)
    killed = Run.create(tmp_path / "killed", config)
    with pytest.raises(KeyboardInterrupt):
        fit_in(killed, 4, Stop(8), tracked=False)
    assert fit_in(killed, 4, tracked=False).points != whole.points


def test_the_state_of_a_curve_is_what_a_checkpoint_can_hold():
    state = curve_of(regression(), 4).state
    assert all(isinstance(variable, tf.Variable) for variable in state.values())
    assert not any(variable.trainable for variable in state.values())
