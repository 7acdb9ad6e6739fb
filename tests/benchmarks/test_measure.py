from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from benchmarks import measure as module
from benchmarks.measure import Plan, measure, start, time
from benchmarks.task import Task, load_arrays, save_arrays
from benchmarks.workload import OURS
from tests.benchmarks.tiny import CLASSIFIER, TINY_GAN
from tfnets.errors import InputError

PLAN = Plan(repeats=3, check_steps=20, peers=("torch_eager", "keras_fit"), threads=(1, 2))
MILLISECONDS = {
    # (side, threads): one number per call
    ("ours", 1): [2.0, 2.5, 3.0],
    ("ours", 2): [4.0],
    ("torch_eager", 1): [9.0],
    ("torch_eager", 2): [6.0, 5.0, 7.0],
    ("keras_fit", 1): [8.0, 8.0, 8.0],
    ("keras_fit", 2): [8.5],
}


class Fake:
    """Answers tasks without training; keeps what it was asked."""

    def __init__(self, wrong=None):
        self.asked, self.wrong = [], wrong
        self.left = {key: list(values) for key, values in MILLISECONDS.items()}

    def __call__(self, task):
        self.asked.append(task)
        return getattr(self, task.action)(task)

    def prepare(self, task):
        save_arrays(task.file("initial.npz"), [np.zeros(2, np.float32)])
        return {"macs": 1_000_000}

    def check(self, task):
        save_arrays(task.file(f"{task.side}.npz"), [np.ones(2, np.float32)])
        return {"loss": [1.0, 0.9 if task.side == self.wrong else 0.8]}

    def time(self, task):
        return {"ms": self.left[task.side, task.threads].pop(0)}

    def peak(self, task):
        return {
            "tensorflow": {"matmul": 10.0, "convolution": 5.0},
            "torch": {"matmul": 8.0, "convolution": 6.0},
        }[task.side]


def test_a_row_from_beginning_to_end(tmp_path):
    fake = Fake()
    row = measure(CLASSIFIER, PLAN, str(tmp_path), fake)
    assert row["ours_ms"] == 2.5
    assert row["peers"] == {"torch_eager": 6.0, "keras_fit": 8.0}
    assert row["ratio_best_peer"] == pytest.approx(7 / 3)
    assert row["ratio_spread"] == [2.0, 3.0]
    assert row["threads"] == {"ours": 1, "torch_eager": 2, "keras_fit": 1}
    assert row["peak_gflops"] == {"matmul": 10.0, "convolution": 6.0}
    assert row["peak_share"] == pytest.approx(0.8 / 10)
    assert row["passed"] is True
    assert {task.threads for task in fake.asked if task.action == "peak"} == {1}
    assert {task.steps for task in fake.asked if task.action == "time"} == {CLASSIFIER.steps}
    assert {task.steps for task in fake.asked if task.action == "check"} == {20}


def test_without_a_count_no_peak_is_asked_for(tmp_path, monkeypatch):
    fake = Fake()
    monkeypatch.setattr(fake, "prepare", lambda task: Fake.prepare(fake, task) | {"macs": None})
    row = measure(CLASSIFIER, PLAN, str(tmp_path), fake)
    assert (row["peak_gflops"], row["peak_share"]) == ({}, None)
    assert "peak" not in {task.action for task in fake.asked}


def test_a_peer_that_trains_otherwise_fails_the_row(tmp_path):
    row = measure(CLASSIFIER, PLAN, str(tmp_path), Fake(wrong="keras_fit"))
    assert row["check"]["torch_eager"]["passed"] is True
    assert row["check"]["keras_fit"]["passed"] is False
    assert row["check"]["keras_fit"]["early"] == pytest.approx(1 / 9)
    assert row["passed"] is False


def test_a_wrong_side_of_ours_fails_with_every_peer(tmp_path):
    row = measure(CLASSIFIER, PLAN, str(tmp_path), Fake(wrong=OURS))
    assert not any(check["passed"] for check in row["check"].values())


def test_a_peer_is_checked_against_its_reference_which_is_not_timed(tmp_path):
    class WithReference(type(CLASSIFIER)):
        references = MappingProxyType({"keras_fit": "other"})

    workload = WithReference(**vars(CLASSIFIER))
    fake = Fake(wrong=OURS)
    row = measure(workload, PLAN, str(tmp_path), fake)
    assert row["check"]["torch_eager"]["passed"] is False
    assert row["check"]["keras_fit"]["passed"] is True
    checked = [task.side for task in fake.asked if task.action == "check"]
    assert sorted(checked) == ["keras_fit", "other", "ours", "torch_eager"]
    assert "other" not in {task.side for task in fake.asked if task.action == "time"}


def test_sides_run_in_turn(tmp_path):
    fake = Fake()
    task = Task("time", "x", OURS, 0, 1, str(tmp_path))
    time(task, ("ours", "keras_fit"), replace(PLAN, repeats=2), fake)
    assert [(t.side, t.threads) for t in fake.asked] == [
        ("ours", 1), ("ours", 2), ("keras_fit", 1), ("keras_fit", 2),
        ("ours", 1), ("keras_fit", 1),
    ]  # fmt: skip


def test_peers_that_make_no_sense_are_left_out(tmp_path):
    fake = Fake()
    workload = replace(TINY_GAN, peers=("keras_fit",))
    assert set(measure(workload, PLAN, str(tmp_path), fake)["peers"]) == {"keras_fit"}


def test_the_plans_steps_take_precedence(tmp_path):
    fake = Fake()
    measure(CLASSIFIER, replace(PLAN, steps=7), str(tmp_path), fake)
    assert {task.steps for task in fake.asked if task.action == "time"} == {7}


def test_a_task_survives_the_command_line():
    task = Task("time", "w", "ours", 2, 30, "/some where/'quoted'")
    assert Task.from_json(task.to_json()) == task


def test_arrays_keep_their_order(tmp_path):
    arrays = [np.full(2, i) for i in range(12)]
    save_arrays(tmp_path / "a.npz", arrays)
    np.testing.assert_array_equal(load_arrays(tmp_path / "a.npz"), arrays)


def test_fresh_processes_do_the_work(tmp_path):
    task = Task("prepare", "latent_gan_batch128", OURS, 1, 20, str(tmp_path))
    assert start(task)["macs"] > 0
    shapes = [array.shape for array in load_arrays(task.file("initial.npz"))]
    assert shapes[:2] == [(64, 256), (256,)]
    latents = np.load(task.file("latents.npy"))
    assert latents.shape == (20, 2, 128, 64)
    assert len(np.unique(latents[..., 0])) == latents[..., 0].size


def test_a_process_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(module, "LIMIT", 0.01)
    with pytest.raises(InputError, match=r"did not end within .*does nothing else"):
        start(Task("prepare", "latent_gan_batch128", OURS, 1, 20, "."))


def test_a_failed_process_says_why(tmp_path):
    with pytest.raises(RuntimeError, match=r"(?s)failed.*no workload 'nothing'"):
        start(Task("time", "nothing", OURS, 1, 20, str(tmp_path)))
