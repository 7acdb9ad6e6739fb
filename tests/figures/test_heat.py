import numpy as np
import pytest

from tfnets import figures

from .helpers import drawn, random_images

IMAGE = random_images(1, 4, 6, 3)[0]


def test_image_is_shown_untouched_beside_a_map_symmetric_around_zero():
    heat = np.zeros((4, 6))
    heat[1, 2], heat[3, 5] = 0.2, -0.1
    figure = figures.heat_overlay(IMAGE, heat, label="effect", title="photo")
    drawn(figure)
    left, right, bar = figure.axes
    np.testing.assert_array_equal(left.images[0].get_array(), IMAGE)
    assert left.get_title(loc="left") == "photo"
    assert bar.get_ylim() == (-0.2, 0.2)
    assert bar.get_ylabel() == "effect"
    colours = right.images[1].get_array()
    red, blue, none = colours[1, 2], colours[3, 5], colours[0, 0]
    assert red[0] > red[2]
    assert blue[2] > blue[0]
    assert red[3] > blue[3] > none[3]


def test_a_map_of_zeros_is_drawn():
    figure = figures.heat_overlay(IMAGE, np.zeros((4, 6)), label="effect")
    assert np.ptp(figure.axes[1].images[1].get_array(), axis=(0, 1)).max() == 0


@pytest.mark.parametrize("heat", [np.zeros((6, 4)), np.full((4, 6), np.nan)])
def test_wrong_maps_are_refused(heat):
    with pytest.raises(ValueError, match=r"finite and of the image's size \(4, 6\)"):
        figures.heat_overlay(IMAGE, heat, label="effect")
