from dataclasses import replace

import keras
import numpy as np
import pytest

from tfnets import execute, latents
from tfnets.errors import InputError
from tfnets.methods.gans import judges
from tfnets.methods.gans.conditional import ConditionalRecipe, grid, sample
from tfnets.methods.gans.label_quality import LabelQuality
from tfnets.models.conditional import CONDITIONAL
from tfnets.studies.conditional_gan.numbers import updates_to
from tfnets.studies.conditional_gan.settings import SCALES


def curve(*values):
    return [{"step": 100 * (i + 1), "agreement": value} for i, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "level", "expected"),
    [
        ((0.5, 0.9, 1.0), 0.7, 150),
        ((0.5, 0.9, 1.0), 0.9, 200),
        ((0.5, 0.9, 1.0), 0.25, 50),
        ((0.8, 0.2, 0.8), 0.6, 75),
        ((0.5, 0.9), 0.95, None),
    ],
)
def test_updates_until_a_level_are_interpolated(values, level, expected):
    found = updates_to(curve(*values), level)
    assert found == (None if expected is None else pytest.approx(expected))


def recipe(network="simple", matching=False):
    return ConditionalRecipe(
        1, 8, 1e-3, network=network, prior="normal", latent=4, average=0.5, matching=matching
    )


@pytest.fixture(scope="module")
def trainer():
    return recipe().trainer(0, 32)


def test_each_row_of_the_grid_is_one_latent_vector_under_all_labels(trainer):
    images = grid(trainer.sampler, trainer.latent, 2, seed=5)
    z = trainer.latent(2, (5, 2))
    assert images.shape == (20, 28, 28, 1)
    for row in range(2):
        alone = trainer.sampler([np.repeat(z[row : row + 1], 10, axis=0), np.arange(10)])
        np.testing.assert_allclose(images[10 * row : 10 * row + 10], alone, atol=1e-6)
    assert (images[:10] != images[10:]).any()


def test_samples_are_of_the_labels_asked_for(trainer):
    labels = np.array([3, 0, 9], np.int32)
    z = trainer.latent(3, (7, 1))
    np.testing.assert_allclose(
        sample(trainer, labels, 7), trainer.sampler([z, keras.ops.array(labels)]), atol=1e-6
    )


@pytest.mark.parametrize("label", [-1, 10])
def test_a_label_out_of_range_is_refused(trainer, label):
    with pytest.raises(InputError, match=f"no class {label}; give labels from 0 to 9"):
        sample(trainer, np.array([0, label]), 0)


def test_multiplications_counted_by_hand():
    """Dense layers: one multiplication per entry of a kernel."""
    networks = recipe("paper").trainer(0, 32)
    generator = 4 * 200 + 10 * 1000 + 1200 * 1200 + 1200 * 784
    discriminator = 784 * 1200 + 10 * 250 + 290 * 960 + 240
    assert recipe("paper").multiplications(networks) == 8 * (4 * generator + 8 * discriminator)
    matching = recipe("paper", matching=True).multiplications(networks)
    assert matching == 8 * (4 * generator + 11 * discriminator)
    flat = replace(recipe("paper"), flatness=1.0).multiplications(networks)
    assert flat == 8 * (4 * generator + 14 * discriminator)


@pytest.mark.parametrize("network", CONDITIONAL)
def test_multiplications_of_every_network_are_counted(network):
    """At least one per weight that has a kernel, and not the few products of features and label."""
    trainer = recipe(network).trainer(0, 32)
    kernels = [w.numpy().size for w in trainer.discriminator.weights if w.name == "kernel"]
    assert recipe(network).multiplications(trainer) >= 8 * 8 * sum(kernels)


