"""What is special to the DCGAN study: two kinds of data, the ablation, frames while it trains."""

import dataclasses

import keras
import numpy as np
import pytest
from PIL import Image

from tfnets import execute
from tfnets.errors import InputError
from tfnets.methods.gans import saved as generators
from tfnets.methods.gans.dcgan import SHOWN, VARIANTS, Frames, Training
from tfnets.studies.dcgan import page
from tfnets.studies.dcgan.settings import SCALES, Settings


@pytest.fixture(scope="module")
def run(finished):
    return finished("dcgan")


def normed(model):
    return [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]


def test_each_network_is_trained_on_the_data_it_is_for(run):
    shapes = {
        "mnist-paper": ((28, 28, 1), 3),
        "mnist-paper_without_norm": ((28, 28, 1), 0),
        "cifar10-paper": ((32, 32, 3), 3),
    }
    assert {part.rpartition("-")[0] for part in {row["part"] for row in run.history}} == set(shapes)
    for name, (shape, norms) in shapes.items():
        model, prior = generators.load(run, f"{name}-5")
        assert model.output.shape[1:] == shape
        assert model.input.shape[1:] == (prior.dim,) == (8,)
        assert len(normed(model)) == norms


def test_the_discriminator_has_filters_of_its_own(run):
    settings = dataclasses.replace(SCALES["tiny"], digit_filters=(4, 8))
    trainer = Training(settings.plan("mnist"), "paper", 5).trainer((28, 28, 1))
    assert trainer.generator.get_layer("generator_upconv1").filters == 2
    assert trainer.discriminator.get_layer("critic_conv2").filters == 4


def test_frames_show_the_same_latents_and_the_last_is_the_saved_generator(run):
    for part, last in (("mnist-paper-5", 8), ("cifar10-paper-5", 4)):
        model, prior = generators.load(run, part)
        frame = run.load_array(f"samples/{part}-step{last}")
        expected = model(prior(SHOWN, (5, 1)), training=False)
        np.testing.assert_allclose(frame, expected, atol=1e-5)
    first, last = (run.load_array(f"samples/mnist-paper-5-step{step}") for step in (4, 8))
    assert np.abs(first - last).max() > 0.01
    with Image.open(run.path / "mnist_paper.gif") as film:
        assert film.n_frames == 2


@pytest.mark.parametrize(
    ("frames", "calls", "expected"),
    [(1, 1, [6, 12]), (2, 1, [3, 6, 9, 12]), (4, 2, [2, 4, 6, 8, 10, 12]), (9, 6, [6, 12])],
)
def test_frames_come_at_equal_parts_of_an_epoch(frames, calls, expected):
    saved = []

    class Recorder:
        config = dataclasses.make_dataclass("Config", ["seed"])(0)

        def save_array(self, name, values):
            saved.append(int(name.rpartition("-step")[2]))

    class Trainer:
        steps_per_execution = calls

        def sample(self, n, seed):
            return np.zeros((n, 2, 2, 1))

    callback = Frames(Recorder(), "part", 6, frames)
    callback.set_model(Trainer())
    for epoch in range(2):
        callback.on_epoch_begin(epoch)
        for batch in range(calls - 1, 6, calls):
            callback.on_train_batch_end(batch)
    assert saved == expected


def points(*distances, modes=10):
    return [[{"frechet": d, "modes": modes}] for d in distances]


def test_batch_normalisation_is_judged_by_pairs_of_seeds():
    rows = {"paper": points(10, 20, 30), "paper_without_norm": points(15, 26, 34)}
    covered, better = page._claims("mnist", rows)
    assert better.verdict == "confirmed"
    assert better.ours == pytest.approx(5)
    assert covered.verdict == "confirmed"
    rows = {"paper": points(10, 40, 30), "paper_without_norm": points(15, 26, 34)}
    assert page._claims("mnist", rows)[1].verdict == "not decidable"


def test_a_class_that_one_seed_misses_leaves_coverage_open():
    rows = {"paper": [*points(1, 2), *points(3, modes=9)]}
    (claim,) = page._claims("cifar10", rows)
    assert claim.verdict == "not decidable"
    assert claim.ours == "9 of 10 in the worst seed"


def test_a_data_set_is_ablated_only_where_it_is_asked_for():
    settings = Settings(datasets=("cifar10",))
    assert settings.variants("cifar10") == ("paper",)
    assert Settings(ablated=("cifar10",)).variants("cifar10") == VARIANTS


@pytest.mark.parametrize(
    ("assignments", "sentence"),
    [
        (["datasets=mnist,svhn"], "does not know svhn"),
        (["ablated=svhn"], "does not know svhn"),
        (["digit_filters=8"], "give two numbers"),
        (["colour_filters=8,2"], "2 filters cannot be halved"),
        (["frames=0"], "frames is 0"),
    ],
)
def test_bad_settings_are_one_sentence(assignments, sentence, digits, tmp_path):
    with pytest.raises(InputError, match=sentence):
        execute.start("dcgan", tmp_path / "run", scale="tiny", assignments=assignments)
    assert not (tmp_path / "run").exists()
