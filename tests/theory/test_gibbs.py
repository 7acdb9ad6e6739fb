import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tfnets.errors import InputError
from tfnets.theory.diagnostics import diagnose
from tfnets.theory.gibbs import disc_conditionals, disc_test, gibbs


def disc(chains, sweeps=1, seed=0, burn_in=30, **arguments):
    return gibbs(
        disc_conditionals(**arguments), np.zeros((chains, 2)), sweeps=sweeps, seed=seed,
        burn_in=burn_in,
    )  # fmt: skip


def normal_conditionals(correlation):
    """A pair of standard normal numbers with a correlation."""
    spread = np.sqrt(1 - correlation**2)
    return [
        lambda state, rng, other=other: rng.normal(correlation * state[:, other], spread)
        for other in (1, 0)
    ]


def test_the_disc_is_uniform_over_independent_chains():
    points = disc(20_000)[:, 0]
    x, y = points.T
    assert disc_test(points) > 0.01
    angles = np.arctan2(y, x) / (2 * np.pi) + 0.5
    assert stats.kstest(angles, "uniform").pvalue > 0.01
    # A coordinate of a uniform point of the disc has the density 2 sqrt(1 - x^2) / pi.
    assert stats.kstest(x, stats.semicircular().cdf).pvalue > 0.01
    assert np.abs(np.cov(points.T) - np.eye(2) / 4).max() < 0.01


def test_p_values_of_the_disc_are_uniform():
    p = [disc_test(disc(500, seed=seed)[:, 0]) for seed in range(60)]
    assert stats.kstest(p, "uniform").pvalue > 0.01


def test_the_reports_conditionals_fail():
    points = disc(2_000, wrong=True)[:, 0]
    assert (np.sum(points**2, axis=1) <= 1).all()
    assert disc_test(points) < 1e-10


@pytest.mark.parametrize(("wrong", "reach"), [(False, 0.8), (True, 0.64)])
def test_conditionals_by_hand(wrong, reach):
    """At 0.6: sqrt(1 - 0.36) = 0.8, and the report's 1 - 0.36 = 0.64."""
    x_given_y, y_given_x = disc_conditionals(wrong=wrong)
    rng = np.random.default_rng(0)
    for conditional, state in ((x_given_y, [9.0, 0.6]), (y_given_x, [-0.6, 9.0])):
        drawn = conditional(np.tile(state, (20_000, 1)), rng)
        assert stats.kstest(drawn, stats.uniform(-reach, 2 * reach).cdf).pvalue > 0.01
    assert (x_given_y(np.array([[0.0, 1.0]]), rng) == 0).all()


@settings(max_examples=15, deadline=None)
@given(st.floats(-0.9, 0.9), st.integers(0, 10**6))
def test_correlated_normals_have_their_covariance(correlation, seed):
    """Each coordinate is an autoregression with the factor correlation^2 (Liu 2001)."""
    chains = gibbs(normal_conditionals(correlation), np.zeros((4_000, 2)), sweeps=2, seed=seed,
                   burn_in=60)  # fmt: skip
    found = np.cov(chains[:, -1].T)
    assert np.abs(found - [[1, correlation], [correlation, 1]]).max() < 0.15
    follow = np.corrcoef(chains[:, 0, 0], chains[:, 1, 0])[0, 1]
    assert follow == pytest.approx(correlation**2, abs=0.1)


def test_coordinates_are_drawn_in_order_from_the_newest_state():
    seen = []

    def conditional(column):
        def draw(state, rng):
            seen.append(state.copy())
            return np.full(len(state), 10.0 * len(seen) + column)

        return draw

    start = np.zeros((3, 2))
    chains = gibbs([conditional(0), conditional(1)], start, sweeps=2, seed=0, burn_in=1, thin=2)
    assert chains.shape == (3, 2, 2)
    assert chains[0].tolist() == [[50, 61], [90, 101]]
    assert seen[1][0].tolist() == [10, 0]
    assert seen[2][0].tolist() == [10, 21]
    assert not start.any()


