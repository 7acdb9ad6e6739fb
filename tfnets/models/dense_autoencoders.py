"""An autoencoder of dense layers, for images of any one shape and few latents."""

import math

import keras
from keras import layers

from tfnets.models.autoencoders import Autoencoder
from tfnets.models.blocks import dense


def dense_autoencoder(
    shape: tuple[int, int, int], latent: int, seed: int, hidden: int = 256
) -> Autoencoder:
    """One hidden layer on either side of the latents (Hinton & Salakhutdinov 2006, shallower).

    The latents are batch-normalised without scale or offset, so that distances in them count every
    coordinate alike; the decoder ends in a sigmoid and suits binary cross-entropy. `hidden` are the
    units of each hidden layer.

    Returns:
        Encoder (n, *shape) -> (n, latent) and decoder (n, latent) -> (n, *shape) in (0, 1).
    """
    image = keras.Input(shape, name="image")
    x = layers.Flatten(name="encoder_flatten")(image)
    x = dense(x, hidden, name="encoder_dense1", seed=seed, activation="relu")
    x = dense(x, latent, name="latent_dense", seed=seed, use_bias=False)
    x = layers.BatchNormalization(center=False, scale=False, momentum=0.9, name="latent")(x)
    z = keras.Input((latent,), name="z")
    y = dense(z, hidden, name="decoder_dense1", seed=seed, activation="relu")
    y = dense(y, math.prod(shape), name="decoder_dense2", seed=seed, activation="sigmoid")
    y = layers.Reshape(shape, name="decoder_reshape")(y)
    return Autoencoder(keras.Model(image, x, name="encoder"), keras.Model(z, y, name="decoder"))
