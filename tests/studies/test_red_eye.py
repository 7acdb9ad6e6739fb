"""Study `red_eye`: what is found, what is replaced, what is measured."""

import numpy as np
import pytest
import tensorflow as tf

from tfnets.datasets.eyes import draw_eyes
from tfnets.errors import InputError
from tfnets.metrics.pictures import psnr
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.denoisers import small_unet
from tfnets.models.dense_autoencoders import dense_autoencoder
from tfnets.studies.red_eye import numbers, page, study
from tfnets.studies.red_eye import pupils as red_eyes
from tfnets.studies.red_eye.portrait import portrait_eyes
from tfnets.studies.red_eye.pupils import (
    Restorer,
    desaturated,
    hide_discs,
    mean_redness,
    redness,
    spots,
)
from tfnets.studies.red_eye.settings import SCALES, Settings
from tfnets.studies.red_eye.study import CAP

EYES = draw_eyes(6, seed=0)
FOUND = {"detector": {"threshold": 0.1}, "clean_psnr": [60.0, 59.0]}
"""What one seed says beside the ways."""


class Perfect(Autoencoder):
    """Stands for an autoencoder that makes clean eyes of all."""

    def encode(self, images):
        return images

    def decode(self, latents):
        return EYES.clean[: len(latents)]


def restorer():
    return Restorer(Perfect(None, None), small_unet(2, 0, given=4, wanted=3), threshold=0.1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"latent": 0}, "latent is 0"),
        ({"test_images": 1}, "no interval"),
        ({"learning_rate": float("inf")}, "learning_rate is inf"),
    ],
)
def test_settings_that_no_run_could_use_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**changes)


def test_full_scale_has_three_seeds():
    assert SCALES["full"].repeats >= 3


def test_redness_is_red_minus_the_mean_of_green_and_blue():
    assert redness(np.array([[0.9, 0.2, 0.4]])) == pytest.approx([0.6])
    pupils = np.zeros((1, 2, 2), bool)
    pupils[0, 0] = True
    image = np.zeros((1, 2, 2, 3), np.float32)
    image[0, 0, 0, 0] = image[0, 1, 1, 0] = 1
    assert mean_redness(image, pupils) == pytest.approx([0.5])


def test_spots_are_large_enough_wider_by_one_and_whole():
    excess = np.zeros((1, 12, 12))
    excess[0, 3:6, 3:6] = 0.5
    excess[0, 4, 4] = 0  # A highlight.
    excess[0, 9, 9:11] = 0.9  # Too small.
    expected = np.zeros((1, 12, 12), bool)
    expected[0, 2:7, 2:7] = True
    np.testing.assert_array_equal(spots(excess, 0.1), expected)


def test_of_a_spot_what_has_half_its_highest_excess_is_kept():
    excess = np.zeros((2, 20, 20))
    excess[0, 2:18, 2:18] = 0.2  # A brown iris.
    excess[0, 8:11, 8:11] = 0.6
    excess[1, 2:6, 2:6] = 0.2  # Alone, it counts.
    expected = np.zeros((2, 20, 20), bool)
    expected[0, 7:12, 7:12] = True
    expected[1, 1:7, 1:7] = True
    np.testing.assert_array_equal(spots(excess, 0.1), expected)
    assert not spots(excess * 0.1, 0.1).any()


def test_what_is_redder_than_the_reconstruction_is_found_and_nothing_else_changed():
    found = restorer().found(EYES.flash)
    assert found[EYES.pupils].mean() > 0.99
    assert not restorer().found(EYES.clean).any()
    filled = restorer().filled(EYES.flash, found)
    np.testing.assert_array_equal(filled[~found], EYES.flash[~found])
    assert (filled[found] != EYES.flash[found]).any()


def test_the_context_network_does_not_see_what_it_replaces():
    found = restorer().found(EYES.flash)
    other = np.where(found[..., np.newaxis], 0.123, EYES.flash).astype(np.float32)
    one, two = (restorer().filled(images, found) for images in (EYES.flash, other))
    np.testing.assert_array_equal(one, two)


