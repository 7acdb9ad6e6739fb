import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.training.tiny import kernel
from tfnets.datasets.batches import batches
from tfnets.errors import InputError
from tfnets.training.augmentations import instance_noise
from tfnets.training.contrastive import Contrastive, nt_xent

IMAGES = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)


def by_hand(directions, temperature):
    """Chen et al. 2020, equation 1, term by term."""
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    n, losses = len(unit) // 2, []
    for i in range(2 * n):
        partner = (i + n) % (2 * n)
        others = [np.exp(unit[i] @ unit[k] / temperature) for k in range(2 * n) if k != i]
        losses.append(-np.log(np.exp(unit[i] @ unit[partner] / temperature) / sum(others)))
    return losses


@pytest.mark.parametrize("temperature", [0.1, 0.5, 2.0])
def test_the_loss_is_the_papers(temperature):
    directions = np.random.default_rng(1).normal(size=(10, 4)).astype(np.float32)
    losses, _ = nt_xent(tf.constant(directions), temperature)
    np.testing.assert_allclose(losses, by_hand(directions, temperature), rtol=1e-4)


def test_found_says_whose_nearest_view_is_the_right_one():
    views = np.array([[1, 0, 0], [0, 1, 0], [1, 0.1, 0], [0.9, -0.2, 0]], np.float32)
    _, found = nt_xent(tf.constant(views), 0.5)
    np.testing.assert_array_equal(found, [1, 0, 1, 0])


def trainer(seed=0):
    image = keras.Input((6,))
    encoder = keras.Model(image, keras.layers.Dense(5, kernel_initializer=kernel(1))(image))
    feature = keras.Input((5,))
    top = keras.Model(feature, keras.layers.Dense(3, kernel_initializer=kernel(2))(feature))
    made = Contrastive(encoder, top, instance_noise(0.3), temperature=0.5, seed=seed)
    made.compile(keras.optimizers.Adam(0.02), jit_compile=False)
    return made


def fit(made, epochs, first=0):
    data = batches((IMAGES,), batch_size=10, seed=0, first_epoch=first)
    return made.fit(
        data, epochs=epochs, initial_epoch=first, steps_per_epoch=4, shuffle=False, verbose=0
    ).history


def test_training_finds_more_views_and_counts_its_steps():
    made = trainer()
    history = fit(made, 30)
    assert history["loss"][-1] < history["loss"][0] - 0.08
    assert history["found"][-1] > history["found"][0]
    assert int(made.step) == 120


def test_the_same_seed_gives_the_same_weights_and_another_does_not():
    models = [trainer(seed) for seed in (0, 0, 1)]
    for made in models:
        fit(made, 2)
    first, same, other = (made.encoder.get_weights()[0] for made in models)
    np.testing.assert_array_equal(first, same)
    assert np.abs(first - other).max() > 1e-4


def test_every_weight_is_trained():
    made = trainer()
    before = made.get_weights()
    fit(made, 1)

    moved = [np.abs(new - old).max() for new, old in zip(made.get_weights(), before, strict=True)]
    assert min(moved) > 0


def test_a_temperature_of_zero_is_refused():
    with pytest.raises(InputError, match="temperature is 0"):
        Contrastive(keras.Model(), keras.Model(), instance_noise(0.1), temperature=0, seed=0)
