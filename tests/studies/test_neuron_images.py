"""What the study of neuron images decides, and the units that a person can ask for."""

import dataclasses

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from tests.inputs import zoo
from tfnets import execute, models
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError
from tfnets.inputs.recipes import ORIGIN
from tfnets.lab.engine import Lab
from tfnets.studies.neuron_images import claims, fields, study
from tfnets.studies.neuron_images.settings import ABLATION, SCALES, ablation

SMALL = ("origin_steps=2", "fitted_steps=2", "steps=2", "ablation_steps=1", "field_steps=4")


def start(path, *assignments):
    return execute.start(
        "neuron_images", path, scale="tiny", assignments=[*SMALL, *assignments], jobs=1
    )


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A file of a person's own network: not square, no class names."""
    path = tmp_path_factory.mktemp("own") / "own.keras"
    zoo.branched(shape=(20, 16, 1), activation="tanh").save(path)
    return path


def test_a_class_of_a_network_of_ones_own(network, tmp_path):
    run = start(tmp_path / "run", f"network={network}", "unit=3")
    images = run.metrics["images"]
    assert set(images) == {"origin", "fitted", "strong", "only-none"}
    assert [list(part["units"]) for part in images.values()] == [["class (3)"]] * 4
    assert run.metrics["neurons"] == {}
    assert set(run.metrics["networks"]) == {"network"}
    found = run.load_array("strong")
    assert found.shape == (1, 20, 16, 1)
    logits = run.load_model("network")(found).numpy()[0]
    row = images["strong"]["units"]["class (3)"]
    assert row["score"] == pytest.approx(logits[3], rel=1e-4)
    assert row["network_p"] == pytest.approx(np.exp(logits[3]) / np.exp(logits).sum(), rel=1e-4)
    with Image.open(run.path / "strong-class-3.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), np.rint(255 * found[0, :, :, 0]))


def test_a_neuron_is_compared_with_its_field(network, tmp_path):
    neuron = start(tmp_path / "neuron", f"network={network}", "unit=wide:2,3,1")
    (row,) = neuron.metrics["neurons"].values()
    assert row["unit"] == "wide:2,3,1"
    assert row["field_pixels"] == row["changed_inside"] == 25
    assert row["changed_outside"] == 0
    verdicts = {claim["claim"]: claim["verdict"] for claim in neuron.report["claims"]}
    assert set(verdicts.values()) == {"confirmed"}


def test_a_channel_has_images_and_no_claims(network, tmp_path):
    channel = start(tmp_path / "channel", f"network={network}", "unit=wide:2")
    assert channel.metrics["neurons"] == {}
    assert list(channel.metrics["images"]["strong"]["units"]) == ["wide:2"]
    assert channel.report["claims"] == []


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("unit=airplain", "airplane"),
        ("unit=10", "classes 0 to 9"),
        ("unit=conv3:0", "near names are conv2, conv1"),
        ("unit=conv2:99", "99"),
        ("unit=conv2:0,0", "names no unit"),
        ("ablation=blur", "does not know blur"),
        ("frames=1", "2 or more"),
        ("fitted_rate=0", "above 0"),
        ("second=cifar10_3_8", "like the first"),
    ],
)
def test_bad_settings_are_one_sentence(assignment, sentence, tmp_path):
    with pytest.raises(InputError, match=sentence):
        start(tmp_path / "run", assignment)
    assert not (tmp_path / "run").exists()


def test_the_plan_changes_one_ingredient_at_a_time():
    recipes = ablation((32, 32, 3), 7)
    none, best = recipes["none"], recipes["all"]
    assert set(recipes) == set(ABLATION)
    assert (none.priors, none.transformations, none.parametrization.name) == ((), (), "pixels")
    assert {recipe.steps for recipe in recipes.values()} == {7}
    assert best.priors == recipes["total_variation"].priors + recipes["l2"].priors
    assert recipes["transformations"] == dataclasses.replace(
        none, transformations=best.transformations
    )
    assert recipes["fourier"].parametrization == best.parametrization
    assert (recipes["fourier"].priors, recipes["fourier"].transformations) == ((), ())


