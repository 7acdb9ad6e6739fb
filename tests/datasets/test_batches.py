import itertools

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.datasets.batches import batches, steps_per_epoch
from tfnets.errors import InputError


def take(data, count):
    return [tuple(part.numpy() for part in batch) for batch in itertools.islice(data, count)]


def order(n, batch_size, epochs, **settings_):
    """The indices of the first `epochs` epochs, shape (epochs, steps * batch_size)."""
    data = batches((np.arange(n),), batch_size=batch_size, **settings_)
    found = take(data, epochs * (n // batch_size))
    return np.concatenate([batch[0] for batch in found]).reshape(epochs, -1)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 40), st.data(), st.integers(0, 2**40))
def test_each_epoch_takes_whole_batches_of_a_permutation(n, draw, seed):
    batch_size = draw.draw(st.integers(1, n))
    for epoch in order(n, batch_size, 2, seed=seed):
        assert len(epoch) == batch_size * (n // batch_size) == len(set(epoch))
        assert set(epoch) <= set(range(n))


def test_epochs_and_seeds_differ_and_repeat():
    first = order(100, 10, 3, seed=1)
    assert len({tuple(epoch) for epoch in first}) == 3
    np.testing.assert_array_equal(first, order(100, 10, 3, seed=1))
    assert (first != order(100, 10, 3, seed=2)).any(axis=1).all()


def test_order_does_not_depend_on_batch_size():
    np.testing.assert_array_equal(order(60, 5, 2, seed=4), order(60, 20, 2, seed=4))


@pytest.mark.parametrize("shuffle", [True, False])
def test_first_epoch_starts_where_an_uninterrupted_run_is(shuffle):
    whole = order(23, 4, 5, seed=7, shuffle=shuffle)
    resumed = order(23, 4, 3, seed=7, shuffle=shuffle, first_epoch=2)
    np.testing.assert_array_equal(resumed, whole[2:])


def test_without_shuffling_the_order_is_that_of_the_arrays():
    np.testing.assert_array_equal(order(7, 3, 2, seed=0, shuffle=False), [range(6)] * 2)


def test_examples_left_out_change_from_epoch_to_epoch():
    left = [set(range(11)) - set(epoch) for epoch in order(11, 10, 30, seed=0)]
    assert len(set(map(tuple, left))) > 5


def test_arrays_stay_together_with_static_shapes_and_types():
    images = np.arange(24, dtype=np.float32).reshape(6, 2, 2, 1)
    labels = np.arange(6, dtype=np.int32)
    data = batches((images, labels), batch_size=4, seed=0)
    assert [tuple(spec.shape) for spec in data.element_spec] == [(4, 2, 2, 1), (4,)]
    for x, y in take(data, 5):
        assert (x.dtype, y.dtype) == (np.float32, np.int32)
        np.testing.assert_array_equal(x, images[y])


def test_later_changes_of_the_arrays_do_not_reach_the_batches():
    array = np.zeros(8)
    data = batches((array,), batch_size=8, seed=0)
    array[:] = 1
    assert not take(data, 1)[0][0].any()


def graph_bytes(data):
    own = sum(f.function.function_def.ByteSize() for f in data._functions())
    return own + sum(map(graph_bytes, data._inputs()))


def test_arrays_are_not_constants_in_the_graph():
    small, large = (
        graph_bytes(batches((np.ones((100, width)),), batch_size=10, seed=0)) for width in (1, 1000)
    )
    assert 0 < large < small + 1000


@pytest.mark.parametrize(("n", "batch_size", "steps"), [(10, 3, 3), (10, 10, 1), (9, 3, 3)])
def test_steps_per_epoch(n, batch_size, steps):
    assert steps_per_epoch(n, batch_size) == steps


@pytest.mark.parametrize(
    ("arrays", "changes", "message"),
    [
        ((np.zeros(5),), {"batch_size": 6}, "batch size is 6.*only 5 examples"),
        ((np.zeros(5),), {"batch_size": 0}, "batch size is 0.*at least 1"),
        ((np.zeros(5), np.zeros(4)), {}, r"different lengths \(5, 4\)"),
        ((), {}, "no arrays"),
        ((np.zeros(5),), {"seed": -1}, "both must be at least 0"),
        ((np.zeros(5),), {"first_epoch": -1}, "both must be at least 0"),
    ],
)
def test_bad_input_is_refused(arrays, changes, message):
    with pytest.raises(InputError, match=message):
        batches(arrays, **({"batch_size": 2, "seed": 0} | changes))


def test_fit_runs_without_a_warning():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    data = batches((np.ones((10, 3), np.float32), np.ones(10, np.float32)), batch_size=4, seed=0)
    model.fit(data, steps_per_epoch=steps_per_epoch(10, 4), epochs=2, shuffle=False, verbose=0)
    assert int(model.optimizer.iterations.numpy()) == 4
