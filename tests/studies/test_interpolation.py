"""What is special to the interpolation study: pairs, ends, which count, networks of other runs."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import synthetic_digits
from tfnets import execute, latents
from tfnets.errors import InputError
from tfnets.latents.paths import linear, spherical
from tfnets.models import autoencoders, dcgan
from tfnets.studies.interpolation import page
from tfnets.studies.interpolation import paths as walking
from tfnets.studies.interpolation.networks import Networks
from tfnets.studies.interpolation.pairs import Ends, Measure, Spaces, digit_pairs
from tfnets.studies.interpolation.settings import METHODS, SCALES

DIGITS = synthetic_digits(train=20, test=60)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 20), st.integers(0, 2**31 - 1))
def test_pairs_are_of_different_classes_and_use_no_image_twice(count, seed):
    pairs = digit_pairs(DIGITS, count, seed)
    assert (pairs.labels[:, 0] != pairs.labels[:, 1]).all()
    assert pairs.images.shape == (2 * count, 28, 28, 1)
    assert len({image.tobytes() for image in pairs.images}) == 2 * count
    known = {
        image.tobytes(): label for image, label in zip(DIGITS.x_test, DIGITS.y_test, strict=True)
    }
    assert [known[image.tobytes()] for image in pairs.images] == pairs.labels.T.ravel().tolist()


def test_fewer_pairs_are_the_first_of_more():
    few, more = (digit_pairs(DIGITS, count, 3) for count in (4, 9))
    np.testing.assert_array_equal(few.first, more.first[:4])
    np.testing.assert_array_equal(few.labels, more.labels[:4])


def test_more_pairs_than_images_are_refused():
    with pytest.raises(InputError, match=r"Of 60 test images only 2\d pairs .* not 40; set pairs"):
        digit_pairs(DIGITS, 40, 0)


@pytest.fixture(scope="module")
def spaces():
    pairs = digit_pairs(DIGITS, 3, 0)
    encoded = autoencoders.build("one_dense", 6, 1)
    generator = dcgan.networks(dcgan.Style(4))[0](5, 2)
    z = np.random.default_rng(0).normal(size=(4, 3, 5)).astype(np.float32)
    ends = {
        "autoencoder": Ends(*np.split(encoded.encode(pairs.images), 2), np.ones(6)),
        "gan": Ends(z[0], z[1]),
        "draws": Ends(z[2], z[3]),
    }
    return pairs, Spaces(Networks(encoded, generator, latents.Normal(5)), ends)


def test_every_method_goes_from_end_to_end(spaces):
    pairs, both = spaces
    paths = dict(both.paths(pairs, np.linspace(0, 1, 5)))
    assert tuple(paths) == METHODS
    assert all(images.shape == (3, 5, 28, 28, 1) for images in paths.values())
    assert all(images.min() >= 0 and images.max() <= 1 for images in paths.values())
    restored = both.networks.autoencoder.decode(both.networks.autoencoder.encode(pairs.images))
    expected = {
        "pixels": pairs.images,
        "autoencoder": restored,
        **{
            name: both.networks.draw(np.concatenate([both.ends[name].first, both.ends[name].last]))
            for name in ("gan", "draws")
        },
    }
    for method, images in paths.items():
        ends = np.concatenate([images[:, 0], images[:, -1]])
        np.testing.assert_allclose(ends, expected[method.split("_")[0]], atol=1e-4)
    np.testing.assert_allclose(paths["pixels"][:, 2], (pairs.first + pairs.last) / 2, atol=1e-6)


def test_each_way_is_drawn_by_its_own_network(spaces):
    pairs, both = spaces
    places = np.linspace(0, 1, 5)
    paths = dict(both.paths(pairs, places))
    for space, network in (
        ("autoencoder", both.networks.autoencoder.decode),
        ("draws", both.networks.draw),
    ):
        ends = both.ends[space]
        ways = {"linear": linear(ends.first, ends.last, places)}
        ways["spherical"] = spherical(ends.first, ends.last, places, ends.centre)
        assert np.abs(ways["linear"] - ways["spherical"])[:, 2].max() > 1e-3
        for way, vectors in ways.items():
            np.testing.assert_allclose(
                paths[f"{space}_{way}"][:, 2], network(vectors[:, 2]), atol=1e-6
            )


def test_a_path_of_training_images_is_at_distance_0_and_one_of_test_images_at_1():
    measure = Measure(DIGITS)
    pairs = digit_pairs(DIGITS, 4, 0)
    real = measure.real(pairs)
    path = np.repeat(pairs.images[:, None], 5, axis=1)
    found = measure.path(path, measure.judged(path), real)
    assert found["nearest_pixels"].mean() == pytest.approx(1, rel=1e-3)
    assert found["nearest_features"].mean() == pytest.approx(1, rel=1e-3)
    known = np.repeat(DIGITS.x_train[:4, None], 5, axis=1)
    found = measure.path(known, measure.judged(known), real)
    np.testing.assert_allclose(found["nearest_pixels"], 0, atol=1e-3)
    assert set(found) == set(page.COLUMNS)


def certain(classes):
    """Paths (n, m, 3) whose judge is certain of the given classes (n, m)."""
    return np.eye(3)[np.asarray(classes)]


def walked(numbers, probabilities, labels):
    return walking.Paths(numbers, probabilities, {}, np.asarray(labels))


def test_a_pair_counts_if_all_spaces_have_the_right_ends():
    right = certain([[0, 2, 1]] * 4)
    first_wrong = certain([[0, 2, 1], [2, 2, 1], [0, 2, 1], [0, 2, 1]])
    last_wrong = certain([[0, 2, 1], [0, 2, 1], [0, 2, 0], [0, 2, 1]])
    seen = {"pixels": right, "autoencoder_linear": first_wrong, "gan_linear": last_wrong}
    seen |= {"draws_linear": certain([[0, 1, 0], [0, 0, 1], [2, 2, 1], [1, 1, 1]])}
    found = walked({}, seen, [[0, 1]] * 4)
    assert found.right.tolist() == [True, False, False, True]
    assert found.counted("gan_spherical").tolist() == [True, False, False, True]
    assert found.counted("draws_linear").tolist() == [False, True, True, False]


def test_fewer_than_two_paths_leave_all_of_them():
    methods = ("pixels", "autoencoder_linear", "gan_linear", "draws_linear")
    seen = dict.fromkeys(methods, certain([[0, 2, 1], [0, 2, 0], [1, 1, 1]]))
    found = walked({}, seen, [[0, 1], [0, 1], [0, 1]])
    assert found.right.tolist() == [True, False, False]
    assert found.counted("pixels").tolist() == [True, True, True]
    assert found.counted("draws_linear").tolist() == [True, True, True]


def test_differences_and_means_are_over_the_pairs_that_count():
    names = {m for pair in walking.COMPARED.values() for m in pair}
    numbers = {m: {"unsure": np.zeros(4)} for m in names}
    numbers["autoencoder_linear"]["unsure"] = np.array([0.5, 0.75, 9, 0.25])
    numbers["gan_linear"]["unsure"] = np.array([0.25, 0.25, 0, 0.25])
    seen = dict.fromkeys(names, certain([[0, 0, 1], [0, 1, 1], [0, 1, 0], [0, 2, 1]]))
    found = walked(numbers, seen, [[0, 1]] * 4).summary()
    assert found["right"] == 3
    assert found["methods"]["autoencoder_linear"]["unsure"] == pytest.approx(0.5)
    assert found["curves"]["pixels"] == {"confidence": [1, 1, 1], "unsure": [0, 0, 0]}
    assert found["differences"]["autoencoder-gan"]["unsure"] == pytest.approx(0.25)
    assert found["differences"]["gan, linear-spherical"]["unsure"] == pytest.approx(0.25)
    interval = found["intervals"]["autoencoder-gan"]["unsure"]
    assert interval["n"] == 3
    assert interval["ci95"][0] < 0.25 < interval["ci95"][1]


def rows_and_numbers(apart, unsure, right):
    rows = [
        {
            "differences": {
                "autoencoder-gan": dict.fromkeys(("unsure", "width", "nearest_features"), a)
                | {"largest_step": -a},
                "gan, linear-spherical": {"unsure": a},
            }
        }
        for a in apart
    ]
    methods = {
        name: {"unsure": {"each": unsure}, "sag": {"each": list(sag)}}
        for name, sag in (
            ("gan_linear", apart), ("draws_linear", [0.0] * 3), ("autoencoder_linear", apart)
        )
    }  # fmt: skip
    return rows, {"methods": methods, "right": right}


@pytest.mark.parametrize(
    ("apart", "unsure", "verdicts"),
    [
        ((0.3, 0.31, 0.29), (0.05, 0.06, 0.04), ("confirmed", "confirmed")),
        ((-0.3, -0.31, -0.29), (0.2, 0.21, 0.22), ("not confirmed", "not confirmed")),
        ((0.3, -0.1, 0.2), (0.05, 0.2, 0.1), ("not decidable", "not decidable")),
    ],
)
def test_claims_are_decided_by_seeds(apart, unsure, verdicts):
    claims = page._claims(*rows_and_numbers(apart, unsure, [9, 9, 9]))
    found = [claim.verdict for claim in claims]
    assert found == [verdicts[0]] * 3 + [verdicts[1]] * 2 + [verdicts[0]] * 3
    assert claims[0].ours == pytest.approx(np.mean(apart))


def test_claims_stay_open_where_no_ends_are_right():
    rows, numbers = rows_and_numbers((0.3, 0.31, 0.29), (0.05, 0.06, 0.04), [9, 1, 9])
    claims = [page._open_without_ends(claim, numbers) for claim in page._claims(rows, numbers)]
    assert {claim.verdict for claim in claims} == {"not decidable"}
    assert "fewer than two pairs" in claims[0].note


@pytest.fixture(scope="module")
def run(finished):
    return finished("interpolation")


def test_networks_of_finished_runs_give_the_numbers_of_networks_trained_here(run, digits, tmp_path):
    again = execute.start(
        "interpolation", tmp_path / "run", scale="tiny", seed=5,
        assignments=[f"autoencoder={run.path}", f"gan={run.path}"], jobs=1,
    )  # fmt: skip
    for part in ("methods", "curves", "differences", "intervals", "real", "right"):
        assert again.metrics[part] == run.metrics[part]
    assert again.metrics["sources"] == [
        {
            "autoencoder": again.metrics["sources"][0]["autoencoder"],
            "gan": {"run": "interpolation", "study": "interpolation", "part": "mnist-paper-5"},
        }
    ]
    assert again.metrics["sources"][0]["autoencoder"]["seed"] == 5
    assert not again.history


def test_the_strips_show_whole_paths_of_all_four(run):
    strips = run.load_array("strips")
    assert strips.shape == (2, 4, 3, 28, 28, 1)
    for a, b in ((0, 1), (2, 3)):  # straight and arc
        np.testing.assert_allclose(strips[:, a, [0, -1]], strips[:, b, [0, -1]], atol=1e-4)


@pytest.mark.parametrize(
    ("assignments", "sentence"),
    [
        (["points=20"], "none at their quarters"),
        (["points=1"], "none at their quarters"),
        (["pairs=1"], "One pair gives no interval"),
        (["pairs=90"], "set pairs lower"),
        (["gan_filters=8"], "give two numbers"),
        (["gan_filters=8,2"], "2 filters cannot be halved"),
        (["variant=vae"], "does not know vae"),
        (["autoencoder=nowhere"], "is not a run folder"),
        (["gan=nowhere"], "is not a run folder"),
    ],
)
def test_bad_settings_are_one_sentence(assignments, sentence, digits, tmp_path):
    with pytest.raises(InputError, match=sentence):
        execute.start("interpolation", tmp_path / "run", scale="tiny", assignments=assignments)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("assignments", "sentence"),
    [
        (["repeats=2"], r"has 1 seed\(s\) .* set repeats=1"),
        (["latent=9"], "set latent=8"),
        (["dataset=fashion_mnist"], "was trained on mnist, not fashion_mnist"),
        (["variant=deep"], "has no autoencoder 'deep'"),
    ],
)
def test_a_run_that_does_not_fit_is_refused_before_anything_is_written(
    assignments, sentence, run, digits, tmp_path
):
    with pytest.raises(InputError, match=sentence):
        execute.start(
            "interpolation", tmp_path / "run", scale="tiny",
            assignments=[f"autoencoder={run.path}", *assignments],
        )  # fmt: skip
    assert not (tmp_path / "run").exists()


def test_quarters_are_points_of_every_scale():
    for made in SCALES.values():
        assert (made.points - 1) % 4 == 0
    assert dataclasses.replace(SCALES["full"], points=9).points == 9
