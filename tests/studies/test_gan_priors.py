"""What is special to the study of priors: paired comparisons, steadiness, priors beside models."""

import json

import numpy as np
import pytest

from tfnets import execute, metrics
from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.latents import Encoded, GaussianMixture, Normal, Uniform
from tfnets.methods.gans import saved
from tfnets.methods.gans.recipe import LOSSES
from tfnets.studies.gan_priors import numbers, page
from tfnets.studies.gan_priors.settings import SCALES
from tfnets.studies.gan_priors.study import Training

QUALITY = ("frechet", "kid", "precision", "recall", "density", "coverage", "modes", "kl")


@pytest.fixture(scope="module")
def run(finished):
    """All four priors with one seed at tiny scale."""
    return finished("gan_priors")


def seed_row(steady=0.1, **quality):
    """What one seed gives: steadiness, means, and one point."""
    point = dict.fromkeys(QUALITY, 0.5) | {f"{name}_real": 0.25 for name in QUALITY} | quality
    point |= {"epoch": 2, "step": 40, "n": 60, "modes": 10}
    return dict.fromkeys(numbers.LOSSES, steady) | {"points": [point]}


def test_each_prior_is_saved_beside_its_generator_and_draws_what_it_was_trained_on(run):
    kinds = {"uniform": Uniform, "normal": Normal, "mixture": GaussianMixture, "encoded": Encoded}
    for name, kind in kinds.items():
        model, prior = saved.load(run, f"{name}-5")
        assert type(prior) is kind
        assert prior.dim == 8
        images = np.clip(model(prior(64, (5, 1)), training=False), 0, 1)
        shown = run.load_array(f"samples/{name}-5-epoch2")
        np.testing.assert_allclose(images[: len(shown)], shown, atol=1e-5)


def test_stored_latents_are_those_of_the_seeds_encoder(run, digits):
    _, prior = saved.load(run, "encoded-5")
    encoder = run.load_model("origin-5_encoder")
    expected = encoder.predict(digits.x_train[:128], batch_size=1000, verbose=0)
    np.testing.assert_allclose(prior.vectors, expected, rtol=1e-5, atol=1e-6)


def test_the_mixtures_centres_are_drawn_from_the_seed(run):
    _, prior = saved.load(run, "mixture-5")
    np.testing.assert_array_equal(prior.centres, GaussianMixture(8, seed=5).centres)
    assert prior.stddev == 0.25


def test_all_priors_start_from_the_same_networks(run):
    """Before the first step, the discriminator has seen nothing of the prior."""
    settings = SCALES["tiny"]
    images = np.zeros((256, 28, 28, 1), np.float32)
    trainers = [
        Training(settings, name, 5, run=run).trainer(images) for name in ("uniform", "mixture")
    ]
    for network in ("generator", "discriminator"):
        first, second = (getattr(trainer, network).get_weights() for trainer in trainers)
        for a, b in zip(first, second, strict=True):
            np.testing.assert_array_equal(a, b)


def test_steadiness_is_that_of_the_saved_curve_after_the_first_epoch(run):
    for name in ("uniform", "encoded"):
        steps, *curves = run.load_array(f"losses/{name}-5")
        assert list(steps) == list(range(2, 17, 2))  # 8 steps an epoch, 2 a point
        part = json.loads((run.path / "parts" / f"train-{name}-5.json").read_text())
        for loss, curve in zip(LOSSES, curves, strict=True):
            assert part[f"{loss}_steadiness"] == metrics.steadiness(curve[4:], 3)
            assert part[f"{loss}_mean"] == pytest.approx(curve[4:].mean())
            means = [row[loss] for row in run.history if row["part"] == f"{name}-5"]
            np.testing.assert_allclose(curve.reshape(2, 4).mean(axis=1), means, rtol=1e-5)


