import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from tests.conftest import synthetic_digits
from tfnets import execute, metrics
from tfnets.datasets.toys import GRID, RING
from tfnets.errors import InputError
from tfnets.studies.gan_stabilisers import page, study, subjects, variants
from tfnets.studies.gan_stabilisers.claims import ONE_OUTPUT, claims
from tfnets.studies.gan_stabilisers.numbers import Found
from tfnets.studies.gan_stabilisers.settings import Settings
from tfnets.studies.gan_stabilisers.variants import LONGER, VARIANTS, Variant, turns
from tfnets.training.losses import MINIMAX

STRENGTHS = subjects.TOY_STRENGTHS


@pytest.fixture(scope="module")
def ring():
    return subjects.points(RING, 64, 100)


def fields(one):
    return {field.name: getattr(one, field.name) for field in dataclasses.fields(one)}


def changed(name, strengths=STRENGTHS):
    """The fields in which a variant differs from the plain GAN."""
    plain, other = fields(Variant()), fields(variants.of(name, strengths, 100))
    return {field for field in plain if plain[field] != other[field]}


@pytest.mark.parametrize("name", VARIANTS)
def test_each_variant_changes_one_thing_and_plain_none(name):
    if name != "best":
        assert len(changed(name)) == (name != "plain")
    assert variants.of("minimax", STRENGTHS, 100).loss is MINIMAX


@pytest.mark.parametrize("strengths", [STRENGTHS, subjects.DIGIT_STRENGTHS], ids=["toys", "digits"])
def test_best_combines_the_variants_it_names(strengths):
    assert changed("best", strengths) == set().union(*map(changed, strengths.best))


def test_instance_noise_falls_over_half_of_the_training_also_in_the_longer_combination():
    points = tf.zeros((2000, 2))
    for name, steps in (("instance_noise", 100), ("best", 100 * LONGER)):
        chosen = variants.of(name, STRENGTHS, 100)
        assert 100 * chosen.length == steps
        for share, stddev in ((0.0, 0.5), (0.25, 0.25), (0.5, 0.0), (0.9, 0.0)):
            noisy = chosen.augmentation(points, tf.constant([1, 2]), tf.constant(share * steps))
            assert np.std(noisy) == pytest.approx(stddev, rel=0.05)


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("subject", ["ring", "digits"])
def test_networks_have_what_the_recipe_says(name, subject, ring):
    chosen = variants.of(name, STRENGTHS, 100)
    networks = ring.networks if subject == "ring" else subjects._image_networks
    generator, discriminator = networks(chosen, 0)
    plain, _ = networks(Variant(), 0)
    kinds = [type(layer).__name__ for layer in discriminator.layers]
    assert ("MinibatchDiscrimination" in kinds) == (name == "minibatch")
    assert ("SpectralNormalization" in kinds) == (name == "spectral")
    assert (generator.count_params() > plain.count_params()) == (name in {"richer", "best"})
    for network, act in ((generator, "generator_act1"), (discriminator, "critic_act1")):
        assert network.get_layer(act).activation.__name__ == chosen.activation


@pytest.mark.parametrize("toy", [RING, GRID], ids=["ring", "grid"])
def test_real_points_have_every_mode_and_no_distance(toy):
    subject = subjects.points(toy, 10, 2500)
    real = subject.ceiling()
    assert real["modes"] == subject.classes == len(toy.centres)
    assert real["high_quality"] == pytest.approx(0.989, abs=0.01)  # 1 - exp(-9 / 2)
    assert real["frechet"] < 0.05
    assert subject.measure(subject.real)["frechet"] == pytest.approx(0, abs=1e-9)
    assert subject.measure(np.tile(toy.centres[:1], (50, 1)))["modes"] == 1


def test_each_seed_trains_on_points_of_its_own(ring):
    assert ring.train(0).shape == (64, 2)
    assert (ring.train(0) != ring.train(1)).all()
    assert (ring.train(0)[:50] != ring.real[:50]).all()


def test_digits_are_judged_and_clipped():
    data = synthetic_digits()
    subject = subjects.digits(data, 50, 100)
    assert subject.train(0).shape == (50, 28, 28, 1)
    assert subject.measure(subject.real)["frechet"] == pytest.approx(0, abs=1e-6)
    assert subject.measure(data.x_test[:100] * 3)["frechet"] > 0
    assert (
        subject.features(data.x_test[:9] + 5) == subject.features(np.ones((9, 28, 28, 1)))
    ).all()
    assert subject.labels(subject.real).shape == (100,)


