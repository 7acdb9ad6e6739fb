import numpy as np
import pytest
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.inputs import priors
from tfnets.inputs.spectrum import Spectrum, amplitudes

RNG = np.random.default_rng(0)
NATURAL = Spectrum(RNG.uniform(0.05, 1, (6, 8, 3)), 1)
EVERY = [
    priors.l2(0.7, 0.5),
    priors.l1(0.7, 0.5),
    priors.total_variation(0.7, smooth=0.05),
    priors.spectrum(0.7, NATURAL),
]


def images(n=2, seed=1):
    return np.random.default_rng(seed).uniform(0, 1, (n, 6, 8, 3))


def step(height, dtype=np.float64):
    """Black on the left, `height` on the right: 6 rows."""
    image = np.zeros((1, 6, 8, 1), dtype)
    image[:, :, 4:] = height
    return image


def test_l2_is_the_weighted_sum_of_squares_around_a_grey():
    image = np.array([[[0.5], [1.0]], [[0.0], [0.75]]])[None]
    assert priors.l2(2.0)(image).numpy() == pytest.approx([2 * (0.25 + 1 + 0.5625)])
    assert priors.l2(2.0, around=0.5)(image).numpy() == pytest.approx([2 * (0.25 + 0.25 + 0.0625)])


def test_l1_is_the_weighted_sum_of_absolute_differences_from_a_grey():
    image = np.array([[[0.5], [1.0]], [[0.0], [0.75]]])[None]
    assert priors.l1(2.0)(image).numpy() == pytest.approx([4.5])
    assert priors.l1(2.0, around=0.5)(image).numpy() == pytest.approx([2.5])


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("height", [1.0, -0.3])
def test_total_variation_of_a_step_is_its_height_along_its_length(turned, height):
    image = np.swapaxes(step(height), 1, 2) if turned else step(height)
    exact = 6 * (np.hypot(height, 0.1) - 0.1)
    assert priors.total_variation(1.0, smooth=0.1)(image).numpy() == pytest.approx([exact])
    assert priors.total_variation(1.0, smooth=1e-9)(image).numpy() == pytest.approx(
        [6 * abs(height)]
    )


def test_total_variation_is_isotropic():
    """A bright pixel: its own two differences join, its left and upper neighbours' do not."""
    image = np.zeros((1, 5, 5, 1))
    image[0, 2, 2] = 0.5
    found = priors.total_variation(1.0, smooth=1e-9)(image).numpy()
    assert found == pytest.approx([0.5 * (2 + np.sqrt(2))])


def test_total_variation_counts_channels_one_by_one():
    colour = np.concatenate([step(1.0), step(0.5), step(0.0)], axis=-1)
    found = priors.total_variation(1.0, smooth=1e-9)(colour).numpy()
    assert found == pytest.approx([6 * 1.5])


def test_small_differences_are_not_lost_in_float32():
    found = priors.total_variation(1.0, smooth=1e-2)(step(1e-5, np.float32)).numpy()
    assert found == pytest.approx([6 * 0.5 * 1e-10 / 1e-2], rel=1e-3)


def test_the_spectrum_prior_is_the_squared_distance_in_decibels():
    image = images(1)
    natural = Spectrum(amplitudes(image)[0], 1)
    assert priors.spectrum(3.0, natural)(image).numpy() == pytest.approx([0.0], abs=1e-6)
    doubled = 10 * np.log10((4 + 0.01) / 1.01)
    assert priors.spectrum(3.0, natural)(2 * image).numpy() == pytest.approx([3 * doubled**2])


@pytest.mark.parametrize("prior", EVERY, ids=lambda prior: prior.name)
class TestEveryPrior:
    def test_gives_one_number_per_image(self, prior):
        batch = images(3)
        together = prior(batch).numpy()
        assert together.shape == (3,)
        alone = [prior(batch[i : i + 1]).numpy()[0] for i in range(3)]
        assert together == pytest.approx(alone, rel=1e-5)

    def test_has_the_gradient_of_finite_differences(self, prior):
        batch = tf.constant(images(1))
        with tf.GradientTape() as tape:
            tape.watch(batch)
            value = prior(batch)
        gradient = tape.gradient(value, batch).numpy()
        for direction in np.random.default_rng(2).standard_normal((4, *batch.shape)):
            ends = [prior(batch + sign * 1e-6 * direction).numpy()[0] for sign in (1, -1)]
            slope = (ends[0] - ends[1]) / 2e-6
            assert np.sum(gradient * direction) == pytest.approx(slope, rel=1e-5, abs=1e-6)

    @pytest.mark.parametrize("grey", [0.0, 0.5])
    def test_has_a_gradient_at_images_of_one_colour(self, prior, grey):
        flat = tf.fill((1, 6, 8, 3), grey)
        with tf.GradientTape() as tape:
            tape.watch(flat)
            value = prior(flat)
        assert np.isfinite(tape.gradient(value, flat).numpy()).all()

    def test_is_proportional_to_its_weight(self, prior):
        double = priors.Prior(prior.name, 2 * prior.weight, prior.penalty)
        assert double(images()).numpy() == pytest.approx(2 * prior(images()).numpy())


@pytest.mark.parametrize("weight", [-0.1, float("nan"), float("inf")])
def test_a_weight_that_rewards_is_refused(weight):
    with pytest.raises(InputError, match=r"prior l2 is .*; give a number of 0 or more"):
        priors.l2(weight)


@pytest.mark.parametrize("smooth", [0.0, -1.0, float("nan")])
def test_total_variation_without_smoothing_is_refused(smooth):
    with pytest.raises(InputError, match="give a number above 0"):
        priors.total_variation(1.0, smooth=smooth)
