import numpy as np
import pytest

from tfnets.figures import trends
from tfnets.figures.trends import _spread

CASES = {"near": 0.9, "far": -0.2, "middle": 0.3}
LINES = {
    "one": [(1.0, 0.5, 1.5), (2.0, 2.0, 2.0), (3.0, 2.0, 4.0)],
    "two": [(0.5, 0.5, 0.5)] * 3,
}


def test_dots_stand_at_their_cases_and_names_above():
    figure = trends(CASES, {"quality": LINES}, xlabel="x", references={"quality": [1, 2, 3]})
    (axes,) = figure.axes
    dots = next(line for line in axes.lines if line.get_label() == "one")
    np.testing.assert_array_equal(dots.get_xdata(), [0.9, -0.2, 0.3])
    np.testing.assert_array_equal(dots.get_ydata(), [1, 2, 3])
    names = {text.get_text(): text.xy[0] for text in axes.texts}
    assert names == CASES
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["one", "two", "reference"]


def test_panels_are_below_each_other_and_may_be_logarithmic():
    figure = trends(CASES, {"a": LINES, "b": LINES}, xlabel="x", logarithmic=["b"])
    upper, lower = figure.axes
    assert [upper.get_yscale(), lower.get_yscale()] == ["linear", "log"]
    assert [upper.get_xlabel(), lower.get_xlabel()] == ["", "x"]
    assert not lower.texts


def test_places_are_apart_and_in_order():
    places = _spread(np.array([0.0, 0.01, 0.02, 1.0]), 0.1)
    assert np.diff(places).min() >= 0.1 - 1e-6
    assert places[-1] == 1
    np.testing.assert_array_equal(_spread(np.array([0.0, 1.0]), 0.1), [0, 1])


@pytest.mark.parametrize(
    ("cases", "panels", "sentence"),
    [
        ({}, {"a": LINES}, "at least one case"),
        (CASES, {}, "one panel"),
        (CASES, {"a": LINES, "b": {"one": LINES["one"]}}, "not \\['one', 'two'\\]"),
        (CASES, {"a": {"one": LINES["one"][:2]}}, "the line 'one'"),
    ],
)
def test_what_does_not_fit_is_refused(cases, panels, sentence):
    with pytest.raises(ValueError, match=sentence):
        trends(cases, panels, xlabel="x")
