import functools
import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import keras_sides, timing
from benchmarks.check import TOLERANCE, Difference, Trace, compare
from tests.benchmarks.tiny import CLASSIFIER, TINY_GAN, checked, ours, task, wrong_settings

TINY = (CLASSIFIER, TINY_GAN)
EACH = pytest.mark.parametrize("workload", TINY, ids=lambda w: w.name)
INITIAL = [np.zeros(2, np.float32)]


def trace(losses, weights=(3.0, 4.0)):
    return Trace({"loss": list(losses)}, [np.array(weights, np.float32)])


def test_differences_by_hand():
    a = trace([2, 2, 9, 1, 1, 1, 1, 1.1], (3.0, 4.0))
    b = trace([2, 1.6, 5, 1, 1, 1, 1, 1], (3.0, 3.0))
    found = compare(INITIAL, a, b)
    assert found.early == pytest.approx(0.25)  # of steps 1 to 20 alone, not of the third window
    assert found.late == pytest.approx(0.02)  # of the mean of the last five windows
    assert found.update == pytest.approx(1 / math.sqrt(18))


def test_a_weight_that_should_not_move_but_does_counts():
    assert compare(INITIAL, trace([1], (0, 1e-9)), trace([1], (0, 0))).update == 1
    assert compare(INITIAL, trace([1], (0, 0)), trace([1], (0, 0))).update == 0


@pytest.mark.parametrize("name", ["early", "update", "late"])
@pytest.mark.parametrize("worse", [2.0, math.nan, math.inf])
def test_each_difference_alone_fails(name, worse):
    assert Difference(1.0, 1.0, 1.0).within(Difference(1.0, 1.0, 1.0))
    assert not replace(Difference(0.0, 0.0, 0.0), **{name: worse}).within(Difference(1, 1, 1))


def test_a_diverged_training_does_not_agree():
    found = compare(INITIAL, trace([1, 1, math.nan]), trace([1, 1, math.nan]))
    assert not found.within(TOLERANCE)


def test_traces_of_different_kinds_are_refused():
    with pytest.raises(ValueError, match=r"\['loss'\], the other \['other'\]"):
        compare(INITIAL, trace([1]), Trace({"other": [1]}, INITIAL))
    with pytest.raises(ValueError, match="entries"):
        compare(INITIAL, trace([1]), trace([1, 2]))
    with pytest.raises(ValueError, match="longer"):
        compare(INITIAL, trace([1]), Trace({"loss": [1]}, INITIAL * 2))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """`workload -> (folder, initial weights, our trace)`, each trained once."""

    @functools.cache
    def train(workload):
        folder = tmp_path_factory.mktemp(workload.name)
        return folder, *ours(workload, folder)

    return train


@pytest.mark.slow
@EACH
def test_our_training_is_that_of_stock_keras(workload, trained):
    folder, initial, trace = trained(workload)
    assert compare(initial, trace, checked(workload, folder, "keras_fit")).within(TOLERANCE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("workload", "fault"),
    [(workload, fault) for workload in TINY for fault in wrong_settings(workload)],
    ids=lambda x: getattr(x, "name", x),
)
def test_a_wrong_setting_is_caught(workload, fault, trained):
    folder, initial, trace = trained(workload)
    wrong = wrong_settings(workload)[fault]
    assert not compare(initial, trace, checked(wrong, folder)).within(TOLERANCE)


@pytest.mark.slow
@EACH
def test_timing(workload, trained):
    folder, *_ = trained(workload)
    for side in ("ours", "keras_fit"):
        timed = keras_sides.time(task(workload, folder, side, "time", 3), workload)
        assert 0 < timed["ms"] < 10_000


def test_the_stopwatch_times_the_steps_after_the_warm_up(monkeypatch):
    clock = iter([10.0, 10.5])
    monkeypatch.setattr(timing.time, "perf_counter", lambda: next(clock))
    watch = timing.Stopwatch(4, 10)
    for last in (1, 3, 5, 7, 9, 11, 13):  # two steps per execution, counted from 0
        watch.on_train_batch_end(last)
    assert watch.milliseconds == pytest.approx(50)
