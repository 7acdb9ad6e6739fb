"""Networks small enough to know the answer."""

import keras
import numpy as np

SHAPE = (4, 5, 3)
SIZE = 60


def linear(weights, biases, shape=SHAPE):
    """x -> x W + b, with W (values, classes)."""
    image = keras.Input(shape)
    dense = keras.layers.Dense(len(biases), name="logits")
    model = keras.Model(image, dense(keras.layers.Flatten()(image)), name="linear")
    dense.set_weights([np.asarray(weights, np.float32), np.asarray(biases, np.float32)])
    return model


def random_linear(classes=3, seed=0, scale=1.0, shape=SHAPE):
    rng = np.random.default_rng(seed)
    weights = scale * rng.standard_normal((int(np.prod(shape)), classes))
    return linear(weights, rng.standard_normal(classes), shape), weights.astype(np.float32)


def curved(seed=0, shape=SHAPE):
    """A branched network with a nested model, grey or coloured, not square."""
    rng = keras.initializers.RandomNormal(stddev=0.6, seed=seed)
    inner_in = keras.Input((*shape[:2], 6))
    inner = keras.Model(
        inner_in, keras.layers.Conv2D(8, 3, activation="relu", kernel_initializer=rng)(inner_in)
    )
    image = keras.Input(shape)
    one = keras.layers.Conv2D(6, 3, padding="same", activation="relu", kernel_initializer=rng)(
        image
    )
    two = keras.layers.Conv2D(6, 1, kernel_initializer=rng)(image)
    x = keras.layers.Flatten()(inner(keras.layers.Add()([one, two])))
    return keras.Model(image, keras.layers.Dense(4, kernel_initializer=rng)(x), name="curved")


def pictures(n, seed=1, low=0.3, high=0.7, shape=SHAPE):
    """8-bit images away from black and white."""
    rng = np.random.default_rng(seed)
    return np.rint(rng.uniform(low, high, (n, *shape)) * 255).astype(np.float32) / np.float32(255)


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
