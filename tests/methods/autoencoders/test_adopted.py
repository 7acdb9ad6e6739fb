"""Networks taken over from finished runs: autoencoders and generators."""

import shutil

import keras
import numpy as np
import pytest

from tfnets import latents
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError
from tfnets.lab.engine import Lab
from tfnets.methods.autoencoders import adopted as module
from tfnets.methods.autoencoders.adopted import Adopted, obtained, restored_autoencoder
from tfnets.methods.autoencoders.training import Recipe, Training
from tfnets.methods.gans import saved
from tfnets.methods.gans.adopted import AdoptedGenerator, chosen_generator
from tfnets.models import autoencoders, dcgan

LATENT = 5


def started(path, study="autoencoder", settings=None):
    return Run.create(path, Config.of(study, "tiny", 0, settings or {"dataset": "mnist"}))


def put(run, variant, seed, weights_seed):
    """Saves an autoencoder as if it had been trained; returns it."""
    model = autoencoders.build(variant, LATENT, weights_seed)
    for name, network in zip(("encoder", "decoder"), model, strict=True):
        run.save_model(f"{variant}-{seed}_{name}", network)
    return model


def finished(run):
    run.finish({}, {})
    return run


def same(a, b):
    return all(
        np.array_equal(x, y)
        for one, other in zip(a, b, strict=True)
        for x, y in zip(one.get_weights(), other.get_weights(), strict=True)
    )


@pytest.fixture
def source(tmp_path):
    run = started(tmp_path / "source")
    models = {seed: put(run, "origin", seed, 100 + seed) for seed in (4, 11, 2)}
    put(run, "deep", 4, 7)
    return finished(run), models


def test_weights_are_the_source_s_in_new_networks(source):
    run, models = source
    found, report = restored_autoencoder(run.path, "origin", 11, LATENT)
    assert same(found, models[11])
    assert not same(found, autoencoders.build("origin", LATENT, 11))
    assert found.encoder.name == "encoder"
    assert report == {
        "run": "source",
        "study": "autoencoder",
        "dataset": "mnist",
        "variant": "origin",
        "seed": 11,
        "latent": LATENT,
        "layers": {
            "encoder": ["encoder_conv1", "encoder_conv2", "encoder_conv3", "latent"],
            "decoder": ["decoder_dense1", "decoder_conv1", "decoder_dense2", "decoder_conv2"],
        },
        "numbers": sum(model.count_params() for model in models[11]),
    }


def test_moving_averages_are_restored_too(source):
    run = source[0]
    found, report = restored_autoencoder(str(run.path), "deep", 4, LATENT)
    assert same(found, [run.load_model(f"deep-4_{p}") for p in ("encoder", "decoder")])
    assert "encoder_conv1_norm" in report["layers"]["encoder"]


def test_a_seed_that_is_not_there_gives_the_first_by_number(source):
    found, report = restored_autoencoder(source[0].path, "origin", 0, LATENT)
    assert report["seed"] == 2
    assert same(found, source[1][2])


def test_an_encoder_without_its_decoder_does_not_count(source):
    run, models = source
    (run.path / "origin-2_decoder.keras").unlink()
    found, report = restored_autoencoder(run.path, "origin", 2, LATENT)
    assert report["seed"] == 4
    assert same(found, models[4])


def test_bad_sources_are_one_sentence(source, tmp_path):
    run, _ = source
    ask = restored_autoencoder
    with pytest.raises(InputError, match="is not a run folder"):
        ask(tmp_path / "nowhere", "origin", 0, LATENT)
    with pytest.raises(InputError, match=r"has latents of size 5, but 64 .* set latent=5"):
        ask(run.path, "origin", 0, 64)
    with pytest.raises(InputError, match="no autoencoder variant 'vae'; choose from origin"):
        ask(run.path, "vae", 0, LATENT)
    with pytest.raises(InputError, match=r"has no autoencoder 'masked' .*masked-SEED_encoder"):
        ask(run.path, "masked", 0, LATENT)
    with pytest.raises(InputError, match="is not finished"):
        ask(started(tmp_path / "begun").path, "origin", 0, LATENT)


def test_another_architecture_under_the_name_restores_nothing(source):
    run, _ = source
    for part in ("encoder", "decoder"):
        shutil.copy(run.path / f"deep-4_{part}.keras", run.path / f"origin-2_{part}.keras")
    with pytest.raises(InputError, match="do not fit the source and nothing was written"):
        restored_autoencoder(run.path, "origin", 2, LATENT)


