"""The autoencoder of a GAN on latents: whichever trial leaves it, it is built anew from it."""

import numpy as np
import pytest

from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError
from tfnets.lab.engine import Lab
from tfnets.methods.autoencoders.source import Source, restored_note
from tfnets.methods.autoencoders.training import Recipe
from tfnets.models import autoencoders

RECIPE = Recipe(latent=4, epochs=1, train_images=128)


def started(path):
    return Run.create(path, Config.of("latent_gan", "tiny", 2, {"dataset": "mnist"}))


def assert_same_weights(first, second):
    for a, b in zip(first.weights, second.weights, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


@pytest.fixture
def trained(digits, tmp_path):
    source = Source("origin", RECIPE)
    with started(tmp_path / "run") as run:
        Lab(jobs=1).run(run, [source.trial(2)])
        run.finish({}, {})
    return source, run


def test_the_networks_are_built_anew(trained):
    source, run = trained
    model, restored = source.get(run, 2)
    assert_same_weights(model.encoder, run.load_model("origin-2_encoder"))
    assert_same_weights(model.decoder, run.load_model("origin-2_decoder"))
    fresh = autoencoders.build("origin", 4, 2).decoder
    changed = model.decoder.get_layer("decoder_conv1").kernel.numpy()
    assert (changed != fresh.get_layer("decoder_conv1").kernel.numpy()).any()
    assert restored["layers"]["encoder"][-1] == "latent"
    assert (restored["seed"], restored["latent"]) == (2, 4)
    assert "of this run:" in restored_note("improved", restored)


def test_another_run_s_is_taken_over(trained, tmp_path):
    _, given = trained
    source = Source("origin", RECIPE, str(given.path))
    with started(tmp_path / "other") as run:
        source.require(run)
        Lab(jobs=1).run(run, [source.trial(7)])
        model, restored = source.get(run, 7)
        assert_same_weights(model.decoder, given.load_model("origin-2_decoder"))
        assert restored["seed"] == 2
        assert not run.history
    assert "of run run:" in restored_note("improved", restored)


def test_a_run_without_it_is_refused_before_anything_is_trained(trained, tmp_path):
    _, given = trained
    run = started(tmp_path / "other")
    with pytest.raises(InputError, match="has no autoencoder 'deep'"):
        Source("deep", RECIPE, str(given.path)).require(run)
    with pytest.raises(InputError, match="is not a run folder"):
        Source("origin", RECIPE, str(tmp_path / "nowhere")).require(run)
