import keras
import numpy as np
import pytest

from tfnets.models.denoisers import REACH, STRIDE, small_unet


@pytest.fixture(scope="module")
def network():
    return small_unet(4, seed=0)


@pytest.mark.parametrize("shape", [(28, 28), (4, 4), (12, 40)])
def test_any_multiple_of_the_stride_keeps_its_size(network, shape):
    found = network(np.full((2, *shape, 1), 0.3, np.float32)).numpy()
    assert found.shape == (2, *shape, 1)
    assert np.isfinite(found).all()


def test_a_pixel_changes_nothing_beyond_the_reach(network):
    """All ReLUs on, and weights of one sign, let every pixel that can count do so."""
    for layer in network.layers:
        if layer.get_weights():
            kernel, bias = layer.get_weights()
            layer.set_weights([np.abs(kernel) * 0.05, bias])
    side = 2 * REACH + 8 * STRIDE
    plain = np.zeros((1, side, side, 1), np.float32)
    reached = 0
    for place in range(side // 2, side // 2 + STRIDE):
        lit = plain.copy()
        lit[0, place, place] = 1000
        changed = np.argwhere(network(lit).numpy()[0, ..., 0] != network(plain).numpy()[0, ..., 0])
        reached = max(reached, int(np.abs(changed - place).max()))
    assert REACH - STRIDE < reached <= REACH


def test_weights_depend_on_the_seed_alone():
    same, again, other = (small_unet(2, seed).get_weights() for seed in (1, 1, 2))
    assert all((a == b).all() for a, b in zip(same, again, strict=True))
    assert any((a != b).any() for a, b in zip(same, other, strict=True))


def test_it_loads_without_this_package(network, tmp_path):
    network.save(tmp_path / "a.keras")
    loaded = keras.models.load_model(tmp_path / "a.keras", safe_mode=True)
    image = np.random.default_rng(0).random((1, 8, 8, 1), np.float32)
    np.testing.assert_array_equal(loaded(image), network(image))
