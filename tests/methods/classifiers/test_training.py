import dataclasses
import os
from functools import partial
from pathlib import Path

import joblib
import keras
import numpy as np
import pytest
import tqdm
from hypothesis import given
from hypothesis import strategies as st
from joblib.externals.loky import get_reusable_executor

from tests.conftest import load_synthetic
from tfnets import execute
from tfnets.artifacts.run import CONFIG, REPORT, Config, Run
from tfnets.errors import InputError
from tfnets.lab.seeds import estimate
from tfnets.methods.classifiers import processes, training
from tfnets.methods.classifiers.processes import Steps, bar, parallel
from tfnets.methods.classifiers.training import Job, Recipe, shuffle, train
from tfnets.models import classifiers

RECIPE = Recipe(
    epochs=3, batch_size=5, learning_rate=0.01, momentum=0.9, curve_every=15, curve_images=20
)
# More than a megabyte, from which on joblib hands arrays over as files.
DATA = load_synthetic("cifar10").first(100, 30)
STEPS = 20
PERMUTATION = np.random.default_rng(1).permutation(32 * 32)
JOBS = [
    Job("wide", partial(classifiers.two_convolutions, (3, 4), 1), 1),
    Job("narrow", partial(classifiers.two_convolutions, (2, 3), 0), 0),
    Job("shuffled", partial(classifiers.perceptron, 4, 0), 0, PERMUTATION),
]
COLUMNS = {"parameters", "test_loss", "test_accuracy", "train_loss", "train_accuracy", "curve"}


def create(folder):
    return Run.create(folder, Config.of("width_sweep", "tiny", 0, {}))


