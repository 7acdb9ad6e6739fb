import pytest

from tfnets.errors import InputError
from tfnets.studies.gibbs import page
from tfnets.studies.gibbs.quantities import quantities
from tfnets.studies.gibbs.settings import Settings

GOOD, BAD = [0.4, 0.7, 0.02], [1e-30, 1e-20, 1e-9]


def ps_of(right, wrong):
    rest = {"p_angle": [0.5] * 3, "share_inside_half": 0.25}
    return {"right": {"p_radius": right} | rest, "wrong": {"p_radius": wrong} | rest}


def chains(correlation, offset=0.0):
    """Diagnoses whose first autocorrelation scatters around the known one."""
    found = {}
    for name, quantity in quantities(correlation).items():
        first = (quantity.factor or 0.0) + offset
        found[name] = {
            "r_hat": [1.0, 1.001, 1.0],
            "ess_mean": [100.0] * 3,
            "ess_bulk": [100.0] * 3,
            "autocorrelation": [[1.0, first + step] for step in (-0.01, 0.0, 0.01)],
        }
    return found


def verdicts(right, wrong, offset=0.0):
    settings = Settings(repeats=3, correlation=0.5)
    found = page.claims(settings, ps_of(right, wrong), chains(0.5, offset))
    return [claim.verdict for claim in found]


def test_right_conditionals_pass_and_the_reports_fail():
    assert verdicts(GOOD, BAD) == ["confirmed", "not confirmed", *["confirmed"] * 4]


def test_one_small_p_of_the_right_ones_is_seen():
    assert verdicts([0.4, 1e-6, 0.5], GOOD)[:2] == ["not confirmed", "confirmed"]


def test_another_autocorrelation_is_seen():
    assert verdicts(GOOD, BAD, offset=0.1)[3:] == ["not confirmed"] * 3


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"long_chains": 1}, "1 long chains"),
        ({"draws": 50}, "50 draws"),
        ({"correlation": 1.0}, "correlation of 1.0"),
        ({"chains": 0}, "chains is 0"),
    ],
)
def test_settings_that_no_run_could_use_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**changes)
