import numpy as np
import pytest
from matplotlib.colors import to_hex

from tfnets import figures

from .helpers import drawn, texts_of

X = np.arange(1, 6)


def draw(lines, **options):
    return figures.curves(lines, xlabel="epoch", ylabel="loss", **options)


def test_each_line_has_its_values_its_colour_and_its_legend_entry():
    figure = draw({"a": (X, X * 1.0), "b": (X, X * 2.0)}, title="Losses")
    axes = figure.axes[0]
    np.testing.assert_array_equal(axes.lines[1].get_xydata(), np.stack([X, X * 2.0], axis=1))
    assert len({line.get_color() for line in axes.lines}) == 2
    assert texts_of(figure.legends[0]) == ["a", "b"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "loss")
    assert axes.get_title(loc="left") == "Losses"


def test_a_single_line_needs_no_legend():
    assert draw({"a": (X, X)}).legends == []


def test_a_dashed_line_shares_the_colour_of_its_partner_and_takes_none_of_the_palette():
    lines = {"train": (X, X), "val": (X, X + 1), "other": (X, X + 2)}
    train, val, other = draw(lines, dashed={"val": "train"}).axes[0].lines
    assert val.get_color() == train.get_color()
    assert (train.get_linestyle(), val.get_linestyle()) == ("-", "--")
    assert other.get_color() == figures.style.colour(1)


def test_band_is_shaded_between_its_edges_in_the_colour_of_the_line():
    axes = draw({"a": (X, X), "b": (X, X + 5)}, bands={"b": (X + 4.0, X + 7.0)}).axes[0]
    (band,) = axes.collections
    corners = band.get_paths()[0].vertices
    at_first = corners[corners[:, 0] == 1][:, 1]
    assert (at_first.min(), at_first.max()) == (5.0, 8.0)
    assert to_hex(band.get_facecolor()[0]) == to_hex(axes.lines[1].get_color())


def test_reference_is_a_line_at_the_value_with_its_text_beside_the_axes():
    figure = draw({"a": (X, X)}, reference=(3.5, "origin 3.5"))
    drawn(figure)
    axes = figure.axes[0]
    assert list(axes.lines[-1].get_ydata()) == [3.5, 3.5]
    text = next(text for text in axes.texts if text.get_text() == "origin 3.5")
    box = text.get_window_extent()
    assert axes.bbox.x1 < box.x0
    assert box.x1 <= figure.bbox.x1
    height = axes.transData.transform((1, 3.5))[1]
    assert (box.y0 + box.y1) / 2 == pytest.approx(height, abs=2)


def test_values_that_are_not_finite_are_gaps():
    line = draw({"a": (X, [1, np.inf, 2, np.nan, 3])}).axes[0].lines[0]
    np.testing.assert_array_equal(line.get_ydata(), [1, np.nan, 2, np.nan, 3])


def test_logarithmic_axis():
    assert draw({"a": (X, X)}, logy=True).axes[0].get_yscale() == "log"
    with pytest.raises(ValueError, match="0 or less"):
        draw({"a": (X, X - 1)}, logy=True)


@pytest.mark.parametrize(
    ("lines", "options", "message"),
    [
        ({}, {}, "at least one curve"),
        ({"a": (X, X[:3])}, {}, "same shape"),
        ({"a": ([], [])}, {}, "n >= 1"),
        ({"a": (X, X * np.nan)}, {}, "one finite y"),
        ({"a": ([1, np.nan], [1, 2])}, {}, "finite x everywhere"),
        ({"a": (X, X)}, {"bands": {"b": (X, X)}}, "'b' is not among the lines"),
        ({"a": (X, X)}, {"bands": {"a": (X + 1, X)}}, "low <= high"),
        ({"a": (X, X)}, {"bands": {"a": (X[:2], X[:2])}}, "low <= high"),
        ({"a": (X, X)}, {"dashed": {"a": "b"}}, "'b' is not among the lines"),
        ({"a": (X, X)}, {"dashed": {"a": "a"}}, "dashed itself"),
    ],
)
def test_wrong_input_is_refused(lines, options, message):
    with pytest.raises(ValueError, match=message):
        draw(lines, **options)


def test_whole_numbers_get_whole_ticks():
    figure = figures.curves({"a": ([1, 2, 3], [0.1, 0.2, 0.3])}, xlabel="epoch", ylabel="y")
    ticks = figure.axes[0].get_xticks()
    assert (ticks == ticks.round()).all()


def test_each_x_of_a_logarithmic_axis_has_its_tick():
    lines = {"a": ([10, 50, 500], [0.1, 0.2, 0.3])}
    figure = figures.curves(lines, xlabel="labels", ylabel="y", logx=True)
    assert list(figure.axes[0].get_xticks()) == [10, 50, 500]
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == ["10", "50", "500"]
