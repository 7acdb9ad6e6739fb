"""What every pair of networks must keep to under every stabiliser of its trainer."""

import functools
from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.training.tiny import same
from tfnets.artifacts.models import load_model
from tfnets.latents import Uniform
from tfnets.models import dcgan
from tfnets.models.captioned import CAPTIONED
from tfnets.models.conditional import CONDITIONAL
from tfnets.models.discriminators import image_discriminator
from tfnets.models.generators import DENSE, decoder_generator
from tfnets.models.toy import TOY
from tfnets.training.augmentations import brightness, instance_noise, sequence, shifts
from tfnets.training.conditional import ConditionalGAN
from tfnets.training.gan import GAN
from tfnets.training.losses import LOSSES, smoothed
from tfnets.training.mismatches import exchanged, wrong_labels
from tfnets.training.optimizers import Adam
from tfnets.training.penalties import gradient_penalty, r1

LATENT, BATCH = 6, 4
WORDS, LENGTH = 9, 5
LABELS, CAPTIONS = "labels", "captions"


def captioned(name):
    generator, discriminator = CAPTIONED[name]
    text = {"words": WORDS, "length": LENGTH}
    return (
        lambda latent, seed: generator(latent, seed=seed, **text),
        lambda seed: discriminator(seed=seed, **text),
    )


def decoder(name):
    return lambda latent, seed: decoder_generator(name, latent, seed), image_discriminator


def small_dcgan(style, **shape):
    return dcgan.networks(replace(style, filters=8), **shape)


NETWORKS = {
    **{f"toy {name}": (pair, None) for name, pair in TOY.items()},
    **{f"dense {name}": (pair, None) for name, pair in DENSE.items()},
    **{f"decoder {name}": (decoder(name), None) for name in ("origin", "one_dense", "deep")},
    **{f"dcgan {name}": (small_dcgan(style), None) for name, style in dcgan.STYLES.items()},
    "dcgan 32": (small_dcgan(dcgan.PAPER, size=32, channels=3), None),
    **{f"conditional {name}": (pair, LABELS) for name, pair in CONDITIONAL.items()},
    **{f"captioned {name}": (captioned(name), CAPTIONS) for name in CAPTIONED},
}
"""((latent, seed) -> generator, seed -> discriminator) and what is asked of the images."""
STABILISERS = {
    **{name: {"loss": loss} for name, loss in LOSSES.items()},
    "one-sided": {"loss": smoothed(0.9)},
    "two-sided": {"loss": smoothed(0.9, 0.1)},
    "gradient penalty": {"penalty": gradient_penalty(1.0)},
    "r1": {"penalty": r1(1.0)},
    "noise": {"augmentation": instance_noise(0.1, fades=100)},
    "moved": {"augmentation": sequence(shifts(2), brightness(0.1))},
    "several": {"discriminator_steps": 2},
    "average": {"average": 0.5},
    "mismatch": {},
    "all": {
        "loss": smoothed(0.9), "penalty": r1(0.1), "augmentation": instance_noise(0.1),
        "discriminator_steps": 2, "average": 0.9,
    },
}  # fmt: skip
MISMATCHES = {LABELS: wrong_labels(10), CAPTIONS: exchanged()}


def possible(network, stabiliser):
    """Planes are moved where there are planes, and conditions exchanged where there are some."""
    if stabiliser == "moved":
        return not network.startswith("toy")
    return stabiliser != "mismatch" or NETWORKS[network][1] is not None


FAMILIES = ("toy plain", "dense minibatch", "dcgan paper", "conditional simple", "captioned conv")
"""One of each family takes all stabilisers in every run of the tests; the others two of them, and
all when slow tests are asked for."""


def pair(network, stabiliser):
    quick = network in FAMILIES or stabiliser in ("non_saturating", "all")
    return pytest.param(network, stabiliser, marks=() if quick else pytest.mark.slow)


PAIRS = [pair(n, s) for n in NETWORKS for s in STABILISERS if possible(n, s)]
EACH = pytest.mark.parametrize("network", NETWORKS)
EACH_FAMILY = pytest.mark.parametrize(
    "network",
    [pytest.param(n, marks=() if n in FAMILIES else pytest.mark.slow) for n in NETWORKS],
)