def test_digits_without_a_class_are_refused():
    with pytest.raises(InputError, match="set samples higher"):
        subjects.digits(synthetic_digits(), 50, 9)


def test_turns_keep_the_distance_and_stay_within_the_angle():
    points = np.random.default_rng(0).normal(size=(500, 2)).astype(np.float32)
    turned = turns(30)(tf.constant(points), tf.constant([1, 2]), tf.constant(0)).numpy()
    np.testing.assert_allclose(
        np.linalg.norm(turned, axis=1), np.linalg.norm(points, axis=1), rtol=1e-5
    )
    before, after = (np.arctan2(p[:, 1], p[:, 0]) for p in (points, turned))
    angles = np.degrees(np.angle(np.exp(1j * (after - before))))
    assert -30.01 <= angles.min() < -25
    assert 25 < angles.max() <= 30.01
    assert abs(angles.mean()) < 3


def seeds(**columns):
    """Rows of three seeds; a single value stands for all."""
    base = {
        "modes": 8, "kl": 0.1, "gradient_early": 1.0, "gradient_late": 1.0, "zero_noise": 0.0,
        "spread": 1.0, "diversity": [0.0, 1.0, 2.0], "collapsed": None, "n": 9, "steps": 4,
        "gradients": [1.0, 1.0], "frechet": 1.0,
    }  # fmt: skip
    rows = []
    for i in range(3):
        own = {k: v[i] if isinstance(v, tuple) else v for k, v in columns.items()}
        rows.append(base | own)
    return rows


def verdicts(rows, scales=(0.0, 1.0, 2.0)):
    found = Found(8, {"diversity": 1.0}, rows)
    return {claim.claim: claim.verdict for claim in claims("ring", found, scales)}


def test_verdicts_on_coverage():
    loses, covers = "ring: The plain GAN loses modes", "ring: The combination covers every mode"
    good = verdicts({"plain": seeds(modes=(3, 7, 1)), "best": seeds()})
    assert (good[loses], good[covers]) == ("confirmed", "confirmed")
    mixed = verdicts({"plain": seeds(modes=(3, 8, 1)), "best": seeds(modes=(8, 7, 8))})
    assert (mixed[loses], mixed[covers]) == ("not decidable", "not decidable")
    bad = verdicts({"plain": seeds(), "best": seeds(modes=(7, 7, 6))})
    assert (bad[loses], bad[covers]) == ("not confirmed", "not confirmed")


@pytest.mark.parametrize(
    ("kl", "verdict"),
    [
        ((0.1, 0.12, 0.11), "confirmed"),
        ((1.0, 1.02, 1.01), "not confirmed"),
        ((0.0, 1.0, 0.5), "not decidable"),
    ],
)
def test_verdicts_on_evenness(kl, verdict):
    found = verdicts({"plain": seeds(kl=0.5), "richer": seeds(kl=kl)})
    assert found["ring: richer spreads the samples more evenly over the modes"] == verdict


def test_verdicts_on_gradients_take_the_epoch_that_counts():
    rows = {
        "plain": seeds(gradient_early=(1.0, 1.1, 1.2), gradient_late=(2.0, 2.1, 2.2)),
        "minimax": seeds(gradient_early=(0.1, 0.12, 0.11), gradient_late=90.0),
        "sigmoid": seeds(gradient_late=(3.0, 3.2, 3.1), gradient_early=0.0),
        "one_sided": seeds(gradient_late=(1.0, 9.0, 2.0)),
    }
    found = verdicts(rows)
    text = "ring: in the {} epoch the generator's gradient is larger with {} than with {}"
    assert found[text.format("first", "plain", "minimax")] == "confirmed"
    assert found[text.format("last", "plain", "minimax")] == "not confirmed"
    assert found[text.format("last", "plain", "sigmoid")] == "not confirmed"
    assert found[text.format("last", "one_sided", "plain")] == "not decidable"


def test_verdicts_on_noise():
    one = "ring: without noise there is one output"
    text = "ring: noise scaled by {} gives {} diverse samples (plain)"
    scales = (0.0, 0.5, 1.0, 2.0)
    good = verdicts({"plain": seeds(diversity=[0.0, 1.0, 2.0, 3.0])}, scales)
    assert good[one] == "confirmed"
    assert good[text.format("0.5", "less")] == good[text.format("2", "more")] == "confirmed"
    bad = verdicts({"plain": seeds(zero_noise=0.1, diversity=[0.0, 3.0, 2.0, 1.0])}, scales)
    assert bad[one] == "not confirmed"
    assert bad[text.format("0.5", "less")] == bad[text.format("2", "more")] == "not confirmed"


