"""The bar over all trials: weighed by cost, silent inside a trial, lines without a terminal."""

import sys

import keras
import numpy as np
import pytest
import tqdm

from tests.lab.test_engine import new_run
from tests.lab.works import Line
from tfnets.lab import progress
from tfnets.lab.engine import Lab
from tfnets.lab.progress import Cancelled, Cells, Reporter, Shown, counter, reporting
from tfnets.models import classifiers
from tfnets.tracing.cost import cost

NETWORK = classifiers.two_convolutions((2, 3), 0)


@pytest.fixture
def cells(tmp_path):
    return Cells(tmp_path / "cells.npy", ["a", "b", "c"])


@pytest.fixture
def bars(monkeypatch, capsys):
    """The bars that are opened, on what is said to be a terminal."""
    opened = []

    class Bar(tqdm.tqdm):
        monitor_interval = 0  # no thread

        def __init__(self, *arguments, **settings):
            super().__init__(*arguments, **settings)
            opened.append(self)

    monkeypatch.setattr(progress, "tqdm", Bar)
    # Each phase of a test has another object there, of one class.
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda self: True)
    return opened


def test_what_costs_more_weighs_more_in_proportion(tmp_path):
    """Two networks of equal steps: the bar moves by the multiplications of each."""
    wide = classifiers.two_convolutions((20, 30), 0)
    cells = Cells(tmp_path / "cells.npy", ["narrow", "wide"])
    for index, (name, network) in enumerate({"narrow": NETWORK, "wide": wide}.items()):
        with reporting(Reporter(name, progress.cell(cells.place, index))):
            callback = counter(name, network, batch_size=5, epochs=1, steps=10)
        callback.on_epoch_begin(0)
        if name == "wide":
            callback.on_train_batch_end(9)
    small, large = cost(NETWORK).multiplications, cost(wide).multiplications
    assert large > 10 * small
    assert cells.share == pytest.approx(large / (small + large))


def test_a_trainer_costs_what_its_networks_cost_and_an_unknown_one_its_weights():
    inner = classifiers.two_convolutions((2, 3), 0, shape=(16, 16, 1))

    class Pair(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.second = NETWORK, inner

    class Unknown(keras.Model):
        def build(self, shape):
            self.add_weight(shape=(7,))

        def call(self, x):
            return x * 2

    both = cost(NETWORK).multiplications + cost(inner).multiplications
    assert progress._multiplications(Pair()) == both
    inputs = keras.Input((3,))
    assert progress._multiplications(keras.Model(inputs, Unknown()(inputs))) == 7
    assert progress._multiplications(keras.Model(inputs, inputs)) == 1


def test_cells_are_removed_when_the_work_is_done(tmp_path):
    cells = Cells(tmp_path / "deeper" / "cells.npy", ["a"])
    assert cells.place.exists()
    cells.close()
    cells.close()
    assert list((tmp_path / "deeper").iterdir()) == []


def test_a_lab_inside_a_trial_is_silent_and_counts_in_its_cell(cells, tmp_path, capfd):
    outer = Reporter("study", progress.cell(cells.place, 1))
    with reporting(outer), new_run(tmp_path / "run") as run:
        Lab(jobs=1).run(run, [Line((2, 0.0), "line", seed) for seed in range(2)])
        assert progress._now is outer
    assert progress._now is None
    assert capfd.readouterr() == ("", "")
    assert np.load(cells.place).tolist() == [[0, 0], [1, 1], [0, 0]]


def test_inside_a_trial_on_another_machine_a_lab_is_silent_too(tmp_path, capfd):
    with reporting(Reporter("study")), new_run(tmp_path / "run") as run:
        Lab(jobs=1).run(run, [Line((1, 0.0), "line", 0)])
    assert capfd.readouterr() == ("", "")


def test_a_training_deep_inside_stops_when_nobody_waits_for_the_whole():
    with reporting(Reporter("study", stop=lambda: True)), reporting(Reporter("b")):
        callback = counter("b", NETWORK, batch_size=5, epochs=3, steps=10)
        with pytest.raises(Cancelled):
            callback.on_train_batch_end(0)


def test_without_a_terminal_trials_are_plain_lines(tmp_path, capfd):
    with new_run(tmp_path / "run") as run:
        Lab(jobs=1).run(run, [Line((2, 0.0), "line", seed) for seed in range(2)])
    out, err = capfd.readouterr()
    assert out == ""
    assert "\r" not in err
    assert "%" not in err
    first, last = err.splitlines()
    assert first.startswith("2 trials, 1 at a time: train-line-0 done, 1 left, about ")
    assert last == "2 trials, 1 at a time: train-line-1 done, all done"


def test_at_a_terminal_there_is_one_bar_over_all_trials(bars, tmp_path, capsys):
    with new_run(tmp_path / "run") as run:
        Lab(jobs=1).run(run, [Line((2, 0.0), "line", seed) for seed in range(2)])
    (shown,) = bars
    assert shown.n == pytest.approx(1)
    text = capsys.readouterr().err
    assert "\r2 trials, 1 at a time: 100.0%" in text
    assert "steps" not in text
    assert "left, about" not in text


@pytest.mark.parametrize(("seconds", "text"), [(10, "30 s"), (100, "5 min")])
def test_the_time_left_is_that_of_the_share_done_since_the_start(cells, monkeypatch, seconds, text):
    values = progress.cell(cells.place, 0)
    clock = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    values[:] = 6, 10  # 20 % were done before
    shown = Shown("three nets", cells)
    cells.finish("a")
    second = progress.cell(cells.place, 1)
    second[:] = 2, 10  # 40 % now: 60 % are left, three times as much as was done
    clock[0] += seconds
    assert shown._left() == text
