import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.training.tiny import kernel, same
from tfnets.artifacts import checkpoint
from tfnets.artifacts.models import load_model
from tfnets.artifacts.run import Config, Run
from tfnets.datasets.batches import batches
from tfnets.errors import InputError
from tfnets.training.cycle_gan import CycleGAN
from tfnets.training.links import l1_to_target, l2_to_source, on_images, together
from tfnets.training.losses import LEAST_SQUARES, NON_SATURATING
from tfnets.training.translation import Translation

RNG = np.random.default_rng(0)
X, Y = (RNG.random((16, 4, 4, 1), np.float32) for _ in range(2))
BATCH = tf.constant(X[:8]), tf.constant(Y[:8])


def maker(seed=1, channels=(1, 1), name="maker"):
    image = keras.Input((None, None, channels[0]))
    x = layers.Conv2D(3, 3, padding="same", activation="tanh", kernel_initializer=kernel(seed))(
        image
    )
    x = layers.BatchNormalization()(x)
    x = layers.Conv2D(channels[1], 3, padding="same", kernel_initializer=kernel(seed + 50))(x)
    return keras.Model(image, x, name=name)


def critic(seed=2, channels=1, source=None, name="critic"):
    image = x = inputs = keras.Input((None, None, channels))
    if source:
        inputs = [image, keras.Input((None, None, source))]
        x = layers.Concatenate()(inputs)
    x = layers.Conv2D(3, 3, strides=2, activation="tanh", kernel_initializer=kernel(seed))(x)
    x = layers.Conv2D(1, 1, kernel_initializer=kernel(seed + 50))(x)
    return keras.Model(inputs, x, name=name)


def identity(name):
    """A generator that changes nothing, with one weight that is 1."""
    image = keras.Input((None, None, 1))
    scale = layers.Conv2D(1, 1, use_bias=False, kernel_initializer="ones")
    return keras.Model(image, scale(image), name=name)


def optimizers(rate=0.01):
    return {
        "generator_optimizer": keras.optimizers.Adam(rate, beta_1=0.5),
        "discriminator_optimizer": keras.optimizers.Adam(rate, beta_1=0.5),
    }


def translation(source=None, seed=0, **compiled):
    trainer = Translation(maker(), critic(source=source), seed=seed)
    trainer.compile(**(optimizers() | compiled))
    return trainer


def cycle_gan(made=None, **compiled):
    forward, backward = made or (maker(1, name="forward"), maker(3, name="backward"))
    trainer = CycleGAN(forward, backward, critic(5, name="target"), critic(7, name="source"))
    trainer.compile(**(optimizers() | compiled))
    return trainer


MAKERS = {
    "plain": lambda **compiled: translation(**compiled),
    "paired": lambda **compiled: translation(source=1, link=l1_to_target(10.0), **compiled),
    "cycle": lambda **compiled: cycle_gan(**compiled),
}
EACH = pytest.mark.parametrize("kind", MAKERS)


def fit(trainer, epochs=2):
    data = batches((X, Y), batch_size=8, seed=1)
    return trainer.fit(data, epochs=epochs, steps_per_epoch=2, shuffle=False, verbose=0).history


def test_links_by_hand():
    data, made = (tf.zeros((2, 2)), tf.fill((2, 2), 3.0)), tf.ones((2, 2))
    assert float(l1_to_target(5.0)(data, made)) == 10
    assert float(l2_to_source(5.0)(data, 2 * made)) == 20
    assert float(on_images(lambda x: tf.reduce_sum(x, axis=1))(data, made)) == 2
    both = together(l1_to_target(1.0), l2_to_source(1.0))
    assert float(both(data, made)) == 3
    assert together() is None
    with pytest.raises(InputError, match="weight of a link is -1"):
        l1_to_target(-1)
    with pytest.raises(InputError, match="weight of a link is inf"):
        l2_to_source(float("inf"))


