"""A killed training ends bit for bit where an uninterrupted one ends."""

import csv

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.training import tiny
from tfnets.artifacts import checkpoint
from tfnets.artifacts.run import Config, Run
from tfnets.datasets.batches import batches
from tfnets.errors import InputError

STEPS, EPOCHS = 4, 3
LABELS = (tiny.IMAGES.sum(axis=1, keepdims=True) > 3).astype(np.float32)


def classifier():
    inputs = keras.Input((3,), name="inputs")
    x = layers.Dense(6, kernel_initializer=tiny.kernel(1), name="dense1")(inputs)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Dropout(0.5, seed=7, name="dropout")(x)
    part = keras.Model(inputs, x, name="part")
    outputs = layers.Dense(1, kernel_initializer=tiny.kernel(2), name="dense2")(part(inputs))
    model = keras.Model(inputs, outputs, name="classifier")
    schedule = keras.optimizers.schedules.CosineDecay(0.05, STEPS * EPOCHS)
    model.compile(
        keras.optimizers.Adam(schedule),
        "mse",
        metrics=["mae"],
        jit_compile=False,
        steps_per_execution=2,
    )
    return model


def gan():
    return tiny.gan(dropout=True, norm=True, steps_per_execution=2)


MAKERS = {"classifier": classifier, "gan": gan}
EACH = pytest.mark.parametrize("kind", MAKERS)


class Kill(keras.callbacks.Callback):
    """Ends the process, as far as training can tell, in an epoch and batch counted from 0."""

    def __init__(self, epoch, batch=None):
        super().__init__()
        self.at, self.epoch = (epoch, batch), None

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        if self.at == (epoch, None):
            raise KeyboardInterrupt

    def on_train_batch_end(self, batch, logs=None):
        if self.at == (self.epoch, batch):
            raise KeyboardInterrupt


def fit(run, model, *, epochs=EPOCHS, part="net", callbacks=(), started=None, tracked=None):
    def data(first_epoch):
        if started is not None:
            started.append(first_epoch)
        return batches((tiny.IMAGES, LABELS), batch_size=5, seed=2, first_epoch=first_epoch)

    checkpoint.fit(
        run, part, model, data, epochs=epochs, steps_per_epoch=STEPS, callbacks=callbacks,
        tracked=tracked,
    )  # fmt: skip


def create(folder):
    return Run.create(folder, Config.of("autoencoder", "tiny", 0, {}))


def optimizers(model):
    if isinstance(model, keras.Model) and hasattr(model, "generator_optimizer"):
        return [model.generator_optimizer, model.discriminator_optimizer]
    return [model.optimizer]


def dropouts(model):
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from dropouts(layer)
        elif isinstance(layer, layers.Dropout):
            yield layer


def state(model):
    """Everything that the next step depends on."""
    variables = [*model.weights, *(v for o in optimizers(model) for v in o.variables)]
    variables += [layer.seed_generator.state for layer in dropouts(model)]
    variables += [model.step] if hasattr(model, "step") else []
    return [v.numpy() for v in variables]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """State and history of trainings that nothing disturbed."""
    ends = {}
    for kind, make in MAKERS.items():
        run, model = create(tmp_path_factory.mktemp(kind) / "run"), make()
        fit(run, model)
        ends[kind] = state(model), (run.path / "history.csv").read_bytes()
    return ends


def assert_ends_alike(run, model, end):
    tiny.same(state(model), end[0])
    assert (run.path / "history.csv").read_bytes() == end[1]


@EACH
def test_the_state_that_is_compared_holds_what_a_step_changes(kind, uninterrupted):
    before, (after, _) = MAKERS[kind](), uninterrupted[kind]
    for optimizer in optimizers(before):
        optimizer.build(before.trainable_variables) if not optimizer.built else None
    fixed = [i for i, (a, b) in enumerate(zip(state(before), after, strict=True)) if (a == b).all()]
    assert len(list(dropouts(before))) == 1
    # Adam with a fixed rate keeps the rate; all else has moved.
    assert len(fixed) == (0 if kind == "classifier" else 2)


