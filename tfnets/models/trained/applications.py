"""Networks of `keras.applications`, each with the preprocessing that it was trained with."""

import difflib

import keras
import numpy as np
from keras import layers

from tfnets.errors import InputError
from tfnets.models.trained.imagenet import STANDARD_OFFSET, STANDARD_SCALE
from tfnets.models.trained.logits import preceded_by

PREPROCESSING: dict[str, str] = {
    **dict.fromkeys(
        (
            "InceptionResNetV2", "InceptionV3", "MobileNet", "MobileNetV2", "NASNetLarge",
            "NASNetMobile", "ResNet50V2", "ResNet101V2", "ResNet152V2", "Xception",
        ),
        "signed",
    ),
    **dict.fromkeys(("ResNet50", "ResNet101", "ResNet152", "VGG16", "VGG19"), "caffe"),
    **dict.fromkeys(("DenseNet121", "DenseNet169", "DenseNet201"), "standard"),
    **dict.fromkeys(
        (
            "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge",
            "EfficientNetB0", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3",
            "EfficientNetB4", "EfficientNetB5", "EfficientNetB6", "EfficientNetB7",
            "EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3",
            "EfficientNetV2L", "EfficientNetV2M", "EfficientNetV2S", "MobileNetV3Large",
            "MobileNetV3Small",
        ),
        "bytes",
    ),
}  # fmt: skip
"""Name -> what the network takes: `signed` [-1, 1], `caffe` blue, green, red without their mean,
`standard` mean 0 and variance 1, `bytes` [0, 255]."""


def application(name: str) -> keras.Model:
    """Builds a network of `keras.applications` with its ImageNet weights, for images in [0, 1].

    The name is a key of `PREPROCESSING`; the model's softmax is still there.

    Raises:
        InputError: Unknown name, or the weights could not be had.
    """
    if name not in PREPROCESSING:
        near = difflib.get_close_matches(name, PREPROCESSING, n=5, cutoff=0.4)
        raise InputError(
            f"keras.applications has no network {name!r}; choose from "
            f"{', '.join(near or PREPROCESSING)}."
        )
    try:
        model = getattr(keras.applications, name)(weights="imagenet")
    except Exception as error:  # A download fails in nearly every way.
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"The weights of keras.applications.{name} could not be had ({reason}); connect to the "
            "internet, or take efficientnet_lite0 or mobilenet_v2, which come from package mirrors."
        ) from error
    return preceded_by(preprocessing(PREPROCESSING[name]), model)


def preprocessing(kind: str) -> keras.layers.Layer:
    """Returns the layer from [0, 1] to what a network of a kind in `PREPROCESSING` takes."""
    if kind == "caffe":
        # Turns the channels around, scales them to 255 and subtracts the mean: a 1x1 convolution.
        layer = layers.Conv2D(3, 1, trainable=False, name="preprocess")
        layer.build((None, None, None, 3))
        mean = np.array([103.939, 116.779, 123.68], np.float32)  # VGG's, which Keras takes for all.
        layer.set_weights([255 * np.eye(3, dtype=np.float32)[::-1][None, None], -mean])
        return layer
    scale, offset = {
        "signed": (2.0, -1.0),
        "standard": (list(STANDARD_SCALE), list(STANDARD_OFFSET)),
        "bytes": (255.0, 0.0),
    }[kind]
    return layers.Rescaling(scale, offset, name="preprocess")
