import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from skimage.exposure import match_histograms

from tfnets.errors import InputError
from tfnets.theory.inversion import bisect
from tfnets.theory.transport import Analytic, PiecewiseLinear, match_histogram, transport

UNIFORM = stats.uniform(0, 1)
SLOPE = Analytic(lambda s: (s + s**2) / 2, 0, 1)
"""p(s) = 1/2 + s on [0, 1], inverted numerically."""
X = np.concatenate([[0, 1e-300, 1e-12], np.linspace(0, 1, 10_001), [1 - 1e-12]])


def wanted_slope(x):
    return (-1 + np.sqrt(1 + 8 * x)) / 2


@pytest.mark.parametrize("inverse", [None, wanted_slope])
def test_uniform_to_a_half_plus_s(inverse):
    target = Analytic(SLOPE.cumulative, 0, 1, inverse)
    assert np.abs(transport(UNIFORM, target)(X) - wanted_slope(X)).max() < 1e-12


def test_numerical_inversion_is_exact_to_the_last_digits():
    p = np.linspace(0, 1, 10_001)
    np.testing.assert_allclose(SLOPE.ppf(p), wanted_slope(p), rtol=2e-15, atol=1e-16)


@pytest.mark.parametrize(
    ("source", "target", "formula"),
    [
        (stats.norm(0, 1), stats.norm(2, 0.5), lambda x: 2 + 0.5 * x),
        (stats.norm(1, 2), stats.lognorm(2, scale=np.e), np.exp),
        (stats.expon(), UNIFORM, lambda x: 1 - np.exp(-x)),
        (UNIFORM, stats.expon(), lambda x: -np.log1p(-x)),
        (stats.expon(), stats.weibull_min(2), np.sqrt),
    ],
)
def test_maps_with_known_formulas(source, target, formula):
    x = source.ppf(np.linspace(0.001, 0.999, 500))
    np.testing.assert_allclose(transport(source, target)(x), formula(x), rtol=1e-11, atol=1e-12)


def test_far_tails_keep_their_digits():
    """At 12 standard deviations 1 - F is 1e-33, and F is 1 in floating point."""
    carry = transport(stats.norm(0, 1), stats.norm(3, 2))
    x = np.array([-12.0, 12.0])
    np.testing.assert_allclose(carry(x), 3 + 2 * x, rtol=1e-12)


UNKNOWN = {
    "logistic": (Analytic(lambda x: 1 / (1 + np.exp(-x))), stats.logistic()),
    "gumbel": (Analytic(lambda x: np.exp(-np.exp(-x))), stats.gumbel_r()),
    "exponential": (Analytic(lambda x: -np.expm1(-x), low=0), stats.expon()),
    "its mirror": (Analytic(np.exp, high=0), Analytic(np.exp, high=0, inverse=np.log)),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_inversion_on_unbounded_supports(name):
    ours, theirs = UNKNOWN[name]
    p = np.array([1e-9, 0.001, 0.3, 0.5, 0.9, 0.999])
    np.testing.assert_allclose(ours.ppf(p), theirs.ppf(p), rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(ours.ppf([0.0, 1.0]), [ours.low, ours.high])
    np.testing.assert_array_equal(ours.cdf([-np.inf, np.inf]), [0, 1])


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(int, st.integers(1, 12), elements=st.integers(0, 5)), st.integers(0, 10**6))
def test_histograms_are_carried_in_order_and_with_their_mass(counts, seed):
    """What lies in each bin of the target after transport is the bin's share."""
    counts[seed % len(counts)] += 1
    rng = np.random.default_rng(seed)
    edges = np.cumsum(rng.uniform(0.1, 2, len(counts) + 1))
    target = PiecewiseLinear.of_histogram(counts, edges)
    x = (np.arange(5_000) + 0.5) / 5_000
    y = transport(UNIFORM, target)(x)
    assert (np.diff(y) >= 0).all()
    found = np.histogram(y, edges)[0] / len(y)
    np.testing.assert_allclose(found, counts / counts.sum(), atol=4e-4)
    # And back: the map between the two is undone by the other one.
    inside = target.cdf(y)
    np.testing.assert_allclose(inside, x, atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6))
def test_a_map_there_and_back_is_no_map(seed):
    rng = np.random.default_rng(seed)
    first, second = (
        PiecewiseLinear.of_histogram(rng.uniform(0.1, 1, n), np.cumsum(rng.uniform(0.1, 1, n + 1)))
        for n in (5, 8)
    )
    x = first.ppf(rng.random(200))
    back = transport(second, first)(transport(first, second)(x))
    np.testing.assert_allclose(back, x, atol=1e-10)


def test_a_histogram_by_hand():
    """Shares 1/4, 0, 3/4 on [0, 1], [1, 2], [2, 4]."""
    given_ = PiecewiseLinear.of_histogram([1, 0, 3], [0, 1, 2, 4])
    np.testing.assert_allclose(given_.cdf([-1, 0, 0.5, 1, 1.5, 2, 3, 4, 9]),
                               [0, 0, 0.125, 0.25, 0.25, 0.25, 0.625, 1, 1])  # fmt: skip
    np.testing.assert_allclose(given_.ppf([0, 0.125, 0.625, 1]), [0, 0.5, 3, 4])
    assert given_.ppf(0.2499999) < 1 < 2 <= given_.ppf(0.2500001)