def test_only_the_papers_network_has_a_rate_of_its_own_and_a_penalty():
    settings = SCALES["full"]
    recipes = {name: settings.recipe(name) for name in CONDITIONAL}
    assert recipes["simple"] == replace(recipes["complex"], network="simple")
    trainers = {name: one.trainer(0, 60) for name, one in recipes.items()}
    assert [name for name, one in trainers.items() if one.penalty] == ["paper"]
    rates = {name: float(one.generator_optimizer.learning_rate) for name, one in trainers.items()}
    assert rates == {
        name: pytest.approx(
            settings.paper_learning_rate if name == "paper" else settings.learning_rate
        )
        for name in CONDITIONAL
    }


def test_matching_is_handed_to_the_trainer(trainer):
    assert trainer.mismatch is None
    assert recipe(matching=True).trainer(0, 32).mismatch is not None


class OracleJudge:
    """Reads the label from the first pixel; the features are the pixels of the second row."""

    def predict(self, images, **_):
        labels = np.rint(images[:, 0, 0, 0] * 10).astype(int)
        return {"features": images[:, 1, :4, 0], "probabilities": np.eye(10)[labels]}


@pytest.fixture
def quality(digits, monkeypatch):
    for images, labels in ((digits.x_train, digits.y_train), (digits.x_test, digits.y_test)):
        images[:, 0, 0, 0] = labels / 10
    monkeypatch.setattr(judges, "load", lambda name: OracleJudge())
    return LabelQuality(digits, 120, 50)


def test_real_images_in_place_of_generated_ones_are_perfect(quality, digits):
    assert quality.agreement_real["mean"] == 1
    np.testing.assert_array_equal(quality.labels, digits.y_test[:120])
    numbers, judged = quality.whole(digits.x_test[:120])
    np.testing.assert_array_equal(judged, quality.labels)
    assert numbers["agreement"]["mean"] == numbers["coverage"] == 1
    assert [row["coverage"] for row in numbers["coverage_per_class"]] == [1] * 10
    assert numbers["frechet"] == pytest.approx(0, abs=1e-9)
    assert numbers["frechet_real"] > 0
    assert numbers["n"] == 120


def test_brief_measures_only_the_first_images(quality, digits):
    images = digits.x_test[:50].copy()
    images[:10, 0, 0, 0] = ((quality.curve_labels[:10] + 1) % 10) / 10
    found = quality.brief(images)
    assert found["agreement"] == pytest.approx(0.8)
    assert found["frechet"] == pytest.approx(0, abs=1e-9)
    assert found["n"] == len(quality.curve_labels) == 50


def test_too_few_images_of_a_class_are_refused(digits):
    with pytest.raises(InputError, match="a class has only 4, but coverage needs more than 5"):
        LabelQuality(digits, 40, 40)


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("networks=vast", "does not know vast"),
        ("average=1", "average is 1.0"),
        ("learning_rate=0", "learning_rate is 0.0"),
        ("paper_learning_rate=nan", "paper_learning_rate is nan"),
        ("paper_flatness=-1", "paper_flatness is -1.0"),
        ("samples=30", "set samples higher"),
    ],
)
def test_bad_settings_are_one_sentence(assignment, sentence, digits, tmp_path):
    with pytest.raises(InputError, match=sentence):
        execute.start("conditional_gan", tmp_path / "run", scale="tiny", assignments=[assignment])
    assert not (tmp_path / "run").exists()


def test_a_saved_generator_needs_nothing_of_ours(tmp_path):
    """Loaded by name of stock layers and operations alone."""
    for network in ("paper", "simple", "complex"):
        generator = recipe(network).trainer(0, 32).sampler
        config = generator.to_json()
        assert '"tfnets' not in config
        assert "Lambda" not in config
        copy = keras.models.model_from_json(config)
        assert [x.name for x in copy.inputs] == ["z", "label"]


def test_full_scale_compares_all_networks_over_three_seeds():
    full = SCALES["full"]
    assert set(full.networks) >= {"paper", "simple", "complex"}
    assert full.repeats >= 3
    assert full.samples == 10_000
    assert full.prior in latents.PRIORS
