import numpy as np
import pytest

from tfnets import figures

from .helpers import drawn, texts_of

SERIES = {
    "MLP": [(0.65, 0.60, 0.67), (0.70, 0.69, 0.71)],
    "transfer": [(0.74, 0.73, 0.75), (0.80, 0.80, 0.80)],
}
GROUPS = ["50 labels", "100 labels"]


def draw(groups=GROUPS, series=SERIES, **options):
    return figures.bars(groups, series, ylabel="accuracy", **options)


def whiskers(axes):
    segments = [line.get_segments() for line in axes.collections]
    return sorted((path[0][1], path[1][1]) for lines in segments for path in lines)


def diamonds(axes):
    lines = [line for line in axes.lines if line.get_marker() == "D"]
    return [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in lines]


def values_overlap(figure):
    drawn(figure)
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    return any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_bars_have_their_heights_and_groups():
    figure = draw()
    axes = figure.axes[0]
    assert [bar.get_height() for bar in axes.patches] == [0.65, 0.70, 0.74, 0.80]
    centres = [bar.get_x() + bar.get_width() / 2 for bar in axes.patches]
    assert [round(x) for x in centres] == [0, 1, 0, 1]
    assert centres[0] < centres[2]
    assert [t.get_text() for t in axes.get_xticklabels()] == GROUPS
    assert texts_of(figure.legends[0]) == ["MLP", "transfer"]


def test_whiskers_reach_over_the_interval_and_are_left_out_where_there_is_none():
    np.testing.assert_allclose(whiskers(draw().axes[0]), [(0.60, 0.67), (0.69, 0.71), (0.73, 0.75)])


def test_values_stand_above_their_whisker_and_do_not_overlap():
    figure = draw()
    axes = figure.axes[0]
    assert not values_overlap(figure)
    assert [text.get_text() for text in axes.texts] == ["0.650", "0.700", "0.740", "0.800"]
    for text, high in zip(axes.texts, (0.67, 0.71, 0.75, 0.80), strict=True):
        assert text.get_window_extent().y0 > axes.transData.transform((0, high))[1]
        assert text.get_window_extent().y1 < axes.bbox.y1


def test_values_of_narrow_bars_stand_upright_and_of_very_narrow_ones_are_left_out():
    def many(count):
        return {str(index): [(91.23, 90, 92)] * 8 for index in range(count)}

    figure = draw([str(i) for i in range(8)], many(4))
    assert {text.get_rotation() for text in figure.axes[0].texts} == {90}
    assert not values_overlap(figure)
    assert len(draw([str(i) for i in range(8)], many(9)).axes[0].texts) == 0


def test_references_are_diamonds_over_their_bar_and_named_in_the_legend():
    figure = draw(references={"transfer": [None, 0.83]}, reference_label="report")
    axes = figure.axes[0]
    bar = axes.patches[3]
    assert diamonds(axes) == [(pytest.approx(bar.get_x() + bar.get_width() / 2), 0.83)]
    assert texts_of(figure.legends[0]) == ["MLP", "transfer", "report"]


@pytest.mark.parametrize("reference", np.linspace(0.7, 1.0, 13))
def test_a_diamond_never_covers_the_value(reference):
    figure = draw(references={"transfer": [float(reference), None]})
    drawn(figure)
    axes = figure.axes[0]
    ((x, y),) = diamonds(axes)
    box = axes.texts[2].get_window_extent()
    _, height = axes.transData.transform((x, y))
    assert not box.y0 - 4 < height < box.y1 + 4


def test_negative_bars_carry_their_value_below():
    figure = draw(["a", "b"], {"difference": [(-0.3, -0.4, -0.2), (0.2, 0.1, 0.3)]})
    drawn(figure)
    axes = figure.axes[0]
    below = axes.texts[0].get_window_extent()
    assert axes.texts[0].get_text() == "\N{MINUS SIGN}0.300"
    assert axes.bbox.y0 < below.y0
    assert below.y1 < axes.transData.transform((0, -0.4))[1]


@pytest.mark.parametrize(
    ("groups", "series", "options", "message"),
    [
        ([], {"a": []}, {}, "at least one group"),
        (["x"], {}, {}, "one series"),
        (["x"], {"a": []}, {}, "series 'a' must have 1 entries, but has 0"),
        (["x"], {"a": [(1, 2, 3)]}, {}, "low <= value <= high"),
        (["x"], {"a": [(1, np.nan, 3)]}, {}, "three finite numbers"),
        (["x"], {"a": [(1, 2)]}, {}, "three finite numbers"),
        (["x"], {"a": [(1, 1, 1)]}, {"references": {"b": [1]}}, "'b'"),
        (["x"], {"a": [(1, 1, 1)]}, {"references": {"a": [1, 2]}}, "references of 'a'"),
    ],
)
def test_wrong_input_is_refused(groups, series, options, message):
    with pytest.raises(ValueError, match=message):
        draw(groups, series, **options)


def test_histogram_shows_shares_of_each_source():
    figure = figures.histogram({"data": [0, 1, 2, 2], "samples": [2, 2]}, ["a", "b", "c", "d"])
    axes = figure.axes[0]
    heights = [bar.get_height() for bar in axes.patches]
    assert heights == [0.25, 0.25, 0.5, 0.0, 0.0, 0.0, 1.0, 0.0]
    assert texts_of(figure.legends[0]) == ["data (N = 4)", "samples (N = 2)", "uniform"]
    assert list(axes.lines[0].get_ydata()) == [0.25, 0.25]


def test_histogram_refuses_labels_without_a_name_and_nothing_at_all():
    with pytest.raises(ValueError, match="labels of 'data' must lie in"):
        figures.histogram({"data": [0, 3]}, ["a", "b"])
    with pytest.raises(ValueError, match="at least one source"):
        figures.histogram({}, ["a"])


def test_a_whisker_below_zero_gets_no_room_for_a_value_that_is_not_there():
    figure = draw(series={"a": [(0.01, -0.02, 0.04), (0.9, 0.9, 0.9)]})
    assert figure.axes[0].get_ylim()[0] == -0.02