@pytest.mark.parametrize("source", [None, 1])
def test_losses_of_a_translation_are_the_formulas(source):
    trainer = translation(source, link=l1_to_target(10.0))
    made = trainer.generator(BATCH[0], training=True)
    shown = [[y, BATCH[0]] if source else y for y in (BATCH[1], made)]
    real, fake = (trainer.discriminator(x) for x in shown)
    d_loss = float(NON_SATURATING.discriminator(real, fake))
    logs = trainer.train_step(BATCH)
    assert float(logs["discriminator_loss"]) == pytest.approx(d_loss, rel=1e-5)
    # The generator moved against the discriminator as it has become.
    frozen = translation(source, link=l1_to_target(10.0), **optimizers(1e-9))
    g_loss = NON_SATURATING.generator(fake) + 10 * tf.reduce_mean(tf.abs(BATCH[1] - made))
    found = frozen.train_step(BATCH)["generator_loss"]
    assert float(found) == pytest.approx(float(g_loss), rel=1e-4)


def test_without_a_link_the_targets_reach_the_generator_by_the_discriminator_alone():
    """With a discriminator that is constant, a plain GAN's generator gets no gradient."""
    trainer = translation()
    for weight in trainer.discriminator.weights:
        weight.assign(tf.zeros_like(weight))
    before = [w.numpy() for w in trainer.generator.trainable_weights]
    trainer._update_generator(BATCH, tf.constant([0, 1]))
    same([w.numpy() for w in trainer.generator.trainable_weights], before)


def test_the_link_sees_what_was_made_and_not_what_was_augmented():
    seen = []

    def link(data, made):
        seen.append((data[0].numpy(), made.numpy()))
        return tf.constant(0.0)

    trainer = translation(link=link, augmentation=lambda images, seed, step: 0 * images)
    made = trainer.generator(BATCH[0], training=True).numpy()
    trainer.train_step(BATCH)
    ((source, given),) = seen
    np.testing.assert_array_equal(source, X[:8])
    np.testing.assert_allclose(given, made, rtol=1e-6)


def test_generators_that_change_nothing_have_no_cycle_or_identity_loss():
    trainer = cycle_gan((identity("forward"), identity("backward")), cycle=7.0, identity=3.0)
    logits = [trainer.target_critic(BATCH[0]), trainer.source_critic(BATCH[1])]
    fooling = sum(float(LEAST_SQUARES.generator(z)) for z in logits)
    logs = trainer.train_step(BATCH)
    assert float(logs["cycle"]) == 0
    assert float(logs["generator_loss"]) == pytest.approx(fooling, rel=1e-5)


def test_losses_of_a_cycle_gan_are_the_papers():
    trainer = cycle_gan(cycle=7.0, identity=3.0)
    x, y = BATCH

    def mean(a, b):
        return float(tf.reduce_mean(tf.abs(a - b)))

    g, f = ((lambda v, n=n: n(v, training=True)) for n in (trainer.forward, trainer.backward))
    cycle = mean(f(g(x)), x) + mean(g(f(y)), y)
    same_images = mean(g(y), y) + mean(f(x), x)
    fake = trainer.target_critic(g(x)), trainer.source_critic(f(y))
    real = trainer.target_critic(y), trainer.source_critic(x)
    fooling = sum(float(LEAST_SQUARES.generator(z)) for z in fake)
    judging = sum(float(LEAST_SQUARES.discriminator(r, m)) for r, m in zip(real, fake, strict=True))
    logs = {name: float(value) for name, value in trainer.train_step(BATCH).items()}
    assert logs["cycle"] == pytest.approx(cycle, rel=1e-5)
    total = 7 * cycle + 3 * same_images + fooling
    assert logs["generator_loss"] == pytest.approx(total, rel=1e-5)
    assert logs["discriminator_loss"] == pytest.approx(judging, rel=1e-5)
    right = [np.mean(z.numpy() > 0.5) for z in real]
    assert logs["real_accuracy"] == pytest.approx(np.mean(right))


