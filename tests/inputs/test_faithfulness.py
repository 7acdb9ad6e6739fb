import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.inputs.test_occlusion import images_of, linear
from tfnets.errors import InputError
from tfnets.inputs.covering.faithfulness import deletion, insertion
from tfnets.inputs.covering.orders import map_ranks, random_ranks


def two_classes(weights):
    """p(1) is the sigmoid of the sum of weight times pixel."""
    return linear(np.stack([np.zeros_like(weights), weights], axis=-1))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_blocks_go_by_their_mean_and_edges_are_cut_off():
    heat = np.array([[1, 1, 9], [1, 1, 0], [5, 5, 5]], float)
    assert map_ranks(heat, 2).tolist() == [[3, 3, 2], [3, 3, 2], [0, 0, 1]]
    assert map_ranks(heat, 1).tolist() == [[4, 5, 0], [6, 7, 8], [1, 2, 3]]


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4), st.integers(0, 99))
def test_random_orders_have_every_rank_and_whole_blocks(height, width, block, seed):
    block = min(block, height, width)
    ranks = random_ranks((height, width), block, 3, seed)
    blocks = -(-height // block) * -(-width // block)
    for order in ranks:
        assert set(order.ravel()) == set(range(blocks))
        for rank in range(blocks):
            rows, columns = np.nonzero(order == rank)
            assert np.ptp(rows) < block
            assert np.ptp(columns) < block
            assert len({row // block for row in rows}) == 1
    assert np.array_equal(ranks[:2], random_ranks((height, width), block, 2, seed))


def test_random_orders_differ_and_put_each_block_first_alike():
    ranks = random_ranks((4, 4), 2, 2000, seed=1)
    first = np.array([(order == 0)[::2, ::2].argmax() for order in ranks])
    assert np.abs(np.bincount(first) / 2000 - 0.25).max() < 0.04


@pytest.mark.parametrize("batch_size", [1, 3, 50])
def test_curves_of_a_linear_network_by_hand(batch_size):
    """Grey, not square; black takes the place of pixels, and then black gives way to them."""
    weights, images = np.random.default_rng(0).normal(size=(4, 6, 1)), images_of((4, 6, 1), 2)
    ranks = np.stack([random_ranks((4, 6), 2, 3, seed) for seed in (1, 2)])
    options = {"steps": 99, "batch_size": batch_size, "progress": False, "fill": "zero"}
    gone = deletion(two_classes(weights), images, ranks, 1, **options)
    back = insertion(two_classes(weights), images, ranks, 1, **options)
    assert gone.scores.shape == gone.shares.shape == (2, 3, 7)
    for n in range(2):
        parts = (images[n] * weights)[..., 0]
        for order in range(3):
            for k in range(7):
                there = ranks[n, order] >= k
                place = n, order, k
                assert gone.shares[place] == pytest.approx(k / 6)
                assert gone.scores[place] == pytest.approx(sigmoid(parts[there].sum()), abs=1e-5)
                assert back.scores[place] == pytest.approx(sigmoid(parts[~there].sum()), abs=1e-5)
            heights = gone.scores[n, order].astype(float)
            area = (heights[1:] + heights[:-1]).sum() / 12
            assert gone.areas[n, order] == pytest.approx(area, abs=1e-6)


def test_shares_count_pixels_where_blocks_are_cut_off():
    ranks = map_ranks([[2.0, 2.0, 1.0]], 1)[None, None]
    ranks[..., :2], ranks[..., 2] = 0, 1
    found = deletion(
        two_classes(np.ones((1, 3, 1))), np.ones((1, 1, 3, 1), np.float32), ranks, 1,
        fill="zero", progress=False,
    )  # fmt: skip
    np.testing.assert_allclose(found.shares[0, 0], [0, 2 / 3, 1])
    p = sigmoid(np.array([3.0, 1.0, 0.0]))
    area = (p[0] + p[1]) / 2 * 2 / 3 + (p[1] + p[2]) / 2 / 3
    assert found.areas[0, 0] == pytest.approx(area, rel=1e-5)


def test_the_true_order_is_better_than_its_reverse_and_than_chance():
    weights = np.random.default_rng(3).normal(size=(8, 8, 1)) * 0.4
    image = np.ones((1, 8, 8, 1), np.float32)
    true = (image[0] * weights)[..., 0]
    ranks = np.concatenate(
        [map_ranks(true, 2)[None], map_ranks(-true, 2)[None], random_ranks((8, 8), 2, 20, 0)]
    )[None]
    gone = deletion(two_classes(weights), image, ranks, 1, fill="zero", progress=False).areas[0]
    back = insertion(two_classes(weights), image, ranks, 1, fill="zero", progress=False).areas[0]
    assert gone[0] < gone[2:].min()
    assert gone[1] > gone[2:].max()
    assert back[0] > back[2:].max()
    assert back[1] < back[2:].min()


def test_few_steps_skip_blocks_but_keep_both_ends():
    ranks = random_ranks((8, 8), 2, 2, 0)[None]
    image, weights = images_of((8, 8, 1)), np.ones((8, 8, 1)) * 0.1
    found = deletion(two_classes(weights), image, ranks, 1, steps=4, fill=0.0, progress=False)
    np.testing.assert_allclose(found.shares[0, 0], [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(found.scores[0, :, 0], sigmoid(0.1 * image.sum()), rtol=1e-5)
    np.testing.assert_allclose(found.scores[0, :, -1], 0.5, rtol=1e-6)


def test_insertion_begins_with_the_blurred_image():
    weights, image = np.random.default_rng(1).normal(size=(20, 20, 1)), images_of((20, 20, 1))
    weights /= 20
    ranks = random_ranks((20, 20), 5, 1, 0)[None]
    found = insertion(two_classes(weights), image, ranks, 1, progress=False)
    from scipy.ndimage import gaussian_filter

    blurred = gaussian_filter(image[0, ..., 0].astype(float), 1.0, mode="nearest")
    wanted = sigmoid((blurred * weights[..., 0]).sum())
    assert found.scores[0, 0, 0] == pytest.approx(wanted, abs=1e-4)


RANKS = random_ranks((4, 4), 2, 2, 0)[None]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ranks": RANKS[0]}, r"of shape \(1, orders, 4, 4\)"),
        ({"ranks": RANKS[..., :3]}, "give ranks from 0 on"),
        ({"ranks": RANKS.astype(float)}, "float64"),
        ({"ranks": RANKS - 1}, "ranks from 0 on"),
        ({"ranks": RANKS[:, :0]}, "orders"),
        ({"steps": 0}, "steps is 0"),
        ({"batch_size": 0}, "batch_size 0"),
        ({"targets": 2}, "no class 2"),
        ({"fill": "red"}, "no fill 'red'"),
    ],
)
def test_bad_input_is_one_sentence(changes, sentence):
    asked = {"ranks": RANKS, "targets": 1, "progress": False} | changes
    model = two_classes(np.ones((4, 4, 1)))
    with pytest.raises(InputError, match=sentence):
        deletion(model, np.ones((1, 4, 4, 1), np.float32), **asked)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: map_ranks(np.ones((4, 4, 1)), 2), "one finite"),
        (lambda: map_ranks(np.full((4, 4), np.nan), 2), "one finite"),
        (lambda: map_ranks(np.ones((4, 4)), 5), "but the image only 4"),
        (lambda: random_ranks((4, 4), 2, 0, 0), "0 random orders"),
    ],
)
def test_bad_orders_are_one_sentence(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()


def test_models_of_keras_are_in_inference_mode():
    image = keras.Input((4, 4, 1))
    x = keras.layers.Dropout(0.9)(keras.layers.Flatten()(image))
    model = keras.Model(image, keras.layers.Dense(2)(x))
    runs = [
        deletion(model, np.ones((1, 4, 4, 1), np.float32), RANKS, 1, progress=False).scores
        for _ in range(2)
    ]
    assert np.array_equal(*runs)
