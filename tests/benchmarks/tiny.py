"""Small workloads with every kind of layer that the real ones have."""

from dataclasses import replace

import keras
import numpy as np
from keras import layers

from benchmarks.check import Trace
from benchmarks.task import SEED, Task, load_arrays
from benchmarks.training import SGD, Adam, Training
from tfnets.models.blocks import conv, dense, initializer

SHAPE = (6, 6, 1)
BATCH = 8
STEPS = 60


def images(n=80):
    return np.random.default_rng(SEED).random((n, *SHAPE), np.float32)


def labelled(n=80):
    return images(n), np.arange(n, dtype=np.int32) % 3


def normalised(x, momentum, name):
    x = layers.BatchNormalization(momentum=momentum, name=f"{name}_norm")(x)
    return layers.LeakyReLU(0.2, name=f"{name}_relu")(x)


def classifier(seed, momentum=0.9):
    x = image = keras.Input(SHAPE, name="image")
    # A bias before the normalisation would move by rounding alone.
    kernel = initializer(seed, "conv")
    x = layers.Conv2D(4, 3, padding="same", use_bias=False, kernel_initializer=kernel, name="conv")(
        x
    )
    x = layers.MaxPooling2D(name="pool")(normalised(x, momentum, "conv"))
    x = layers.Flatten(name="flatten")(x)
    return (keras.Model(image, dense(x, 3, name="logits", seed=seed), name="classifier"),)


def gan(seed, momentum=0.9):
    x = z = keras.Input((5,), name="z")
    x = dense(x, 3 * 3 * 4, name="made1", seed=seed, use_bias=False)
    x = normalised(x, momentum, "made1")
    x = layers.Reshape((3, 3, 4), name="made_plane")(x)
    kernel = initializer(seed, "made2")
    x = layers.Conv2DTranspose(
        1, 5, strides=2, padding="same", kernel_initializer=kernel, name="made2"
    )(x)
    generator = keras.Model(z, layers.Activation("sigmoid", name="made3")(x), name="generator")
    x = image = keras.Input(SHAPE, name="image")
    x = layers.LeakyReLU(0.2, name="seen_relu")(conv(x, 4, 5, name="seen1", seed=seed, strides=2))
    x = layers.Flatten(name="seen_flat")(x)
    critic = keras.Model(image, dense(x, 1, name="seen2", seed=seed), name="critic")
    return generator, critic


def torch_classifier(momentum=0.1):
    from torch import nn

    from benchmarks.torch_layers import linear, plane_norm

    norm = plane_norm(4, pixels=36)
    norm.momentum = momentum
    network = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1, bias=False), norm, nn.LeakyReLU(0.2),
        nn.MaxPool2d(2), nn.Flatten(), linear(36, 3, reads=(3, 3, 4)),
    )  # fmt: skip
    return (network,)


def torch_gan(momentum=0.1):
    from torch import nn

    from benchmarks.torch_layers import Plane, linear, norm

    plane = (3, 3, 4)
    normal = norm(36, writes=plane)
    normal.momentum = momentum
    generator = nn.Sequential(
        linear(5, 36, writes=plane, bias=False), normal, nn.LeakyReLU(0.2), Plane(*plane),
        nn.ConvTranspose2d(4, 1, 5, stride=2, padding=2, output_padding=1), nn.Sigmoid(),
    )  # fmt: skip
    critic = nn.Sequential(
        nn.Conv2d(1, 4, 5, stride=2, padding=2), nn.LeakyReLU(0.2), nn.Flatten(),
        linear(36, 1, reads=plane),
    )  # fmt: skip
    return generator, critic


CLASSIFIER = Training(
    name="tiny_classifier",
    title="a classifier",
    loss="crossentropy",
    batch_size=BATCH,
    steps=20,
    optimizer=SGD(0.01, 0.9),
    data=labelled,
    keras_networks=classifier,
    torch_networks=torch_classifier,
)
TINY_GAN = Training(
    name="tiny_gan",
    title="a GAN",
    loss="gan",
    batch_size=BATCH,
    steps=20,
    optimizer=Adam(1e-3),
    data=lambda: (images(),),
    keras_networks=gan,
    torch_networks=torch_gan,
    latent=5,
    mirrored=True,
)


def wrong_settings(workload):
    """The workload with one setting changed a little, by the setting's name."""
    made = workload.optimizer
    networks = classifier if workload.loss == "crossentropy" else gan
    changed = {"rate": replace(made, rate=1.03 * made.rate)}
    if isinstance(made, SGD):
        changed["momentum"] = replace(made, momentum=made.momentum - 0.01)
    else:
        changed["beta_1"] = replace(made, beta_1=made.beta_1 - 0.02)
        changed["epsilon"] = replace(made, epsilon=1e-4)
    found = {name: replace(workload, optimizer=value) for name, value in changed.items()}
    norm = replace(workload, keras_networks=lambda seed: networks(seed, momentum=0.88))
    reverse = replace(workload, data=lambda: tuple(x[::-1].copy() for x in workload.data()))
    return found | {"norm": norm, "order": reverse}


def ours(workload, folder):
    """Prepares the workload in the folder and trains it; initial weights and trace."""
    workload.prepare(task(workload, folder))
    return load_arrays(task(workload, folder).file("initial.npz")), checked(workload, folder)


def checked(workload, folder, side="ours"):
    """One side's trace, from the prepared folder."""
    losses = workload.check(task(workload, folder, side))
    return Trace(losses, load_arrays(task(workload, folder).file(f"{side}.npz")))


def task(workload, folder, side="ours", action="check", steps=STEPS):
    return Task(action, workload.name, side, 0, steps, str(folder))
