"""Mixed precision: losses scaled in every gradient, networks in float16 and bfloat16."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.training import test_keras_tools as tools
from tests.training.tiny import discriminator, generator
from tfnets.latents import Normal
from tfnets.training.gan import GAN
from tfnets.training.losses import WASSERSTEIN
from tfnets.training.optimizers import SGD
from tfnets.training.penalties import gradient_penalty, r1

SCALED = {
    "LossScaleOptimizer": lambda rate, scale=2.0**15: keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(rate), initial_scale=scale
    ),
    "fused": lambda rate: keras.optimizers.LossScaleOptimizer(SGD(rate)),
    "factor": lambda rate: keras.optimizers.SGD(rate, loss_scale_factor=128.0),
}
PENALTIES = {"r1": r1(1.0), "gradient penalty": gradient_penalty(1.0)}
IMAGES = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)


def stepped(trainer, batch, steps=5):
    for _ in range(steps):
        logs = trainer.train_step(batch)
    return trainer.get_weights(), {name: float(value) for name, value in logs.items()}


def case(kind, optimizer):
    if kind in PENALTIES:
        trainer = GAN(generator(), discriminator(), Normal(2), seed=0)
        made, judged = optimizer(0.1), optimizer(0.2)
        trainer.compile(
            generator_optimizer=made, discriminator_optimizer=judged, penalty=PENALTIES[kind],
            loss=WASSERSTEIN,
        )  # fmt: skip
        return trainer, (IMAGES,)
    trainer = tools.MAKERS[kind]()
    trainer.compile(**tools.settings(kind, optimizer))
    return trainer, tuple(a[:6] for a in tools.DATA.get(kind, (tools.X,)))


@pytest.mark.parametrize(
    ("kind", "way"),
    [*((kind, "LossScaleOptimizer") for kind in (*tools.MAKERS, *PENALTIES)),
     ("GAN", "fused"), ("GAN", "factor")],
)  # fmt: skip
def test_five_steps_with_a_scaled_loss_go_as_far_as_without(kind, way):
    trainer, batch = case(kind, keras.optimizers.SGD)
    start = trainer.get_weights()
    weights, logs = stepped(trainer, batch)
    scaled, shown = stepped(*case(kind, SCALED[way]))
    for with_scale, without, begin in zip(scaled, weights, start, strict=True):
        np.testing.assert_allclose(with_scale - begin, without - begin, rtol=1e-5, atol=1e-6)
    assert any((without != begin).any() for without, begin in zip(weights, start, strict=True))
    assert shown == pytest.approx(logs, rel=1e-5, abs=1e-6)


@pytest.fixture
def policy(request):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy(before)


def moved(trainer, batch):
    start = trainer.get_weights()
    end, logs = stepped(trainer, batch, steps=2)
    return [new - old for new, old in zip(end, start, strict=True)], logs


@pytest.fixture(scope="module")
def exact():
    found = {}

    def course(kind):
        if kind not in found:
            keras.config.set_dtype_policy("float32")
            found[kind] = moved(*case(kind, keras.optimizers.SGD))
        return found[kind]

    return course


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"], indirect=True)
@pytest.mark.parametrize("kind", [*tools.MAKERS, *PENALTIES])
def test_networks_in_half_precision_go_nearly_the_same_way(kind, policy, exact):
    smaller = functools.partial(SCALED["LossScaleOptimizer"], scale=256.0)
    trainer, batch = case(kind, smaller if policy == "mixed_float16" else keras.optimizers.SGD)
    changes, logs = moved(trainer, batch)
    keras.config.set_dtype_policy("float32")
    expected, _ = exact(kind)
    assert np.isfinite(list(logs.values())).all()
    length = np.sqrt(sum(np.sum(change**2) for change in expected))
    gap = np.sqrt(sum(np.sum((a - b) ** 2) for a, b in zip(changes, expected, strict=True)))
    assert 0 < gap < 0.1 * length


@pytest.mark.parametrize("policy", ["mixed_float16"], indirect=True)
def test_losses_of_float16_networks_are_scaled_and_compiling_again_keeps_the_state(policy):
    for kind in tools.MAKERS:
        trainer, batch = case(kind, tools.MOMENTUM)
        named = [one.optimizer for one in getattr(trainer.optimizer, "optimizers", [])]
        for optimizer in named or [trainer.optimizer]:
            assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        settings = tools.settings(kind, tools.MOMENTUM)
        trainer.compile(**settings)
        trainer.train_step(batch)
        before = tools.state(trainer)
        trainer.compile(**settings)
        tools.same(tools.state(trainer), before)
        trainer.train_step(batch)


def slopes_of(factor, scale):
    """R1 of a discriminator in float16 whose slope is the factor."""
    image = keras.Input((1,))
    layer = keras.layers.Dense(1, use_bias=False, dtype="mixed_float16")
    network = keras.Model(image, layer(image))
    layer.set_weights([np.array([[factor]], np.float32)])
    inner = keras.layers.Dense(1, use_bias=False, dtype="mixed_float16")
    inner.build((1, 1))
    inner.set_weights([np.array([[1e-4]], np.float32)])

    def critic(images):
        return tf.cast(inner(network(images)), tf.float32)

    critic.scale = scale
    return float(r1(2.0)(critic, tf.ones((4, 1)), None, None))


def test_small_slopes_do_not_vanish_in_float16():
    assert slopes_of(1e-4, None) == pytest.approx(1e-16, rel=0.5)
    assert slopes_of(1e-4, 256.0) == pytest.approx(1e-16, rel=0.01)
    assert slopes_of(1e-4, 256.0) != slopes_of(1e-4, None)


@pytest.mark.parametrize("policy", ["mixed_float16"], indirect=True)
def test_a_gan_in_float16_is_fitted_with_its_average_and_gives_float32(policy):
    trainer = GAN(generator(), discriminator(), Normal(2), seed=0)
    trainer.compile(
        generator_optimizer=keras.optimizers.Adam(0.01),
        discriminator_optimizer=keras.optimizers.Adam(0.01),
        penalty=r1(0.1), average=0.9,
    )  # fmt: skip
    history = trainer.fit(IMAGES, batch_size=4, epochs=2, shuffle=False, verbose=0).history
    assert np.isfinite(list(history.values())).all()
    assert trainer.sample(3, seed=0).dtype == tf.float32
    assert int(trainer.generator_optimizer.iterations) == 4
