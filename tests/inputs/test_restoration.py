import numpy as np
import pytest
from scipy.optimize import linprog, lsq_linear
from skimage.restoration import denoise_tv_chambolle

from tfnets.errors import InputError
from tfnets.inputs import priors
from tfnets.inputs.restoration import gaussian, laplace, restore


def line(values):
    """A signal (width,) as one image, one pixel high."""
    return np.asarray(values, np.float32)[None, None, :, None]


def noisy_step(width=24, seed=0):
    rng = np.random.default_rng(seed)
    return np.clip(np.repeat([0.3, 0.7], width // 2) + rng.laplace(0, 0.08, width), 0, 1)


def differences(width):
    """The matrix (width - 1, width) of differences to the right neighbour."""
    return np.diff(np.eye(width), axis=0)


def exact_gaussian(signal, strength):
    """Minimises |x - signal|^2 / 2 + strength |Dx|_1 by its dual, a bounded least-squares problem.

    The optimum is x = signal - D'z, where z is nearest in D'z to the signal with |z| <= strength.
    """
    matrix = differences(len(signal))
    dual = lsq_linear(matrix.T, signal, bounds=(-strength, strength), tol=1e-12).x
    return signal - matrix.T @ dual


def exact_laplace(signal, strength):
    """Minimises |x - signal|_1 + strength |Dx|_1 as a linear program in x and two bounds."""
    n = len(signal)
    matrix, one, edges = differences(n), np.eye(n), np.eye(n - 1)
    none = [np.zeros((n, n - 1)), np.zeros((n - 1, n))]
    rows = np.block(
        [
            [one, -one, none[0]],
            [-one, -one, none[0]],
            [matrix, none[1], -edges],
            [-matrix, none[1], -edges],
        ]
    )
    limits = np.concatenate([signal, -signal, np.zeros(2 * (n - 1))])
    costs = np.concatenate([np.zeros(n), np.ones(n), strength * np.ones(n - 1)])
    bounds = [(None, None)] * n + [(0, None)] * (2 * n - 1)
    return linprog(costs, rows, limits, bounds=bounds).x[:n]


@pytest.mark.parametrize("weight", [2.0, 10.0])
def test_with_gaussian_noise_it_finds_the_exact_minimum_on_a_line(weight):
    signal, sigma = noisy_step(), 0.1
    found = restore(
        line(signal), gaussian(sigma), [priors.total_variation(weight, smooth=1e-4)], steps=1500
    )
    exact = exact_gaussian(signal, weight * sigma**2)
    assert found.images.ravel() == pytest.approx(exact, abs=2e-3)


@pytest.mark.parametrize("weight", [15.0, 40.0])
def test_with_laplace_noise_it_finds_the_exact_minimum_on_a_line(weight):
    signal, b = noisy_step(), 0.08

    def loss(x):
        return np.abs(x - signal).sum() / b + weight * np.abs(np.diff(x)).sum()

    found = restore(
        line(signal), laplace(b, smooth=1e-4), [priors.total_variation(weight, smooth=1e-4)],
        steps=1500,
    )  # fmt: skip
    least = loss(exact_laplace(signal, weight * b))
    assert loss(signal) > 1.2 * least
    assert loss(found.images.ravel().astype(float)) == pytest.approx(least, rel=0.01)


def test_with_gaussian_noise_it_agrees_with_chambolle_on_an_image():
    rng = np.random.default_rng(1)
    image = np.full((16, 20, 3), 0.3)
    image[4:12, 6:15] = [0.8, 0.5, 0.3]
    image = np.clip(image + rng.normal(0, 0.1, image.shape), 0, 1)
    theirs = denoise_tv_chambolle(image, 8 * 0.1**2, eps=1e-9, max_num_iter=3000, channel_axis=-1)
    ours = restore(image[None], gaussian(0.1), [priors.total_variation(8.0)], steps=400)
    assert ours.images[0] == pytest.approx(theirs, abs=0.02)
    assert np.abs(ours.images[0] - theirs).mean() < 2e-3


@pytest.mark.parametrize(
    ("likelihood", "centre"), [(laplace(0.1), np.median), (gaussian(0.1), np.mean)]
)
def test_a_strong_prior_leaves_the_median_or_the_mean(likelihood, centre):
    signal = [0.2, 0.21, 0.22, 0.3, 0.9]
    found = restore(line(signal), likelihood, [priors.total_variation(200.0)], steps=2000)
    assert found.images.ravel() == pytest.approx(np.full(5, centre(signal)), abs=5e-3)


def test_the_likelihoods_are_those_of_the_densities():
    """Differences of -log p between two images, which constants do not change."""
    noisy = np.array([[[[0.3], [0.9]]]])
    images = np.array([[[[0.1], [0.6]]], [[[0.3], [0.5]]]])
    found = laplace(0.2, smooth=1e-6)(images, noisy).numpy()
    assert found == pytest.approx([(0.2 + 0.3) / 0.2, 0.4 / 0.2], rel=1e-4)
    found = gaussian(0.2)(images, noisy).numpy()
    assert found == pytest.approx([(0.04 + 0.09) / 0.08, 0.16 / 0.08])


def test_without_a_prior_the_image_stays_what_was_observed():
    noisy = np.random.default_rng(0).uniform(0, 1, (2, 4, 5, 3)).astype(np.float32)
    for likelihood in (laplace(0.1), gaussian(0.1)):
        assert restore(noisy, likelihood, [priors.l2(0.0)], steps=5).images == pytest.approx(noisy)


def test_images_of_one_batch_are_restored_independently():
    noisy = np.random.default_rng(0).normal(0.5, 0.2, (3, 6, 5, 1))
    prior = [priors.total_variation(5.0)]
    together = restore(noisy, laplace(0.1), prior, steps=30).images
    for i in range(3):
        alone = restore(noisy[i : i + 1], laplace(0.1), prior, steps=30).images
        assert together[i] == pytest.approx(alone[0], abs=1e-6)


def test_noise_beyond_the_range_is_restored_into_it():
    noisy = np.random.default_rng(0).normal(0.5, 1.0, (1, 6, 5, 1))
    found = restore(noisy, gaussian(0.1), [priors.total_variation(1.0)], steps=20).images
    assert found.dtype == np.float32
    assert 0 <= found.min() < found.max() <= 1


def test_the_history_has_the_parts_of_the_loss():
    noisy = np.random.default_rng(0).uniform(0, 1, (2, 6, 5, 1))
    history = restore(
        noisy, laplace(0.1), [priors.total_variation(5.0), priors.l2(0.1)], steps=40
    ).history
    assert set(history) == {"loss", "likelihood", "total_variation", "l2"}
    assert history["loss"].shape == (40, 2)
    parts = history["likelihood"] + history["total_variation"] + history["l2"]
    assert history["loss"] == pytest.approx(parts, rel=1e-5)
    assert (history["loss"][-1] < history["loss"][0]).all()


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("kind", [laplace, gaussian])
def test_noise_without_a_size_is_refused(kind, scale):
    with pytest.raises(InputError, match=f"scale of the {kind.__name__} noise"):
        kind(scale)


@pytest.mark.parametrize(
    "noisy", [np.zeros((4, 4, 1)), np.full((1, 4, 4, 1), np.nan), np.zeros((0, 4, 4, 1))]
)
def test_what_is_no_image_is_refused(noisy):
    with pytest.raises(InputError, match="finite values"):
        restore(noisy, gaussian(0.1), [])