def folder(run, part):
    return run.checkpoint_folder(part)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nothing disturbed, and what `train` returned."""
    run = create(tmp_path_factory.mktemp("whole") / "run")
    return run, train(run, JOBS, RECIPE, DATA, workers=1)


@pytest.fixture
def trained(monkeypatch):
    """The parts of which training begins."""
    begun, real = [], training._train_one

    def noted(job, *rest):
        begun.append(job.part)
        return real(job, *rest)

    monkeypatch.setattr(training, "_train_one", noted)
    return begun


def assert_ends_alike(run, results, whole):
    assert results == whole[1]
    assert run.history == whole[0].history
    for job in JOBS:
        pairs = (each.load_model(job.part).get_weights() for each in (run, whole[0]))
        for ours, theirs in zip(*pairs, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_results_are_what_the_saved_networks_give(whole):
    run, results = whole
    assert list(results) == [job.part for job in JOBS]
    for job in JOBS:
        found, network = results[job.part], run.load_model(job.part)
        assert set(found) == COLUMNS
        assert found["parameters"] == network.count_params()
        order = np.arange(32 * 32) if job.permutation is None else job.permutation
        for name, x, y in (
            ("train", DATA.x_train, DATA.y_train), ("test", DATA.x_test, DATA.y_test),
        ):  # fmt: skip
            x = x.reshape(len(x), -1, 3)[:, order].reshape(x.shape)
            logits = network.predict(x, verbose=0)
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, logits)
            assert found[f"{name}_loss"] == pytest.approx(float(loss), rel=1e-5)
            assert found[f"{name}_accuracy"] == np.mean(logits.argmax(axis=1) == y)


def test_curves_are_measured_on_the_first_test_images_and_end_at_the_end(whole, tmp_path):
    """60 steps, a point every 15; with all test images, the last is the final measurement."""
    for found in whole[1].values():
        assert found["curve"]["step"] == [15, 30, 45, 60]
    recipe = dataclasses.replace(RECIPE, curve_images=1000)
    found = train(create(tmp_path / "run"), JOBS[1:2], recipe, DATA, workers=1)["narrow"]
    assert found["curve"]["test_loss"][-1] == pytest.approx(found["test_loss"], rel=1e-6)
    assert found["curve"]["test_accuracy"][-1] == found["test_accuracy"]
    assert found["curve"]["train_loss"] == whole[1]["narrow"]["curve"]["train_loss"]
    assert found["curve"]["test_loss"] != whole[1]["narrow"]["curve"]["test_loss"]


def test_history_is_in_the_order_of_jobs_and_epochs_with_the_curves_mean(whole):
    run, results = whole
    assert [(row["part"], row["epoch"]) for row in run.history] == [
        (job.part, epoch) for job in JOBS for epoch in (1, 2, 3)
    ]
    for part, found in results.items():
        losses = [row["loss"] for row in run.history if row["part"] == part]
        assert np.mean(losses) == pytest.approx(np.mean(found["curve"]["train_loss"]), rel=1e-5)


def test_a_smaller_or_larger_execution_changes_nothing_but_rounding(monkeypatch, whole, tmp_path):
    monkeypatch.setattr(training, "executed_steps", lambda *_: 1)
    found = train(create(tmp_path / "run"), JOBS[1:2], RECIPE, DATA, workers=1)["narrow"]
    assert_close(found, whole[1]["narrow"])


def assert_close(found, wanted):
    for name in COLUMNS - {"curve"}:
        assert found[name] == pytest.approx(wanted[name], rel=1e-3), name
    for name, column in found["curve"].items():
        assert column == pytest.approx(wanted["curve"][name], rel=1e-3), name


def test_two_processes_give_what_one_gives(whole, tmp_path):
    """To float tolerance: a sum in another number of threads may have other last bits."""
    run = create(tmp_path / "run")
    try:
        results = train(run, JOBS, RECIPE, DATA, workers=2)
    finally:
        get_reusable_executor().shutdown(wait=True)
    assert list(results) == list(whole[1])
    for part, found in results.items():
        assert_close(found, whole[1][part])
    rows = [(row["part"], row["epoch"]) for row in run.history]
    assert rows == [(row["part"], row["epoch"]) for row in whole[0].history]
    assert sorted(path.name for path in run.path.glob("*.keras")) == [
        "narrow.keras", "shuffled.keras", "wide.keras",
    ]  # fmt: skip
    counted = np.load(run.checkpoint_folder("steps.npy"))
    assert list(counted) == [STEPS * RECIPE.epochs] * 3
    left = Path("/dev/shm").glob(f"joblib_memmapping_folder_{os.getpid()}_*")
    assert [path for each in left for path in each.iterdir()] == []


class Killed(KeyboardInterrupt):
    pass


@pytest.mark.parametrize(
    "point", [1, 6, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 12))],
    ids="in the {}. point".format,
)  # fmt: skip
def test_a_training_goes_on_within_a_job_to_the_bit(monkeypatch, whole, tmp_path, trained, point):
    run, points, real = create(tmp_path / "run"), [], training.LossCurve._close

    def dying(self, step):
        points.append(step)
        if len(points) == point:
            raise Killed
        return real(self, step)

    monkeypatch.setattr(training.LossCurve, "_close", dying)
    with pytest.raises(Killed):
        train(run, JOBS, RECIPE, DATA, workers=1)
    done = (point - 1) // 4
    del trained[:]
    run = Run.open(run.path)
    assert_ends_alike(run, train(run, JOBS, RECIPE, DATA, workers=1), whole)
    assert trained == [job.part for job in JOBS[done:]]


def die_at(monkeypatch, owner, name, number):
    """Makes a call of a method the last that the process lives to see."""
    calls, real = [], getattr(owner, name)

    def dying(self, *arguments):
        calls.append(arguments)
        if len(calls) == number:
            raise Killed
        return real(self, *arguments)

    monkeypatch.setattr(owner, name, dying)


@pytest.mark.parametrize(
    ("name", "number", "again"),
    [
        ("finish", 2, JOBS[1:]),  # trained, not yet finished
        ("log", 3 * 3 + 2, []),  # while the first job's history is taken over
        pytest.param("save_model", 3 + 1, [], marks=pytest.mark.slow),  # before the first network
        ("save_model", 3 + 2, []),  # the first is taken over, the second is not
        pytest.param("part", 1, [], marks=pytest.mark.slow),
        pytest.param("part", 3, [], marks=pytest.mark.slow),
    ],
)
def test_killed_between_the_end_of_a_training_and_its_place_in_the_study(
    monkeypatch, whole, tmp_path, trained, name, number, again
):
    run = create(tmp_path / "run")
    with monkeypatch.context() as patch:
        die_at(patch, Run, name, number)
        with pytest.raises(Killed):
            train(run, JOBS, RECIPE, DATA, workers=1)
    del trained[:]
    run = Run.open(run.path)
    assert_ends_alike(run, train(run, JOBS, RECIPE, DATA, workers=1), whole)
    assert trained == [job.part for job in again]
    del trained[:]
    assert_ends_alike(run, train(run, JOBS, RECIPE, DATA, workers=1), whole)
    assert trained == []


def test_killed_between_a_networks_numbers_and_the_mark_that_it_is_finished(
    monkeypatch, whole, tmp_path, trained
):
    run, real = create(tmp_path / "run"), Run.save_json

    def dying(self, name, values):
        if name == REPORT:
            raise Killed
        real(self, name, values)

    with monkeypatch.context() as patch:
        patch.setattr(Run, "save_json", dying)
        with pytest.raises(Killed):
            train(run, JOBS, RECIPE, DATA, workers=1)
    assert_ends_alike(run, train(run, JOBS, RECIPE, DATA, workers=1), whole)
    assert trained == ["wide", "wide", "narrow", "shuffled"]


@pytest.mark.parametrize("left", [[], [".config.1a2b3c.tmp.json"], [".config.1.tmp.json", "x"]])
def test_a_folder_whose_config_was_never_written_is_begun_anew(whole, tmp_path, left):
    run = create(tmp_path / "run")
    folder(run, "narrow").mkdir(parents=True)
    for name in left:
        (folder(run, "narrow") / name).write_text("{")
    found = train(run, JOBS[1:2], RECIPE, DATA, workers=1)
    assert found["narrow"] == whole[1]["narrow"]
    assert (folder(run, "narrow") / CONFIG).exists()
    assert not any((folder(run, "narrow") / name).exists() for name in left)


def test_a_job_that_another_process_still_trains_is_left_to_it(tmp_path):
    run = create(tmp_path / "run")
    with (
        create(folder(run, "narrow")),
        pytest.raises(InputError, match="Another process is working"),
    ):
        train(run, JOBS[1:2], RECIPE, DATA, workers=1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"batch_size": 101}, "batch size is 101, but there are only 100 examples"),
        ({"curve_every": 61}, "a point every 61 steps, but the training has 60 steps in all"),
        ({"learning_rate": 1e20}, "loss of training has become .*wide.*smaller learning rate"),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_one_sentence(tmp_path, changes, sentence):
    recipe = dataclasses.replace(RECIPE, **changes)
    run = create(tmp_path / "run")
    with pytest.raises(InputError, match=sentence) as refused:
        train(run, JOBS, recipe, DATA, workers=1)
    assert "\n" not in str(refused.value)
    if "become" not in sentence:
        assert sorted(path.name for path in run.path.iterdir()) == [CONFIG]


def test_images_that_do_not_fit_are_refused_before_anything_is_trained(tmp_path, trained):
    run = create(tmp_path / "run")
    small = dataclasses.replace(DATA, x_train=DATA.x_train[:, :28, :28])
    with pytest.raises(InputError, match="28x28x3"):
        train(run, JOBS, RECIPE, small, workers=1)
    assert trained == []


STUDIES = ("width_sweep", "linear_ablation", "single_convolution", "shuffled_pixels")


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("workers=0", "workers is 0; give numbers of at least 1"),
        ("curve_images=0", "curve_images is 0"),
        ("learning_rate=0", "learning_rate is 0.0; give a number above 0"),
        ("learning_rate=nan", "learning_rate is nan"),
        ("learning_rate=inf", "learning_rate is inf"),
        ("momentum=1", "momentum is 1.0; give a number from 0 to below 1"),
        ("momentum=-0.1", "momentum is -0.1"),
        ("batch_size=161", "batch size is 161, but there are only 160 examples"),
        ("curve_every=81", "a point every 81 steps, but the training has 80 steps"),
        ("curve_every=2.5", "takes a int"),
    ],
)
def test_bad_settings_are_one_sentence_and_leave_no_folder(
    study, assignment, sentence, digits, tmp_path
):
    with pytest.raises(InputError, match=sentence):
        execute.start(study, tmp_path / "run", scale="tiny", assignments=[assignment])
    assert not (tmp_path / "run").exists()


def test_a_recipe_is_picked_out_of_settings():
    settings = dataclasses.asdict(RECIPE) | {"workers": 2, "widths": ("1-2",)}
    assert Recipe.of(settings) == RECIPE
    assert RECIPE.steps(100) == 60
    assert RECIPE.steps(104) == 60
    with pytest.raises(InputError, match="only 4 examples"):
        RECIPE.steps(4)
    assert RECIPE.steps(25) == 15
    with pytest.raises(InputError, match="12 steps in all"):
        RECIPE.steps(24)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4), st.integers(0, 100))
def test_shuffling_moves_whole_pixels_and_is_undone_by_the_inverse(height, width, channels, seed):
    rng = np.random.default_rng(seed)
    images = rng.random((3, height, width, channels), np.float32)
    order = rng.permutation(height * width)
    shown = shuffle(images, order)
    assert shown.shape == images.shape
    for place, pixel in enumerate(order):
        np.testing.assert_array_equal(
            shown[:, place // width, place % width], images[:, pixel // width, pixel % width]
        )
    np.testing.assert_array_equal(shuffle(shown, np.argsort(order)), images)


def test_estimates_have_an_interval_where_there_are_two_seeds():
    assert estimate([0.25]) == {"mean": 0.25, "n": 1}
    found = estimate([1.0, 2.0, 3.0])
    half = 4.302653 / np.sqrt(3)
    assert found == {"mean": 2.0, "ci95": pytest.approx([2 - half, 2 + half], rel=1e-6), "n": 3}
    assert estimate([0.5, 0.5]) == {"mean": 0.5, "ci95": [0.5, 0.5], "n": 2}


@pytest.mark.parametrize(
    ("workers", "jobs", "started"), [(1, 5, 1), (2, 5, 2), (8, 5, 5), (8, 1, 2), (2, 1, 2)]
)
def test_no_more_processes_than_jobs(workers, jobs, started):
    assert parallel(workers, jobs).n_jobs == started


@pytest.mark.parametrize(
    ("cores", "workers", "threads"), [(8, 2, 4), (8, 3, 2), (2, 2, 1), (1, 4, 1)]
)
def test_processes_share_the_cores_however_many_jobs_are_left(monkeypatch, cores, workers, threads):
    shares = []
    monkeypatch.setattr(joblib, "cpu_count", lambda: cores)
    real = joblib.parallel_config

    def noted(*words, **settings):
        shares.append(settings["initargs"])
        return real(*words, **settings)

    monkeypatch.setattr(joblib, "parallel_config", noted)
    for jobs in (1, 2, 9):
        parallel(workers, jobs)
    assert shares == [(threads,)] * 3


@pytest.fixture
def bars(monkeypatch):
    """The bars that are opened."""
    opened = []

    class Bar(tqdm.tqdm):
        monitor_interval = 0  # no thread

        def __init__(self, *arguments, **settings):
            super().__init__(*arguments, **settings)
            opened.append(self)

    monkeypatch.setattr(processes, "tqdm", Bar)
    return opened


def test_the_bar_goes_from_what_was_done_before_to_what_is_done(bars, capsys):
    done, shares = np.array([3, 0]), np.array([0.1, 0.05])
    with bar("two nets", done, shares):
        while not bars:
            pass
        done[:] = [5, 8]
    (shown,) = bars
    assert (shown.initial, shown.n) == (pytest.approx(0.3), pytest.approx(0.9))
    assert shown not in tqdm.tqdm._instances  # closed
    text = capsys.readouterr().err
    assert "two nets:  30.0%" in text
    assert "two nets:  90.0%" in text


def test_the_bar_ends_with_the_work_when_it_fails(bars):
    with pytest.raises(ZeroDivisionError), bar("a net", np.array([1]), np.array([0.1])):
        1 / 0  # noqa: B018
    (shown,) = bars
    assert shown not in tqdm.tqdm._instances


def test_the_bar_of_a_resumed_training_begins_where_it_stopped(bars, monkeypatch, tmp_path):
    """One of two jobs of the same size has done two of three epochs."""
    jobs = [Job(name, partial(classifiers.two_convolutions, (2, 3), 0), 0) for name in ("a", "b")]
    run = create(tmp_path / "run")
    with monkeypatch.context() as patch:
        # Steps 15, 30, 45: the third point lies in the third epoch.
        die_at(patch, training.Evaluation, "__call__", 3)
        with pytest.raises(Killed):
            train(run, jobs, RECIPE, DATA, workers=1)
    train(run, jobs, RECIPE, DATA, workers=1)
    first, second = bars
    assert (first.initial, second.initial) == (0, pytest.approx(2 / 6))
    assert second.n == pytest.approx(1)


def counter(tmp_path, owner=None):
    place = tmp_path / "steps.npy"
    np.save(place, np.zeros(3, np.int64))
    steps = Steps(place, 1) if owner is None else Steps(place, 1, owner)
    return steps.counter(steps_per_epoch=10), place


def test_steps_are_counted_over_epochs_in_their_own_cell(tmp_path):
    callback, place = counter(tmp_path)
    callback.on_epoch_begin(2)
    callback.on_train_batch_end(4)
    assert list(np.load(place)) == [0, 25, 0]


@pytest.mark.parametrize("owner", [os.getpid, os.getppid], ids=["itself", "parent"])
def test_a_training_lives_on_while_its_owner_lives(tmp_path, monkeypatch, owner):
    monkeypatch.setattr(os, "_exit", lambda code: pytest.fail("ended"))
    callback, _ = counter(tmp_path, owner())
    callback.on_epoch_begin(0)
    callback.on_train_batch_end(0)


def test_a_worker_whose_owner_is_gone_ends(tmp_path, monkeypatch):
    ends = []
    monkeypatch.setattr(os, "_exit", ends.append)
    callback, place = counter(tmp_path, owner=2**30)
    callback.on_epoch_begin(0)
    callback.on_train_batch_end(3)
    assert ends == [1]
    assert list(np.load(place)) == [0, 4, 0]