@pytest.mark.parametrize(
    ("kind", "epoch", "batch", "resumed_at"),
    [("gan", 0, 1, 0), ("gan", 1, 1, 1), ("gan", 2, 3, 2), ("classifier", 1, 1, 1)],
    ids=["in the first epoch", "in an epoch", "before the last is saved", "classifier"],
)
def test_killed_and_continued(kind, epoch, batch, resumed_at, uninterrupted, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        fit(create(tmp_path / "run"), MAKERS[kind](), callbacks=[Kill(epoch, batch)])
    run, model, started = Run.open(tmp_path / "run"), MAKERS[kind](), []
    fit(run, model, started=started)
    assert started == [resumed_at]
    assert_ends_alike(run, model, uninterrupted[kind])


@EACH
def test_killed_after_every_epoch(kind, uninterrupted, tmp_path):
    run = create(tmp_path / "run")
    for epoch in range(1, EPOCHS):
        with pytest.raises(KeyboardInterrupt):
            fit(run, MAKERS[kind](), callbacks=[Kill(epoch)])
        run = Run.open(run.path)
    model = MAKERS[kind]()
    fit(run, model)
    assert_ends_alike(run, model, uninterrupted[kind])


def test_killed_between_the_history_row_and_the_state(uninterrupted, tmp_path, monkeypatch):
    run = create(tmp_path / "run")
    fit(run, gan(), epochs=1)
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint.States, "save", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            fit(run, gan())
    assert [row["epoch"] for row in run.history] == [1, 2]
    run, model, started = Run.open(run.path), gan(), []
    fit(run, model, started=started)
    assert started == [1]
    assert_ends_alike(run, model, uninterrupted["gan"])


@EACH
def test_more_epochs_go_on_with_the_same_objects(kind, uninterrupted, tmp_path):
    run, model = create(tmp_path / "run"), MAKERS[kind]()
    fit(run, model, epochs=1)
    fit(run, model)
    assert_ends_alike(run, model, uninterrupted[kind])


@EACH
def test_a_finished_training_is_restored_and_nothing_else(kind, uninterrupted, tmp_path):
    run, started = create(tmp_path / "run"), []
    fit(run, MAKERS[kind]())
    for epochs in (EPOCHS, EPOCHS - 1):
        model = MAKERS[kind]()
        fit(run, model, epochs=epochs, started=started)
        assert_ends_alike(run, model, uninterrupted[kind])
    assert started == []


def test_a_run_folder_can_be_moved(uninterrupted, tmp_path):
    fit(create(tmp_path / "here"), gan(), epochs=2)
    (tmp_path / "here").rename(tmp_path / "there")
    run, model, started = Run.open(tmp_path / "there"), gan(), []
    fit(run, model, started=started)
    assert started == [2]
    assert_ends_alike(run, model, uninterrupted["gan"])


def freeze_then_free(run, callbacks=()):
    """One epoch with a layer frozen, then all layers, as study 3.3 does."""
    made = tiny.optimizers()
    trainer = tiny.gan(dropout=True, **made)
    for epochs, free in ((1, False), (EPOCHS, True)):
        trainer.generator.get_layer("made2").trainable = free
        trainer.compile(**made)
        fit(run, trainer, epochs=epochs, callbacks=callbacks)
    return trainer


def test_killed_while_and_after_layers_were_frozen(tmp_path):
    whole, killed = (create(tmp_path / name) for name in ("whole", "killed"))
    end = state(freeze_then_free(whole)), (whole.path / "history.csv").read_bytes()
    for at in (0, 2):
        with pytest.raises(KeyboardInterrupt):
            freeze_then_free(killed, [Kill(at, 1)])
        killed = Run.open(killed.path)
    assert_ends_alike(killed, freeze_then_free(killed), end)


def test_parts_share_no_state(uninterrupted, tmp_path):
    run = create(tmp_path / "run")
    fit(run, gan(), part="other", epochs=1)
    model = gan()
    fit(run, model)
    tiny.same(state(model), uninterrupted["gan"][0])
    assert [(row["part"], row["epoch"]) for row in run.history] == [
        ("other", 1), ("net", 1), ("net", 2), ("net", 3),
    ]  # fmt: skip


def test_state_and_history_are_those_of_a_plain_fit(uninterrupted):
    model = classifier()
    plain = model.fit(
        batches((tiny.IMAGES, LABELS), batch_size=5, seed=2),
        epochs=EPOCHS,
        steps_per_epoch=STEPS,
        shuffle=False,
        verbose=0,
    )
    end, history = uninterrupted["classifier"]
    tiny.same(state(model), end)
    assert list(csv.DictReader(history.decode().splitlines())) == [
        {"part": "net", "epoch": str(i + 1)} | {k: str(v[i]) for k, v in plain.history.items()}
        for i in range(EPOCHS)
    ]


def test_callbacks_see_an_epoch_before_it_is_saved_and_two_states_are_kept(tmp_path):
    run, seen = create(tmp_path / "run"), []

    class Look(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((epoch, len(run.history)))

    fit(run, classifier(), callbacks=[Look()])
    assert seen == [(0, 0), (1, 1), (2, 2)]
    assert len(list(run.checkpoint_folder("net").glob("*.index"))) == 2


class Tally(keras.callbacks.Callback):
    """Counts steps in one variable and keeps each epoch's loss in another."""

    def __init__(self):
        super().__init__()
        self.state = {"steps": tf.Variable(0), "losses": tf.Variable(tf.zeros(EPOCHS))}

    def on_train_batch_end(self, batch, logs=None):
        self.state["steps"].assign_add(1)

    def on_epoch_end(self, epoch, logs=None):
        self.state["losses"].scatter_nd_update([[epoch]], [logs["loss"]])


def test_tracked_variables_come_back_with_the_epoch(uninterrupted, tmp_path):
    run, tally = create(tmp_path / "run"), Tally()
    with pytest.raises(KeyboardInterrupt):
        fit(run, classifier(), callbacks=[tally, Kill(2, 1)], tracked=tally.state)
    assert tally.state["steps"].numpy() == 5  # executions of two steps, one of them to be lost
    run, model, tally = Run.open(run.path), classifier(), Tally()
    fit(run, model, callbacks=[tally], tracked=tally.state)
    assert_ends_alike(run, model, uninterrupted["classifier"])
    assert tally.state["steps"].numpy() == EPOCHS * STEPS // 2
    losses = [np.float32(row["loss"]) for row in run.history]
    np.testing.assert_array_equal(tally.state["losses"], losses)


def test_tracked_variables_change_nothing_else(uninterrupted, tmp_path):
    run, model, tally = create(tmp_path / "run"), classifier(), Tally()
    fit(run, model, callbacks=[tally], tracked=tally.state)
    assert_ends_alike(run, model, uninterrupted["classifier"])


def test_a_finished_training_gives_its_tracked_variables_back(tmp_path):
    run, tally = create(tmp_path / "run"), Tally()
    fit(run, classifier(), callbacks=[tally], tracked=tally.state)
    again = Tally()
    fit(run, classifier(), callbacks=[again], tracked=again.state)
    tiny.same(*([v.numpy() for v in t.state.values()] for t in (again, tally)))


def test_executions_that_would_run_over_an_epoch_are_refused(tmp_path):
    run, model = create(tmp_path / "run"), tiny.gan(steps_per_execution=3)
    with pytest.raises(ValueError, match="3 steps per execution; they must divide the 4 steps"):
        fit(run, model)
    assert run.history == []


class Poison(keras.callbacks.Callback):
    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            weight = self.model.weights[0]
            weight.assign(np.full(weight.shape, np.nan, np.float32))


@EACH
def test_a_loss_that_is_not_finite_stops_and_the_last_good_state_stays(
    kind, uninterrupted, tmp_path
):
    run = create(tmp_path / "run")
    sentence = r"loss of net has become nan in epoch 3.*the state after epoch 2 is kept in .*net"
    with pytest.raises(InputError, match=sentence):
        fit(run, MAKERS[kind](), callbacks=[Poison(2)])
    model, started = MAKERS[kind](), []
    fit(run, model, started=started)
    assert started == [2]
    assert_ends_alike(run, model, uninterrupted[kind])


def test_a_loss_that_is_not_finite_at_once_says_that_nothing_is_kept(tmp_path):
    with pytest.raises(InputError, match=r"in epoch 1.*no epoch was finished"):
        fit(create(tmp_path / "run"), gan(), callbacks=[Poison(0)])
