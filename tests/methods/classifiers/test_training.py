import dataclasses
import pickle

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joblib.externals.loky import get_reusable_executor

from tests.conftest import load_synthetic
from tfnets import execute
from tfnets.artifacts.history import History
from tfnets.artifacts.run import CONFIG, METRICS, Config, Run
from tfnets.errors import InputError
from tfnets.lab.engine import Lab
from tfnets.lab.seeds import estimate
from tfnets.lab.settings import from_json
from tfnets.lab.trial import DataStore
from tfnets.methods.classifiers import training
from tfnets.methods.classifiers.recipe import Recipe
from tfnets.methods.classifiers.training import Training, permutation, shuffle
from tfnets.models import classifiers

RECIPE = Recipe(
    epochs=3, batch_size=5, learning_rate=0.01, momentum=0.9, curve_every=15, curve_images=20,
    train_images=100, test_images=30,
)  # fmt: skip
LAB = Lab(jobs=1, store=DataStore(load=load_synthetic))
DATA = RECIPE.data(LAB.store)
TRIALS = [
    Training(RECIPE, "wide", 1, (classifiers.two_convolutions, (3, 4))),
    Training(RECIPE, "narrow", 0, (classifiers.two_convolutions, (2, 3))),
    Training(RECIPE, "mixed", 0, (classifiers.perceptron, 4), shuffled=True),
]
NARROW = TRIALS[1]
COLUMNS = {"parameters", "test_loss", "test_accuracy", "train_loss", "train_accuracy", "curve"}


def create(folder):
    return Run.create(folder, Config.of("width_sweep", "tiny", 0, {}))


def train(run, trials=TRIALS, lab=LAB):
    """What comes of each trial, by its name."""
    by_name = {trial.part: [trial] for trial in trials}
    return {name: row for name, (row,) in training.train(run, lab, by_name).items()}


