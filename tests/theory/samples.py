"""Networks of every shape that a walk along a graph has to manage."""

from functools import partial

import keras
import numpy as np
from hypothesis import strategies as st
from keras import layers

from tfnets.tracing.measured import influence
from tfnets.tracing.receptive_field import unit_box, unit_pixels
from tfnets.tracing.regions import EMPTY, Box


def chain(shape, *stack):
    return keras.Sequential([keras.Input(shape), *stack])


def agree(model, layer, unit, **options):
    """Predicted and measured field are the same, pixel for pixel."""
    pixels = unit_pixels(model, layer, unit, **options)
    assert (pixels == (influence(model, layer, unit, **options) > 0)).all()
    rows, columns = np.nonzero(pixels)
    box = unit_box(model, layer, unit, **options)
    if rows.size:
        assert box == Box(rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
    else:
        assert box == EMPTY


def branched():
    image = keras.Input((17, 15, 2), name="image")
    wide = layers.Conv2D(3, (5, 1), strides=2, padding="same", name="wide")(image)
    near = layers.Conv2D(3, 2, padding="same", name="near")(image)
    near = layers.MaxPooling2D(2, padding="same", name="near_pool")(near)
    far = layers.Conv2D(2, (1, 3), dilation_rate=3, padding="same", name="far")(near)
    joined = layers.Concatenate(name="concatenate")([near, far])
    joined = layers.Conv2D(3, 1, name="mix")(joined)
    return keras.Model(image, layers.Multiply(name="product")([wide, joined]))


def nested():
    inner_image = keras.Input((None, None, 2))
    x = layers.Conv2D(2, 3, padding="same", name="inner_conv")(inner_image)
    x = x + keras.ops.relu(inner_image)
    inner = keras.Model(inner_image, layers.AveragePooling2D(2, name="inner_pool")(x), name="block")
    sequential = keras.Sequential(
        [keras.Input((9, 9, 2)), layers.Conv2D(2, 2, name="conv"), layers.ReLU(name="relu")],
        name="tail",
    )
    image = keras.Input((18, 18, 2), name="image")
    return keras.Model(image, sequential(inner(image)), name="outer")


def shared():
    image = keras.Input((16, 14, 2), name="image")
    conv = layers.Conv2D(2, 3, padding="same", name="conv")
    inner_image = keras.Input((None, None, 2))
    inner = keras.Model(inner_image, layers.MaxPooling2D(3, 1, name="pool")(inner_image), name="in")
    x = inner(inner(conv(conv(image))))
    return keras.Model(image, layers.Activation("tanh", name="end")(conv(x)))


def squeezed():
    """A channel gate computed from the whole plane."""
    image = keras.Input((12, 10, 2), name="image")
    x = layers.Conv2D(4, 3, padding="same", name="conv")(image)
    gate = layers.GlobalMaxPooling2D(keepdims=True, name="squeeze")(x)
    gate = layers.Dense(4, activation="sigmoid", name="gate")(gate)
    return keras.Model(image, layers.Multiply(name="gated")([x, gate]))


def decoder():
    image = keras.Input((5, 4, 3), name="image")
    x = layers.Conv2D(4, 3, padding="same", name="conv")(image)
    x = layers.UpSampling2D((2, 3), name="up")(x)
    x = layers.Conv2DTranspose(2, 3, strides=(2, 1), padding="same", name="deconv")(x)
    return keras.Model(image, layers.Conv2D(1, 2, name="last")(x))


MODELS = {
    "branched": branched, "nested": nested, "shared": shared, "squeezed": squeezed,
    "decoder": decoder,
}  # fmt: skip


def one_by_one(size):
    return st.tuples(st.integers(1, size), st.integers(1, size))


PADDING = st.sampled_from(["same", "valid"])


@st.composite
def windows(draw):
    """Settings of a convolution; TensorFlow has no stride together with dilation."""
    strides, dilation = draw(one_by_one(3)), draw(one_by_one(3))
    if draw(st.booleans()):
        strides = (1, 1)
    else:
        dilation = (1, 1)
    return {
        "kernel_size": draw(one_by_one(4)),
        "strides": strides,
        "dilation_rate": dilation,
        "padding": draw(PADDING),
    }


def even(settings):
    """Depthwise kernels want the same stride in both directions."""
    return settings | {"strides": settings["strides"][0]}


CONVOLUTIONS = st.one_of(
    windows().map(lambda w: partial(layers.Conv2D, 2, **w, activation="relu")),
    windows().map(lambda w: partial(layers.DepthwiseConv2D, **even(w))),
    windows().map(lambda w: partial(layers.SeparableConv2D, 2, **even(w))),
    st.builds(partial, st.just(layers.MaxPooling2D), one_by_one(3), one_by_one(3), PADDING),
    st.builds(partial, st.just(layers.AveragePooling2D), one_by_one(3), one_by_one(3), PADDING),
)
OTHERS = st.one_of(
    windows().map(lambda w: partial(layers.Conv2DTranspose, 2, **w)),
    st.builds(partial, st.just(layers.ZeroPadding2D), st.tuples(one_by_one(2), one_by_one(2))),
    st.builds(partial, st.just(layers.Cropping2D), st.tuples(one_by_one(2), one_by_one(2))),
    st.builds(
        partial,
        st.just(layers.UpSampling2D),
        one_by_one(3),
        interpolation=st.sampled_from(["nearest", "bilinear"]),
    ),
    st.builds(partial, st.just(layers.Permute), st.sampled_from([(2, 1, 3), (3, 1, 2), (2, 3, 1)])),
    st.builds(
        partial, st.just(layers.LayerNormalization), axis=st.sampled_from([-1, 1, 2, (1, 2, 3)])
    ),
    st.just(partial(layers.GroupNormalization, 1)),
    st.just(partial(layers.GlobalAveragePooling2D, keepdims=True)),
)


def stacks(kinds, most=4, size=14):
    """Recipes for `stack`: shape of the image, layers that are still to be made."""
    shapes = one_by_one(size).map(lambda plane: (*plane, 2))
    return st.tuples(shapes, st.lists(kinds, min_size=1, max_size=most))


def stack(recipe):
    """A chain of layers; one that would leave no unit, or too many, is left out."""
    shape, makers = recipe
    image = keras.Input(shape, name="image")
    x = image
    for make in makers:
        layer = make()
        try:
            sizes = layer.compute_output_shape(x.shape)[1:]
        except ValueError:
            continue
        if min(sizes) >= 1 and max(sizes) <= 40:
            x = layer(x)
    return keras.Model(image, layers.Identity(name="end")(x))
