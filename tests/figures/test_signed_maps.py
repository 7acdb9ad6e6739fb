import numpy as np
import pytest
from matplotlib.patches import Rectangle

from tests.figures.helpers import drawn, outside, random_images, texts_of
from tfnets.figures.signed_maps import signed_maps
from tfnets.tracing.regions import Box

IMAGES = random_images(3, 4, 6, 3)
TITLES = ["one", "two", "three"]


def heats():
    maps = np.zeros((3, 4, 6))
    maps[0, 1, 2], maps[0, 3, 5] = 0.2, -0.1
    maps[1, 0, 0] = -50
    return maps


def figure(**changes):
    return signed_maps(IMAGES, heats(), **{"titles": TITLES, "label": "drop"} | changes)


def test_each_map_has_its_own_scale_and_says_so():
    panels = figure(columns=2).axes[:3]
    assert [axes.get_title().split("\n")[0] for axes in panels] == TITLES
    assert [axes.get_title().split()[-1] for axes in panels] == ["0.2", "50", "1"]
    first, second, third = (axes.images[1].get_array() for axes in panels)
    red, blue, none = first[1, 2], first[3, 5], first[0, 0]
    assert red[0] > red[2]
    assert blue[2] > blue[0]
    assert red[3] > blue[3] > none[3]
    assert second[0, 0, 2] > second[0, 0, 0]
    assert second[0, 0, 3] == pytest.approx(red[3])
    assert np.ptp(third, axis=(0, 1)).max() == 0


def test_rows_and_columns_with_one_colour_bar():
    shown = figure(columns=2)
    drawn(shown)
    assert len(shown.axes) == 4
    tops = [axes.get_position().y1 for axes in shown.axes[:3]]
    assert tops[0] == pytest.approx(tops[1])
    assert tops[2] < tops[0] - 0.2
    assert shown.axes[3].get_ylabel() == "drop"


def test_frames_stand_around_their_boxes():
    shown = figure(boxes=[Box(1, 2, 3, 6), None, None], box_label="thing")
    frames = [[p for p in axes.patches if isinstance(p, Rectangle)] for axes in shown.axes[:3]]
    assert [len(found) for found in frames] == [1, 0, 0]
    assert frames[0][0].get_bbox().bounds == (1.5, 0.5, 4, 2)
    assert texts_of(shown.legends[0]) == ["thing"]
    assert not figure().legends


@pytest.mark.parametrize("columns", [1, 2, 4])
def test_nothing_is_cut_off(columns):
    shown = figure(columns=columns, boxes=[Box(0, 0, 2, 2)] * 3, box_label="thing")
    assert drawn(shown).std() > 0
    titles = [axes.title.get_window_extent() for axes in shown.axes[:3]]
    assert all(shown.bbox.x0 <= box.x0 and box.x1 <= shown.bbox.x1 for box in titles)
    assert all(shown.bbox.y0 <= box.y0 and box.y1 <= shown.bbox.y1 for box in titles)
    assert outside(shown, shown.axes[3]) == []


@pytest.mark.parametrize(
    ("images", "maps", "changes", "sentence"),
    [
        (IMAGES, heats()[:2], {}, "images' shape"),
        (IMAGES, heats() * np.nan, {}, "finite"),
        (IMAGES * 2, heats(), {}, r"in \[0, 1\]"),
        (IMAGES, heats(), {"titles": ["one"]}, "titles must have 3"),
        (IMAGES, heats(), {"boxes": [None]}, "boxes must have 3"),
    ],
)
def test_wrong_arguments_are_refused(images, maps, changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        signed_maps(images, maps, **{"titles": TITLES, "label": "drop"} | changes)
