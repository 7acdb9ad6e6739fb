import numpy as np
import pytest

from tfnets.datasets.eyes import HEIGHT, WIDTH, draw_eyes, with_red_pupil


@pytest.fixture(scope="module")
def eyes():
    return draw_eyes(40, seed=5)


def redness(images):
    return images[..., 0] - images[..., 1:].mean(axis=-1)


def test_images_are_in_range_and_of_their_size(eyes):
    for images in (eyes.clean, eyes.flash):
        assert images.shape == (40, HEIGHT, WIDTH, 3)
        assert images.dtype == np.float32
        assert 0 <= images.min() < 0.1
        assert 0.9 < images.max() <= 1
    assert eyes.pupils.shape == (40, HEIGHT, WIDTH)


def test_the_first_eyes_are_the_same_however_many_are_drawn(eyes):
    few = draw_eyes(3, seed=5)
    np.testing.assert_array_equal(few.clean, eyes.clean[:3])
    np.testing.assert_array_equal(few.flash, eyes.flash[:3])
    assert (draw_eyes(3, seed=6).clean != few.clean).any()


def test_flash_changes_nothing_but_the_pupil_and_its_edge(eyes):
    from scipy.ndimage import binary_dilation

    changed = (eyes.clean != eyes.flash).any(axis=-1)
    for one, pupil in zip(changed, eyes.pupils, strict=True):
        # The highlight lies in the pupil, too, and counts as its edge.
        assert not (one & ~binary_dilation(pupil, iterations=4)).any()
        assert one[pupil].mean() > 0.9
    assert changed.mean() < 0.05


def test_pupils_are_dark_when_clean_and_red_with_flash(eyes):
    for clean, flash, pupil in zip(eyes.clean, eyes.flash, eyes.pupils, strict=True):
        assert pupil.sum() >= 8
        assert clean[pupil].mean() < 0.2
        assert abs(redness(clean)[pupil].mean()) < 0.1
        assert redness(flash)[pupil].mean() > 0.3


def test_eyes_differ_from_each_other(eyes):
    flat = eyes.clean.reshape(40, -1)
    distances = np.square(flat[:, None] - flat[None]).mean(axis=-1) + np.eye(40)
    assert distances.min() > 1e-3


def test_a_red_pupil_is_painted_where_it_is_asked_for():
    image = np.full((20, 30, 3), 0.3, np.float32)
    image[10, 15] = 1  # What shines stays.
    found, pupil = with_red_pupil(image, 10, 15, 4)
    rows, columns = np.nonzero(pupil)
    assert np.hypot(rows - 10, columns - 15).max() < 4
    assert pupil.sum() == 45  # Those nearer than 4; pi times 16 is 50.
    assert (found[10, 15] == 1).all()
    assert redness(found)[pupil].mean() > 0.4
    far = np.hypot(*(np.mgrid[:20, :30] - np.array([10, 15])[:, None, None])) > 4.5
    np.testing.assert_array_equal(found[far], image[far])
    assert found.dtype == np.float32
