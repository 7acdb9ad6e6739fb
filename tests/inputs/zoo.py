"""Small networks of every shape that has to work: images in [0, 1] -> logits."""

import keras
from keras import layers


def branched(shape=(12, 9, 3), classes=4, seed=0, activation="relu"):
    keras.utils.set_random_seed(seed)
    image = keras.Input(shape, name="image")
    x = layers.Conv2D(6, 3, activation=activation, name="conv1")(image)
    wide = layers.Conv2D(5, 3, padding="same", activation=activation, name="wide")(x)
    near = layers.Conv2D(5, 1, name="near")(x)
    x = layers.Add(name="sum")([wide, near])
    x = layers.Flatten(name="flatten")(x)
    return keras.Model(image, layers.Dense(classes, name="logits")(x), name="branched")


def sequential(shape=(10, 10, 1), classes=3, seed=0):
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(4, 3, activation="tanh", name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.Dropout(0.5, name="dropout"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(classes, name="logits"),
        ],
        name="sequential",
    )


def nested(shape=(11, 8, 3), classes=4, seed=0):
    """A backbone with a layer used twice, called within another model, then a Sequential head."""
    keras.utils.set_random_seed(seed)
    inner = keras.Input((None, None, shape[2]), name="inner_image")
    conv = layers.Conv2D(shape[2], 3, padding="same", activation="tanh", name="conv")
    backbone = keras.Model(inner, conv(conv(inner)), name="backbone")
    head = keras.Sequential(
        [
            keras.Input(shape),
            layers.Flatten(name="flatten"),
            layers.Dense(classes, name="logits"),
        ],
        name="head",
    )
    image = keras.Input(shape, name="image")
    return keras.Model(image, head(backbone(image)), name="outer")


def affine(shape=(6, 5, 3), classes=3, seed=0):
    """Logits = W . image + b: the gradient of every objective is known."""
    keras.utils.set_random_seed(seed)
    image = keras.Input(shape, name="image")
    x = layers.Flatten(name="flatten")(image)
    x = layers.Dense(classes, name="logits")(x)
    return keras.Model(image, x, name="affine")


ALL = {"branched": branched, "sequential": sequential, "nested": nested, "affine": affine}
