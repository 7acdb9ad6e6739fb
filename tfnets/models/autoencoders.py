"""Autoencoders of study 3.1: an encoder and a decoder, each a model of its own.

All take images (n, 28, 28, 1) in [0, 1]. The two parts are saved separately, so that a decoder can
become a generator and an encoder a feature extractor without any class of ours.
"""

import math
from typing import NamedTuple

import keras
import numpy as np
from keras import layers

from tfnets.errors import InputError, choices
from tfnets.models.blocks import conv, conv_norm, dense, latent_input, upconv_norm

SHAPE = (28, 28, 1)


class Autoencoder(NamedTuple):
    """Encoder `(n, 28, 28, 1) -> (n, latent)`, decoder `(n, latent) -> (n, 28, 28, 1)`."""

    encoder: keras.Model
    decoder: keras.Model

    def joined(self) -> keras.Model:
        """Returns the model image -> reconstruction that is trained; it shares the weights."""
        image = keras.Input(self.encoder.input_shape[1:], name="image")
        return keras.Model(image, self.decoder(self.encoder(image)), name="autoencoder")

    def encode(self, images: np.ndarray) -> np.ndarray:
        """Latents (n, latent) of images, in inference mode."""
        return self.encoder.predict(images, batch_size=1000, verbose=0)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Images (n, 28, 28, 1) of latents, clipped to [0, 1], in inference mode."""
        return np.clip(self.decoder.predict(latents, batch_size=1000, verbose=0), 0, 1)

    def reconstruct(self, images: np.ndarray) -> np.ndarray:
        """What it makes of images, the same shape."""
        return self.decode(self.encode(images))


def origin(latent: int, seed: int) -> Autoencoder:
    """The report's autoencoder: conv 4, 8, 16 with pooling; dense, conv 8, dense, conv 1.

    Source: study 3.1. The report does not give the first dense layer's size; 7x7x8 here. The last
    convolution ends in ReLU, as in the report; its bias starts at 0.1, because a single ReLU
    channel that starts negative everywhere never receives a gradient.
    """
    return Autoencoder(_pooling_encoder(latent, seed), origin_decoder(latent, seed))


def one_dense(latent: int, seed: int) -> Autoencoder:
    """The report's second version: the same encoder, one dense layer latent -> 784 as decoder."""
    return Autoencoder(_pooling_encoder(latent, seed), dense_decoder(latent, seed))


def deep(latent: int, seed: int) -> Autoencoder:
    """Ours: strided convolutions 32, 64, 128 with batch normalisation, mirrored.

    The latents are batch-normalised without scale or offset, so every coordinate has mean 0 and
    variance 1 over the training images: the decoder then fits a standard prior when it becomes a
    generator, and a small head on the latents needs no scaling of its own.
    """
    return Autoencoder(_strided_encoder(latent, seed), deep_decoder(latent, seed))


def _pooling_encoder(latent: int, seed: int) -> keras.Model:
    image = x = keras.Input(SHAPE, name="image")
    for index, filters in enumerate((4, 8, 16), start=1):
        x = conv(x, filters, 3, name=f"encoder_conv{index}", seed=seed, activation="relu")
        x = layers.MaxPooling2D(name=f"encoder_pool{index}")(x)
    x = layers.Flatten(name="encoder_flatten")(x)
    return keras.Model(image, dense(x, latent, name="latent", seed=seed), name="encoder")


def origin_decoder(latent: int, seed: int) -> keras.Model:
    """Decoder of `origin`: dense 7x7x8 -> conv 8 ReLU -> dense 28x28x4 -> conv 1 ReLU."""
    z = keras.Input((latent,), name="z")
    x = dense(z, 7 * 7 * 8, name="decoder_dense1", seed=seed, activation="relu")
    x = layers.Reshape((7, 7, 8), name="decoder_reshape1")(x)
    x = conv(x, 8, 3, name="decoder_conv1", seed=seed, activation="relu")
    x = layers.Flatten(name="decoder_flatten")(x)
    x = dense(x, 28 * 28 * 4, name="decoder_dense2", seed=seed, activation="relu")
    x = layers.Reshape((28, 28, 4), name="decoder_reshape2")(x)
    bias = keras.initializers.Constant(0.1)
    x = conv(x, 1, 3, name="decoder_conv2", seed=seed, activation="relu", bias_initializer=bias)
    return keras.Model(z, x, name="decoder")


def dense_decoder(latent: int, seed: int) -> keras.Model:
    """Decoder of `one_dense`: a single dense layer latent -> 784 with sigmoid."""
    z = keras.Input((latent,), name="z")
    x = dense(z, math.prod(SHAPE), name="decoder_dense1", seed=seed, activation="sigmoid")
    return keras.Model(z, layers.Reshape(SHAPE, name="decoder_reshape1")(x), name="decoder")


def _strided_encoder(latent: int, seed: int) -> keras.Model:
    image = x = keras.Input(SHAPE, name="image")
    for index, filters in enumerate((32, 64, 128), start=1):
        x = conv_norm(x, filters, 3, name=f"encoder_conv{index}", seed=seed, strides=2)
    x = layers.Flatten(name="encoder_flatten")(x)
    x = dense(x, latent, name="latent_dense", seed=seed, use_bias=False)
    x = layers.BatchNormalization(center=False, scale=False, momentum=0.9, name="latent")(x)
    return keras.Model(image, x, name="encoder")


def deep_decoder(latent: int, seed: int) -> keras.Model:
    """Decoder of `deep`: dense 7x7x64, two transposed convolutions, sigmoid."""
    z = keras.Input((latent,), name="z")
    x = dense(z, 7 * 7 * 64, name="decoder_dense1", seed=seed, activation="relu")
    x = layers.Reshape((7, 7, 64), name="decoder_reshape1")(x)
    x = upconv_norm(x, 32, 4, name="decoder_upconv1", seed=seed)
    x = upconv_norm(x, 16, 4, name="decoder_upconv2", seed=seed)
    x = conv(x, 1, 3, name="decoder_conv1", seed=seed, activation="sigmoid")
    return keras.Model(z, x, name="decoder")


ARCHITECTURES = {"origin": origin, "one_dense": one_dense, "deep": deep}
DECODERS = {"origin": origin_decoder, "one_dense": dense_decoder, "deep": deep_decoder}


def build(architecture: str, latent: int, seed: int) -> Autoencoder:
    """Builds an autoencoder by name, a key of `ARCHITECTURES`; the latent size is at least 1.

    Raises:
        InputError: Unknown name, or a latent size below 1.
    """
    if architecture not in ARCHITECTURES:
        raise InputError(
            f"There is no autoencoder called {architecture!r}; "
            f"{choices(architecture, ARCHITECTURES)}."
        )
    latent_input(latent)
    return ARCHITECTURES[architecture](latent, seed)
