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


def panels(count, labels=("training loss", "test loss")):
    """Made-up lines, every one with values of its own."""
    return {
        f"panel {i}": {name: (X * 100, X + 10.0 * i + j) for j, name in enumerate(labels)}
        for i in range(count)
    }


def draw_panels(lines, **options):
    return figures.curve_panels(lines, xlabel="mini-batches", ylabel="loss", **options)


@pytest.mark.parametrize(
    ("count", "columns", "rows_and_columns"),
    [
        (1, 3, (1, 1)),
        (2, 3, (1, 2)),
        (3, 3, (1, 3)),
        (4, 2, (2, 2)),
        (5, 3, (2, 3)),
        (6, 3, (2, 3)),
    ],
)
def test_a_panel_per_case_with_its_lines_and_no_empty_ones(count, columns, rows_and_columns):
    lines = panels(count)
    figure = draw_panels(lines, columns=columns)
    assert len(figure.axes) == count
    for axes, (title, own) in zip(figure.axes, lines.items(), strict=True):
        assert axes.get_title(loc="left") == title
        assert [line.get_label() for line in axes.lines] == list(own)
        for line, (x, y) in zip(axes.lines, own.values(), strict=True):
            np.testing.assert_array_equal(line.get_xydata(), np.stack([x, y], axis=1))
    grid = figure.axes[0].get_subplotspec().get_gridspec()
    assert (grid.nrows, grid.ncols) == rows_and_columns


def test_panels_share_their_axes_colours_and_one_legend():
    figure = draw_panels(panels(4))
    drawn(figure)
    limits = {(axes.get_xlim(), axes.get_ylim()) for axes in figure.axes}
    assert len(limits) == 1
    ((left, right), (bottom, top)) = limits.pop()
    assert left <= 100
    assert right >= 500
    assert bottom <= 1
    assert top >= 36
    colours = {tuple(line.get_color() for line in axes.lines) for axes in figure.axes}
    assert len(colours) == 1
    assert len(set(colours.pop())) == 2
    (legend,) = figure.legends
    assert texts_of(legend) == ["training loss", "test loss"]


@pytest.mark.parametrize(
    ("count", "columns", "lowest", "left"),
    [
        (1, 3, [0], [0]),
        (3, 3, [0, 1, 2], [0]),
        (6, 3, [3, 4, 5], [0, 3]),
        (5, 3, [2, 3, 4], [0, 3]),
    ],
)
def test_what_the_axes_are_is_written_at_the_lowest_and_leftmost_panels(
    count, columns, lowest, left
):
    figure = draw_panels(panels(count), columns=columns)
    drawn(figure)
    for i, axes in enumerate(figure.axes):
        assert axes.get_xlabel() == ("mini-batches" if i in lowest else "")
        assert axes.get_ylabel() == ("loss" if i in left else "")
        shown = [tick.label1.get_visible() for tick in axes.xaxis.get_major_ticks()]
        assert all(shown) == (i in lowest)
        assert any(shown) == (i in lowest)


def test_dashed_lines_of_a_panel_keep_their_colour():
    plain, dashed = draw_panels(panels(2)), draw_panels(panels(2), dashed=["test loss"])
    for axes, other in zip(plain.axes, dashed.axes, strict=True):
        assert [line.get_linestyle() for line in axes.lines] == ["-", "-"]
        assert [line.get_linestyle() for line in other.lines] == ["-", "--"]
        assert [a.get_color() for a in axes.lines] == [b.get_color() for b in other.lines]
    with pytest.raises(ValueError, match="'tset loss' is not among the lines"):
        draw_panels(panels(2), dashed=["tset loss"])


def test_a_single_point_of_a_panel_is_seen():
    figure = draw_panels({"a": {"loss": ([20], [1.5])}})
    assert figure.axes[0].lines[0].get_marker() == "o"
    long = np.arange(50)
    figure = draw_panels({"a": {"loss": (long, long)}})
    assert figure.axes[0].lines[0].get_marker() == "None"


def test_panel_titles_stay_in_their_column():
    lines = {f"(96, 256) underfits {i}": own for i, own in enumerate(panels(6).values())}
    figure = draw_panels(lines)
    drawn(figure)
    titles = [axes._left_title.get_window_extent() for axes in figure.axes]
    for place, title in enumerate(titles):
        right = figure.bbox.x1 if place % 3 == 2 else titles[place + 1].x0
        assert 0 <= title.x0 < title.x1 < right


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ({}, "at least one panel"),
        (
            {"a": {"x": (X, X)}, "b": {"y": (X, X)}},
            r"The panel 'b' has the lines \['y'\], not \['x'\]",
        ),
        ({"a": {"x": (X, X), "y": (X, X)}, "b": {"y": (X, X), "x": (X, X)}}, "The panel 'b'"),
        ({"a": {"x": (X, X)}, "b": {"x": (X, X), "y": (X, X)}}, "The panel 'b'"),
        ({"a": {"x": (X, X[:3])}}, "same shape"),
        ({"a": {"x": ([], [])}}, "n >= 1"),
        ({"a": {"x": (X, X * np.nan)}}, "one finite y"),
    ],
)
def test_wrong_panels_are_refused(lines, message):
    with pytest.raises(ValueError, match=message):
        draw_panels(lines)


def test_panels_count_in_whole_numbers():
    figure = figures.curve_panels(
        {"a": {"loss": ([1, 2], [0.3, 0.2])}}, xlabel="epoch", ylabel="loss"
    )
    figure.canvas.draw()
    shown = [tick.get_text() for tick in figure.axes[0].get_xticklabels()]
    assert all("." not in text for text in shown)
