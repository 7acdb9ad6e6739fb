import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from tests.figures.helpers import drawn, outside
from tfnets.figures import style
from tfnets.figures.boxes import boxed_maps
from tfnets.tracing.regions import Box

BOXES = [Box(1, 2, 4, 6), Box(0, 0, 5, 8)]


def maps():
    first = np.zeros((5, 8))
    first[BOXES[0].slices] = 1
    first[1, 2] = 1e-6
    return [[first, np.ones((5, 8))]]


def figure():
    return boxed_maps(maps(), BOXES, rows=["gradient"], columns=["small", "whole"])


def test_frames_stand_around_the_boxes_pixels():
    axes = figure().axes
    frames = [next(p for p in a.patches if isinstance(p, Rectangle)) for a in axes]
    assert [frame.get_bbox().bounds for frame in frames] == [
        (1.5, 0.5, 4, 3),
        (-0.5, -0.5, 8, 5),
    ]
    assert all(frame.get_edgecolor()[:3] == to_rgb(style.colour(1)) for frame in frames)


def test_only_zero_is_white_and_small_values_can_be_seen():
    image = figure().axes[0].images[0]
    colours = image.to_rgba(image.get_array())
    assert colours[0, 0, 3] == 0  # the white of the page shows through
    assert colours[1, 2, :3].min() < 0.95
    assert colours[2, 3, 0] < colours[1, 2, 0]


def test_nothing_is_cut_off():
    shown = figure()
    assert drawn(shown).std() > 0
    assert [axes for axes in shown.axes if outside(shown, axes)] == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"boxes": BOXES[:1]}, "matching"),
        ({"columns": ["one"]}, "matching"),
        ({"rows": []}, "matching"),
        ({"maps": [[np.ones((5, 8))]]}, "2 maps"),
        ({"maps": [[np.ones((5, 8)), -np.ones((5, 8))]]}, "below 0"),
        ({"maps": [[np.ones((5, 8)), np.full((5, 8), np.nan)]]}, "finite"),
    ],
)
def test_bad_values_are_refused(change, sentence):
    given = {"maps": maps(), "boxes": BOXES, "rows": ["a"], "columns": ["b", "c"]} | change
    with pytest.raises(ValueError, match=sentence):
        boxed_maps(given.pop("maps"), given.pop("boxes"), **given)
