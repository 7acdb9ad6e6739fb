import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from tfnets.errors import InputError
from tfnets.theory.two_sample import classifier_test, ks_tests


def normals(n, shift=0.0, seed=0, dim=2):
    points = np.random.default_rng(seed).standard_normal((n, dim))
    points[:, 0] += shift
    return points


@pytest.mark.parametrize("shift", [0.5, 1.0, 2.0])
def test_shifted_normals_reach_bayes_accuracy(shift):
    """The best rule cuts half way: it is right with probability Phi(shift / 2)."""
    found = classifier_test(
        normals(8_000), normals(8_000, shift, 1), seed=0, classifier=LogisticRegression()
    )
    best = stats.norm.cdf(shift / 2)
    assert found.n == 8_000
    assert found.low <= best <= found.high
    assert found.accuracy == pytest.approx(best, abs=0.015)
    assert found.p_value < 1e-10


def test_neighbours_come_close_to_it_without_knowing_the_form():
    found = classifier_test(normals(6_000), normals(6_000, 1.0, 1), seed=0)
    assert stats.norm.cdf(0.5) - 0.03 < found.accuracy < stats.norm.cdf(0.5) + 0.02


@pytest.mark.parametrize("cross_fit", [False, True])
def test_equal_distributions_are_refused_as_often_as_the_level_says(cross_fit):
    p = np.array(
        [
            classifier_test(
                normals(150, seed=2 * i), normals(150, seed=2 * i + 1), seed=i, cross_fit=cross_fit
            ).p_value
            for i in range(120)
        ]
    )
    # 120 tests at 5 %: 6 are expected, 14 or more have a probability below 0.3 %.
    assert (p < 0.05).sum() < 14
    assert (p < 0.5).mean() > 0.25
    if not cross_fit:
        assert stats.kstest(p, "uniform").pvalue > 1e-3


def test_numbers_by_hand():
    """A constant classifier is right on one of the two samples: half of the points."""

    class Always(KNeighborsClassifier):
        def predict(self, x):
            return np.zeros(len(x), int)

    found = classifier_test(normals(40), normals(40, seed=1), seed=0, classifier=Always(1))
    assert (found.accuracy, found.n) == (0.5, 40)
    assert found.p_value == pytest.approx(stats.binom.sf(19, 40, 0.5))
    wanted = stats.beta.ppf([0.025, 0.975], [20, 21], [21, 20])
    assert (found.low, found.high) == pytest.approx(tuple(wanted))


def test_points_are_judged_by_a_classifier_that_has_not_seen_them():
    """A memory of the training points is worthless on others; on its own it would be perfect."""
    seen = []

    class Memory(KNeighborsClassifier):
        def fit(self, x, y):
            seen.append(("fit", x))
            return super().fit(x, y)

        def predict(self, x):
            seen.append(("predict", x))
            return super().predict(x)

    found = classifier_test(
        normals(300), normals(300, seed=1), seed=0, classifier=Memory(1), cross_fit=True
    )
    assert found.n == 600
    assert 0.4 < found.accuracy < 0.6
    assert [name for name, _ in seen] == ["fit", "predict"] * 2
    for (_, fitted), (_, judged) in (seen[:2], seen[2:]):
        assert len(fitted) == len(judged) == 300
        assert not set(map(tuple, fitted)) & set(map(tuple, judged))


def test_the_larger_sample_is_thinned_so_that_guessing_the_larger_one_is_worth_nothing():
    found = classifier_test(normals(4_000), normals(100, seed=1), seed=0)
    assert found.n == 100
    assert found.accuracy < 0.65


def test_images_are_points_of_their_pixels():
    images = np.random.default_rng(0).random((2, 60, 4, 4, 1))
    found = classifier_test(images[0], images[1] + 0.5, seed=0)
    assert found.accuracy > 0.9


def test_the_seed_fixes_the_split():
    pair = normals(100), normals(100, seed=1)
    assert classifier_test(*pair, seed=3) == classifier_test(*pair, seed=3)


def test_kolmogorov_and_smirnov_name_the_coordinate_that_differs():
    p = ks_tests(normals(2_000, dim=3), normals(1_500, 0.5, 1, dim=3))
    assert list(p) == ["x1", "x2", "x3", "radius"]
    assert p["x1"] < 1e-6
    assert min(p["x2"], p["x3"]) > 0.01
    wider = ks_tests(normals(2_000), 1.2 * normals(2_000, seed=1))
    assert wider["radius"] < 1e-4


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        (normals(3), normals(9), "first sample has the shape"),
        (normals(9), normals(9)[:, 0], "second sample has the shape"),
        (normals(9), normals(9, dim=3), "2 and 3 numbers"),
        (normals(9), normals(9) * np.nan, "finite"),
    ],
)
def test_bad_samples_are_one_sentence(first, second, sentence):
    for test in (ks_tests, lambda *pair: classifier_test(*pair, seed=0)):
        with pytest.raises(InputError, match=sentence):
            test(first, second)
