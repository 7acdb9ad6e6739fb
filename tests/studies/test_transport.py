import numpy as np
import pytest
from scipy import stats

from tfnets.errors import InputError
from tfnets.studies.transport import page, study
from tfnets.studies.transport.pairs import pairs
from tfnets.studies.transport.settings import Settings
from tfnets.theory.transport import PiecewiseLinear

FLAT = PiecewiseLinear.of_histogram([1, 1], [0, 0.5, 1])


def test_draws_are_those_of_the_distribution_and_of_the_seed():
    x = study.draws(stats.expon(), 5_000, (3, 1))
    assert stats.kstest(x, "expon").pvalue > 0.01
    assert (x != study.draws(stats.expon(), 5_000, (4, 1))).all()


def test_distance_is_kolmogorovs_over_channels():
    rng = np.random.default_rng(0)
    first, second = rng.random((20, 30, 2)), rng.random((9, 8, 2)) ** 2
    wanted = max(
        stats.ks_2samp(first[..., i].ravel(), second[..., i].ravel()).statistic for i in (0, 1)
    )
    assert study._distance(first, second) == pytest.approx(wanted)


def rows(**changes):
    good = {"p_values": [0.4, 0.02], "distance": [0.01] * 2, "distance_before": [0.5] * 2,
            "rising": True, "formula_error": 1e-16}  # fmt: skip
    return {name: good | changes.get(name, {}) for name in pairs(FLAT)}


def verdicts(gap=0.0, **changes):
    matched = {
        "largest_difference": {"float64": gap, "uint8, one channel": 0.0},
        "bins_256": {"mean": 0.01, "largest": 0.1},
    }
    return [claim.verdict for claim in page.claims(rows(**changes), matched)]


def test_each_fault_is_seen_by_its_claim():
    assert verdicts() == ["confirmed"] * 5
    assert verdicts(slope={"formula_error": 1e-9})[:2] == ["not confirmed"] * 2
    assert verdicts(normal={"formula_error": 1e-9})[:2] == ["confirmed", "not confirmed"]
    assert verdicts(mixture={"p_values": [0.5, 1e-5]})[2] == "not confirmed"
    assert verdicts(brightness={"rising": False})[3] == "not confirmed"
    assert verdicts(gap=1e-16)[4] == "not confirmed"


@pytest.mark.parametrize(
    ("changes", "sentence"), [({"photos": ("rocket",)}, "names 1"), ({"bins": 0}, "bins is 0")]
)
def test_settings_that_no_run_could_use_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**changes)