def build(network, stabiliser="non_saturating", seed=0, **compiled):
    (generator, discriminator), kind = NETWORKS[network]
    trainer = ConditionalGAN if kind else GAN
    made = trainer(generator(LATENT, seed), discriminator(seed), Uniform(LATENT), seed=seed)
    options = dict(STABILISERS[stabiliser])
    if kind and stabiliser in ("mismatch", "all"):
        options["mismatch"] = MISMATCHES[kind]
    made.compile(
        generator_optimizer=Adam(1e-3, beta_1=0.5),
        discriminator_optimizer=Adam(1e-3, beta_1=0.5),
        **options,
        **compiled,
    )
    return made


def arrays(network, n=4 * BATCH):
    """Images and what is asked of them, for `fit`."""
    rng = np.random.default_rng(0)
    shape = build_discriminator(network).inputs[0].shape[1:]
    images = rng.uniform(0, 1, (n, *shape)).astype(np.float32)
    asked = {
        None: (),
        LABELS: (np.arange(n, dtype=np.int32) % 10,),
        CAPTIONS: (rng.integers(1, WORDS + 1, (n, LENGTH)).astype(np.int32),),
    }
    return (images, *asked[NETWORKS[network][1]])


@functools.cache
def build_discriminator(network):
    return NETWORKS[network][0][1](0)


def sample(trainer, network, n=3, seed=2):
    kind = NETWORKS[network][1]
    if kind is None:
        return trainer.sample(n, seed).numpy()
    asked = np.arange(n, dtype=np.int32) if kind == LABELS else np.ones((n, LENGTH), np.int32)
    return trainer.sample(asked, seed).numpy()


@pytest.mark.parametrize(("network", "stabiliser"), PAIRS)
def test_a_step_gives_every_trainable_weight_a_gradient(network, stabiliser):
    trainer = build(network, stabiliser)
    networks = {"generator": trainer.generator, "discriminator": trainer.discriminator}
    applied = {}

    def spy(name, optimizer):
        apply = optimizer.apply

        def spying(gradients, weights):
            applied[name] = list(zip(gradients, weights, strict=True))
            apply(gradients, weights)

        optimizer.apply = spying

    for name in networks:
        spy(name, getattr(trainer, f"{name}_optimizer"))
    logs = trainer.train_step(tuple(tf.constant(values[:BATCH]) for values in arrays(network)))
    assert all(np.isfinite(float(value)) for value in logs.values())
    for name, each in networks.items():
        given = {id(weight): gradient for gradient, weight in applied[name]}
        assert set(given) == {id(weight) for weight in each.trainable_weights}
        for weight in each.trainable_weights:
            gradient = given[id(weight)]
            assert gradient is not None, weight.path
            assert np.isfinite(tf.convert_to_tensor(gradient)).all(), weight.path
        assert float(tf.linalg.global_norm([g for g, _ in applied[name]])) > 0


@EACH_FAMILY
def test_fit_runs_with_two_optimizers_and_the_seed_fixes_it_to_the_bit(network):
    histories, images = [], []
    for _ in range(2):
        trainer = build(network, seed=1)
        data = tf.data.Dataset.from_tensor_slices(arrays(network)).batch(BATCH).repeat()
        fitted = trainer.fit(data, epochs=1, steps_per_epoch=3, shuffle=False, verbose=0)
        histories.append(fitted.history)
        images.append(sample(trainer, network))
        assert int(trainer.generator_optimizer.iterations.numpy()) == 3
        assert int(trainer.discriminator_optimizer.iterations.numpy()) == 3
    assert histories[0] == histories[1]
    np.testing.assert_array_equal(*images)
    assert (sample(build(network, seed=1), network) != images[0]).any()
    assert (
        sample(build(network, seed=2), network) != sample(build(network, seed=1), network)
    ).any()


@EACH
def test_samples_have_the_images_shape_and_range_and_survive_saving(network, tmp_path):
    trainer = build(network, "average")
    trainer.train_step(tuple(tf.constant(values[:BATCH]) for values in arrays(network)))
    images = sample(trainer, network)
    assert images.shape == (3, *trainer.discriminator.inputs[0].shape[1:])
    if not network.startswith("toy"):
        assert images.min() >= 0
        assert images.max() <= 1
    path = tmp_path / "generator.keras"
    trainer.sampler.save(path)
    trainer.average.model = load_model(path)
    same(sample(trainer, network), images)


@EACH
def test_a_saved_generator_has_no_class_of_ours(network, tmp_path):
    generator = build(network).generator
    assert not [
        layer for layer in generator._flatten_layers() if type(layer).__module__[:6] == "tfnets"
    ]
    path = tmp_path / "generator.keras"
    generator.save(path)
    keras.models.load_model(path, safe_mode=True, compile=False)
