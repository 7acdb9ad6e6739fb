import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.training.tiny import IMAGES, gan, generator, same
from tfnets.errors import InputError
from tfnets.training.averages import Average


def test_a_step_is_the_formula_and_moments_are_copied():
    network = generator(norm=True)
    average = Average(network, 0.9)
    before = [w.numpy() for w in average.model.weights]
    moved = [value + 1 for value in network.get_weights()]
    network.set_weights(moved)
    average.update(network, tf.constant(1000))
    trainable = [weight.trainable for weight in network.weights]
    for new, old, value, free in zip(
        average.model.get_weights(), before, moved, trainable, strict=True
    ):
        np.testing.assert_allclose(new, 0.9 * old + 0.1 * value if free else value, rtol=1e-5)


@pytest.mark.parametrize(("step", "decay"), [(0, 0.1), (8, 0.5), (10**6, 0.99)])
def test_the_start_is_forgotten_soon(step, decay):
    network = generator()
    average = Average(network, 0.99)
    kernel = network.weights[0].numpy()
    network.weights[0].assign(kernel + 1)
    average.update(network, tf.constant(step, tf.int64))
    np.testing.assert_allclose(average.model.weights[0], kernel + 1 - decay, rtol=1e-4)


def test_the_trainer_samples_from_the_average_and_trains_the_generator_alone():
    plain, averaged = gan(norm=True), gan(norm=True, average=0.5)
    for trainer in (plain, averaged):
        for _ in range(4):
            trainer.train_step((tf.constant(IMAGES[:5]),))
    same(plain.generator.get_weights(), averaged.generator.get_weights())
    assert plain.sampler is plain.generator
    z = averaged.latent(3, (7, 1))
    np.testing.assert_array_equal(
        averaged.sample(3, seed=7), averaged.average.model(z, training=False)
    )
    assert (averaged.sample(3, seed=7).numpy() != plain.sample(3, seed=7).numpy()).all()


def test_recompiling_keeps_the_average():
    trainer = gan(average=0.5)
    first = trainer.average
    optimizers = {
        f"{name}_optimizer": getattr(trainer, f"{name}_optimizer")
        for name in ("generator", "discriminator")
    }
    trainer.compile(**optimizers, average=0.5)
    assert trainer.average is first
    trainer.compile(**optimizers, average=0.9)
    assert trainer.average is not first


def test_a_checkpoint_holds_the_average(tmp_path):
    trained, fresh = gan(average=0.5), gan(average=0.5)
    for _ in range(3):
        trained.train_step((tf.constant(IMAGES[:5]),))
    path = tf.train.Checkpoint(model=trained).save(str(tmp_path / "state"))
    tf.train.Checkpoint(model=fresh).restore(path).assert_existing_objects_matched()
    same(fresh.average.model.get_weights(), trained.average.model.get_weights())


def test_the_averaged_network_saves_as_plain_keras(tmp_path):
    trainer = gan(average=0.5)
    trainer.train_step((tf.constant(IMAGES[:5]),))
    trainer.sampler.save(tmp_path / "generator.keras")
    loaded = keras.models.load_model(tmp_path / "generator.keras", safe_mode=True)
    same(loaded.get_weights(), trainer.sampler.get_weights())


@pytest.mark.parametrize("decay", [-0.1, 1, 2])
def test_a_decay_outside_0_to_1_is_refused(decay):
    with pytest.raises(InputError, match="from 0 to below 1"):
        Average(generator(), decay)