def test_an_adopted_autoencoder_stays_when_its_source_goes(source, tmp_path):
    run, models = source
    trial = Adopted(Recipe(latent=LATENT), "origin", 5, str(run.path))
    with started(tmp_path / "ours", "interpolation") as ours:
        Lab(jobs=1).run(ours, [trial])
        report = trial.result(ours)
        assert same(trial.at(ours).trained(), models[2])
        shutil.rmtree(run.path)
        Lab(jobs=1).run(ours, [trial])
        assert same(trial.at(ours).trained(), models[2])
        assert trial.result(ours) == report
    assert report["seed"] == 2
    assert (ours.path / "origin-5_encoder.keras").exists()


def test_it_is_taken_over_by_the_process_that_sees_the_source(source, tmp_path, monkeypatch):
    run, _ = source
    seen = []
    monkeypatch.setattr(module, "restored_autoencoder", lambda *asked: seen.append(asked) or real)
    real = restored_autoencoder(run.path, "origin", 2, LATENT)
    trials = [Adopted(Recipe(latent=LATENT), "origin", seed, str(run.path)) for seed in (2, 4)]
    with started(tmp_path / "ours", "interpolation") as ours:
        Lab(jobs=2).run(ours, trials)
    assert seen == [(str(run.path), "origin", seed, LATENT) for seed in (2, 4)]


def test_an_autoencoder_is_trained_where_no_run_is_given():
    recipe = Recipe(latent=LATENT)
    assert obtained(recipe, "deep", 3) == Training(recipe, "deep", 3)
    assert obtained(recipe, "deep", 3, "there") == Adopted(recipe, "deep", 3, "there")


def small_generator(seed, size=28, channels=1):
    style = dcgan.Style(4)
    return dcgan.networks(style, size=size, channels=channels)[0](LATENT, seed)


@pytest.fixture
def gans(tmp_path):
    """A run of study `dcgan`: two seeds on MNIST and one on CIFAR-10."""
    run = started(tmp_path / "gans", "dcgan", {"datasets": ["mnist", "cifar10"]})
    for part, size, channels in (
        ("cifar10-paper-0", 32, 3),
        ("mnist-paper-0", 28, 1),
        ("mnist-paper-1", 28, 1),
    ):
        saved.save(
            run, part, small_generator(int(part[-1]), size, channels), latents.Normal(LATENT)
        )
    return finished(run)


def test_the_generator_of_the_seed_and_data_set_is_taken(gans, tmp_path):
    trial = AdoptedGenerator(Recipe(), "gan", 1, str(gans.path))
    with started(tmp_path / "ours", "interpolation") as ours:
        Lab(jobs=1).run(ours, [trial])
        shutil.rmtree(gans.path)
        Lab(jobs=1).run(ours, [trial])
        model, prior = trial.at(ours).trained()
        assert trial.result(ours) == {"run": "gans", "study": "dcgan", "part": "mnist-paper-1"}
    assert same([model], [small_generator(1)])
    assert prior.dim == LATENT


def test_a_seed_that_a_gan_s_run_does_not_have_gives_its_first(gans):
    assert chosen_generator(gans.path, "mnist", 9).name == "mnist-paper-0"


def test_generators_that_cannot_be_used_are_refused(gans, tmp_path):
    with pytest.raises(InputError, match="no generator that draws fashion_mnist"):
        chosen_generator(gans.path, "fashion_mnist", 0)
    with pytest.raises(InputError, match="no generator that draws cifar10"):
        chosen_generator(gans.path, "cifar10", 0)
    run = started(tmp_path / "encoded", "gan_priors")
    with pytest.raises(InputError, match="is not finished"):
        chosen_generator(run.path, "mnist", 0)
    saved.save(run, "encoded-0", small_generator(0), latents.Encoded(np.zeros((3, LATENT))))
    with pytest.raises(InputError, match="from a normal or uniform prior alone"):
        chosen_generator(finished(run).path, "mnist", 0)


def test_a_conditional_generator_is_not_taken(tmp_path):
    run = started(tmp_path / "conditional", "conditional_gan")
    z, label = keras.Input((LATENT,)), keras.Input((), dtype="int32")
    known = keras.layers.Embedding(10, LATENT)(label)
    x = small_generator(0)(keras.layers.Add()([z, known]))
    saved.save(run, "simple-0", keras.Model([z, label], x), latents.Normal(LATENT))
    with pytest.raises(InputError, match="from a normal or uniform prior alone"):
        chosen_generator(finished(run).path, "mnist", 0)