def test_every_way_leaves_alone_what_was_not_found():
    pictures, found = study.restored(restorer(), EYES.flash)
    for name in ("autoencoder_there", "context", "desaturated"):
        np.testing.assert_array_equal(pictures[name][~found], EYES.flash[~found])
    there = pictures["autoencoder_there"]
    np.testing.assert_array_equal(there[found], EYES.clean[found])
    np.testing.assert_allclose(redness(pictures["desaturated"])[found], 0, atol=1e-6)


def test_desaturating_keeps_green_and_blue():
    found = EYES.pupils
    plain = desaturated(EYES.flash, found)
    np.testing.assert_array_equal(plain[..., 1:], EYES.flash[..., 1:])
    np.testing.assert_array_equal(plain[~found], EYES.flash[~found])


def test_psnr_counts_the_asked_pixels_and_is_capped():
    images = EYES.clean.copy()
    images[EYES.pupils] += 0.1
    assert psnr(EYES.clean, images, EYES.pupils, CAP) == pytest.approx([20] * 6, abs=1e-3)
    assert psnr(EYES.clean, images, ~EYES.pupils, CAP) == pytest.approx([CAP] * 6)


def test_a_tenth_of_a_percent_of_clean_pixels_lie_above_the_threshold():
    model = dense_autoencoder(EYES.clean.shape[1:], 2, seed=0, hidden=4)
    limit = red_eyes.threshold(model, EYES.clean)
    excess = redness(EYES.clean) - redness(model.reconstruct(EYES.clean))
    assert np.mean(excess > limit) == pytest.approx(0.001, abs=2e-4)


def test_discs_are_hidden_about_the_middle():
    images = tf.ones((200, 32, 48, 3))
    given, wanted = hide_discs(images, tf.constant([1, 2], tf.int64))
    assert given.shape == (200, 32, 48, 4)
    np.testing.assert_array_equal(wanted, images)
    hidden = given[..., 3].numpy()
    assert set(np.unique(hidden)) == {0, 1}
    np.testing.assert_array_equal(given[..., :3], 1 - hidden[..., np.newaxis].repeat(3, axis=-1))
    middle = hidden.mean(axis=0)
    assert middle[14:18, 22:26].mean() > 0.3
    assert middle[:2, :2].mean() < 0.02
    again, _ = hide_discs(images, tf.constant([1, 2], tf.int64))
    np.testing.assert_array_equal(given, again)


def test_the_portrait_has_two_eyes_with_dark_pupils_in_the_middle():
    eyes = portrait_eyes()
    assert eyes.clean.shape == (2, 32, 48, 3)
    for clean, flash, pupil in zip(eyes.clean, eyes.flash, eyes.pupils, strict=True):
        assert clean[pupil].mean() < 0.6 * clean.mean()
        assert redness(flash)[pupil].mean() > redness(clean)[pupil].mean() + 0.2
        assert (clean != flash).any(axis=-1).mean() < 0.06


def test_claims_are_decided_by_the_tolerance_and_by_30_db():
    def row(red, inside, outside):
        return {"redness": [red, red + 0.01], "inside": [inside] * 2, "outside": [outside] * 2}

    rows = {name: row(0.03, 20.0, 60.0) for name in page.TITLES}
    rows["autoencoder"] = row(0.06, 20.0, 25.0)
    rows["context"] = row(0.04, 24.0, 40.0)
    ways = numbers.summary(Settings(), rows, [FOUND], {})["ways"]
    claims = page.claims(Settings(), rows, ways)
    assert [claim.verdict for claim in claims] == [
        "not confirmed", "not confirmed", "confirmed", "confirmed", "confirmed",
    ]  # fmt: skip
    assert claims[2].ours == pytest.approx(0.01)
    assert claims[4].ours == pytest.approx(4)
