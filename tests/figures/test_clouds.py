import numpy as np
import pytest

from tfnets.figures import clouds

CENTRES = np.array([[0.0, 0], [1, 0], [1, 1]])


def drawn(axes):
    return [line.get_xydata() for line in axes.lines]


def test_one_panel_each_with_its_points_over_the_centres():
    panels = {"a": CENTRES + 0.1, "b": CENTRES[:1], "c": CENTRES[1:]}
    figure = clouds(panels, CENTRES, columns=2)
    assert [axes.get_title() for axes in figure.axes] == ["a", "b", "c"]
    for axes, points in zip(figure.axes, panels.values(), strict=True):
        marks, found = drawn(axes)
        np.testing.assert_array_equal(marks, CENTRES)
        np.testing.assert_array_equal(found, points)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["generated", "true centre"]


def test_all_panels_show_the_same_square_around_the_centres():
    figure = clouds({"near": CENTRES, "far": 100 * CENTRES}, CENTRES)
    for axes in figure.axes:
        assert axes.get_xlim() == axes.get_ylim() == pytest.approx((-0.2, 1.2))


def test_what_lies_outside_is_counted():
    figure = clouds({"in": CENTRES, "out": [[0, 0], [5, 0], [0, -9], [0.5, 1.3]]}, CENTRES)
    texts = [[text.get_text() for text in axes.texts] for axes in figure.axes]
    assert texts == [[], ["3 outside"]]


@pytest.mark.parametrize(
    ("panels", "centres", "sentence"),
    [
        ({}, CENTRES, "at least one cloud"),
        ({"a": np.zeros((3, 3))}, CENTRES, r"points of 'a' .* not \(3, 3\)"),
        ({"a": np.full((2, 2), np.nan)}, CENTRES, "finite"),
        ({"a": CENTRES}, np.zeros((0, 2)), "centres must have"),
    ],
)
def test_what_cannot_be_drawn_is_refused(panels, centres, sentence):
    with pytest.raises(ValueError, match=sentence):
        clouds(panels, centres)