def test_differences_are_paired_by_seed():
    base = [seed_row(s, frechet=f) for s, f in ((0.1, 10), (0.3, 30), (0.2, 70))]
    other = [seed_row(s, frechet=f) for s, f in ((0.2, 12), (0.4, 31), (0.3, 73))]
    found = numbers.differences({"uniform": base, "normal": other})
    assert list(found) == ["normal"]
    expected = metrics.paired_test(np.array([12, 31, 73]), np.array([10, 30, 70])).difference
    assert found["normal"]["frechet"] == expected.as_json()
    steady = found["normal"]["generator_loss_steadiness"]
    assert steady["mean"] == pytest.approx(0.1)
    assert steady["n"] == 3


def test_with_one_seed_nothing_is_decided():
    rows = {"uniform": [seed_row()], "mixture": [seed_row(0.05)]}
    assert [claim.verdict for claim in page._claims(rows)] == ["not decidable"] * 2
    assert numbers.differences(rows)["mixture"]["frechet"] == {"mean": 0.0, "n": 1}


@pytest.mark.parametrize(
    ("steady", "verdict"),
    [(0.05, "confirmed"), (0.2, "not confirmed"), (0.1, "not decidable")],
)
def test_the_mixture_is_steadier_where_its_jitter_is_smaller(steady, verdict):
    jitter = (0, 0.01, -0.01)
    rows = {
        "uniform": [seed_row(0.1) for _ in jitter],
        "mixture": [seed_row(steady + j) for j in jitter],
    }
    claims = page._claims(rows)
    assert [claim.verdict for claim in claims] == [verdict] * 2
    assert "discriminator" in claims[0].claim
    assert "generator" in claims[1].claim


@pytest.mark.parametrize(
    ("frechet", "precision", "verdicts"),
    [
        (20, 0.3, ["confirmed", "confirmed"]),
        (5, 0.7, ["not confirmed", "not confirmed"]),
        (20, 0.7, ["confirmed", "not confirmed"]),
        (10, 0.5, ["not decidable", "not decidable"]),
    ],
)
def test_encoded_latents_are_worse_where_distance_is_larger_or_precision_smaller(
    frechet, precision, verdicts
):
    shifts = (-1, 0, 1)
    rows = {
        "uniform": [seed_row(frechet=10, precision=0.5) for _ in shifts],
        "encoded": [seed_row(frechet=frechet + s, precision=precision + s / 50) for s in shifts],
    }
    assert [claim.verdict for claim in page._claims(rows)] == verdicts


def test_the_report_of_several_seeds_has_its_figures(tmp_path, run):
    """With two made-up seeds; samples and curves are those of the tiny run."""
    import dataclasses

    settings = dataclasses.replace(SCALES["tiny"], priors=("uniform", "mixture"), repeats=2)
    rows = {"uniform": [seed_row(0.1), seed_row(0.2)], "mixture": [seed_row(0.3), seed_row(0.3)]}
    found = {
        "priors": {name: numbers.summary(seeds) for name, seeds in rows.items()},
        "differences": numbers.differences(rows),
    }
    drawn = Run.create(tmp_path / "run", run.config)
    for name in settings.priors:
        for kind, end in (("samples", "-epoch2"), ("losses", "")):
            drawn.save_array(f"{kind}/{name}-5{end}", run.load_array(f"{kind}/{name}-5{end}"))
    report = page.write(drawn, settings, rows, found)
    for figure in report["figures"]:
        assert (drawn.path / figure["file"]).stat().st_size > 1000
    assert {"frechet.png", "steadiness.png"} <= {figure["file"] for figure in report["figures"]}
    assert found["priors"]["uniform"]["generator_loss_steadiness"]["ci95"]


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("priors=normal,mixture", "lacks uniform"),
        ("priors=uniform,gamma", "does not know gamma"),
        ("window=4", "give an odd number"),
        ("window=1", "give an odd number"),
        ("window=21", "have 4 points after the first epoch, fewer than the window's 21"),
        ("epochs=1", "have 0 points after the first epoch"),
        ("stddev=-1", "stddev is -1"),
        ("encoder=big", "does not know big"),
        ("generator_filters=2", "2 filters cannot be halved"),
    ],
)
def test_bad_settings_are_one_sentence(assignment, sentence, digits, tmp_path):
    with pytest.raises(InputError, match=sentence):
        execute.start("gan_priors", tmp_path / "run", scale="tiny", assignments=[assignment])
    assert not (tmp_path / "run").exists()
