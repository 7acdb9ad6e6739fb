import numpy as np
import pytest

from tfnets.artifacts.models import load_model
from tfnets.models.translators import STRIDE, patch_discriminator, translator

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("size", [(28, 28), (STRIDE, 3 * STRIDE)])
@pytest.mark.parametrize("channels", [(1, 1), (1, 3), (3, 1)])
def test_images_of_any_multiple_of_the_stride_keep_their_size(size, channels):
    network = translator(0, channels, width=2, blocks=1)
    made = network(RNG.random((2, *size, channels[0]), np.float32)).numpy()
    assert made.shape == (2, *size, channels[1])
    assert 0 < made.min() < made.max() < 1


def test_initial_weights_are_a_function_of_the_seed():
    first, same, other = (translator(seed, width=2).get_weights() for seed in (5, 5, 6))
    assert all((a == b).all() for a, b in zip(first, same, strict=True))
    kernels = [(a, b) for a, b in zip(first, other, strict=True) if a.ndim == 4]
    assert len(kernels) == 12
    assert all((a != b).any() for a, b in kernels)


def changed(network, place, size=28):
    """Where the output differs when one pixel does."""
    image = RNG.random((1, size, size, 1), np.float32)
    other = image.copy()
    other[(0, *place)] += 1
    return np.abs(network(image).numpy() - network(other).numpy())[0].max(axis=-1) > 0


def test_a_corner_can_reach_the_opposite_quarter():
    seen = changed(translator(0, width=4, blocks=3), (0, 0))
    assert seen[:20, :20].all()


def test_a_logit_sees_a_patch_of_38_pixels():
    network = patch_discriminator(0, width=4)
    seen = changed(network, (64, 64, 0), size=128)
    rows, columns = np.nonzero(seen)
    assert seen.shape == (16, 16)
    # 38 pixels hold at most 5 centres that are 8 pixels apart.
    assert 4 <= np.ptp(rows) + 1 <= 5
    assert 4 <= np.ptp(columns) + 1 <= 5
    assert network.output_shape == (None, None, None, 1)


def test_a_discriminator_of_pairs_sees_both():
    network = patch_discriminator(0, channels=3, width=4, source=1)
    image = RNG.random((2, 28, 28, 3), np.float32)
    source = RNG.random((2, 28, 28, 1), np.float32)
    logits = network([image, source]).numpy()
    assert logits.shape == (2, 4, 4, 1)
    assert (logits != network([image, 1 - source]).numpy()).any()
    assert (logits != network([1 - image, source]).numpy()).any()


def test_saved_networks_load_in_safe_mode(tmp_path):
    network = translator(0, (1, 3), width=2, blocks=1)
    network.save(tmp_path / "made.keras")
    images = RNG.random((2, 8, 8, 1), np.float32)
    again = load_model(tmp_path / "made.keras")
    np.testing.assert_array_equal(network(images), again(images))