def test_the_cycle_alone_teaches_both_generators_to_undo_each_other():
    trainer = cycle_gan(cycle=100.0)
    history = fit(trainer, epochs=40)
    assert history["cycle"][-1] < 0.5 * history["cycle"][0]


@pytest.mark.parametrize("still", ["generator", "discriminator"])
def test_each_optimiser_moves_its_own_networks_of_a_cycle_gan(still):
    trainer = cycle_gan(**{f"{still}_optimizer": keras.optimizers.SGD(0.0)})
    networks = {
        "generator": [trainer.forward, trainer.backward],
        "discriminator": [trainer.target_critic, trainer.source_critic],
    }
    before = {
        name: [[w.numpy() for w in net.trainable_weights] for net in nets]
        for name, nets in networks.items()
    }
    trainer.train_step(BATCH)
    for name, nets in networks.items():
        for net, old in zip(nets, before[name], strict=True):
            moved = [
                (w.numpy() != b).any() for w, b in zip(net.trainable_weights, old, strict=True)
            ]
            # A bias before a batch normalisation has no gradient.
            assert not any(moved) if name == still else sum(moved) >= len(moved) - 1


@EACH
def test_the_same_seed_gives_the_same_weights_and_resuming_goes_on_to_the_bit(kind, tmp_path):
    def data(first):
        return batches((X, Y), batch_size=8, seed=1, first_epoch=first)

    def train(folder, *stops):
        run = Run.create(tmp_path / folder, Config.of("translation", "tiny", 0, {}))
        for epochs in stops:
            trainer = MAKERS[kind](average=0.9)
            checkpoint.fit(run, "part", trainer, data, epochs=epochs, steps_per_epoch=2)
        return trainer, run.history

    (whole, history), (stopped, other) = train("whole", 3), train("stopped", 1, 3)
    same(whole.get_weights(), stopped.get_weights())
    same(whole.sampler.get_weights(), stopped.sampler.get_weights())
    assert history == other
    assert int(stopped.step.numpy()) == 6
    assert np.isfinite([list(row.values())[2:] for row in history]).all()


@EACH
def test_the_sampler_is_saved_and_translates_alike(kind, tmp_path):
    trainer = MAKERS[kind](average=0.5)
    fit(trainer, epochs=1)
    made = trainer.translate(X)
    trainer.sampler.save(tmp_path / "made.keras")
    again = load_model(tmp_path / "made.keras")(X, training=False)
    np.testing.assert_allclose(made, again, rtol=1e-6)
    assert made.shape == Y.shape
    np.testing.assert_allclose(trainer.translate(X[3:5]), made[3:5], rtol=1e-5)
    plain = trainer.forward if kind == "cycle" else trainer.generator
    assert (plain(X, training=False).numpy() != made).any()


def test_what_does_not_fit_is_one_sentence():
    with pytest.raises(InputError, match="makes images of 1 channel"):
        Translation(maker(), critic(channels=3), seed=0)
    image = [keras.Input((4, 4, 1)) for _ in range(3)]
    three = keras.Model(image, layers.Concatenate()(image))
    with pytest.raises(InputError, match="takes 3 inputs"):
        Translation(maker(), three, seed=0)
    with pytest.raises(InputError, match="backward makes images of 3"):
        CycleGAN(maker(), maker(channels=(1, 3), name="backward"), critic(), critic(9))
    for weights in ({"cycle": -1.0}, {"identity": -0.1}):
        with pytest.raises(InputError, match="numbers of 0 or more"):
            cycle_gan(**weights)
    coloured = (maker(channels=(1, 3)), maker(3, (3, 1)))
    trainer = CycleGAN(*coloured, critic(channels=3), critic(9))
    with pytest.raises(InputError, match="domains of the same channels"):
        trainer.compile(**optimizers(), identity=1.0)