def test_the_seed_fixes_the_chains():
    assert (disc(9, 3, seed=1) == disc(9, 3, seed=1)).all()
    assert (disc(9, 3, seed=1) != disc(9, 3, seed=2)).all()


def autoregression(factor, chains, draws, seed=0):
    """x <- factor x + noise with variance 1: autocorrelation factor^k."""
    rng = np.random.default_rng(seed)
    x = np.empty((chains, draws))
    x[:, 0] = rng.standard_normal(chains)
    noise = rng.standard_normal((chains, draws)) * np.sqrt(1 - factor**2)
    for step in range(1, draws):
        x[:, step] = factor * x[:, step - 1] + noise[:, step]
    return x


@pytest.mark.parametrize("factor", [0.0, 0.5, 0.9, -0.5])
def test_diagnoses_of_autoregressions_are_the_known_ones(factor):
    """The effective share of the mean is (1 - factor) / (1 + factor)."""
    found = diagnose(autoregression(factor, 8, 20_000), lags=5)
    assert (found.chains, found.draws) == (8, 20_000)
    known = (1 - factor) / (1 + factor)
    assert found.ess_mean / 160_000 == pytest.approx(known, rel=0.1)
    np.testing.assert_allclose(found.autocorrelation, factor ** np.arange(6), atol=0.03)
    assert found.r_hat == pytest.approx(1, abs=0.01)


def test_chains_that_disagree_have_a_large_r_hat():
    values = autoregression(0.2, 4, 500) + np.array([[0], [0], [0], [3]])
    assert diagnose(values).r_hat > 1.2


def test_chains_of_the_disc_mix():
    found = diagnose(disc(8, 4_000)[..., 0])
    assert found.r_hat < 1.01
    assert found.ess_mean > 5_000
    assert len(found.autocorrelation) == 21


def test_the_square_of_a_coordinate_forgets_eight_ninths_per_sweep():
    """E[x'^2 | y] = (1 - y^2) / 3, twice: x^2 -> (2 + x^2) / 9 on average; x itself -> 0."""
    draws = disc(200, 1_000)[..., 0]
    squares = diagnose(draws**2, lags=3)
    np.testing.assert_allclose(squares.autocorrelation, 9.0 ** -np.arange(4), atol=0.01)
    assert squares.ess_mean / 200_000 == pytest.approx(0.8, rel=0.1)
    np.testing.assert_allclose(diagnose(draws, lags=2).autocorrelation, [1, 0, 0], atol=0.01)


def test_few_draws_have_few_lags():
    assert len(diagnose(autoregression(0.1, 3, 6)).autocorrelation) == 6


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: gibbs(disc_conditionals(), np.zeros(2), sweeps=1, seed=0), r"shape \(2,\)"),
        (lambda: gibbs(disc_conditionals(), np.zeros((2, 3)), sweeps=1, seed=0), "per column"),
        (lambda: gibbs(disc_conditionals(), np.zeros((0, 2)), sweeps=1, seed=0), "per column"),
        (lambda: gibbs(disc_conditionals(), np.zeros((2, 2)), sweeps=0, seed=0), "0 sweeps"),
        (lambda: gibbs(disc_conditionals(), np.zeros((2, 2)), sweeps=1, seed=0, thin=0), "by 0"),
        (lambda: gibbs([lambda s, r: s], np.zeros((2, 1)), sweeps=1, seed=0), "per chain"),
        (lambda: gibbs([lambda s, r: s[:, 0] + np.inf],
                       np.zeros((2, 1)), sweeps=1, seed=0), "finite number"),
        (lambda: disc_test(np.zeros((3, 3))), r"give \(n, 2\)"),
        (lambda: diagnose(np.zeros(9)), "at least 2 chains"),
        (lambda: diagnose(np.zeros((1, 9))), "at least 2 chains"),
        (lambda: diagnose(np.zeros((2, 9))), "one value only"),
        (lambda: diagnose(np.full((2, 9), np.nan)), "not finite"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(call, sentence):
    with pytest.raises(InputError, match=sentence):
        call()