@pytest.mark.parametrize(
    ("spread", "verdict"),
    [((2.0, 2.1, 2.2), "confirmed"), ((0.2, 0.21, 0.22), "confirmed"),
     ((0.5, 1.5, 1.0), "not decidable")],
)  # fmt: skip
def test_the_verdict_on_the_distribution_is_two_sided(spread, verdict):
    found = verdicts({"plain": seeds(), "uniform": seeds(spread=spread)})
    assert found["ring: uniform noise of the same variance changes the diversity"] == verdict


@pytest.fixture(scope="module")
def silent(tmp_path_factory):
    """A generator that is trained without noise, beside the plain one."""
    run = execute.start(
        "gan_stabilisers", tmp_path_factory.mktemp("run") / "run", scale="tiny", seed=1,
        assignments=["subjects=ring", "variants=plain,no_noise", "repeats=2"],
    )  # fmt: skip
    return run


def test_without_noise_in_training_all_samples_are_one(silent):
    points = silent.load_array("samples/ring-no_noise-1")
    assert np.ptp(points, axis=0).max() <= ONE_OUTPUT
    numbers = silent.metrics["ring"]
    assert numbers["no_noise"]["diversity"] == pytest.approx([0] * 5, abs=1e-4)
    assert numbers["plain"]["diversity"][0] == pytest.approx(0, abs=1e-4)
    assert numbers["plain"]["diversity"][3] > 0.1


def test_numbers_are_those_of_the_saved_generator(silent):
    """Samples and diversity again from the file, with the latents of the study."""
    generator = silent.load_model("ring-plain-2_generator")
    z = study._prior(Variant(), 2)(200, (2, 1))
    made = generator(z).numpy()
    np.testing.assert_allclose(made, silent.load_array("samples/ring-plain-2"), atol=1e-5)
    part = silent.part("ring-plain-2", dict)
    expected = metrics.mode_coverage(made, RING.centres, RING.stddev)
    assert part["modes"] == expected["modes"]
    assert part["kl"] == pytest.approx(expected["kl"])
    assert part["watched"]["epoch"] == [1, 2]
    rows = [row for row in silent.history if row["part"] == "ring-plain-2"]
    assert part["gradients"] == [row["generator_gradient"] for row in rows]


def test_figures_show_what_there_is_where_none_of_the_usual_was_trained():
    found = Found(8, {}, {"r1": [], "noise": []})
    assert page._among(found, ("plain", "r1")) == ["r1"]
    assert page._among(found, ("plain", "best")) == ["r1", "noise"]


def test_digits_are_trained_measured_and_drawn(digits, tmp_path):
    run = execute.start(
        "gan_stabilisers", tmp_path / "run", scale="tiny", seed=1,
        assignments=["subjects=digits", "variants=plain,uniform"],
    )  # fmt: skip
    (subject,) = run.metrics.values()
    assert set(subject) == {"classes", "real", "plain"}  # uniform is a variant of the toys only
    assert subject["plain"]["n"] == 64
    assert subject["plain"]["steps"] == 2 * (128 // 60)
    assert (run.path / "samples_mnist.png").stat().st_size > 1000
    assert 0 < subject["plain"]["frechet"] < np.inf
    generator = run.load_model("mnist-plain-1_generator")
    z = study._prior(Variant(), 64)(64, (1, 1))
    np.testing.assert_allclose(
        generator(z)[:10], run.load_array("samples/mnist-plain-1"), atol=1e-5
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"subjects": ("line",)}, "does not know line"),
        ({"variants": ("plane",)}, "does not know plane"),
        ({"variants": ()}, "empty list"),
        ({"toy_steps": 0}, "toy_steps is 0"),
        ({"noise_scales": ()}, "noise_scales"),
        ({"noise_scales": (1.0, -1.0)}, "at least 0"),
    ],
)
def test_settings_that_no_run_could_use_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**changes)


def test_a_share_lies_in_its_range_also_where_all_seeds_are_alike():
    for modes in range(11):
        found = Found(10, {}, {"plain": [{"modes": modes}] * 3})
        assert page._share(found, "plain") == (modes / 10,) * 3
