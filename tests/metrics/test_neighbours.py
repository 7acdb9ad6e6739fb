from dataclasses import astuple

import numpy as np
import pytest
import sklearn
import threadpoolctl
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tfnets.metrics import Prdc, prdc


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """On a busy machine, scikit-learn's threads wait for each other longer than they work."""
    with threadpoolctl.threadpool_limits(1):
        yield


def naive(real, fake, k):
    """The definitions, point by point."""

    def radius(points, i):
        others = [np.linalg.norm(points[i] - q) for j, q in enumerate(points) if j != i]
        return sorted(others)[k - 1]

    real_radii = [radius(real, i) for i in range(len(real))]
    fake_radii = [radius(fake, i) for i in range(len(fake))]
    balls = [
        sum(np.linalg.norm(f - r) <= rr for r, rr in zip(real, real_radii, strict=True))
        for f in fake
    ]
    recalled = [
        any(np.linalg.norm(r - f) <= fr for f, fr in zip(fake, fake_radii, strict=True))
        for r in real
    ]
    covered = [
        any(np.linalg.norm(f - r) <= rr for f in fake)
        for r, rr in zip(real, real_radii, strict=True)
    ]
    return Prdc(
        precision=float(np.mean([count > 0 for count in balls])),
        recall=float(np.mean(recalled)),
        density=float(np.mean(balls) / k),
        coverage=float(np.mean(covered)),
    )


def points(draw, n, d):
    # Whole numbers: their distances are exact, so that ties and duplicates are decided alike.
    return draw.draw(hnp.arrays(np.int64, (n, d), elements=st.integers(-6, 6)))


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 9), st.integers(2, 9), st.integers(1, 3), st.data())
def test_equals_the_definitions(n, m, d, draw):
    k = draw.draw(st.integers(1, min(n, m) - 1))
    real, fake = points(draw, n, d), points(draw, m, d)
    assert astuple(prdc(real, fake, k)) == pytest.approx(astuple(naive(real, fake, k)))


def test_on_a_line():
    real = np.array([[0.0], [1], [3], [10]])  # radii for k=1: 1, 1, 2, 7
    fake = np.array([[2.0], [2.5], [20]])  # radii: .5, .5, 17.5
    # 2 lies in the balls of 1 and 3 (ends count), 2.5 in that of 3, 20 in none: 3 of 3 / k.
    # Real 3 is in the fakes' [2, 3] and [2.5, 37.5], 10 in the latter; 0 and 1 in none.
    found = prdc(real, fake, k=1)
    assert found == Prdc(precision=2 / 3, recall=2 / 4, density=1.0, coverage=2 / 4)


def test_radius_is_that_of_the_k_th_neighbour():
    real, fake = np.array([[0.0], [1], [2], [3.5]]), np.array([[5.4], [5.5], [5.6]])
    assert prdc(real, fake, k=2).coverage == 0.25  # only 3.5 reaches: to 1, 2.5 away


@settings(max_examples=10, deadline=None)
@given(st.integers(6, 60), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_the_real_sample_itself_is_perfect_and_a_far_one_worthless(n, d, seed):
    real = np.random.default_rng(seed).normal(size=(n, d))
    same = prdc(real, real.copy())
    assert (same.precision, same.recall, same.coverage) == (1, 1, 1)
    assert same.density >= 1
    assert prdc(real, real + 1e4) == Prdc(0, 0, 0, 0)


def clusters(modes, n=100, seed=0):
    """n points around each of the first `modes` corners, which are far apart."""
    noise = np.random.default_rng(seed).normal(size=(modes, n, 4))
    centres = 1000 * np.arange(modes)[:, None, None]
    return (centres + noise).reshape(-1, 4)


def test_coverage_is_at_most_the_share_of_modes_that_the_sample_has():
    real = clusters(10)
    found = {}
    for modes in (10, 5, 1):
        fake = np.tile(clusters(modes, seed=1), (10 // modes, 1))
        fake += np.random.default_rng(2).normal(size=fake.shape) * 0.1
        found[modes] = prdc(real, fake)
        assert modes / 10 * 0.85 < found[modes].coverage <= modes / 10
        assert found[modes].precision > 0.85
        assert found[modes].recall <= modes / 10
    assert found[10].coverage == pytest.approx(0.97, abs=0.03)


def test_a_missed_mode_shows_in_recall_and_an_invented_one_in_precision():
    two, one = clusters(2), clusters(1, 200, seed=1)
    assert prdc(two, one).recall <= 0.5
    assert prdc(one, two).precision <= 0.5
    assert prdc(one, two).recall > 0.9


def test_working_memory_does_not_change_the_result():
    rng = np.random.default_rng(0)
    real, fake = rng.integers(-9, 9, (700, 3)), rng.integers(-9, 9, (500, 3))
    whole = prdc(real, fake)
    with sklearn.config_context(working_memory=0.1):  # MiB: 26 rows at a time
        assert prdc(real, fake) == whole
    assert 0 < whole.coverage < 1
    assert 0 < whole.recall < 1


@pytest.mark.parametrize(
    ("real", "fake", "k", "message"),
    [
        (np.ones((5, 2)), np.ones((9, 2)), 5, "More than k=5 rows"),
        (np.ones((9, 2)), np.ones((5, 2)), 5, "More than k=5 rows"),
        (np.ones((9, 2)), np.ones((9, 3)), 5, "equal d"),
        (np.full((9, 2), np.nan), np.ones((9, 2)), 5, "finite"),
        (np.ones((9, 2)), np.ones((9, 2)), 0, "n_neighbors"),
    ],
)
def test_bad_input_is_refused(real, fake, k, message):
    with pytest.raises(ValueError, match=message):
        prdc(real, fake, k)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("k", [1, 3, 5])
def test_equals_the_reference_package(k):
    """The authors' own code (Naeem et al. 2020); ties, which it counts as outside, do not occur."""
    reference = pytest.importorskip("prdc")
    rng = np.random.default_rng(k)
    real, fake = rng.normal(size=(300, 6)), 0.8 * rng.normal(size=(250, 6)) + 0.3
    theirs = reference.compute_prdc(real, fake, nearest_k=k)
    ours = prdc(real, fake, k)
    assert 0 < ours.coverage < 1
    assert astuple(ours) == pytest.approx([theirs[name] for name in ours.__dataclass_fields__])
