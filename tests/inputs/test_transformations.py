import numpy as np
import pytest
import scipy.ndimage
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.inputs.transformations import (
    Affine,
    centre_crop,
    compose,
    jitter,
    pad,
    resample,
    rotate,
    scale,
)

RNG = np.random.default_rng(0)
IMAGES = tf.constant(RNG.random((3, 11, 8, 3), np.float32))
SEED = tf.constant([3, 5])


def seeds(count):
    return [tf.constant([7, step]) for step in range(count)]


@pytest.mark.parametrize(
    "identity",
    [
        jitter(0),
        scale(1, 1),
        rotate(0),
        pad(0),
        compose(),
        compose(jitter(0), scale(1, 1), pad(0), rotate(0), jitter(0)),
    ],
)
def test_without_movement_nothing_changes(identity):
    np.testing.assert_allclose(identity(IMAGES, SEED), IMAGES, atol=1e-6)


def test_jitter_shifts_by_whole_pixels_within_its_bound_all_images_alike():
    seen = set()
    for seed in seeds(50):
        moved = jitter(2)(IMAGES, seed).numpy()
        found = [
            (down, right)
            for down in range(-2, 3)
            for right in range(-2, 3)
            if np.allclose(moved, shifted(IMAGES.numpy(), down, right), atol=1e-6)
        ]
        assert len(found) == 1
        seen.add(found[0])
    assert {down for down, _ in seen} == {right for _, right in seen} == {-2, -1, 0, 1, 2}


def shifted(images, down, right):
    """What is at (row, column) comes from (row + down, column + right); edges are repeated."""
    rows = np.clip(np.arange(images.shape[1]) + down, 0, images.shape[1] - 1)
    columns = np.clip(np.arange(images.shape[2]) + right, 0, images.shape[2] - 1)
    return images[:, rows][:, :, columns]


def matrix(transformation, seed=SEED):
    return transformation.draw(seed).numpy()


def test_scale_and_rotate_stay_within_their_bounds_and_reach_near_them():
    factors = [1 / matrix(scale(0.8, 1.25), seed)[0, 0] for seed in seeds(60)]
    assert 0.8 <= min(factors) < 0.85
    assert 1.2 < max(factors) <= 1.25
    angles = [np.degrees(np.arctan2(*matrix(rotate(10), seed)[0, 1::-1])) for seed in seeds(60)]
    assert -10 <= min(angles) < -8.5
    assert 8.5 < max(angles) <= 10
    turned = matrix(rotate(30))
    np.testing.assert_allclose(turned[:2, :2] @ turned[:2, :2].T, np.eye(2), atol=1e-6)


def test_scale_enlarges():
    """A centred square grows by the factor."""
    image = np.zeros((1, 41, 41, 1), np.float32)
    image[:, 15:26, 15:26] = 1
    grown = scale(2, 2)(tf.constant(image), SEED).numpy()
    assert grown.sum() == pytest.approx(4 * image.sum(), rel=0.02)


def test_a_quarter_turn_is_numpys():
    square = IMAGES[:, :8]
    turn = tf.constant([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])
    found = resample(square, turn).numpy()
    assert np.allclose(found, np.rot90(square, 1, (1, 2)), atol=1e-5) or np.allclose(
        found, np.rot90(square, -1, (1, 2)), atol=1e-5
    )


@pytest.mark.parametrize("number", range(4))
def test_resampling_is_scipys_bilinear_with_repeated_edges(number):
    rng = np.random.default_rng(number)
    linear, shift = np.eye(2) + 0.4 * rng.normal(size=(2, 2)), 2 * rng.normal(size=2)
    drawn = tf.constant(np.block([[linear, shift[:, None]], [np.array([[0, 0, 1]])]]), tf.float32)
    moved = resample(IMAGES, drawn).numpy()
    centre = (np.array(IMAGES.shape[1:3]) - 1) / 2
    offset = centre + shift - linear @ centre
    for image, ours in zip(IMAGES.numpy(), moved, strict=True):
        for channel in range(3):
            theirs = scipy.ndimage.affine_transform(
                image[..., channel], linear, offset, order=1, mode="nearest"
            )
            np.testing.assert_allclose(ours[..., channel], theirs, atol=1e-4)


def test_joined_movements_equal_one_after_the_other_inside():
    """On a smooth image, one resampling of the product is two resamplings."""
    rows, columns = np.mgrid[:40, :40] / 40
    image = tf.constant((rows * 0.6 + columns * 0.3)[None, ..., None], tf.float32)
    first = Affine(lambda seed: rotate(9).draw(tf.constant([1, 1])))
    second = Affine(lambda seed: _shift(3.0, -2.0))
    apart = second(first(image, SEED), SEED).numpy()
    joined = compose(first, second)(image, SEED).numpy()
    np.testing.assert_allclose(joined[:, 10:30, 10:30], apart[:, 10:30, 10:30], atol=1e-4)


def _shift(down, right):
    return tf.constant([[1.0, 0, down], [0, 1, right], [0, 0, 1]])


def test_gradient_is_the_exact_adjoint():
    """<move(a), b> = <a, gradient>, because moving is linear in the image."""
    move = compose(jitter(3), scale(0.8, 1.2), rotate(15))
    b = tf.constant(RNG.normal(size=IMAGES.shape), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(IMAGES)
        product = tf.reduce_sum(move(IMAGES, SEED) * b)
    gradient = tf.convert_to_tensor(tape.gradient(product, IMAGES))
    assert float(tf.reduce_sum(gradient * IMAGES)) == pytest.approx(float(product), rel=1e-4)


def test_each_stage_has_a_draw_of_its_own_and_steps_differ():
    twice = compose(jitter(50), jitter(50))
    zero = compose(jitter(50), pad(0), jitter(50))
    assert not np.allclose(twice(IMAGES, SEED), zero(IMAGES, SEED))
    ramp = tf.reshape(tf.range(400, dtype=tf.float32), (1, 20, 20, 1))
    first, second = (jitter(9)(ramp, seed).numpy() for seed in seeds(2))
    assert (first == jitter(9)(ramp, seeds(1)[0]).numpy()).all()
    assert (first != second).any()


def test_pad_and_crop():
    padded = pad(2, 0.25)(IMAGES, SEED).numpy()
    assert padded.shape == (3, 15, 12, 3)
    assert (padded[:, :2] == 0.25).all()
    assert (centre_crop(tf.constant(padded), 11, 8).numpy() == IMAGES.numpy()).all()


def test_inside_a_compiled_program_shapes_are_static():
    @tf.function(jit_compile=False)
    def program(images, seed):
        moved = compose(pad(1), jitter(1), rotate(5))(images, seed)
        assert tuple(moved.shape) == (3, 13, 10, 3)
        return moved

    np.testing.assert_allclose(
        program(IMAGES, SEED), compose(pad(1), jitter(1), rotate(5))(IMAGES, SEED), atol=1e-5
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: jitter(-1),
        lambda: scale(0, 1),
        lambda: scale(1.2, 1.1),
        lambda: rotate(-1),
        lambda: pad(-1),
        lambda: pad(1, 2.0),
    ],
)
def test_bad_values_are_refused(make):
    with pytest.raises(InputError, match="give"):
        make()
