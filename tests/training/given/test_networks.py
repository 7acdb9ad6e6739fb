"""Networks as people hand them in: they train, or one sentence says how to mend them."""

import keras
import numpy as np
import pytest
from keras import layers

from tests.training.tiny import discriminator, generator, optimizers
from tfnets.errors import InputError
from tfnets.latents import Normal
from tfnets.training.conditional import ConditionalGAN
from tfnets.training.contrastive import Contrastive
from tfnets.training.cycle_gan import CycleGAN
from tfnets.training.gan import GAN
from tfnets.training.given.networks import ending
from tfnets.training.semi_supervised import SemiSupervised
from tfnets.training.translation import Translation

IMAGES = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)


class Subclassed(keras.Model):
    def __init__(self, size):
        super().__init__()
        self.size, self.layer = size, layers.Dense(size)

    def call(self, images):
        return self.layer(images)

    def get_config(self):
        return {"size": self.size}


def sequential(*sizes, end=None):
    sizes, last = sizes[:-1], sizes[-1]
    return keras.Sequential([*map(layers.Dense, sizes), layers.Dense(last, end)])


def wrapped(network, size):
    x = keras.Input((size,))
    return keras.Model(x, network(x))


def functional(taken, *made, name=None, inputs=1, end=None):
    x = [keras.Input((taken,)) for _ in range(inputs)]
    joined = layers.Concatenate()(x) if inputs > 1 else x[0]
    outputs = [layers.Dense(size, end)(joined) for size in made]
    return keras.Model(
        x if inputs > 1 else x[0], outputs if len(made) > 1 else outputs[0], name=name
    )


def trains(trainer, *arrays, **compiled):
    trainer.compile(**(optimizers() | compiled), run_eagerly=True)
    before = trainer.get_weights()
    trainer.fit(*arrays, verbose=0)
    return all(
        (a != b).any() for a, b in zip(trainer.get_weights(), before, strict=True) if a.ndim > 1
    )


def gan(generator, discriminator):
    return GAN(generator, discriminator, Normal(2), seed=0)


def test_an_unbuilt_sequential_is_built():
    trainer = gan(sequential(4, 3), sequential(4, 1))
    assert trainer.generator.input_shape == (None, 2)
    assert trainer.discriminator.input_shape == (None, 3)
    assert trains(trainer, IMAGES, average=0.5)
    known = IMAGES[:2], np.arange(2)
    trainer = SemiSupervised(sequential(4, 2), known, lambda images, seed, step: images, seed=0)
    assert trainer.network.input_shape == (None, 3)


def test_a_subclassed_network_trains_where_it_is_wrapped():
    trainer = gan(wrapped(Subclassed(3), 2), wrapped(Subclassed(1), 3))
    assert trains(trainer, IMAGES, average=0.5)
    assert trainer.sample(2, seed=0).shape == (2, 3)


def still(images, seed, step):
    return images


UNKNOWN = {
    "gan": lambda: gan(Subclassed(3), discriminator()),
    "critic": lambda: gan(generator(), Subclassed(1)),
    "translation": lambda: Translation(sequential(3), functional(3, 1), seed=0),
    "cycle": lambda: CycleGAN(sequential(3), *(functional(3, n) for n in (3, 1, 1))),
    "semi-supervised": lambda: SemiSupervised(
        Subclassed(2), (IMAGES, np.zeros(8, int)), still, seed=0
    ),
    "contrastive": lambda: Contrastive(
        sequential(3), functional(3, 2), still, temperature=1.0, seed=0
    ),
}
WRONG = {
    "a generator of two outputs": (
        lambda: gan(functional(2, 3, 1), discriminator()), "generator has 2 outputs; .*outputs.0",
    ),
    "a discriminator that names the class, too": (
        lambda: gan(generator(), functional(3, 1, 10)), "discriminator has 2 outputs",
    ),
    "a generator of two inputs": (
        lambda: gan(functional(2, 3, inputs=2), discriminator()),
        "generator takes 2 inputs, .*ConditionalGAN",
    ),
    "a discriminator of two inputs": (
        lambda: gan(generator(), functional(3, 1, inputs=2)), "discriminator takes 2 inputs",
    ),
    "a generator of two inputs for a translation": (
        lambda: Translation(functional(3, 3, inputs=2), functional(3, 1), seed=0), "takes 2 inputs",
    ),
    "images of another size": (
        lambda: gan(functional(2, 5), discriminator()), r"images of shape \(5,\), .* takes \(3,\)",
    ),
    "a sigmoid": (
        lambda: gan(generator(), functional(3, 1, end="sigmoid")),
        "ends in a sigmoid, but the losses take logits; leave the sigmoid out",
    ),
    "a sigmoid of its own": (
        lambda: gan(generator(), keras.Sequential(
            [keras.Input((3,)), layers.Dense(1), layers.Activation("sigmoid")])),
        "ends in a sigmoid",
    ),
    "a sigmoid in a translation": (
        lambda: Translation(functional(3, 3), functional(3, 1, end="sigmoid"), seed=0), "sigmoid",
    ),
    "a sigmoid in a cycle": (
        lambda: CycleGAN(functional(3, 3), functional(3, 3), functional(3, 1),
                         functional(3, 1, end="sigmoid", name="second")),
        "second ends in a sigmoid",
    ),
    "a sigmoid in a conditional": (
        lambda: ConditionalGAN(functional(2, 2, inputs=2),
                               functional(2, 1, inputs=2, end="sigmoid"), Normal(2), seed=0),
        "sigmoid",
    ),
}  # fmt: skip


@pytest.mark.parametrize("make", UNKNOWN.values(), ids=list(UNKNOWN))
def test_unknown_inputs_are_one_sentence_with_the_way_out(make):
    with pytest.raises(InputError, match=r"inputs are not known.*keras.Model\(x, network\(x\)\)"):
        make()


@pytest.mark.parametrize(("make", "sentence"), WRONG.values(), ids=list(WRONG))
def test_what_cannot_be_right_is_one_sentence(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()


def test_a_frozen_discriminator_is_refused_and_may_be_frozen_after_compile():
    critic = discriminator()
    critic.trainable = False
    with pytest.raises(InputError, match=r"discriminator are frozen.*trainable = True"):
        gan(generator(), critic).compile(**optimizers())
    networks = [functional(3, n) for n in (3, 3, 1, 1)]
    networks[3].trainable = False
    with pytest.raises(InputError, match="are frozen"):
        CycleGAN(*networks).compile(**optimizers())
    trainer = gan(generator(), discriminator())
    trainer.compile(**optimizers(), run_eagerly=True)
    trainer.discriminator.trainable = False
    before, made = trainer.discriminator.get_weights(), trainer.generator.get_weights()
    trainer.train_step((IMAGES,))
    assert all(
        (a == b).all() for a, b in zip(trainer.discriminator.get_weights(), before, strict=True)
    )
    assert (trainer.generator.get_weights()[0] != made[0]).any()


def test_the_last_activation_is_found_in_nested_and_reshaped_networks():
    inner = keras.Sequential([keras.Input((2,)), layers.Dense(4, "tanh"), layers.Reshape((2, 2))])
    assert ending(inner) == "tanh"
    assert ending(wrapped(inner, 2)) == "tanh"
    assert ending(functional(2, 3)) == "linear"
    assert ending(keras.Sequential([keras.Input((2,)), layers.BatchNormalization()])) is None
