"""What is special to the studies of latent GANs: autoencoders, clusters, the joined network."""

import dataclasses
import json

import keras
import numpy as np
import pytest

from tfnets import execute
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError
from tfnets.latents import Normal
from tfnets.methods.gans import latent, saved
from tfnets.methods.gans.latent import clusters
from tfnets.models import autoencoders
from tfnets.studies.latent_gan import page
from tfnets.studies.latent_gan.settings import SCALES, SHOWN, VARIANTS
from tfnets.training.conditional import ConditionalGAN
from tfnets.training.gan import GAN

TINY, FULL = SCALES["tiny"], SCALES["full"]


@pytest.fixture(scope="module")
def run(finished):
    return finished("latent_gan")


def assert_same_weights(first, second):
    for a, b in zip(first.weights, second.weights, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def trained(run, variant):
    return json.loads((run.path / "parts" / f"train-{variant}_gan-5.json").read_text())


def generated(model, z):
    """The latents inside a saved generator."""
    names = [layer.name for layer in model.layers]
    if "choice" not in names:
        return keras.Model(model.input, model.get_layer("generator_latent").output)(z)
    chosen = keras.Model(model.input, model.get_layer("choice").output)(z)
    assert len(set(chosen.numpy().ravel())) > 1
    return model.get_layer("generator")([z[:, :-1], chosen[:, 0]])


@pytest.mark.parametrize(
    ("variant", "kind", "noise"), [("origin", "origin", 8), ("improved", "deep", 9)]
)
def test_a_saved_generator_is_the_latent_one_and_the_restored_decoder(run, variant, kind, noise):
    model, prior = saved.load(run, f"{variant}_gan-5")
    assert type(prior) is Normal
    assert prior.dim == noise == model.input_shape[1]
    decoder = run.load_model(f"{kind}-5_decoder")
    assert_same_weights(model.get_layer("decoder"), decoder)
    z = prior(20, (1, 2))
    made = generated(model, z)
    assert made.shape == (20, 6)
    expected = decoder(made, training=False)
    np.testing.assert_allclose(model(z, training=False), expected, atol=1e-5)
    shown = run.load_array(f"samples/{variant}_gan-5-epoch{trained(run, variant)['steps'] // 4}")
    drawn = np.clip(model(prior(64, (5, 1)), training=False), 0, 1)
    np.testing.assert_allclose(shown, drawn[:SHOWN], atol=1e-5)


def test_the_report_says_what_was_restored(run):
    for variant, kind in (("origin", "origin"), ("improved", "deep")):
        restored = trained(run, variant)["restored"]
        built = autoencoders.build(kind, 6, 5)
        assert restored["numbers"] == sum(part.count_params() for part in built)
        with_weights = [x.name for x in built.decoder.layers if x.weights]
        assert restored["layers"]["decoder"] == with_weights
        notes = " ".join(run.report["notes"])
        assert f"{restored['numbers']:,} numbers" in notes
        assert "of this run" in notes


def test_reconstructions_are_measured_beside_the_samples(run):
    for row in run.metrics["networks"].values():
        assert set(row["reconstructed"]) == {"test", "train"}
        assert row["reconstructed"]["train"]["frechet"]["mean"] > 0
        assert {"frechet", "frechet_real", "coverage", "coverage_real"} <= set(row["latents"])
        assert row["latents"]["frechet"] != row["latents"]["frechet_real"]


def test_encoder_and_decoder_come_from_another_run(run, digits, tmp_path):
    other = execute.start(
        "latent_gan", tmp_path / "run", scale="tiny", seed=6,
        assignments=[f"autoencoder={run.path}", "variants=improved", "epochs=1"],
    )  # fmt: skip
    for network in ("encoder", "decoder"):
        assert_same_weights(
            other.load_model(f"deep-6_{network}"), run.load_model(f"deep-5_{network}")
        )
    assert "train-deep-6" not in {path.stem for path in (other.path / "parts").iterdir()}
    restored = other.metrics["networks"]["improved"]["restored"]
    assert (restored["seed"], restored["study"]) == (5, "latent_gan")


def test_the_origin_has_its_own_autoencoder():
    origin, improved = FULL.source("origin"), FULL.source("improved")
    assert (origin.variant, origin.size) == ("origin", 64)
    assert origin.recipe.epochs == FULL.autoencoder_epochs
    assert FULL.source("plain") == improved
    assert improved.variant == "deep"


@pytest.mark.parametrize(
    ("assignments", "sentence"),
    [
        (["autoencoder=NOWHERE"], "is not a run folder"),
        (["autoencoder=RUN", "latent=7"], "latents of size 6, but 7 was asked for"),
        (
            ["autoencoder=RUN", "variants=origin", "origin_latent=7"],
            "latents of size 6, but 7 was asked for",
        ),
        (["clusters=1"], "clusters is 1; give 2 or more"),
        (["variants=best"], "does not know best"),
        (["learning_rate=0"], "learning_rate is 0.0"),
        (["origin_learning_rate=nan"], "origin_learning_rate is nan"),
        (["average=1"], "average is 1.0"),
        (["flatness=-1"], "flatness is -1.0"),
        (["noise=0"], "noise is 0"),
    ],
)
def test_bad_settings_are_one_sentence(assignments, sentence, run, digits, tmp_path):
    words = [word.replace("RUN", str(run.path)) for word in assignments]
    with pytest.raises(InputError, match=sentence):
        execute.start("latent_gan", tmp_path / "run", scale="tiny", assignments=words)
    assert not (tmp_path / "run").exists()


class TestRecipe:
    def test_the_origin_is_trained_with_what_the_report_names_and_nothing_else(self):
        trainer = FULL.recipe("origin").trainer(64, 0, 1280)
        assert type(trainer) is GAN
        assert trainer.penalty is None
        assert trainer.average is None
        assert trainer.sampler is trainer.generator
        assert trainer.latent.dim == 64
        for optimizer in (trainer.generator_optimizer, trainer.discriminator_optimizer):
            assert float(optimizer.learning_rate) == pytest.approx(1e-3)
            assert optimizer.beta_1 == 0.5

    def test_the_improved_one_is_asked_for_clusters(self):
        trainer = dataclasses.replace(FULL, clusters=7).recipe("improved").trainer(32, 0, 1280)
        assert type(trainer) is ConditionalGAN
        assert trainer.mismatch is not None
        assert trainer.penalty is not None
        assert trainer.generator.get_layer("z_label").output.shape == (None, FULL.noise + 7)
        plain = FULL.recipe("plain").trainer(32, 0, 1280)
        assert type(plain) is GAN
        assert plain.penalty is not None

    def test_the_rate_falls_to_zero_at_the_last_step(self):
        recipe = dataclasses.replace(FULL.recipe("plain"), epochs=3)
        schedule = recipe.trainer(4, 0, 1280).generator_optimizer._learning_rate
        assert float(schedule(0)) == pytest.approx(recipe.learning_rate)
        assert float(schedule(30)) == pytest.approx(0, abs=1e-9)
        assert float(schedule(15)) == pytest.approx(recipe.learning_rate / 2)


def test_clusters_are_found_once_and_kept(tmp_path, monkeypatch):
    run = Run.create(tmp_path / "run", Config.of("latent_gan", "tiny", 0, {}))
    rows = np.concatenate([np.full((n, 2), place, np.float32) for place, n in ((0, 30), (9, 10))])
    rows += np.random.default_rng(0).normal(0, 0.1, rows.shape).astype(np.float32)
    found, shares = clusters(run, "a", rows, 2, seed=0)
    assert sorted(shares) == [0.25, 0.75]
    assert len(set(found[:30])) == len(set(found[30:])) == 1
    assert shares[found[0]] == 0.75
    monkeypatch.setattr(latent, "KMeans", None)
    again, same = clusters(run, "a", rows, 2, seed=0)
    np.testing.assert_array_equal(found, again)
    assert same == shares


def seeds(frechets, allowed=5.0, modes=10, coverage=0.5):
    return [
        {
            "points": [{"frechet": f, "modes": modes, "coverage": coverage}],
            "reconstructed": {"train": {"frechet": allowed}},
        }
        for f in frechets
    ]


def test_claims_are_decided_by_seed():
    rows = {
        "origin": seeds([100, 110, 120], coverage=0.1),
        "improved": seeds([10, 20, 12], modes=10, coverage=0.9),
    }
    rows["improved"][1]["points"][0]["coverage"] = 0.91
    report = {
        claim.claim: claim.verdict
        for claim in (*page._mediocre(rows), *page._covered(rows), *page._better(rows))
    }
    assert list(report.values()) == ["confirmed"] * 5
    rows["improved"][2]["points"][0]["modes"] = 9
    assert [c.verdict for c in page._covered(rows)] == ["confirmed", "not decidable"]
    rows = {"origin": seeds([5, 5.5, 4.5])}
    assert page._mediocre(rows)[0].verdict == "not decidable"
    assert page._better(rows) == []


def test_full_scale_has_the_reports_sizes_and_three_seeds():
    assert (FULL.noise, FULL.origin_latent, FULL.samples) == (64, 64, 10_000)
    assert FULL.repeats >= 3
    assert set(FULL.variants) == set(VARIANTS)


def test_all_saved_networks_are_of_stock_layers(run):
    for path in run.path.glob("*_generator.keras"):
        config = keras.models.load_model(path, safe_mode=True).to_json()
        assert '"tfnets' not in config
        assert "Lambda" not in config
