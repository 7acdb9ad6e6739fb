import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.training.tiny import IMAGES, discriminator, gan, generator, optimizers, same
from tfnets.datasets.batches import batches
from tfnets.errors import InputError
from tfnets.latents import Normal, Uniform
from tfnets.training.adversarial import AdversarialTrainer
from tfnets.training.gan import GAN
from tfnets.training.losses import LOSSES, NON_SATURATING

METRICS = [
    "discriminator_loss", "generator_loss", "real_accuracy", "fake_accuracy", "generator_gradient",
]  # fmt: skip
EACH_LOSS = pytest.mark.parametrize("loss", LOSSES.values(), ids=list(LOSSES))


class Recorder:
    """A prior that remembers what it was asked for; works where steps run eagerly."""

    def __init__(self):
        self.asked = []

    def __call__(self, n, seed):
        self.asked.append((int(n), tuple(np.array(seed).tolist())))
        return Normal(2)(n, seed)


def fit(trainer, epochs=2, first_epoch=0):
    data = batches((IMAGES,), batch_size=5, seed=1, first_epoch=first_epoch)
    history = trainer.fit(
        data,
        epochs=epochs,
        initial_epoch=first_epoch,
        steps_per_epoch=4,
        shuffle=False,
        verbose=0,
    )
    return history.history


def by_hand(loss, turns, seeds, steps):
    """Alternating updates written out; returns both networks and the last step's numbers."""
    g, d = generator(), discriminator()
    made = optimizers()
    seeds = iter(seeds)
    for step in range(steps):
        images = IMAGES[5 * step : 5 * step + 5]
        for _ in range(turns):
            fakes = g(Normal(2)(5, next(seeds)))
            with tf.GradientTape() as tape:
                real, fake = d(images), d(fakes)
                d_loss = loss.discriminator(real, fake)
            gradients = tape.gradient(d_loss, d.trainable_variables)
            pairs = zip(gradients, d.trainable_variables, strict=True)
            made["discriminator_optimizer"].apply_gradients(pairs)
        with tf.GradientTape() as tape:
            g_loss = loss.generator(d(g(Normal(2)(5, next(seeds)))))
        gradients = tape.gradient(g_loss, g.trainable_variables)
        pairs = zip(gradients, g.trainable_variables, strict=True)
        made["generator_optimizer"].apply_gradients(pairs)
    half = 0.5 if loss.name == "least_squares" else 0.0
    right = (real.numpy() > half).mean(), (fake.numpy() < half).mean()
    norm = np.sqrt(sum(np.sum(gradient.numpy() ** 2) for gradient in gradients))
    return g, d, (float(d_loss), float(g_loss), *right, norm)


@EACH_LOSS
@pytest.mark.parametrize("turns", [1, 2])
def test_steps_equal_the_algorithm_by_hand(loss, turns):
    latent = Recorder()
    trainer = gan(latent=latent, loss=loss, discriminator_steps=turns)
    for step in range(3):
        trainer.reset_metrics()
        logs = trainer.train_step((tf.constant(IMAGES[5 * step : 5 * step + 5]),))
    seeds = [seed for _, seed in latent.asked]
    assert {n for n, _ in latent.asked} == {5}
    assert len(set(seeds)) == len(seeds) == 3 * (turns + 1)
    g, d, numbers = by_hand(loss, turns, seeds, 3)
    for network, expected in ((trainer.generator, g), (trainer.discriminator, d)):
        for weight, value in zip(network.weights, expected.get_weights(), strict=True):
            np.testing.assert_allclose(weight, value, rtol=1e-4, atol=1e-5)
    assert [float(logs[name]) for name in METRICS] == pytest.approx(numbers, rel=1e-4)
    assert int(trainer.step.numpy()) == 3


