import pytest
from matplotlib.colors import same_color

from tfnets import figures

from .helpers import drawn, outside

ROWS = [("A - B", (0.07, 0.05, 0.09)), ("C - D, a longer label", (0.004, -0.01, 0.018))]


def marks(axes):
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    return [
        (float(d.get_xdata()[0]), float(d.get_ydata()[0]), d.get_markerfacecolor()) for d in dots
    ]


def test_dots_are_filled_where_the_interval_leaves_the_reference_out():
    axes = figures.intervals(ROWS, xlabel="difference").axes[0]
    first, second = marks(axes)
    assert (first[:2], second[:2]) == ((0.07, 0), (0.004, 1))
    assert not same_color(first[2], "white")
    assert same_color(second[2], "white")
    (undecided, _) = marks(figures.intervals(ROWS, xlabel="x", reference=0.05).axes[0])
    assert same_color(undecided[2], "white")


def test_whiskers_span_the_interval_and_the_first_row_is_on_top():
    axes = figures.intervals(ROWS, xlabel="difference").axes[0]
    spans = [tuple(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2]
    assert spans == [(0, 0), (0.05, 0.09), (-0.01, 0.018)]
    assert [t.get_text() for t in axes.get_yticklabels()] == [label for label, _ in ROWS]
    assert axes.yaxis_inverted()


def test_numbers_stand_right_of_the_axes_with_equal_decimals():
    figure = figures.intervals(ROWS, xlabel="difference", title="Pairs")
    axes = figure.axes[0]
    minus = "\N{MINUS SIGN}"
    written = [text.get_text() for text in axes.texts]
    assert written == ["0.0700 [0.0500, 0.0900]", f"0.0040 [{minus}0.0100, 0.0180]"]
    drawn(figure)
    assert all(text.get_window_extent().x0 > axes.bbox.x1 for text in axes.texts)
    assert outside(figure, axes) == []


@pytest.mark.parametrize(
    ("values", "text"),
    [((0, 0, 0), "0 [0, 0]"), ((1234.5, 1000, 2000), "1234 [1000, 2000]")],
)
def test_numbers_of_any_size(values, text):
    assert figures.intervals([("a", values)], xlabel="x").axes[0].texts[0].get_text() == text


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="at least one estimate"):
        figures.intervals([], xlabel="x")
    with pytest.raises(ValueError, match="the estimate of 'a' must have low <= value <= high"):
        figures.intervals([("a", (0, 1, 2))], xlabel="x")
