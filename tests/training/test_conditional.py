import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.training import tiny
from tfnets.errors import InputError
from tfnets.latents import Normal
from tfnets.training.conditional import ConditionalGAN
from tfnets.training.losses import NON_SATURATING, smoothed
from tfnets.training.mismatches import exchanged, wrong_labels
from tfnets.training.penalties import gradient_penalty, r1

LABELS = (np.arange(20) % 4).astype(np.int32)
BATCH = tf.constant(tiny.IMAGES[:8]), tf.constant(LABELS[:8])


def one_hot(name):
    label = keras.Input((), dtype="int32", name=name)
    return label, keras.ops.one_hot(label, 4)


def generator():
    z = keras.Input((2,), name="z")
    label, hot = one_hot("label")
    x = layers.Concatenate()([z, hot])
    x = layers.Dense(5, "tanh", kernel_initializer=tiny.kernel(1), name="made1")(x)
    x = layers.Dense(3, kernel_initializer=tiny.kernel(2), name="made2")(x)
    return keras.Model([z, label], x, name="generator")


def discriminator():
    image = keras.Input((3,), name="image")
    label, hot = one_hot("label")
    x = layers.Concatenate()([image, hot])
    x = layers.Dense(6, "tanh", kernel_initializer=tiny.kernel(3), name="critic1")(x)
    x = layers.Dense(1, kernel_initializer=tiny.kernel(4), name="critic2")(x)
    return keras.Model([image, label], x, name="discriminator")


def gan(seed=0, **compiled):
    trainer = ConditionalGAN(generator(), discriminator(), Normal(2), seed=seed)
    trainer.compile(**(tiny.optimizers() | compiled))
    return trainer


def first_losses(**compiled):
    logs = gan(**compiled).train_step(BATCH)
    return float(logs["discriminator_loss"]), float(logs["generator_loss"])


def test_both_networks_see_the_batchs_own_labels():
    seen = []
    trainer = gan()

    def spy(network):
        call = network.call

        def spying(inputs, **options):
            seen.append(inputs[1].numpy())
            return call(inputs, **options)

        network.call = spying

    spy(trainer.generator)
    spy(trainer.discriminator)
    trainer.train_step(BATCH)
    assert len(seen) == 5
    assert all((labels == LABELS[:8]).all() for labels in seen)


def test_matching_aware_is_reeds_loss():
    """log D(x, y) + (log(1 - D(x, wrong)) + log(1 - D(G(z), y))) / 2, before any update."""
    wrong, calls = tf.constant((LABELS[:8] + 1) % 4), []

    def mismatch(condition, seed):
        calls.append(condition)
        return (wrong,)

    plain = gan()
    images, labels = BATCH
    seed = tf.random.experimental.stateless_fold_in((0, 0), plain.step)
    made = plain.fake(BATCH, tf.random.experimental.stateless_fold_in(seed, 1))
    d = plain.discriminator
    s_real, s_wrong, s_fake = d([images, labels]), d([images, wrong]), d([made, labels])
    parts = [tf.reduce_mean(tf.nn.softplus(s)) for s in (-s_real, s_wrong, s_fake)]
    found, _ = first_losses(mismatch=mismatch)
    assert found == pytest.approx(float(parts[0] + (parts[1] + parts[2]) / 2), rel=1e-5)
    assert first_losses()[0] == pytest.approx(float(parts[0] + parts[2]), rel=1e-5)
    np.testing.assert_array_equal(calls[0][0], labels)


def test_a_penalty_is_added_to_the_discriminators_loss_alone():
    without, r1_loss = gan(), r1(3.0)
    critic = lambda x: without.discriminator([x, BATCH[1]])  # noqa: E731
    expected = float(r1_loss(critic, BATCH[0], BATCH[0], (0, 0)))
    plain, penalised = first_losses(), first_losses(penalty=r1_loss)
    assert penalised[0] - plain[0] == pytest.approx(expected, rel=1e-4)
    assert expected > 0.01


def test_real_and_fake_are_augmented_alike_with_other_draws():
    seeds, steps = [], []

    def augmentation(images, seed, step):
        seeds.append(tuple(seed.numpy().tolist()))
        steps.append(int(step))
        return 0 * images

    trainer = gan(augmentation=augmentation)
    logs = trainer.train_step(BATCH)
    # Real and fake look the same to the discriminator.
    assert float(logs["discriminator_loss"]) >= 2 * np.log(2) - 1e-6
    assert len(set(seeds)) == len(seeds) == 3
    trainer.train_step(BATCH)
    assert steps == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    "stabiliser",
    [
        {},
        {"loss": smoothed()},
        {"mismatch": wrong_labels(4)},
        {"mismatch": exchanged()},
        {"penalty": gradient_penalty(1)},
        {"average": 0.9},
        {"discriminator_steps": 3},
    ],
    ids=lambda value: "+".join(value) or "plain",
)
def test_fit_learns_with_every_stabiliser_and_the_seed_fixes_it(stabiliser):
    data = tf.data.Dataset.from_tensor_slices((tiny.IMAGES, LABELS)).batch(5).repeat()
    histories = []
    for seed in (1, 1, 2):
        trainer = gan(seed, **stabiliser)
        before = trainer.get_weights()
        fitted = trainer.fit(data, epochs=2, steps_per_epoch=4, shuffle=False, verbose=0)
        histories.append(fitted.history)
        assert any((a != b).any() for a, b in zip(trainer.get_weights(), before, strict=True))
    assert histories[0] == histories[1] != histories[2]
    assert np.isfinite(list(histories[0].values())).all()


def test_samples_follow_their_labels_in_batches():
    trainer = gan()
    labels = np.array([3, 0, 1, 1, 2], np.int32)
    images = trainer.sample(labels, seed=4)
    z = trainer.latent(5, (4, 1))
    np.testing.assert_allclose(images, trainer.generator([z, tf.constant(labels)]), rtol=1e-6)
    np.testing.assert_allclose(images, trainer.sample([labels], 4, batch_size=2), rtol=1e-5)
    np.testing.assert_array_equal(images, trainer.sample(labels.tolist(), seed=4))
    assert (images.numpy() != trainer.sample(labels, seed=5).numpy()).all()


def test_networks_with_other_conditions_are_refused():
    with pytest.raises(InputError, match="same ones, at least one"):
        ConditionalGAN(tiny.generator(), tiny.discriminator(), Normal(2), seed=0)
    with pytest.raises(InputError, match="same ones, at least one"):
        ConditionalGAN(generator(), tiny.discriminator(), Normal(2), seed=0)


def test_the_loss_is_non_saturating_if_not_given():
    assert gan().adversarial_loss is NON_SATURATING