def test_the_second_convolution_is_found_among_other_layers():
    image = keras.Input((9, 9, 3))
    x = layers.Conv2D(2, 3, name="stem")(image)
    x = layers.DepthwiseConv2D(3, name="depthwise")(x)
    x = layers.Conv2D(4, 1, name="project")(x)
    model = keras.Model(image, layers.GlobalAveragePooling2D()(x))
    assert fields.second_convolution(model) == "project"
    found = [neuron.text for neuron in fields.of_second_convolution(model)]
    assert found == ["project:0,0,0", "project:2,2,0", "project:4,4,0"]
    with pytest.raises(InputError, match="no second convolution"):
        fields.second_convolution(zoo.affine())


def test_a_start_is_looked_for_that_wakes_the_unit():
    """A unit that answers only where a corner pixel is very bright."""
    bias = keras.initializers.Constant(-0.7)
    image = keras.Input((4, 4, 1))
    x = layers.Conv2D(
        1, 1, activation="relu", kernel_initializer="ones", bias_initializer=bias, name="conv"
    )(image)
    model = keras.Model(image, layers.Flatten()(x))
    neuron = fields.Neuron(model, "conv", (0, 0, 0))
    seed = fields.waking_seed(neuron, 5)
    assert seed > 5

    def corner(seed):
        return float(fields.start_image(model, fields.RECIPE, seed)[0, 0, 0])

    assert corner(seed) > 0.7
    assert all(corner(earlier) <= 0.7 for earlier in range(5, seed))
    assert fields.RECIPE.learning_rate == ORIGIN.learning_rate


def row(p, second=False, spread=1.0):
    return {
        "score": 1.0, "network_p": p, "network_first": True, "second_p": 0.5,
        "second_first": second, "roughness": 0.1, "spread": spread,
    }  # fmt: skip


def decided(rows, classes=1000):
    units = {str(place): one for place, one in enumerate(rows)}
    numbers = {
        "neurons": {},
        "classes": classes,
        "images": {name: {"steps": 1, "units": units} for name in claims.RECIPES},
    }
    return [claim.verdict for claim in claims.claims(numbers)]


def test_claims_need_every_class_and_more_hits_than_chance_gives():
    sure, second = [row(0.999, True)] * 8, [row(0.999)] * 8
    assert decided(sure)[:3] == ["confirmed"] * 3
    assert decided(second)[2] == "not decidable"
    assert decided([*sure, row(0.98)])[1] == "not decidable"
    assert decided([row(0.5)] * 8)[1] == "not confirmed"
    assert decided([row(0.999, k < 2) for k in range(8)], classes=10)[2] == "not decidable"
    assert decided([row(0.999, k < 2) for k in range(8)], classes=1000)[2] == "confirmed"
    assert decided([row(0.999, spread=0.4 + k / 50) for k in range(8)])[0] == "not confirmed"


def test_features_without_classes_give_channels(monkeypatch, tmp_path):
    image = keras.Input((18, 18, 3))
    x = layers.Conv2D(3, 3, name="first")(image)
    features = keras.Model(image, layers.Conv2D(9, 3, activation="tanh", name="last")(x))
    own = models.load(features)
    monkeypatch.setattr(models, "load", lambda name, data_dir=None: own)
    settings = dataclasses.replace(
        SCALES["tiny"], origin_steps=1, fitted_steps=1, steps=1, ablation_steps=1
    )
    config = Config.of("neuron_images", "tiny", 0, {})
    with Run.create(tmp_path / "run", config) as run:
        study.run(run, settings, Lab(jobs=1))
    units = list(run.metrics["images"]["strong"]["units"])
    assert units == [f"last:{number}" for number in range(8)]
    assert len(run.metrics["neurons"]) == 3
