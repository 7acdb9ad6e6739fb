import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfnets import figures

from .helpers import drawn, outside, random_images


def test_tile_puts_each_image_in_its_place():
    images = np.stack([np.full((2, 3, 1), value / 10, np.float32) for value in range(1, 6)])
    tiled = figures.tile(images, 3, gap=1, background=1.0)
    row = [0.1, 0.1, 0.1, 1.0, 0.2, 0.2, 0.2, 1.0, 0.3, 0.3, 0.3]
    under = [0.4, 0.4, 0.4, 1.0, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0]
    expected = np.array([row, row, [1.0] * 11, under, under], np.float32)[..., None]
    np.testing.assert_array_equal(tiled, expected)
    assert tiled.dtype == np.float32


@given(
    n=st.integers(1, 13),
    columns=st.integers(1, 6),
    gap=st.integers(0, 3),
    channels=st.sampled_from([1, 3]),
)
def test_every_tile_is_found_again(n, columns, gap, channels):
    images = random_images(n, 5, 4, channels)
    tiled = figures.tile(images, columns, gap=gap)
    rows = -(-n // columns)
    assert tiled.shape == (rows * (5 + gap) - gap, columns * (4 + gap) - gap, channels)
    for index, image in enumerate(images):
        top, left = index // columns * (5 + gap), index % columns * (4 + gap)
        np.testing.assert_array_equal(tiled[top : top + 5, left : left + 4], image)


def test_grid_holds_every_image_once_at_its_place_unsmoothed():
    images = random_images(7, channels=3)
    axes = figures.image_grid(images, columns=3).axes[0]
    assert len(axes.images) == 7
    for image, artist in zip(images, axes.images, strict=True):
        np.testing.assert_array_equal(artist.get_array(), image)
        assert artist.get_interpolation() == "nearest"
    corners = [(artist.get_extent()[0], artist.get_extent()[3]) for artist in axes.images]
    assert corners[0] == (0, 0)
    assert corners[4][0] == corners[1][0] > 1
    assert corners[4][1] == corners[3][1] > 5 / 4


def test_grid_is_drawn_with_square_pixels_and_the_values_it_was_given():
    images = np.zeros((4, 2, 2, 1), np.float32)
    images[3, 0, 1] = 0.5
    figure = figures.image_grid(images, columns=2)
    pixels = drawn(figure)
    box = figure.axes[0].images[3].get_window_extent()
    assert box.width == pytest.approx(box.height, abs=1)
    height = pixels.shape[0]
    grey = pixels[int(height - box.y1 + box.height / 4), int(box.x0 + 3 * box.width / 4)]
    black = pixels[int(height - box.y1 + 3 * box.height / 4), int(box.x0 + 3 * box.width / 4)]
    assert abs(int(grey[0]) - 128) <= 1
    assert black[0] == 0


def test_images_larger_than_their_place_are_smoothed():
    large = random_images(8, 300, 300)
    artist = figures.image_grid(large, columns=8).axes[0].images[0]
    assert artist.get_interpolation() == "antialiased"


def test_labels_stand_at_their_rows_columns_and_images_and_are_not_cut_off():
    figure = figures.image_grid(
        random_images(6),
        columns=3,
        titles=list("abcdef"),
        row_labels=["a rather long label", "b"],
        column_labels=["x", "y", "z"],
    )
    axes = figure.axes[0]
    assert outside(figure, axes) == []
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a rather long label", "b"]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["x", "y", "z"]
    for text, artist in zip(axes.texts, axes.images, strict=True):
        left, right = artist.get_extent()[:2]
        assert text.get_position()[0] == pytest.approx((left + right) / 2)
        assert text.get_window_extent().y0 >= artist.get_window_extent().y1
    assert [t.get_text() for t in axes.texts] == list("abcdef")
    centres = [(artist.get_extent()[2] + artist.get_extent()[3]) / 2 for artist in axes.images]
    np.testing.assert_allclose(axes.get_yticks(), [centres[0], centres[3]])


@pytest.mark.parametrize("columns", [1, 3, 9])
@pytest.mark.parametrize("label", ["x", "a label of thirty characters.."])
def test_row_labels_keep_their_distance_from_the_edge(columns, label):
    figure = figures.image_grid(
        random_images(9), columns=columns, row_labels=[label] * (9 // columns)
    )
    drawn(figure)
    left = min(t.get_window_extent().x0 for t in figure.axes[0].get_yticklabels())
    right = figure.bbox.x1 - figure.axes[0].images[columns - 1].get_window_extent().x1
    assert left > 8
    assert right > 8


def test_titles_do_not_reach_into_the_row_above():
    titles = ["two\nlines"] * 4
    figure = figures.image_grid(random_images(4, 6, 6), columns=2, titles=titles)
    drawn(figure)
    axes = figure.axes[0]
    assert axes.texts[2].get_window_extent().y1 <= axes.images[0].get_window_extent().y0 + 1


def test_reconstruction_rows_start_with_the_originals():
    originals, plain, masked = (random_images(4, seed=seed) for seed in range(3))
    axes = figures.reconstruction_rows(originals, {"plain": plain, "masked": masked}).axes[0]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["original", "plain", "masked"]
    shown = np.stack([artist.get_array() for artist in axes.images])[..., None]
    np.testing.assert_array_equal(
        shown.reshape(12, 5, 4, 1), np.concatenate([originals, plain, masked])
    )


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((3, 4, 4), np.float32), r"shape \(n, height, width, 1 or 3\)"),
        (np.zeros((0, 4, 4, 1), np.float32), "n >= 1"),
        (np.zeros((1, 4, 4, 2), np.float32), "1 or 3"),
        (np.zeros((1, 4, 4, 1), np.uint8), "divide 8-bit images by 255"),
        (np.full((1, 4, 4, 1), 1.01, np.float32), r"lie in \[0, 1\]"),
        (np.full((1, 4, 4, 1), -0.01, np.float32), r"lie in \[0, 1\]"),
        (np.full((1, 4, 4, 1), np.nan, np.float32), r"lie in \[0, 1\]"),
    ],
)
def test_wrong_images_are_refused(images, message):
    with pytest.raises(ValueError, match=message):
        figures.image_grid(images, columns=2)
    with pytest.raises(ValueError, match=message):
        figures.tile(images, 2)


def test_wrong_layouts_are_refused():
    images = random_images(4)
    with pytest.raises(ValueError, match="columns must be at least 1"):
        figures.tile(images, 0)
    with pytest.raises(ValueError, match="gap"):
        figures.tile(images, 2, gap=-1)
    for name, count in (("titles", 4), ("row_labels", 2), ("column_labels", 2)):
        with pytest.raises(ValueError, match=f"{name} must have {count} entries, but has 1"):
            figures.image_grid(images, columns=2, **{name: ["x"]})
    with pytest.raises(ValueError, match="at least one row"):
        figures.reconstruction_rows(images, {})
    with pytest.raises(ValueError, match="'short' must have the originals' shape"):
        figures.reconstruction_rows(images, {"short": images[:3]})
