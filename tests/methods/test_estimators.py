"""The estimators: scikit-learn's own checks, and what images, -1 and levels mean."""

import pickle

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits, make_blobs
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks

import tfnets
from tests.methods.labels.test_learning import PLAN, bars, few
from tfnets.datasets.draws import UNKNOWN
from tfnets.errors import InputError
from tfnets.methods import estimators
from tfnets.methods.anomalies import HELD_OUT, Recipe, Scorer, split
from tfnets.methods.estimators import AnomalyDetector, FewLabelClassifier
from tfnets.methods.labels.learning import Learned
from tfnets.methods.labels.plan import Plan
from tfnets.methods.labels.representation import encode, fit_at_once
from tfnets.training.deformations import Strength

TINY = Plan(features=4, updates=4, batch_size=16, neighbours=3, steps=3, classifier_batch=8)
SMALL = {"latent": 3, "hidden": 8, "updates": 30}
MINUS = {
    "check_classifiers_classes": "It has a class -1, which means unlabelled here, as in "
    "LabelSpreading, which the check leaves this out for by name."
}


@parametrize_with_checks(
    [FewLabelClassifier()], expected_failed_checks=lambda _: MINUS, xfail_strict=True
)
def test_scikit_learn_takes_the_classifier(estimator, check):
    check(estimator)


def light(check):
    """Whether a check of scikit-learn trains nothing."""
    names = ("clone", "repr", "tags", "tag_types", "init", "mixin", "constructible", "get_params")
    return any(name in check.func.__name__ for name in names)


CHECKS = [check for _, check in estimator_checks_generator(AnomalyDetector(**SMALL))]


@pytest.mark.parametrize(
    "check",
    [c if light(c) else pytest.param(c, marks=pytest.mark.slow) for c in CHECKS],
    ids=lambda check: check.func.__name__,
)
def test_scikit_learn_takes_the_detector(check):
    check(AnomalyDetector(**SMALL))


@pytest.fixture
def stub(monkeypatch):
    """In place of `learn`: a network without training, and what it was asked for."""
    asked = {}

    def learned(images, labels, *, plan, seed, fit):
        asked.update(images=images, labels=labels, plan=plan, seed=seed)
        image = keras.Input(images.shape[1:])
        x = keras.layers.Flatten()(image)
        network = keras.Model(image, keras.layers.Dense(2, "softmax")(x))
        return Learned(network, network, np.eye(2)[np.arange(len(images)) % 2])

    monkeypatch.setattr(estimators, "learn", learned)
    return asked


def divided(values, by):
    return values / by


def some(names, each=5):
    """So many labels of each name, -1 for the others."""
    y = np.full(len(names), UNKNOWN, object)
    for name in np.unique(names):
        y[np.flatnonzero(names == name)[:each]] = name
    return y


class TestFewLabelClassifier:
    def test_rows_are_told_apart_by_three_labels_of_each_and_distance_from_the_middle_counts(self):
        rows, kinds = make_blobs(
            90, centers=[[0, 0], [3, 0], [9, 0]], cluster_std=0.3, random_state=0
        )
        fitted = FewLabelClassifier().fit(rows, few(kinds))
        np.testing.assert_array_equal(fitted.transduction_, kinds)
        np.testing.assert_array_equal(fitted.predict([[0.1, 0], [2.9, 0], [9.1, 0]]), [0, 1, 2])
        assert fitted.score(rows, few(kinds)) == fitted.score(rows, kinds) == 1

    def test_names_are_answered_with_names(self):
        rows, kinds = make_blobs(30, centers=[[0, 0], [5, 5]], cluster_std=0.3, random_state=0)
        names = np.array(["no", "yes"])[kinds]
        for given in (names, names.astype(object), some(names)):
            fitted = FewLabelClassifier().fit(rows, given)
            np.testing.assert_array_equal(fitted.classes_, ["no", "yes"])
            np.testing.assert_array_equal(fitted.predict(rows), names)

    def test_images_are_learned_as_learn_does_it(self, stub):
        images, kinds = bars(40)
        y = np.where(few(kinds) < 0, UNKNOWN, 7 * few(kinds))
        fitted = FewLabelClassifier(random_state=3).fit(images.astype(np.float64), y)
        np.testing.assert_array_equal(stub["images"], images)
        np.testing.assert_array_equal(stub["labels"], few(kinds))
        assert (stub["plan"], stub["seed"]) == (Plan.sized(16), 3)
        np.testing.assert_array_equal(fitted.classes_, [0, 7])
        found = fitted.predict_proba(images)
        np.testing.assert_array_equal(found, encode(fitted.classifier_, images))
        np.testing.assert_array_equal(fitted.predict(images), 7 * found.argmax(axis=1))
        np.testing.assert_array_equal(fitted.transduction_, 7 * kinds)

    @pytest.mark.parametrize("shape", [(16, 12), (8, 8, 3)])
    def test_rows_of_pixels_are_images(self, stub, shape):
        rows = np.random.default_rng(0).random((20, 192))
        model = clone(FewLabelClassifier(TINY, image_shape=shape)).fit(rows, np.arange(20) % 2)
        wanted = rows.reshape(20, *(*shape, 1)[:3]).astype(np.float32)
        np.testing.assert_array_equal(stub["images"], wanted)
        assert stub["plan"] == TINY
        assert model.predict(rows[:3]).shape == (3,)

    @pytest.mark.parametrize(
        ("change", "labels", "sentence"),
        [
            ({"image_shape": (4, 4)}, [0, 1], "image_shape is"),
            ({"image_shape": (16,)}, [0, 1], "image_shape is"),
            ({}, [0, 0], "at least two classes"),
            ({}, [UNKNOWN, UNKNOWN], "at least two classes"),
        ],
    )
    def test_bad_input_is_one_sentence(self, change, labels, sentence):
        rows = np.linspace(0, 1, 40 * 15).reshape(40, 15)
        with pytest.raises(InputError, match=sentence):
            FewLabelClassifier(**change).fit(rows, np.resize(labels, 40))

    @pytest.mark.parametrize(
        ("images", "sentence"),
        [
            (lambda good: 255 * good, "in \\[0, 1\\]"),
            (lambda good: good[..., 0], "have shape \\(40, 16, 16\\)"),
            (lambda good: good[:, :4], "at least 8 along each side"),
            (lambda good: good[:10], "at least 20 images"),
        ],
    )
    def test_images_that_nothing_can_be_learned_from(self, images, sentence):
        given, kinds = bars(40)
        given = images(given)
        with pytest.raises(InputError, match=sentence):
            FewLabelClassifier().fit(given, kinds[: len(given)])

    def test_images_of_another_shape_and_unknown_scores_are_refused(self, stub):
        images, kinds = bars(40)
        fitted = FewLabelClassifier(TINY).fit(images, few(kinds))
        with pytest.raises(InputError, match="those of fit had"):
            fitted.predict(images[:, :, :8])
        with pytest.raises(InputError, match="No label is known"):
            fitted.score(images, np.full(40, UNKNOWN))

    def test_the_plan_is_sized_for_the_images(self):
        ours = Strength()
        half = Plan.sized(14).strength
        assert Plan.sized(28) == Plan()
        assert (half.shift, half.bend, half.stroke) == (1.0, 0.5, 0.35)
        assert (half.degrees, half.shear, half.stretch) == (ours.degrees, ours.shear, ours.stretch)
        assert Plan.sized(280).strength.stroke == 1

    @pytest.mark.slow
    def test_a_pipeline_with_a_network_is_cross_validated_and_pickled(self):
        images, kinds = bars()
        rows = 255 * images.reshape(len(images), -1)
        model = make_pipeline(
            FunctionTransformer(divided, kw_args={"by": 255}),
            FewLabelClassifier(PLAN, image_shape=(16, 16)),
        )
        known = few(kinds, each=20)
        assert cross_val_score(model, rows, known, cv=2).min() > 0.9
        fitted = model.fit(rows, known)
        copied = pickle.loads(pickle.dumps(fitted))
        np.testing.assert_array_equal(copied.predict_proba(rows), fitted.predict_proba(rows))
        new, truth = bars(seed=1)
        assert fitted.score(255 * new.reshape(len(new), -1), truth) > 0.9


