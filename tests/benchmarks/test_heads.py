from dataclasses import replace

import numpy as np
import pytest

from benchmarks import head_sides, heads
from benchmarks.heads import TOLERANCE, Column, Data, Heads, probabilities
from benchmarks.task import Task, load_arrays, save_arrays
from benchmarks.workloads import WORKLOADS
from tfnets.models.heads import HEADS, parallel_heads

DRAWS, LABELS, TESTED, CLASSES = 2, 20, 30, 10
FEATURES = {"wide": 12, "narrow": 5}


def data():
    """Clouds of ten classes; each draw has two examples of each."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(CLASSES, 12))
    train, test = np.tile(np.arange(CLASSES), 2), np.arange(TESTED) % CLASSES

    def examples(labels):
        return (centres[labels] + 0.3 * rng.normal(size=(len(labels), 12))).astype(np.float32)

    known, unknown = np.stack([examples(train) for _ in range(DRAWS)]), examples(test)
    return Data(
        {name: Column(known[..., :n], unknown[..., :n]) for name, n in FEATURES.items()},
        np.stack([train] * DRAWS).astype(np.int32),
        test.astype(np.int32),
    )


TINY = Heads(
    name="tiny_heads", title="", steps=1, data=data, heads=tuple(HEADS), updates=60, rate=0.01
)


def task(folder, side="ours", action="check", steps=1):
    return Task(action, TINY.name, side, 0, steps, str(folder))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The folder in which ours has been checked, and what `prepare` has counted."""
    folder = tmp_path_factory.mktemp("heads")
    counted = TINY.prepare(task(folder))
    TINY.check(task(folder))
    return folder, counted


def difference(folder, side, workload=TINY):
    workload.check(task(folder, side))
    return TINY.difference(task(folder, side), "ours", {})


@pytest.mark.slow
@pytest.mark.parametrize("peer", TINY.peers)
def test_a_peer_does_the_same_as_ours(peer, prepared):
    found = difference(prepared[0], peer)
    assert found["passed"] is True, found
    assert found["accuracies"][0] > 0.5  # something was learned that could differ


def test_ours_does_the_same_twice(prepared, monkeypatch):
    monkeypatch.setitem(head_sides.SIDES, "again", head_sides.ours)
    found = difference(prepared[0], "again")
    assert (found["accuracy"], found["probability"]) == (0, 0)


FAULTS = {
    "rate": replace(TINY, rate=0.0103),
    "updates": replace(TINY, updates=59),
}


@pytest.mark.slow
@pytest.mark.parametrize("peer", TINY.peers)
@pytest.mark.parametrize("fault", FAULTS)
def test_another_training_is_caught(fault, peer, prepared):
    found = difference(prepared[0], peer, FAULTS[fault])
    assert found["probability"] > 5 * TOLERANCE["probability"]
    assert found["passed"] is False


def test_another_start_is_caught(prepared, monkeypatch):
    def elsewhere(groups, updates, rate):
        groups = [replace(g, start=[1.5 * value for value in g.start]) for g in groups]
        return head_sides.ours(groups, updates, rate)

    monkeypatch.setitem(head_sides.SIDES, "elsewhere", elsewhere)
    assert difference(prepared[0], "elsewhere")["passed"] is False


def test_every_classifier_starts_from_the_prepared_weights(prepared):
    groups = list(TINY._groups(load_arrays(prepared[0] / "tiny_heads-initial.npz")))
    assert [group.head for group in groups] == [*HEADS, *HEADS]
    assert [g.inputs.shape[2] for g in groups] == [12] * len(HEADS) + [5] * len(HEADS)
    for group in groups:
        start = parallel_heads(group.head, DRAWS, group.inputs.shape[2], 0).get_weights()
        assert all(map(np.array_equal, group.start, start))
        inputs, labels, weights = list(group.draws())[1]
        np.testing.assert_array_equal(inputs, group.inputs[1])
        np.testing.assert_array_equal(labels, group.labels[1])
        assert all(map(np.array_equal, weights, [value[1] for value in start]))


def test_sides_leave_the_start_as_it_is(prepared):
    groups = list(TINY._groups(load_arrays(prepared[0] / "tiny_heads-initial.npz")))[:2]
    before = [[value.copy() for value in group.start] for group in groups]
    for side in head_sides.SIDES.values():
        trained = side(groups, 3, 0.01)
        for group, start, weights in zip(groups, before, trained, strict=True):
            assert all(map(np.array_equal, group.start, start))
            assert [w.shape for w in weights] == [w.shape for w in start]
            assert not any(map(np.array_equal, weights, start))


def test_probabilities_are_those_of_the_model(prepared):
    for group in TINY._groups(load_arrays(prepared[0] / "tiny_heads-initial.npz")):
        model = parallel_heads(group.head, DRAWS, group.inputs.shape[2], 3)
        logits = model(np.repeat(group.test[:, None], DRAWS, axis=1)).numpy()
        odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
        expected = (odds / odds.sum(axis=-1, keepdims=True)).transpose(1, 0, 2)
        np.testing.assert_allclose(
            probabilities(group, model.get_weights()), expected, rtol=1e-4, atol=1e-6
        )


def test_multiplications_by_hand(prepared):
    def training(*sizes):
        return 3 * sum(sizes) - sizes[0]

    per_example = sum(
        training(n * 10)
        + 2 * training(n * 32, 320)
        + training(n * 64, 640)
        + training(n * 64, 64 * 64, 640)
        for n in FEATURES.values()
    )
    assert prepared[1]["macs"] == DRAWS * LABELS * 60 * per_example


def test_differences_by_hand(tmp_path):
    labels = np.array([0, 1])
    save_arrays(tmp_path / "tiny_heads-initial.npz", [labels, labels])
    ours = np.array([[[0.9, 0.1], [0.2, 0.8]]])
    theirs = np.array([[[0.8, 0.2], [0.6, 0.4]]])
    save_arrays(tmp_path / "tiny_heads-ours.npz", [ours, ours])
    save_arrays(tmp_path / "tiny_heads-peer.npz", [ours, theirs])
    found = TINY.difference(task(tmp_path, "peer"), "ours", {})
    assert found["accuracy"] == 0.5
    assert found["probability"] == pytest.approx((0.1 + 0.4) / 2)
    assert found["accuracies"] == [1.0, 0.75]
    assert found["passed"] is False


@pytest.mark.slow
@pytest.mark.parametrize("side", head_sides.SIDES)
def test_the_warm_up_is_not_timed(side, prepared, monkeypatch):
    done = []
    monkeypatch.setitem(head_sides.SIDES, side, lambda g, updates, _: done.append(len(g) * updates))
    clock = iter([10.0, 10.6])
    monkeypatch.setattr(heads.clock, "perf_counter", lambda: (done.append(0), next(clock))[1])
    timed = TINY.time(task(prepared[0], side, "time", steps=3))
    assert timed["ms"] == pytest.approx(200)
    assert done == [2, 0, 600, 600, 600, 0]


def test_the_workload_is_the_one_of_the_issue():
    workload = WORKLOADS["few_labels_heads"]
    assert (len(workload.heads), workload.updates, workload.unit) == (5, 500, "job")
    assert workload.peers == ("sklearn_mlp", "keras_fits")