def test_transported_draws_are_draws_of_the_target():
    x = stats.norm(0, 1).rvs(20_000, random_state=0)
    target = stats.beta(2, 5)
    assert stats.kstest(transport(stats.norm(0, 1), target)(x), target.cdf).pvalue > 0.01
    assert stats.kstest(transport(stats.norm(0, 1.1), target)(x), target.cdf).pvalue < 1e-6


def test_of_all_maps_it_moves_the_least():
    """Mean squared distance between normal distributions: (m - n)^2 + (s - t)^2."""
    p = (np.arange(100_000) + 0.5) / 100_000
    x = stats.norm(0, 1).ppf(p)
    y = transport(stats.norm(0, 1), stats.norm(1, 3))(x)
    assert np.mean((y - x) ** 2) == pytest.approx(1 + 4, abs=0.01)


IMAGES = st.tuples(st.integers(0, 10**6), st.integers(1, 20), st.integers(1, 20))


@settings(max_examples=40, deadline=None)
@given(IMAGES, st.sampled_from(["uint8", "int32", "float64"]))
def test_matching_of_one_channel_is_scikit_images_to_the_bit(image, kind):
    seed, rows, columns = image
    rng = np.random.default_rng(seed)
    image, other = (rng.integers(0, top, (rows, columns)) for top in (40, 256))
    image, other = (one.astype(kind) / (7 if kind == "float64" else 1) for one in (image, other))
    image, other = image.astype(kind), other.astype(kind)
    np.testing.assert_array_equal(match_histogram(image, other), match_histograms(image, other))


def colour_images(kind):
    rng = np.random.default_rng(0)
    image, other = rng.integers(0, 200, (9, 8, 3)), rng.integers(50, 256, (5, 9, 3))
    if kind == "uint8":
        return image.astype(kind), other.astype(kind)
    return (image / 255).astype(kind), (other / 255).astype(kind)


def test_matching_by_channels_is_scikit_images_where_it_stores_float64():
    image, other = colour_images("float64")
    ours = match_histogram(image, other, channel_axis=-1)
    np.testing.assert_array_equal(ours, match_histograms(image, other, channel_axis=-1))
    first = np.moveaxis(ours, -1, 0)
    moved = match_histogram(*(np.moveaxis(one, -1, 0) for one in (image, other)), channel_axis=0)
    np.testing.assert_array_equal(moved, first)


def test_scikit_image_cuts_integers_off_by_channels():
    image, other = colour_images("uint8")
    ours = match_histogram(image, other, channel_axis=-1)
    theirs = match_histograms(image, other, channel_axis=-1)
    np.testing.assert_array_equal(np.trunc(ours), theirs)
    assert 0 < np.abs(ours - theirs).max() < 1


def test_scikit_image_rounds_float32():
    image, other = colour_images("float32")
    ours = match_histogram(image[..., 0], other[..., 0])
    theirs = match_histograms(image[..., 0], other[..., 0])
    assert theirs.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_bins_spread_values_and_land_near_scikit_images():
    rng = np.random.default_rng(0)
    image, other = rng.beta(2, 5, (60, 60)), rng.beta(5, 2, (60, 60))
    ours, exact = match_histogram(image, other, bins=256), match_histogram(image, other)
    assert 0 < np.abs(ours - exact).max() < 0.05
    assert np.abs(ours - exact).mean() < 0.002


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: transport(UNIFORM, 3), "target has no method ppf"),
        (lambda: transport(np.sort, UNIFORM), "source has no method cdf"),
        (lambda: transport(stats.poisson(3), UNIFORM), "source is discrete"),
        (lambda: Analytic(np.exp, 1, 1), "low < high"),
        (lambda: PiecewiseLinear.of_histogram([1, 2], [0, 1]), "counts of shape"),
        (lambda: PiecewiseLinear.of_histogram([1, -2], [0, 1, 2]), "at least 0"),
        (lambda: PiecewiseLinear.of_histogram([0, 0], [0, 1, 2]), "at least 0"),
        (lambda: PiecewiseLinear.of_histogram([1, 1], [0, 2, 2]), "ascending edges"),
        (lambda: PiecewiseLinear.of_histogram([1, np.nan], [0, 1, 2]), "finite"),
        (lambda: PiecewiseLinear.of_values([]), "at least one"),
        (lambda: PiecewiseLinear.of_values([1, np.inf]), "finite"),
        (lambda: SLOPE.ppf(1.5), r"lies in \[0, 1\]"),
        (lambda: bisect(np.tanh, 0.5, 0.0, 0.1), "does not come to 1"),
        (lambda: bisect(lambda x: 0.4 + 0 * x, 0.5, 0.0, np.inf), "does not come to 1"),
        (lambda: match_histogram(np.ones((2, 2)), np.ones((2, 3)), channel_axis=1), "2 channels"),
        (lambda: match_histogram(np.ones((2, 2)), np.ones((2, 3)), channel_axis=4), "no axis 4"),
        (lambda: match_histogram(np.ones((2, 2)), np.ones((2, 3)), bins=0), "0 bins"),
    ],
)
def test_bad_input_is_one_sentence(call, sentence):
    with pytest.raises(InputError, match=sentence):
        call()