@pytest.fixture(scope="module")
def fitted():
    images, kinds = bars(120)
    return AnomalyDetector(**SMALL, level=0.2).fit(images[kinds == 1])


class TestAnomalyDetector:
    def test_it_scores_as_the_job_does(self, fitted):
        images, kinds = bars(120)
        known, held_out = split(images[kinds == 1], 0)
        assert (len(known), len(held_out)) == (48, 60 // HELD_OUT)
        trained = Recipe(**SMALL).train(known, 0, fit_at_once(0, ""))
        scorer = Scorer.fitted(trained, known)
        wanted = -scorer.scores(images)["sum"]
        np.testing.assert_allclose(fitted.score_samples(images), wanted, rtol=1e-5)
        np.testing.assert_allclose(fitted.held_out_, -scorer.scores(held_out)["sum"], rtol=1e-5)

    def test_what_is_odd_has_a_p_value_up_to_the_level(self, fitted):
        images, _ = bars(200, seed=1)
        p, odd = fitted.p_values(images), fitted.predict(images) == -1
        np.testing.assert_array_equal(odd, p <= 0.2)
        assert 0 < odd.sum() < 200
        decisions = fitted.decision_function(images)
        np.testing.assert_array_equal(odd, decisions < 0)

    def test_with_few_held_out_ones_only_what_is_odder_than_all_is_odd(self):
        rows = np.random.default_rng(0).normal(size=(20, 3))
        fitted = AnomalyDetector(**SMALL, level=0.01).fit(rows)
        assert fitted.offset_ == fitted.held_out_.min()
        assert fitted.predict([[40.0, -40, 40]]) == -1

    def test_digits_with_noise_are_odd(self):
        digits = load_digits().data[:100]
        model = make_pipeline(
            FunctionTransformer(divided, kw_args={"by": 16}),
            AnomalyDetector(image_shape=(8, 8), hidden=32, updates=300),
        )
        noise = np.random.default_rng(0).uniform(0, 16, (30, 64))
        assert (model.fit(digits).predict(noise) == -1).mean() > 0.9

    @pytest.mark.parametrize("level", [0, 1, float("nan")])
    def test_a_level_is_between_0_and_1(self, level):
        with pytest.raises(InputError, match="The level is"):
            AnomalyDetector(level=level).fit(np.eye(5))

    def test_too_few_are_refused(self):
        with pytest.raises(ValueError, match="minimum of 5"):
            AnomalyDetector().fit(np.eye(4))


@pytest.mark.parametrize("kind", [FewLabelClassifier, AnomalyDetector])
def test_the_seed_may_be_scikit_learns(kind):
    assert kind(random_state=7)._seed() == 7
    drawn = [kind(random_state=np.random.RandomState(1))._seed() for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert kind is getattr(tfnets, kind.__name__)
