import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from tfnets.datasets.eight_bit import png_round_trip, to_8bit, write_picture
from tfnets.errors import InputError

UNIT = st.floats(0, 1, width=32)


def stacks():
    shapes = st.tuples(
        st.integers(0, 3), st.integers(1, 5), st.integers(1, 5), st.sampled_from([1, 3])
    )
    return shapes.flatmap(lambda shape: hnp.arrays(np.float32, shape, elements=UNIT))


@given(stacks())
def test_a_png_round_trip_is_exactly_the_rounding(images):
    back = png_round_trip(images)
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, to_8bit(images).astype(np.float32) / np.float32(255))
    np.testing.assert_array_equal(png_round_trip(back), back)


@given(hnp.arrays(np.float32, hnp.array_shapes(), elements=UNIT))
def test_rounding_is_to_the_nearest(images):
    rounded = to_8bit(images)
    assert rounded.dtype == np.uint8
    assert np.abs(rounded - images.astype(np.float64) * 255).max() <= 0.5 + 1e-5


def test_all_256_values_are_their_own_rounding():
    values = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    images = values.astype(np.float32) / 255
    np.testing.assert_array_equal(to_8bit(images), values)
    np.testing.assert_array_equal(png_round_trip(images), images)


@pytest.mark.parametrize("bad", [np.float32([1.001]), np.float32([-0.001]), np.float32([np.nan])])
def test_values_out_of_range_are_refused(bad):
    with pytest.raises(InputError, match=r"clip them to \[0, 1\]"):
        to_8bit(bad)


def test_whole_numbers_are_refused():
    with pytest.raises(InputError, match="are uint8; give floats"):
        to_8bit(np.zeros((2, 2), np.uint8))


@pytest.mark.parametrize("shape", [(2, 2, 3), (1, 2, 2, 4), (1, 2, 2, 2)])
def test_round_trips_need_stacks_of_images(shape):
    with pytest.raises(InputError, match="give \\(n, height, width, 1 or 3\\)"):
        png_round_trip(np.zeros(shape, np.float32))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_written_picture_is_a_png_of_the_rounded_values(tmp_path, channels):
    image = np.random.default_rng(0).random((4, 5, channels)).astype(np.float32)
    path = write_picture(tmp_path / "new" / "a.png", image)
    with Image.open(path, formats=["PNG"]) as read:
        assert read.mode == ("L" if channels == 1 else "RGB")
        np.testing.assert_array_equal(np.asarray(read).reshape(image.shape), to_8bit(image))
    assert [found.name for found in path.parent.iterdir()] == ["a.png"]


def test_nothing_is_written_for_bad_input(tmp_path):
    good = np.zeros((2, 2, 3), np.float32)
    with pytest.raises(InputError, match=r"must end in \.png"):
        write_picture(tmp_path / "a.jpg", good)
    for bad in (good[np.newaxis], good[..., :2], good[:0]):
        with pytest.raises(InputError, match="give \\(height, width, 1 or 3\\)"):
            write_picture(tmp_path / "a.png", bad)
    with pytest.raises(InputError, match="clip"):
        write_picture(tmp_path / "a.png", good + 2)
    assert list(tmp_path.iterdir()) == []
