"""How far trials are: what a training counts, and what a person sees of it."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
import tqdm

from tfnets.lab import progress
from tfnets.lab.progress import Cancelled, Cells, Reporter, Shown, counter, reporting
from tfnets.models import classifiers
from tfnets.tracing.cost import cost
from tfnets.training.callbacks import Progress

NETWORK = classifiers.two_convolutions((2, 3), 0)
PER_STEP = 5 * cost(NETWORK).multiplications


@pytest.fixture
def cells(tmp_path):
    return Cells(tmp_path / "cells.npy", ["a", "b", "c"])


def counting(part, reporter):
    """The callback of a training of 3 epochs of 10 steps of 5 images."""
    with reporting(reporter):
        return counter(part, NETWORK, batch_size=5, epochs=3, steps=10)


def test_steps_are_counted_over_epochs_in_their_own_cell(cells):
    callback = counting("b", Reporter("b", progress.cell(cells.place, 1)))
    callback.on_epoch_begin(2)
    callback.on_train_batch_end(4)
    assert np.load(cells.place).tolist() == [[0, 0], [25 * PER_STEP, 30 * PER_STEP], [0, 0]]


def test_another_training_inside_a_trial_is_not_counted(cells):
    callback = counting("judge", Reporter("b", progress.cell(cells.place, 1)))
    callback.on_epoch_begin(0)
    callback.on_train_batch_end(4)
    assert not np.load(cells.place).any()


def test_outside_of_trials_a_training_has_a_bar_of_its_own():
    assert isinstance(counter("b", NETWORK, batch_size=5, epochs=3, steps=10), Progress)


def test_a_training_that_nobody_waits_for_stops():
    callback = counting("b", Reporter("b", stop=lambda: True))
    callback.on_epoch_begin(0)
    with pytest.raises(Cancelled):
        callback.on_train_batch_end(0)


def test_a_cell_of_another_machine_counts_nothing(tmp_path):
    assert progress.cell(tmp_path / "elsewhere.npy", 1) is None


def test_shares_are_weighed_and_what_has_not_begun_is_as_long_as_the_mean(cells):
    assert cells.share == 0
    first, second = (progress.cell(cells.place, index) for index in (0, 1))
    first[:] = 10, 20
    assert cells.share == pytest.approx(10 / 60)
    second[:] = 10, 40
    assert cells.share == pytest.approx(20 / 90)
    cells.finish("a")
    cells.finish("c")
    assert cells.share == pytest.approx((20 + 10 + 30) / 90)
    assert cells.left == 1
    cells.finish("b")
    assert cells.share == 1


@pytest.fixture
def bars(monkeypatch):
    """The bars that are opened, on what is said to be a terminal."""
    opened = []

    class Bar(tqdm.tqdm):
        monitor_interval = 0  # no thread

        def __init__(self, *arguments, **settings):
            super().__init__(*arguments, **settings)
            opened.append(self)

    monkeypatch.setattr(progress, "tqdm", Bar)
    terminal = SimpleNamespace(stderr=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(progress, "sys", terminal)
    return opened


def opened(bars):
    """Waits for the bar, which another thread opens."""
    end = time.monotonic() + 20
    while not bars:
        assert time.monotonic() < end


def test_the_bar_goes_from_what_was_done_before_to_what_is_done(bars, cells, capsys):
    values = progress.cell(cells.place, 0)
    values[:] = 3, 10
    with Shown("three nets", cells):
        opened(bars)
        values[:] = 9, 10
    (shown,) = bars
    assert (shown.initial, shown.n) == (pytest.approx(0.1), pytest.approx(0.3))
    assert shown not in tqdm.tqdm._instances  # closed
    text = capsys.readouterr().err
    assert "three nets:  10.0%" in text
    assert "three nets:  30.0%" in text


def test_the_bar_ends_with_the_work_when_it_fails(bars, cells):
    def failing():
        with Shown("a net", cells):
            opened(bars)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    (shown,) = bars
    assert shown not in tqdm.tqdm._instances


def test_where_there_is_no_terminal_each_trial_is_a_line(cells, capsys):
    with Shown("three nets", cells) as shown:
        for name in ("a", "b", "c"):
            shown.finish(name)
    first, second, last = capsys.readouterr().err.splitlines()
    assert first.startswith("three nets: a done, 2 left, about ")
    assert second.startswith("three nets: b done, 1 left, about ")
    assert last == "three nets: c done, all done"
