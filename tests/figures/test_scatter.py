import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from tfnets import figures
from tfnets.figures import style
from tfnets.figures.apart import apart

from .helpers import drawn, texts_of

POINTS = np.array([[0.0, 0], [2, 0], [10, 10], [12, 10], [-9, 5], [-9, 7]])
LABELS = np.array([0, 0, 1, 1, 2, 2])
NAMES = ["zero", "one", "two"]


def test_every_point_is_drawn_in_the_colour_of_its_class():
    axes = figures.scatter(POINTS, LABELS, NAMES).axes[0]
    (dots,) = axes.collections
    offsets = np.asarray(dots.get_offsets())
    colours = dots.get_facecolors()[:, :3]
    assert sorted(map(tuple, offsets)) == sorted(map(tuple, POINTS))
    for point, label in zip(POINTS, LABELS, strict=True):
        index = np.flatnonzero((offsets == point).all(axis=1))[0]
        np.testing.assert_allclose(colours[index], to_rgb(style.PALETTE[label]))


def test_points_of_classes_are_mixed_so_that_none_lies_on_top():
    points = np.random.default_rng(1).random((200, 2))
    labels = np.repeat([0, 1], 100)
    (dots,) = figures.scatter(points, labels, ["a", "b"]).axes[0].collections
    last = dots.get_facecolors()[100:, :3]
    share = np.mean(np.all(np.isclose(last, to_rgb(style.PALETTE[1])), axis=1))
    assert 0.35 < share < 0.65


def test_legend_names_all_classes_outside_the_axes():
    figure = figures.scatter(POINTS[:4], LABELS[:4], NAMES)
    drawn(figure)
    legend = figure.legends[0]
    assert texts_of(legend) == NAMES
    assert legend.get_window_extent().x0 >= figure.axes[0].bbox.x1
    assert legend.get_window_extent().x1 <= figure.bbox.x1
    assert [h.get_color() for h in legend.legend_handles] == list(style.PALETTE[:3])


def test_present_classes_are_named_at_their_centroids():
    axes = figures.scatter(POINTS[:4], LABELS[:4], NAMES).axes[0]
    assert [text.get_text() for text in axes.texts] == ["zero", "one"]
    np.testing.assert_allclose([t.get_position() for t in axes.texts], [(1, 0), (11, 10)])


def test_names_of_equal_centroids_do_not_cover_each_other():
    points = np.concatenate([POINTS, POINTS])
    labels = np.repeat([0, 1], 6)
    figure = figures.scatter(points, labels, ["airplane", "automobile"])
    drawn(figure)
    first, second = (text.get_window_extent() for text in figure.axes[0].texts)
    assert not first.overlaps(second)


def test_panels_have_titles_and_one_legend():
    figure = figures.scatter_panels(
        {"before": (POINTS, LABELS), "after": (-POINTS, LABELS)}, NAMES, xlabel="first"
    )
    drawn(figure)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["before", "after"]
    assert [axes.get_xlabel() for axes in figure.axes] == ["first", "first"]
    assert len(figure.legends) == 1
    shown = np.asarray(figure.axes[1].collections[0].get_offsets())
    assert sorted(map(tuple, shown)) == sorted(map(tuple, -POINTS))


@given(st.integers(1, 6), st.integers(0, 1000))
def test_boxes_are_pushed_apart(n, seed):
    rng = np.random.default_rng(seed)
    sizes = rng.uniform(0.2, 1, (n, 2))
    moved = apart(rng.random((n, 2)), sizes)
    for first in range(n):
        for second in range(first):
            overlap = (sizes[first] + sizes[second]) / 2 - np.abs(moved[first] - moved[second])
            assert overlap.min() < 0.05


def test_boxes_that_lie_apart_do_not_move():
    centres = np.array([[0.0, 0], [2, 0], [0, 2]])
    np.testing.assert_array_equal(apart(centres, np.ones((3, 2))), centres)


@pytest.mark.parametrize(
    ("points", "labels", "names", "message"),
    [
        (POINTS[:, :1], LABELS, NAMES, r"shape \(n, 2\)"),
        (POINTS[:0], LABELS[:0], NAMES, "n >= 1"),
        (POINTS * np.nan, LABELS, NAMES, "finite"),
        (POINTS, LABELS[:5], NAMES, "must have 6 entries, but has 5"),
        (POINTS, LABELS.astype(float), NAMES, "integers"),
        (POINTS, LABELS, NAMES[:2], r"lie in \[0, 2\)"),
        (POINTS, LABELS - 1, NAMES, r"lie in \[-1, 1\]"),
        (POINTS, LABELS, list("abcdefghijk"), "1 to 10 names"),
    ],
)
def test_wrong_input_is_refused(points, labels, names, message):
    with pytest.raises(ValueError, match=message):
        figures.scatter(points, labels, names)


def test_no_panel_is_refused():
    with pytest.raises(ValueError, match="at least one scatter"):
        figures.scatter_panels({}, NAMES)