def with_recipe(trial, **changes):
    return dataclasses.replace(trial, settings=dataclasses.replace(RECIPE, **changes))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nothing disturbed, and what came of it."""
    run = create(tmp_path_factory.mktemp("whole") / "run")
    return run, train(run)


@pytest.fixture
def trained(monkeypatch):
    """The trials whose training begins."""
    begun, real = [], Training.train

    def noted(self, measuring):
        begun.append(self.part)
        return real(self, measuring)

    monkeypatch.setattr(Training, "train", noted)
    return begun


def assert_ends_alike(run, results, whole):
    assert results == whole[1]
    assert run.history == whole[0].history
    for trial in TRIALS:
        pairs = (each.load_model(trial.part).get_weights() for each in (run, whole[0]))
        for ours, theirs in zip(*pairs, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_results_are_what_the_saved_networks_give(whole):
    run, results = whole
    assert list(results) == ["wide-seed1", "narrow-seed0", "mixed-seed0"]
    for trial in TRIALS:
        found, network = results[trial.part], run.load_model(trial.part)
        assert set(found) == COLUMNS
        assert found["parameters"] == network.count_params()
        order = permutation(0, 32 * 32) if trial.shuffled else np.arange(32 * 32)
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
    trial, narrow = with_recipe(NARROW, curve_images=1000), whole[1][NARROW.part]
    found = train(create(tmp_path / "run"), [trial])[NARROW.part]
    assert found["curve"]["test_loss"][-1] == pytest.approx(found["test_loss"], rel=1e-6)
    assert found["curve"]["test_accuracy"][-1] == found["test_accuracy"]
    assert found["curve"]["train_loss"] == narrow["curve"]["train_loss"]
    assert found["curve"]["test_loss"] != narrow["curve"]["test_loss"]


def test_history_is_in_the_order_of_trials_and_epochs_with_the_curves_mean(whole):
    run, results = whole
    assert [(row["part"], row["epoch"]) for row in run.history] == [
        (trial.part, epoch) for trial in TRIALS for epoch in (1, 2, 3)
    ]
    for part, found in results.items():
        losses = [row["loss"] for row in run.history if row["part"] == part]
        assert np.mean(losses) == pytest.approx(np.mean(found["curve"]["train_loss"]), rel=1e-5)


def test_a_smaller_or_larger_execution_changes_nothing_but_rounding(monkeypatch, whole, tmp_path):
    monkeypatch.setattr(training, "executed_steps", lambda *_: 1)
    found, wanted = train(create(tmp_path / "run"), [NARROW])[NARROW.part], whole[1][NARROW.part]
    for name in COLUMNS - {"curve"}:
        assert found[name] == pytest.approx(wanted[name], rel=1e-3), name
    for name, column in found["curve"].items():
        assert column == pytest.approx(wanted["curve"][name], rel=1e-3), name


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.variant)
def test_a_trial_can_be_sent_and_compared(trial):
    again = pickle.loads(pickle.dumps(trial))
    assert again == trial
    assert hash(again) == hash(trial)
    assert len(pickle.dumps(trial)) < 2000


def test_two_processes_give_what_one_gives_to_the_bit(whole, tmp_path):
    run = create(tmp_path / "run")
    try:
        results = train(run, lab=dataclasses.replace(LAB, jobs=2))
    finally:
        get_reusable_executor().shutdown(wait=True)
    assert_ends_alike(run, results, whole)
    for place in ("*.keras", "parts/[!.]*"):
        names = [{path.name for path in each.path.glob(place)} for each in (run, whole[0])]
        assert names[0] == names[1]
        assert len(names[0]) == 3


class Killed(KeyboardInterrupt):
    pass


@pytest.mark.parametrize(
    "point", [1, 6, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 12))],
    ids="in the {}. point".format,
)  # fmt: skip
def test_a_training_goes_on_within_a_trial_to_the_bit(monkeypatch, whole, tmp_path, trained, point):
    run, points, real = create(tmp_path / "run"), [], training.LossCurve._close

    def dying(self, step):
        points.append(step)
        if len(points) == point:
            raise Killed
        return real(self, step)

    monkeypatch.setattr(training.LossCurve, "_close", dying)
    with pytest.raises(Killed):
        train(run)
    done = (point - 1) // 4
    del trained[:]
    run = Run.open(run.path)
    assert_ends_alike(run, train(run), whole)
    assert trained == [trial.part for trial in TRIALS[done:]]


def die_at(monkeypatch, owner, name, number):
    """Makes a call of a method the last that the process lives to see."""
    calls, real = [], getattr(owner, name)

    def dying(self, *arguments, **options):
        calls.append(arguments)
        if len(calls) == number:
            raise Killed
        return real(self, *arguments, **options)

    monkeypatch.setattr(owner, name, dying)


@pytest.mark.parametrize(
    ("name", "number", "again"),
    [
        ("finish", 2, TRIALS[2:]),  # trained, not yet finished
        ("extend", 3 + 1, TRIALS[1:]),  # while the first trial's history is taken over
        pytest.param("save_model", 1, TRIALS, marks=pytest.mark.slow),  # before the first network
        ("save_model", 2, TRIALS[1:]),  # the first is taken over, the second is not
        ("adopt", 2, TRIALS[2:]),
        pytest.param("part", 2, TRIALS[1:], marks=pytest.mark.slow),
        pytest.param("part", 3 + 2, [], marks=pytest.mark.slow),  # while the results are read
    ],
)
def test_killed_between_the_end_of_a_training_and_its_place_in_the_study(
    monkeypatch, whole, tmp_path, trained, name, number, again
):
    run = create(tmp_path / "run")
    with monkeypatch.context() as patch:
        die_at(patch, History if name == "extend" else Run, name, number)
        with pytest.raises(Killed):
            train(run)
    del trained[:]
    run = Run.open(run.path)
    assert_ends_alike(run, train(run), whole)
    assert trained == [trial.part for trial in again]
    del trained[:]
    assert_ends_alike(run, train(run), whole)
    assert trained == []


def test_killed_between_a_networks_numbers_and_the_mark_that_it_is_finished(
    monkeypatch, whole, tmp_path, trained
):
    run = create(tmp_path / "run")

    def dying(self, metrics, report):
        self.save_json(METRICS, metrics)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Run, "finish", dying)
        with pytest.raises(Killed):
            train(run)
    assert_ends_alike(run, train(run), whole)
    assert trained == [trial.part for trial in TRIALS]


@pytest.mark.parametrize("left", [[], [".config.1a2b3c.tmp.json"], [".config.1.tmp.json", "x"]])
def test_a_folder_whose_config_was_never_written_is_begun_anew(whole, tmp_path, left):
    run = create(tmp_path / "run")
    folder = run.trial_folder(NARROW.key)
    folder.mkdir(parents=True)
    for name in left:
        (folder / name).write_text("{")
    found = train(run, [NARROW])
    assert found[NARROW.part] == whole[1][NARROW.part]
    assert (folder / CONFIG).exists()
    assert not any((folder / name).exists() for name in left)


def test_a_trial_that_another_process_still_does_is_left_to_it(tmp_path):
    run = create(tmp_path / "run")
    with (
        create(run.trial_folder(NARROW.key)),
        pytest.raises(InputError, match="Another process is working"),
    ):
        train(run, [NARROW])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"batch_size": 101}, "batch size is 101, but there are only 100 examples"),
        ({"curve_every": 61}, "a point every 61 steps, but the training has 60 steps in all"),
        ({"learning_rate": 1e20}, "loss of wide-seed1 has become .*smaller learning rate"),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_one_sentence(tmp_path, changes, sentence):
    run = create(tmp_path / "run")
    with pytest.raises(InputError, match=sentence) as refused:
        train(run, [with_recipe(trial, **changes) for trial in TRIALS])
    assert "\n" not in str(refused.value)
    if "become" not in sentence:
        assert {path.name for path in run.path.iterdir()} <= {CONFIG, "run.lock"}


def load_small(name, data_dir=None):
    data = load_synthetic(name, data_dir)
    return dataclasses.replace(data, x_train=data.x_train[:, :28, :28])


def test_images_that_do_not_fit_are_refused_before_anything_is_trained(tmp_path, trained):
    with pytest.raises(InputError, match="28x28x3"):
        train(create(tmp_path / "run"), lab=Lab(jobs=1, store=DataStore(load=load_small)))
    assert trained == []


STUDIES = ("width_sweep", "linear_ablation", "single_convolution", "shuffled_pixels")


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("repeats=0", "repeats is 0; give numbers of at least 1"),
        ("curve_images=0", "curve_images is 0"),
        ("learning_rate=0", "learning_rate is 0.0; give a number above 0"),
        ("learning_rate=nan", "learning_rate is nan"),
        ("learning_rate=inf", "learning_rate is inf"),
        ("momentum=1", "momentum is 1.0; give a number from 0 to below 1"),
        ("momentum=-0.1", "momentum is -0.1"),
        ("batch_size=161", "batch size is 161, but there are only 160 examples"),
        ("curve_every=81", "a point every 81 steps, but the training has 80 steps"),
        ("curve_every=2.5", "takes a int"),
        ("workers=2", "no setting 'workers'"),
    ],
)
def test_bad_settings_are_one_sentence_and_leave_no_folder(
    study, assignment, sentence, digits, tmp_path
):
    with pytest.raises(InputError, match=sentence):
        execute.start(study, tmp_path / "run", scale="tiny", assignments=[assignment])
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("study", STUDIES)
def test_runs_of_the_version_with_workers_are_still_read(study):
    loaded = execute.load(study)
    for settings in loaded.SCALES.values():
        old = dataclasses.asdict(settings) | {"workers": 2}
        assert from_json(loaded.Settings, old) == settings


def test_steps_of_a_recipe():
    assert RECIPE.steps(100) == 60
    assert RECIPE.steps(104) == 60
    with pytest.raises(InputError, match="only 4 examples"):
        RECIPE.steps(4)
    assert RECIPE.steps(25) == 15
    with pytest.raises(InputError, match="12 steps in all"):
        RECIPE.steps(24)


def test_the_permutation_is_a_function_of_the_seed():
    pixels = 32 * 32
    first = permutation(0, pixels)
    assert sorted(first) == list(range(pixels))
    np.testing.assert_array_equal(first, permutation(0, pixels))
    for other in (permutation(1, pixels), np.arange(pixels)):
        assert np.mean(first == other) < 0.02
    assert sorted(permutation(0, 6)) == list(range(6))


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
