"""How many trials are done at a time."""

import joblib
import pytest

from tfnets.lab.engine import Lab


@pytest.mark.parametrize(
    ("cores", "options", "trials", "processes"),
    [
        (8, {}, 5, 5),
        (8, {}, 20, 8),
        (8, {"threads": 3}, 20, 2),
        (1, {"threads": 4}, 9, 1),
        (2, {"jobs": 5}, 9, 5),
        (8, {"jobs": 8}, 1, 1),
        (8, {"jobs": 1}, 5, 1),
    ],
)
def test_as_many_as_cores_unless_asked_and_never_more_than_trials(
    monkeypatch, cores, options, trials, processes
):
    monkeypatch.setattr(joblib, "cpu_count", lambda: cores)
    assert Lab(**options)._processes(trials) == processes
