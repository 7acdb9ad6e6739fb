import numpy as np
import pytest

from tfnets import figures

from .helpers import random_images


@pytest.mark.parametrize(("edge", "factor"), [(28, 2), (32, 2), (19, 3), (56, 1), (90, 1)])
def test_images_are_enlarged_by_the_least_whole_factor(edge, factor):
    images = random_images(3, edge, edge)
    sheet = figures.sheet(images, 2)
    np.testing.assert_array_equal(
        sheet, figures.tile(images, 2).repeat(factor, 0).repeat(factor, 1)
    )


def test_the_shorter_edge_and_colours_count():
    sheet = figures.sheet(random_images(1, 28, 14, 3), 1)
    assert sheet.shape == (112, 56, 3)


def test_wrong_images_are_refused():
    with pytest.raises(ValueError, match="images must have the shape"):
        figures.sheet(np.zeros((28, 28)), 1)
