import logging

import keras
import numpy as np
import pytest

from tfnets.artifacts import checkpoint
from tfnets.artifacts.run import Config, Run
from tfnets.datasets.batches import batches
from tfnets.training import collapse
from tfnets.training.collapse import Alarm, CollapseWatch, nearest_spread

LINE = np.arange(8.0)[:, None] * [3, 4]
"""Eight points, each 5 from the next; a point's class is its place."""


def labels(points):
    return np.rint(points[:, 0] / 3).astype(int)


class Source:
    """Gives one prepared sample after another."""

    def __init__(self, *samples):
        self.samples, self.calls = list(samples), 0

    def __call__(self):
        self.calls += 1
        return self.samples[self.calls - 1]


def watch(*samples, epochs=None, every=1, **alarm):
    source = Source(*samples)
    watching = CollapseWatch(
        source, labels, real=LINE, classes=8, epochs=epochs or len(samples) * every, every=every,
        name="toy", alarm=Alarm(**alarm),
    )  # fmt: skip
    return watching, source


def look(watching, epochs, first=0, gradient=0.5):
    for epoch in range(first, epochs):
        watching.on_epoch_end(epoch, {"generator_gradient": gradient / (epoch + 1)})


def test_spread_is_the_mean_distance_to_the_nearest_other():
    assert nearest_spread(LINE) == pytest.approx(5)
    assert nearest_spread(np.array([[0.0], [1], [4]])) == pytest.approx((1 + 1 + 3) / 3)
    assert nearest_spread(np.full((9, 4, 4, 1), 1e5)) == 0


def test_numbers_by_hand():
    half = LINE[[0, 0, 1, 1, 2, 2, 3, 3]]
    watching, _ = watch(LINE, half, LINE[[0] * 8])
    look(watching, 3)
    assert watching.numbers == {
        "epoch": [1, 2, 3],
        "modes": [8, 4, 1],
        "spread": pytest.approx([5, 0, 0]),
        "gradient": pytest.approx([0.5, 0.25, 0.5 / 3]),
    }
    np.testing.assert_allclose(
        watching.histograms, [[1 / 8] * 8, [1 / 4] * 4 + [0] * 4, [1] + [0] * 7]
    )


def test_a_stray_sample_covers_no_class():
    """Of 800, each class has 100 if even; 9 are not enough, 10 are."""
    for few, modes in ((9, 1), (10, 2)):
        watching, _ = watch(np.repeat(LINE[:2], [800 - few, few], axis=0))
        look(watching, 1)
        assert watching.numbers["modes"] == [modes]


def test_one_line_once(caplog):
    one = LINE[[2] * 8]
    watching, _ = watch(LINE, LINE, one, one, LINE, one)
    with caplog.at_level(logging.WARNING, logger=collapse.__name__):
        look(watching, 6)
    (record,) = caplog.records
    assert record.getMessage() == (
        "toy has collapsed in epoch 3: it covers 1 of 8 classes, its samples lie 0 apart (real "
        "ones 5), and the gradient that reaches it has the norm 0.167."
    )
    assert watching.warned == 3


@pytest.mark.parametrize(
    ("sample", "alarm", "collapsed"),
    [
        (LINE[[0, 1, 2, 3] * 2], {"spread": 0.0}, False),
        (LINE[[0, 1, 2] * 3], {"spread": 0.0}, True),
        (LINE / 9, {"modes": 0.0}, False),
        (LINE / 11, {"modes": 0.0}, True),
        (LINE, {}, False),
        (LINE[[0] * 8], {"after": 2}, False),
    ],
)
def test_when_it_warns(caplog, sample, alarm, collapsed):
    watching, _ = watch(sample, sample, **alarm)
    look(watching, 2)
    assert len(caplog.records) == collapsed
    assert (watching.warned is not None) == collapsed


def test_an_untrained_generator_is_no_news(caplog):
    watching, _ = watch(LINE[[0] * 8], LINE)
    look(watching, 2)
    assert not caplog.records


def test_looks_every_few_epochs():
    watching, source = watch(LINE, LINE, every=3, epochs=7)
    look(watching, 7)
    assert source.calls == 2
    assert watching.numbers["epoch"] == [3, 6]


def test_a_resumed_watch_keeps_its_numbers_and_does_not_warn_again(tmp_path, caplog):
    """Killed after 2 epochs of 4, with the collapse already seen."""
    one = LINE[[2] * 8]
    whole, _ = watch(LINE, one, one, LINE)
    look(whole, 4)

    def train(run, watching, epochs):
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse", jit_compile=False)
        data = np.ones((2, 1), np.float32)
        checkpoint.fit(
            run, "part", model, lambda first: batches((data, data), batch_size=2, seed=0),
            epochs=epochs, steps_per_epoch=1, callbacks=[Logs(), watching],
            tracked=watching.state,
        )  # fmt: skip

    class Logs(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["generator_gradient"] = 0.5 / (epoch + 1)

    with Run.create(tmp_path / "run", Config.of("autoencoder", "tiny", 0, {})) as run:
        first, _ = watch(LINE, one, epochs=4)
        train(run, first, 2)
        assert len(first.numbers["epoch"]) == 2
        caplog.clear()
        second, source = watch(one, LINE, epochs=4)
        train(run, second, 4)
    assert source.calls == 2
    assert not caplog.records
    assert second.numbers == whole.numbers
    assert second.histograms == whole.histograms
    assert second.warned == whole.warned == 2


@pytest.mark.parametrize("wrong", [{"every": 0}, {"every": 5}, {"classes": 0}, {"real": LINE[:1]}])
def test_what_cannot_be_watched_is_refused(wrong):
    values = {"real": LINE, "classes": 8, "epochs": 4} | wrong
    with pytest.raises(ValueError, match="A watch needs"):
        CollapseWatch(lambda: LINE, labels, **values)
