import numpy as np
import pytest

from tfnets.figures.densities import density_panels

PANELS = {
    "plain": {"right": [0.0, 1.0, 1.0, 4.0], "wrong": [-4.0, -4.0]},
    "matching": {"right": [3.0], "wrong": np.array([-3.0, 3.0])},
}


def outlines(axes):
    """Heights of each kind's line, without the filled copy."""
    return [patch.get_data().values for patch in axes.patches if not patch.get_fill()]


def test_shares_of_each_kind_over_common_bins():
    figure = density_panels(PANELS, xlabel="logit", bins=8)
    plain, matching = figure.axes
    edges = [patch.get_data().edges for axes in figure.axes for patch in axes.patches]
    assert all((edge == np.arange(-4, 5)).all() for edge in edges)
    right, wrong = outlines(plain)
    np.testing.assert_array_equal(right, [0, 0, 0, 0, 0.25, 0.5, 0, 0.25])
    np.testing.assert_array_equal(wrong, [1, 0, 0, 0, 0, 0, 0, 0])
    assert [heights.sum() for heights in outlines(matching)] == [1, 1]


def test_titles_labels_legend_and_the_reference():
    figure = density_panels(PANELS, xlabel="logit", reference=0.5)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["plain", "matching"]
    assert [axes.get_xlabel() for axes in figure.axes] == ["", "logit"]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["right", "wrong"]
    assert [axes.lines[0].get_xdata()[0] for axes in figure.axes] == [0.5, 0.5]
    assert not density_panels(PANELS, xlabel="logit", reference=None).axes[0].lines


@pytest.mark.parametrize(
    ("panels", "sentence"),
    [
        ({}, "at least one panel"),
        ({"a": {}}, "one kind of values"),
        ({"a": {"x": [1]}, "b": {"y": [1]}}, "not \\['x'\\]"),
        ({"a": {"x": []}}, "n >= 1"),
        ({"a": {"x": [np.nan]}}, "finite"),
        ({"a": {"x": [[1.0]]}}, "shape"),
    ],
)
def test_what_cannot_be_drawn_is_refused(panels, sentence):
    with pytest.raises(ValueError, match=sentence):
        density_panels(panels, xlabel="logit")


def test_no_bin_is_refused():
    with pytest.raises(ValueError, match="bins must be at least 1"):
        density_panels(PANELS, xlabel="logit", bins=0)
