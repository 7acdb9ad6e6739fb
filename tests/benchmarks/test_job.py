from dataclasses import replace

import numpy as np
import pytest

from benchmarks import job as module
from benchmarks.job import Found, Side, judged
from benchmarks.task import load_arrays
from benchmarks.workloads import WORKLOADS, attack, maximize, occlusion
from benchmarks.workloads.occlusion import _covering
from tests.benchmarks.tiny_job import ASCENT, ATTACK, JOBS, SLIDING, difference, network, task

EACH = pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
INPUTS = ("maximize_mobilenet", "occlusion_mobilenet", "pgd_targeted")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """job name -> folder in which ours has been checked."""
    folders = {}
    for job in JOBS:
        folders[job.name] = tmp_path_factory.mktemp(job.name)
        job.prepare(task(job, folders[job.name]))
        job.check(task(job, folders[job.name]))
    return folders


def again(job, folder, **changes):
    """Ours once more, changed, compared with ours."""
    changed = replace(job, sides={**job.sides, "again": job.sides["ours"]}, **changes)
    return difference(changed, folder, "again")


@EACH
def test_ours_does_the_same_twice(job, prepared):
    found = again(job, prepared[job.name])
    assert found["passed"] is True
    assert found["network"] == 0


def test_every_side_starts_from_the_prepared_files(prepared):
    question, weights = module._prepared(task(ATTACK, prepared[ATTACK.name]))
    model = network()
    assert all(map(np.array_equal, weights, model.get_weights()))
    before = load_arrays(prepared[ATTACK.name] / f"{ATTACK.name}-ours.npz")[0]
    np.testing.assert_allclose(before, model(question.images), atol=1e-6)
    np.testing.assert_array_equal(question.targets, [0, 1, 2])


BUDGETS = {
    "epsilon": replace(ATTACK.settings, epsilon=9 / 255),
    "step": replace(ATTACK.settings, step=0.5 / 255),
}


def test_another_learning_rate_is_caught(prepared):
    wrong = maximize.Ascent(steps=8, rate=0.0105)
    found = again(ASCENT, prepared[ASCENT.name], settings=wrong, short=replace(wrong, steps=2))
    assert found["early"] > maximize.TOLERANCE["early"]
    assert found["passed"] is False


def test_ascents_are_compared_by_hand():
    question = maximize.Question(np.zeros((1, 1, 2, 1)), np.array([1]))
    a, b = np.array([[[[1.0], [3.0]]]]), np.array([[[[1.0], [2.0]]]])
    start = np.array([[5.0, 7.0]])
    ours = Found(start, a, a, np.array([[0.0, 8.0]]))
    theirs = Found(start + 0.5, b, b, np.array([[0.0, 10.0]]))
    found = maximize.agree(question, maximize.Ascent(), ours, theirs)
    assert found["network"] == 0.5
    assert found["early"] == pytest.approx(1 / np.sqrt(0.5))
    assert found["score"] == pytest.approx(0.2)
    assert found["scores"] == [8.0, 10.0]
    assert found["passed"] is False


@pytest.mark.parametrize("fault", BUDGETS)
def test_another_budget_is_caught(fault, prepared):
    wrong = BUDGETS[fault]
    again(ATTACK, prepared[ATTACK.name], settings=wrong, short=replace(wrong, steps=2))
    # What is allowed is still that of the reference.
    found = ATTACK.difference(task(ATTACK, prepared[ATTACK.name], "again"), "ours", {})
    assert found["passed"] is False
    assert (found["outside"] == pytest.approx(1 / 255, abs=1e-6)) == (fault == "epsilon")


def test_other_windows_are_caught(prepared):
    other = occlusion.Sliding(size=8, stride=8)
    assert again(SLIDING, prepared[SLIDING.name], settings=other)["passed"] is False


@EACH
def test_other_weights_are_caught(job, prepared):
    def scaled(model, question, settings):
        model.set_weights([1.01 * array for array in model.get_weights()])
        return job.sides["ours"].start(model, question, settings)

    wrong = replace(job, sides={**job.sides, "wrong": Side("tensorflow", scaled)})
    assert difference(wrong, prepared[job.name], "wrong")["passed"] is False


def test_one_difference_too_large_or_nan_fails():
    assert judged({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 2.0})["passed"] is True
    assert judged({"a": 1.1, "b": 2.0}, {"a": 1.0, "b": 2.0})["passed"] is False
    assert judged({"a": float("nan")}, {"a": 1.0})["passed"] is False


def test_attacks_are_compared_by_hand():
    question, budget = (
        attack.Question(np.full((2, 1, 1, 1), 0.5), np.array([1, 0])),
        attack.Budget(epsilon=0.1, step=0.1, steps=1),
    )
    logits = np.log(np.array([[0.2, 0.8], [0.6, 0.4]]))
    same = np.full((2, 1, 1, 1), 0.6)
    ours = Found(logits, same, same, logits)
    far = np.array([0.6, 0.75]).reshape(2, 1, 1, 1)
    theirs = Found(logits, far, far, np.log(np.array([[0.2, 0.8], [0.3, 0.7]])))
    found = attack.agree(question, budget, ours, theirs)
    assert found["successes"] == [1.0, 0.5]
    assert found["success"] == 0.5
    assert found["early"] == 0.5
    assert found["probability"] == pytest.approx(0.3)
    assert found["least"] == pytest.approx([0.6, 0.3])
    assert found["outside"] == pytest.approx(0.15)
    assert found["passed"] is False


def test_the_warm_up_is_not_timed(tmp_path, monkeypatch):
    done = []
    job = replace(ASCENT, sides={"ours": Side("tensorflow", lambda *_: lambda: done.append(1))})
    job.prepare(task(job, tmp_path))
    clock = iter([10.0, 10.6])
    monkeypatch.setattr(module.clock, "perf_counter", lambda: (done.append(0), next(clock))[1])
    assert job.time(task(job, tmp_path, action="time", steps=3))["ms"] == pytest.approx(200)
    assert done == [1, 0, 1, 1, 1, 0]


def test_multiplications_by_hand():
    model = network()
    # Stem, first block, two blocks with expansion, head and logits of the small network.
    stem, first = 16 * 16 * 9 * 3 * 32, 8 * 8 * 9 * 32 + 8 * 8 * 32 * 4
    block = 8 * 8 * (4 * 8 + 9 * 8 + 8 * 4)
    forward = stem + first + 2 * block + 8 * 8 * 4 * 1280 + 1280 * 5
    question = ATTACK.question(None)
    assert ATTACK.macs(model, question, ATTACK.settings) == 3 * 12 * 2 * forward
    assert ASCENT.macs(model, SLIDING.question(None), ASCENT.settings) == 8 * 2 * forward
    assert SLIDING.macs(model, SLIDING.question(None), SLIDING.settings) is None


def test_windows_over_each_pixel_by_hand():
    counts = _covering((6, 4), occlusion.Sliding(size=4, stride=2))
    np.testing.assert_array_equal(counts[:, 0], [1, 1, 2, 2, 1, 1])
    assert (counts == counts[:, :1]).all()


def test_references_are_no_peers():
    assert maximize.MOBILENET.peers == ("tf_keras_vis", "xplique")
    for name in INPUTS:
        job = WORKLOADS[name]
        assert {*job.references.values()} <= job.sides.keys()
        assert "ours" not in job.peers
