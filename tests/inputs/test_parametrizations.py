import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.errors import InputError
from tfnets.inputs import parametrizations
from tfnets.inputs.parametrizations import fourier, frequency_scale, pixels, planes, recolour

sizes = st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 2, 3]))


def made(parametrization, shape, seed=0):
    start = parametrization.initial(shape, seed)
    return parametrization.images(tf.stack([start, start]), shape).numpy()


@settings(max_examples=30, deadline=None)
@given(sizes, st.sampled_from([pixels(0.3), fourier(noise=2.0), fourier(0.0)]))
def test_images_of_any_size_are_real_float32_and_in_range(shape, parametrization):
    images = made(parametrization, shape)
    assert images.shape == (2, *shape)
    assert images.dtype == np.float32
    assert images.min() >= 0
    assert images.max() <= 1
    np.testing.assert_allclose(images[0], images[1], atol=1e-6)


@pytest.mark.parametrize("parametrization", [pixels(0.1), fourier(noise=0.1)])
def test_same_seed_same_start_another_seed_another(parametrization):
    start = parametrization.initial((6, 5, 3), 1).numpy()
    assert (start == parametrization.initial((6, 5, 3), 1).numpy()).all()
    assert (start != parametrization.initial((6, 5, 3), 2).numpy()).all()


def test_pixels_start_as_noise_around_the_grey_and_are_clipped():
    start = pixels(0.02, around=0.4).initial((64, 64, 3), 0).numpy()
    assert start.mean() == pytest.approx(0.4, abs=1e-3)
    assert start.std() == pytest.approx(0.02, rel=0.05)
    projected = pixels().project(tf.constant([-1.0, 0.25, 2.0]))
    assert projected.numpy().tolist() == [0.0, 0.25, 1.0]


def test_fourier_starts_near_the_middle_grey_with_contrast():
    image = made(fourier(), (32, 48, 3))[0]
    assert abs(image.mean() - 0.5) < 0.02
    assert 1e-4 < image.std() < 0.02


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9))
def test_planes_are_numpys_inverse_real_transform(height, width):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2, 3, height, width // 2 + 1, 2)).astype(np.float32)
    expected = np.fft.irfft2(values[..., 0] + 1j * values[..., 1], (height, width), norm="ortho")
    found = planes(tf.constant(values), (height, width, 3)).numpy()
    np.testing.assert_allclose(found, expected.transpose(0, 2, 3, 1), atol=1e-5)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (7, 9), (6, 7), (5, 8)])
def test_a_unit_spectrum_is_white(height, width):
    ones = np.zeros((1, 1, height, width // 2 + 1, 2), np.float32)
    ones[..., 0] = 1
    image = planes(tf.constant(ones), (height, width, 1)).numpy()[0, :, :, 0]
    np.testing.assert_allclose(np.abs(np.fft.fft2(image, norm="ortho")), 1, atol=1e-5)
    assert (frequency_scale((height, width, 1), 0.0) == 1).all()


@pytest.mark.parametrize("shape", [(16, 24, 3), (15, 9, 1)])
@pytest.mark.parametrize("decay", [0.5, 1.0, 2.0])
def test_the_scale_falls_as_a_power_of_the_frequency(shape, decay):
    scale = frequency_scale(shape, decay)
    frequency = np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None])
    high = frequency > 1 / max(shape)
    product = scale[high] * frequency[high] ** decay
    np.testing.assert_allclose(product, product[0], rtol=1e-5)
    assert scale[0, 0] == scale.max()
    assert np.mean(scale**2) == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize("shape", [(4, 6, 3), (5, 3, 1), (3, 4, 2)])
def test_gradients_of_fourier_images_are_exact(shape):
    parametrization = fourier(noise=1.0)
    start = parametrization.initial(shape, 0)[None]
    rng = np.random.default_rng(0)
    weights = tf.constant(rng.normal(size=(1, *shape)), tf.float32)
    direction = tf.constant(rng.normal(size=start.shape), tf.float32)

    def value(x):
        return tf.reduce_sum(weights * parametrization.images(x, shape))

    with tf.GradientTape() as tape:
        tape.watch(start)
        found = value(start)
    slope = float(tf.reduce_sum(tape.gradient(found, start) * direction))
    step = 1e-2
    expected = float(value(start + step * direction) - value(start - step * direction)) / (2 * step)
    assert slope == pytest.approx(expected, rel=5e-3, abs=1e-3)


def test_light_is_grey_and_other_channels_stay():
    light = tf.constant([[[[1.0, 0.0, 0.0]]]])
    rgb = recolour(light).numpy().ravel()
    assert np.ptp(rgb) < 0.05 * rgb.mean()
    np.testing.assert_allclose(recolour(light, 3.0), recolour(light))
    colour = tf.constant([[[[0.0, 1.0, 0.5]]]])
    np.testing.assert_allclose(recolour(colour, 3.0), 3 * recolour(colour), rtol=1e-6)
    grey = tf.ones((1, 2, 2, 1))
    assert recolour(grey) is grey


def test_colours_covary_as_in_photographs():
    """White noise in the decorrelated colours has the covariance of R, G and B."""
    noise = np.random.default_rng(0).normal(size=(1, 200, 200, 3)).astype(np.float32)
    rgb = recolour(tf.constant(noise)).numpy().reshape(-1, 3)
    expected = parametrizations.COLOURS @ parametrizations.COLOURS.T
    found = np.cov(rgb.T)
    np.testing.assert_allclose(found / found[0, 0], expected / expected[0, 0], atol=0.02)


@pytest.mark.parametrize(
    "make",
    [
        lambda: pixels(-0.1),
        lambda: pixels(0.1, around=1.5),
        lambda: pixels(float("nan")),
        lambda: fourier(decay=-1),
        lambda: fourier(noise=-1),
        lambda: fourier(saturation=-1),
    ],
)
def test_bad_values_are_refused(make):
    with pytest.raises(InputError, match="give"):
        make()
