import numpy as np
import pytest

from tfnets.datasets.toys import disc
from tfnets.errors import InputError
from tfnets.studies.gan_against_mcmc import page
from tfnets.studies.gan_against_mcmc.numbers import JUDGES
from tfnets.studies.gan_against_mcmc.settings import Settings
from tfnets.studies.gan_against_mcmc.study import FRESH, compared, gibbs_samples
from tfnets.theory.gibbs import disc_test

SMALL = Settings(samples=3_000)


def test_gibbs_samples_are_even_and_each_seed_has_its_own():
    first, second = (gibbs_samples(SMALL, FRESH + seed) for seed in (0, 1))
    assert (first.shape, first.dtype) == ((3_000, 2), np.float32)
    assert min(disc_test(first), disc_test(second)) > 0.01
    assert not set(map(tuple, first)) & set(map(tuple, second))


def test_an_even_disc_cannot_be_told_from_gibbs_samples():
    found = compared(disc(3_000, 1), gibbs_samples(SMALL, FRESH), 0)
    for judge in JUDGES:
        assert found[judge]["low"] <= 0.5 <= found[judge]["high"]
    assert min(found["ks"].values()) > 0.01
    assert found["outside"] == 0


@pytest.mark.parametrize(("scale", "outside"), [(1.1, 0.1736), (0.85, 0.0)])
def test_a_larger_or_smaller_disc_is_told_by_both_judges(scale, outside):
    """A disc of radius s against 1: the smaller one's share of the larger one is s^2."""
    found = compared(scale * disc(3_000, 1), gibbs_samples(SMALL, FRESH), 0)
    best = 0.5 + abs(1 - min(scale, 1 / scale) ** 2) / 2
    for judge in JUDGES:
        assert found[judge]["low"] > 0.5
        assert found[judge]["accuracy"] <= best + 0.03
    assert found["boosting"]["accuracy"] > best - 0.05
    assert found["outside"] == pytest.approx(outside, abs=0.03)
    assert found["ks"]["radius"] < 1e-6


def row(accuracy, step=10):
    judged = {"accuracy": accuracy, "low": accuracy - 0.01, "high": accuracy + 0.01, "n": 9_000,
              "p_value": 0.5}  # fmt: skip
    return dict.fromkeys(JUDGES, judged) | {
        "ks": {"x1": 0.5, "x2": 0.5, "radius": 0.5}, "outside": 0.0, "step": step,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [
        ((0.501, 0.499, 0.505), "confirmed"),
        ((0.52, 0.53, 0.54), "not confirmed"),
        ((0.501, 0.53, 0.54), "not decidable"),
    ],
)
def test_samples_are_alike_if_every_seed_says_so_at_the_end(ends, verdict):
    claims = page.claims([[row(0.9), row(end, 20)] for end in ends], [row(0.5)] * 3)
    assert [claim.verdict for claim in claims[:2]] == [verdict] * 2
    assert claims[0].ours == pytest.approx(np.mean(ends))


def test_being_right_more_often_than_between_gibbs_samples_is_a_claim():
    points = [[row(0.52)], [row(0.53)], [row(0.525)]]
    claims = page.claims(points, [row(0.5), row(0.51), row(0.505)])
    assert [claim.verdict for claim in claims[2:]] == ["confirmed"] * 2
    assert claims[2].ours == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"epochs": ()}, r"epochs is \(\)"),
        ({"learning_rate": 0.0}, "learning_rate is 0"),
        ({"r1": -1.0}, "r1 is -1"),
        ({"samples": 0}, "samples is 0"),
    ],
)
def test_settings_that_no_run_could_use_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**changes)
