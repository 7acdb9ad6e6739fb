"""What is special to the digit generator: agreement by digit, fixed latents, the export."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tfnets import cli, execute
from tfnets.errors import InputError
from tfnets.jobs.generate import Wish, generate
from tfnets.methods.gans import export, saved
from tfnets.studies.digit_generator import numbers as digit_numbers
from tfnets.studies.digit_generator import page, study
from tfnets.studies.digit_generator.settings import SCALES, Settings

TINY, FULL = SCALES["tiny"], SCALES["full"]


@pytest.fixture(scope="module")
def run(finished):
    return finished("digit_generator")


def test_agreement_is_counted_on_as_many_images_of_each_digit(run):
    asked, judged = run.load_array("judged/improved_gan-5")
    np.testing.assert_array_equal(asked, np.repeat(np.arange(10), 10))
    row = run.metrics["networks"]["improved"]
    assert row["agreement"]["mean"] == np.mean(asked == judged)
    per_class = row["agreement_pooled"]["per_class"]
    assert [one["n"] for one in per_class] == [10] * 10
    for digit, one in enumerate(per_class):
        assert one["mean"] == np.mean(judged[10 * digit : 10 * digit + 10] == digit)
    assert row["worst"] == min(per_class, key=lambda one: one["mean"])


def test_the_grid_has_fixed_latents_and_the_saved_generator_at_its_end(run):
    for variant, last in (("improved", 2), ("origin", 1)):
        model, prior = saved.load(run, f"{variant}_gan-5")
        grid = run.load_array(f"samples/{variant}_gan-5-epoch{last}")
        assert grid.shape == (100, 28, 28, 1)
        z = prior(10, (5, 2)).numpy()
        for row, digit in ((0, 0), (0, 9), (7, 3)):
            alone = model([z[row : row + 1], np.array([digit], np.int32)], training=False)
            np.testing.assert_allclose(grid[10 * row + digit], alone[0], atol=1e-5)
    with Image.open(run.path / "digits_improved.gif") as film:
        assert film.n_frames == 2


@pytest.mark.parametrize(
    ("epochs", "frames", "expected"),
    [((1, 2), 2, [1, 2]), ((30,), 3, [10, 20, 30]), ((5, 7), 3, [2, 5, 7]), ((2,), 9, [1, 2])],
)
def test_frames_end_with_the_training(epochs, frames, expected):
    settings = Settings(epochs=epochs, frames=frames)
    assert settings.filmed("improved") == expected


def test_generate_draws_the_digit_with_the_best_generator_first(run):
    made = generate(run, Wish(digit=7, count=16))
    assert made.generator == f"{run.metrics['best']}-5"
    assert made.asked == {"digit": 7}
    model, prior = saved.load(run, made.generator)
    expected = model([prior(16, (0, 1)), tf.fill((16,), 7)], training=False)
    np.testing.assert_allclose(made.images, np.clip(expected, 0, 1), atol=1e-5)


def test_the_export_draws_what_generate_draws(run, tmp_path, capsys):
    """The command line, with the check in a process of its own."""
    out = tmp_path / "saved"
    assert cli.main(["export", str(run.path), "--digits", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "input  digit  int32 (None,)" in said
    assert "input  seed  int32 (2,)" in said
    assert "output  image  float32 (None, 28, 28, 1)" in said
    serve = tf.saved_model.load(out).signatures["serving_default"]
    image = serve(digit=tf.fill((16,), 7), seed=tf.constant([3, 1]))["image"]
    expected = generate(run, Wish(digit=7, count=16, seed=3)).images
    np.testing.assert_allclose(image, expected, atol=1e-5)


def test_the_study_exports_its_best_generator(run, monkeypatch):
    seen = []

    def fake(given, out, name, *, force):
        seen.append((given, out, name, force))
        kinds = {"digit": "int32 (None,)"}
        return export.ExportReport(out, "serving_default", kinds, {}, 1e-7, 1_309_828)

    monkeypatch.setattr(export, "export_digits", fake)
    made = study._export(run, "origin_gan")
    assert seen == [(run, run.path / "digits", "origin_gan-5", True)]
    assert (made["max_abs_difference"], made["size_bytes"]) == (1e-7, 1_310_000)
    assert study._export(run, "origin_gan") == made
    assert len(seen) == 1
    (run.path / "parts" / "export-origin_gan.json").unlink()
    assert "origin_gan-5 is in the run folder" in page._exported(made)
    assert FULL.export


def agreement(*means, n=1000):
    rows = [{"label": i, "mean": m, "ci95": [m - 0.002, m + 0.001], "n": n} for i, m in
            enumerate(means)]  # fmt: skip
    return {"mean": float(np.mean(means)), "per_class": rows}


def test_the_worst_digit_is_the_one_with_the_smallest_agreement():
    assert digit_numbers.worst(agreement(1.0, 0.97, 0.99))["label"] == 1


@pytest.mark.parametrize(
    ("each", "pooled", "verdicts"),
    [
        ((0.995, 0.993), 0.994, ["confirmed", "confirmed"]),
        ((0.995, 0.989), 0.9915, ["not decidable", "not decidable"]),
        ((0.985, 0.98), 0.983, ["not confirmed", "not confirmed"]),
    ],
)
def test_every_digit_counts_in_every_seed(each, pooled, verdicts):
    row = {
        "worst_each": [digit_numbers.worst(agreement(1.0, value)) for value in each],
        "worst": digit_numbers.worst(agreement(1.0, pooled)),
    }
    numbers = {"networks": {"improved": row}, "judge": agreement(0.99, 0.985)}
    settings = Settings(repeats=2)
    claims = page._every_digit(settings, numbers)
    assert [claim.verdict for claim in claims] == verdicts
    assert f"{min(each):.4f} for the 1" in claims[0].ours


@pytest.mark.parametrize(
    ("assignments", "sentence"),
    [
        (["autoencoder=NOWHERE"], "is not a run folder"),
        (["autoencoder=RUN", "latent=7"], "latents of size 6, but 7 was asked for"),
        (["variants=plain"], "does not know plain"),
        (["per_digit=0"], "per_digit is 0"),
        (["average=-1"], "average is -1.0"),
        (["samples=30"], "set samples higher"),
    ],
)
def test_bad_settings_are_one_sentence(assignments, sentence, run, digits, tmp_path):
    words = [word.replace("RUN", str(run.path)) for word in assignments]
    with pytest.raises(InputError, match=sentence):
        execute.start("digit_generator", tmp_path / "run", scale="tiny", assignments=words)
    assert not (tmp_path / "run").exists()


def test_full_scale_is_what_the_issue_asks():
    assert FULL.per_digit >= 1_000
    assert FULL.repeats >= 3
    assert FULL.samples == 10_000


def test_errors_are_drawn_in_percent_with_an_interval_around_them():
    found = page._percent_missed({"mean": 0.997, "ci95": [0.99, 0.999]})
    assert found == pytest.approx((0.3, 0.1, 1.0))
    mean, low, high = page._percent_missed({"mean": 1.0, "ci95": [0.9962, 1 - 1e-12]})
    assert (mean, low) == (0, 0)
    assert high == pytest.approx(0.38)
