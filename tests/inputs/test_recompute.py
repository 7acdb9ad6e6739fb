"""Computing only what sees a box gives what the whole network gives."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from tests.theory.samples import CONVOLUTIONS, OTHERS, even, stacks, windows
from tfnets.inputs.covering.calls import calls_of
from tfnets.inputs.covering.locality import Reach, segments
from tfnets.inputs.covering.recompute import Recomputer
from tfnets.inputs.covering.stages import Boxes, plan


def woken(model, seed=0):
    """Gives every weight a value that matters, batch normalisation's included."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        scale = 1 / np.sqrt(max(1, np.prod(weight.shape[:-1])))
        values = rng.normal(0, scale, weight.shape)
        weight.assign(rng.uniform(0.5, 1.5, weight.shape) if "variance" in weight.path else values)
    return model


def headed(image, x, kind="dense"):
    x = layers.Flatten()(x) if kind == "dense" else layers.GlobalMaxPooling2D()(x)
    return woken(keras.Model(image, layers.Dense(3)(x)))


def normalised(settings):
    """A convolution with batch normalisation after it, which is folded."""
    kind, settings = settings
    convolve = layers.Conv2D(3, **settings) if kind else layers.DepthwiseConv2D(**even(settings))
    return keras.Sequential([convolve, layers.BatchNormalization(), layers.ReLU()])


def residual(size):
    return layers.Conv2D(2, size, padding="same", activation="relu")


BLOCKS = st.one_of(
    CONVOLUTIONS,
    st.tuples(st.booleans(), windows()).map(lambda s: lambda: normalised(s)),
    st.just(lambda: layers.ZeroPadding2D(((0, 1), (1, 0)))),
    st.just(lambda: layers.BatchNormalization()),
    st.just(lambda: layers.LayerNormalization()),
)


def built(recipe, branch, head):
    """A chain of layers; one that would leave no unit is left out; at most one branch."""
    shape, makers = recipe
    image = keras.Input(shape)
    x = image
    for place, make in enumerate(makers):
        layer = make()
        try:
            sizes = layer.compute_output_shape(x.shape)[1:]
        except ValueError:
            continue
        if min(sizes) >= 1 and max(sizes) <= 40:
            x = layer(x)
        if place == branch:
            sides = [layers.Conv2D(2, k, padding="same", activation="relu")(x) for k in (1, 3)]
            x = layers.Concatenate()([layers.Add()(sides), sides[0]])
    return headed(image, x, head)


def boxes_on(draw, plane, count=6):
    """Boxes anywhere, those in two opposite corners among them."""
    first, stop = [], []
    for box in range(count):
        begin = [draw(st.integers(0, n - 1)) for n in plane]
        end = [draw(st.integers(b + 1, min(n, b + 5))) for b, n in zip(begin, plane, strict=True)]
        if box == 0:
            end = [e - b for b, e in zip(begin, end, strict=True)]
            begin = [0, 0]
        if box == 1:
            begin = [n - (e - b) for b, e, n in zip(begin, end, plane, strict=True)]
            end = list(plane)
        first.append(begin)
        stop.append(end)
    return Boxes(np.array(first), np.array(stop))


def whole(model, image, other, boxes):
    """Each image in full through the model itself."""
    images = np.repeat(image[None], len(boxes.first), axis=0)
    for each, (top, left), (bottom, right) in zip(images, boxes.first, boxes.stop, strict=True):
        each[top:bottom, left:right] = other[top:bottom, left:right]
    return np.asarray(model(images))


def assert_same(model, boxes, cuts=None):
    rng = np.random.default_rng(1)
    shape = model.input_shape[1:]
    image, other = rng.random((2, *shape), np.float32)
    network = calls_of(model, shape)
    recomputer = Recomputer(network, boxes, stages=plan(network, boxes, cuts=cuts, images=10**6))
    known, logits = recomputer.known(image)
    found = recomputer.logits(known, other, np.arange(len(boxes.first))).numpy()
    wanted = whole(model, image, other, boxes)
    scale = np.abs(wanted).max()
    np.testing.assert_allclose(found, wanted, atol=1e-5 * scale, rtol=0)
    np.testing.assert_allclose(logits, np.asarray(model(image[None]))[0], atol=1e-5 * scale)


@settings(max_examples=25, deadline=None)
@given(
    stacks(BLOCKS, most=5, size=20),
    st.integers(0, 8),
    st.sampled_from(["dense", "pool"]),
    st.data(),
)
def test_any_cuts_of_any_local_network_at_any_box(recipe, branch, head, data):
    model = built(recipe, branch, head)
    boxes = boxes_on(data.draw, model.input_shape[1:3])
    parts = segments(calls_of(model, model.input_shape[1:]))
    cuts = [cut for cut in range(1, len(parts) + 1) if data.draw(st.booleans())]
    assert_same(model, boxes, cuts)


@settings(max_examples=10, deadline=None)
@given(stacks(st.one_of(OTHERS, CONVOLUTIONS), most=4, size=14), st.data())
def test_layers_that_are_not_local_end_the_cropped_part(recipe, data):
    model = built(recipe, -1, "dense")
    boxes = boxes_on(data.draw, model.input_shape[1:3])
    parts = segments(calls_of(model, model.input_shape[1:]))
    assert_same(model, boxes, list(range(1, len(parts) + 1)))