def test_fit_is_a_loop_of_steps():
    fitted, stepped = gan(), gan()
    history = fit(fitted, epochs=1)
    for batch in batches((IMAGES,), batch_size=5, seed=1).take(4):
        logs = stepped.train_step(batch)
    for a, b in zip(fitted.get_weights(), stepped.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    for name in METRICS:
        assert history[name] == pytest.approx([float(logs[name])], rel=1e-4)


def test_latent_seeds_follow_seed_and_step():
    asked = []
    for seed in (3, 3, 4):
        latent = Recorder()
        trainer = gan(seed, latent)
        for _ in range(2):
            trainer.train_step((tf.constant(IMAGES[:5]),))
        asked.append(latent.asked)
    assert asked[0] == asked[1]
    assert not set(asked[0]) & set(asked[2])


def test_history_has_the_metrics_and_nothing_else():
    history = fit(gan())
    assert sorted(history) == sorted(METRICS)
    assert np.isfinite(list(history.values())).all()
    assert np.shape(list(history.values())) == (5, 2)


@pytest.mark.parametrize("still", ["generator", "discriminator"])
def test_each_network_is_moved_by_its_own_update_alone(still):
    trainer = gan(**{f"{still}_optimizer": keras.optimizers.SGD(0.0)})
    networks = {"generator": trainer.generator, "discriminator": trainer.discriminator}
    before = {name: network.get_weights() for name, network in networks.items()}
    fit(trainer, 1)
    same(networks.pop(still).get_weights(), before.pop(still))
    (moved,), (was,) = networks.values(), before.values()
    assert all((a != b).any() for a, b in zip(moved.get_weights(), was, strict=True))


def test_the_seed_fixes_history_and_weights_to_the_bit():
    trained = [gan(seed, norm=True, dropout=True) for seed in (1, 1, 2)]
    histories = [fit(trainer) for trainer in trained]
    assert histories[0] == histories[1] != histories[2]
    same(trained[0].get_weights(), trained[1].get_weights())
    assert (trained[0].get_weights()[0] != trained[2].get_weights()[0]).any()


def test_steps_per_execution_changes_nothing():
    one, four = gan(), gan(steps_per_execution=4)
    np.testing.assert_allclose([*fit(one).values()], [*fit(four).values()], rtol=1e-5)
    for a, b in zip(one.get_weights(), four.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    assert int(four.step.numpy()) == 8


def test_frozen_layers_stay_to_the_bit_and_learn_again_when_freed():
    made = optimizers()
    trainer = gan(**made)
    layer = trainer.generator.get_layer("made1")
    frozen, free = layer.get_weights(), trainer.generator.get_layer("made2").get_weights()
    layer.trainable = False
    trainer.compile(**made)
    fit(trainer, 1)
    same(layer.get_weights(), frozen)
    assert (trainer.generator.get_layer("made2").get_weights()[0] != free[0]).all()
    layer.trainable = True
    trainer.compile(**made)
    fit(trainer, 2, first_epoch=1)
    assert (layer.get_weights()[0] != frozen[0]).all()


def test_recompiling_keeps_the_optimizers_state():
    made = optimizers()
    whole, recompiled = gan(), gan(**made)
    fit(whole, 2)
    fit(recompiled, 1)
    recompiled.compile(**made)
    fit(recompiled, 2, first_epoch=1)
    same(whole.get_weights(), recompiled.get_weights())
    for name, optimizer in made.items():
        same(
            [v.numpy() for v in optimizer.variables],
            [v.numpy() for v in getattr(whole, name).variables],
        )
        assert int(optimizer.iterations.numpy()) == 8


def test_a_generator_that_is_wholly_frozen_leaves_the_discriminator_learning():
    trainer = gan()
    trainer.generator.trainable = False
    fake, critic = trainer.generator.get_weights(), trainer.discriminator.get_weights()
    history = fit(trainer, 1)
    same(trainer.generator.get_weights(), fake)
    assert (trainer.discriminator.get_weights()[0] != critic[0]).all()
    assert np.isfinite(history["generator_loss"]).all()


def test_sample_is_the_generator_in_inference_mode():
    trainer = gan(norm=True)
    fit(trainer, 1)
    before = trainer.get_weights()
    images = trainer.sample(7, seed=3)
    assert images.shape == (7, 3)
    np.testing.assert_array_equal(images, trainer.sample(7, seed=3))
    assert (images.numpy() != trainer.sample(7, seed=4).numpy()).all()
    # A batch of one would be all zeros after a batch normalisation in training mode.
    for batch_size in (1, 2, 7):
        np.testing.assert_allclose(images, trainer.sample(7, 3, batch_size), rtol=1e-5, atol=1e-6)
    same(trainer.get_weights(), before)


def test_samples_come_from_the_prior():
    identity = keras.Sequential([keras.Input((2,)), keras.layers.Activation("linear")])
    critic = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    trainer = GAN(identity, critic, Uniform(2, 3, 4), seed=0)
    images = trainer.sample(200, 0).numpy()
    assert 3 <= images.min() < 3.05
    assert 3.95 < images.max() <= 4


def test_calling_the_trainer_is_calling_the_generator():
    trainer, z = gan(), tf.ones((4, 2))
    np.testing.assert_array_equal(trainer(z), trainer.generator(z))


def test_real_and_fake_of_a_batch():
    trainer = gan(norm=True)
    data = tf.constant(IMAGES[:6]), tf.zeros(6)
    np.testing.assert_array_equal(trainer.real(data), IMAGES[:6])
    z = Normal(2)(6, (1, 2))
    np.testing.assert_array_equal(
        trainer.fake(data, tf.constant([1, 2])), trainer.generator(z, training=True)
    )


def test_the_trainer_is_abstract_and_the_gan_final():
    with pytest.raises(TypeError, match="abstract"):
        AdversarialTrainer(generator(), discriminator(), seed=0)
    assert GAN.__final__
    assert AdversarialTrainer.__abstractmethods__ == {"real", "fake", "condition"}


def test_no_discriminator_step_is_refused():
    with pytest.raises(InputError, match=r"0 discriminator steps.*at least 1"):
        gan(discriminator_steps=0)


def test_the_loss_is_non_saturating_if_not_given():
    assert gan().adversarial_loss is NON_SATURATING


def test_a_prior_of_another_size_is_one_sentence():
    with pytest.raises(InputError, match="size 3, but the generator takes size 2"):
        GAN(generator(), discriminator(), Uniform(3), seed=0)