@given(
    st.builds(Reach, st.integers(1, 4), st.integers(-5, 3), st.integers(1, 6)),
    st.integers(1, 12),
    st.data(),
)
def test_the_units_that_see_some_pixels_are_all_there(reach, units, data):
    first = data.draw(st.integers(0, 20))
    stop = data.draw(st.integers(first + 1, 24))
    begin, end = reach.seeing(np.array([first]), np.array([stop]), units)
    assert 0 <= begin[0] < end[0] <= units
    seeing = [
        unit
        for unit in range(units)
        if unit * reach.stride + reach.offset < stop
        and unit * reach.stride + reach.offset + reach.size > first
    ]
    assert all(begin[0] <= unit < end[0] for unit in seeing)
    assert len(seeing) in (end[0] - begin[0], 0)


def names(model):
    return [
        part.calls[-1].steps[-1].name for part in segments(calls_of(model, model.input_shape[1:]))
    ]


def test_a_residual_block_is_cut_before_and_after_but_not_inside():
    image = keras.Input((12, 12, 3))
    x = layers.Conv2D(4, 3, name="stem")(image)
    y = layers.Conv2D(4, 3, padding="same", name="inside")(x)
    x = layers.Add(name="sum")([x, y])
    model = keras.Model(image, layers.Dense(2)(layers.Flatten()(x)))
    assert names(model) == ["stem", "sum"]


def test_batch_normalisation_is_folded_and_no_cut_lies_before_it():
    image = keras.Input((8, 8, 1))
    x = layers.Conv2D(4, 3, name="conv")(image)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.DepthwiseConv2D(3, depth_multiplier=2, use_bias=False, name="depthwise")(x)
    x = layers.BatchNormalization(scale=False, center=False, name="norm2")(x)
    model = headed(image, x)
    assert names(model) == ["norm", "norm2"]
    assert_same(model, Boxes(np.array([[2, 2]]), np.array([[4, 5]])), [1, 2])


def at_its_place(layer, shape=(8, 8, 2)):
    image = keras.Input(shape)
    x = layers.Conv2D(2, 3, padding="same", name="conv")(image)
    return headed(image, layer(x))


@pytest.mark.parametrize(
    "layer",
    [
        layers.PReLU(name="prelu"),
        layers.BatchNormalization(axis=1),
        layers.LayerNormalization(axis=[1, 2, 3]),
        layers.Normalization(axis=(1, 2), mean=np.ones((8, 8)), variance=np.ones((8, 8))),
        layers.Rescaling(scale=np.arange(64.0).reshape(8, 8, 1)),
        layers.UpSampling2D(2),
        layers.Conv2DTranspose(2, 3, strides=2),
        layers.Cropping2D(1),
        layers.Permute((2, 1, 3)),
        layers.GlobalAveragePooling2D(keepdims=True),
        lambda x: keras.ops.multiply(x, np.arange(64, dtype="float32").reshape(8, 8, 1)),
    ],
    ids=lambda layer: getattr(layer, "name", "function"),
)
def test_layers_whose_units_differ_by_place_are_not_cropped(layer):
    model = at_its_place(layer)
    assert names(model) == ["conv"]
    assert_same(model, Boxes(np.array([[0, 0], [3, 2]]), np.array([[2, 2], [5, 8]])), [1])


@pytest.mark.parametrize(
    "layer",
    [
        layers.PReLU(shared_axes=[1, 2], name="prelu"),
        layers.Rescaling(scale=[2.0, 3.0], offset=0.1),
        layers.Normalization(axis=-1, mean=[0.1, 0.2], variance=[1.0, 2.0]),
        lambda x: keras.ops.relu6(x * 3.0) - 0.5,
    ],
    ids=lambda layer: getattr(layer, "name", "function"),
)
def test_layers_that_work_per_channel_are_cropped(layer):
    model = at_its_place(layer)
    assert len(names(model)) > 1
    assert_same(model, Boxes(np.array([[0, 0], [3, 2]]), np.array([[2, 2], [5, 8]])), [1, 2])


def large():
    """Large enough for cropping to pay."""
    image = keras.Input((96, 80, 3))
    x = image
    for filters, stride in ((8, 2), (8, 1), (16, 2), (16, 1)):
        x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
    return headed(image, x, "pool")


def test_cuts_are_chosen_where_they_pay():
    model = large()
    network = calls_of(model, (96, 80, 3))
    small = Boxes(np.array([[40, 40], [0, 0]]), np.array([[48, 48], [8, 8]]))
    stages = plan(network, small, images=10**6)
    assert stages
    assert all(np.prod(s.crop) < np.prod(network.graph.shapes[s.source][:2]) for s in stages)
    assert_same(model, small)
    everything = Boxes(np.array([[0, 0]]), np.array([[96, 80]]))
    assert plan(network, everything, images=10**6) == ()
    assert plan(network, small) == ()  # Two images are not worth compiling for.


def test_a_box_that_no_unit_sees_changes_nothing():
    image = keras.Input((9, 9, 1))
    model = headed(image, layers.Conv2D(2, 1, strides=4)(image))
    assert_same(model, Boxes(np.array([[1, 1], [0, 5]]), np.array([[3, 3], [1, 8]])), [1])


def test_the_program_is_compiled_once(monkeypatch):
    model = large()
    network = calls_of(model, (96, 80, 3))
    boxes = Boxes(np.array([[8, 8], [0, 0], [50, 60]]), np.array([[16, 16], [8, 8], [58, 68]]))
    recomputer = Recomputer(network, boxes, stages=plan(network, boxes, images=10**6))
    inner, traced = Recomputer._logits, []
    monkeypatch.setattr(Recomputer, "_logits", lambda *given: traced.append(1) or inner(*given))
    for image in np.random.default_rng(0).random((2, 96, 80, 3), np.float32):
        known, _ = recomputer.known(image)
        for indices in ([0, 1], [2, 2]):
            recomputer.logits(known, image, np.array(indices))
    assert len(traced) == 1
