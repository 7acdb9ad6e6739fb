"""Study `anomaly`, its scores, and the job `find_anomalies` on files."""

import csv

import numpy as np
import pytest
from sklearn.neighbors import LocalOutlierFactor

from tests.conftest import synthetic_digits
from tests.methods.labels.test_learning import bars
from tfnets import execute
from tfnets.artifacts.run import Config, Run
from tfnets.datasets.eight_bit import write_picture
from tfnets.errors import InputError
from tfnets.jobs.find_anomalies.pictures import reduced
from tfnets.methods.anomalies import TITLES, Scorer, baseline_scores
from tfnets.models.dense_autoencoders import dense_autoencoder
from tfnets.studies.anomaly import numbers, page
from tfnets.studies.anomaly.settings import OTHERS, SCALES, Settings
from tfnets.studies.anomaly.study import Kinds

LEARN = ("updates=300", "batch_size=16", "latent=2")
QUICK = ("updates=4", "batch_size=16", "latent=2", "hidden=8")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dataset": "cifar10"}, "does not know cifar10"),
        ({"other": "mnist"}, "Both data sets are mnist"),
        ({"held_out": (3, 10)}, "held_out is"),
        ({"latent": 0}, "latent is 0"),
        ({"learning_rate": 0.0}, "learning_rate is 0"),
    ],
)
def test_settings_that_no_run_could_use_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**changes)


def test_full_scale_holds_out_every_digit_three_times():
    assert SCALES["full"].held_out == tuple(range(10))
    assert SCALES["full"].repeats >= 3


def test_the_class_that_is_held_out_is_never_seen():
    data = synthetic_digits()
    settings = Settings(train_images=100, test_images=60)
    case = Kinds.of(settings, "4", data, data)
    bar = data.x_train[data.y_train == 4].mean(axis=0) > 0.5
    assert len(case.known) == 100
    assert (case.known[:, bar].mean(axis=1) < 0.7).all()
    assert (len(case.normal), len(case.odd)) == (54, 6)
    assert (case.odd[:, bar].mean(axis=1) > 0.6).all()


def test_all_images_of_the_other_data_set_are_odd():
    data = synthetic_digits()
    case = Kinds.of(Settings(train_images=100, test_images=60), OTHERS, data, data)
    assert (len(case.known), len(case.normal), len(case.odd)) == (100, 60, 60)
    np.testing.assert_array_equal(case.test[60:], data.x_test[:60])


@pytest.fixture(scope="module")
def scorer():
    model = dense_autoencoder((28, 28, 1), 3, seed=0, hidden=16)
    return Scorer.fitted(model, synthetic_digits().x_train[:200])


class TestScores:
    def test_errors_are_those_of_the_reconstruction(self, scorer):
        images = synthetic_digits().x_test[:4]
        restored = scorer.model.decode(scorer.model.encode(images))
        error = np.mean((images - restored) ** 2, axis=(1, 2, 3))
        found = scorer.scores(images)
        np.testing.assert_allclose(found["error"], error, rtol=1e-5)
        ink = np.mean(images**2, axis=(1, 2, 3))
        np.testing.assert_allclose(found["relative"], error / ink, rtol=1e-5)

    def test_edges_are_differences_of_neighbours(self):
        model = dense_autoencoder((3, 4, 2), 2, seed=0, hidden=8)
        known = np.random.default_rng(0).random((40, 3, 4, 2), np.float32)
        images = known[:5]
        wrong = images - model.decode(model.encode(images))

        def slope(image):
            down = np.mean([abs(image[i + 1] - image[i]).mean() for i in range(2)])
            across = np.mean([abs(image[:, j + 1] - image[:, j]).mean() for j in range(3)])
            return down + across

        expected = [slope(w) / slope(i) for w, i in zip(wrong, images, strict=True)]
        found = Scorer.fitted(model, known).scores(images)
        np.testing.assert_allclose(found["edges"], expected, rtol=1e-5)

    def test_the_latents_are_compared_with_those_of_normal_images(self, scorer):
        images = synthetic_digits().x_train[:200]
        known = np.unique(scorer.model.encode(images).astype(np.float64), axis=0)
        factor = LocalOutlierFactor(n_neighbors=20, novelty=True).fit(known)
        asked = scorer.model.encode(synthetic_digits().x_test[:5]).astype(np.float64)
        found = scorer.scores(synthetic_digits().x_test[:5])
        np.testing.assert_allclose(found["latents"], -factor.score_samples(asked), rtol=1e-6)

    def test_three_scores_count_alike(self, scorer):
        images = synthetic_digits().x_train[:200]
        found = scorer.scores(images)
        factor = scorer.factor.negative_outlier_factor_.std()
        spreads = (factor, found["relative"].std(), found["edges"].std())
        np.testing.assert_allclose(scorer.spreads, spreads)
        names = ("latents", "relative", "edges")
        parts = [found[name] / one for name, one in zip(names, spreads, strict=True)]
        np.testing.assert_allclose(found["sum"], sum(parts))

    def test_equal_and_very_few_images_can_be_scored(self):
        model = dense_autoencoder((28, 28, 1), 3, seed=0, hidden=16)
        images = np.repeat(synthetic_digits().x_train[:4], 50, axis=0)
        found = Scorer.fitted(model, images).scores(synthetic_digits().x_test[:5])
        assert all(np.isfinite(values).all() for values in found.values())

    @pytest.mark.parametrize("shape", [(1, 1, 1), (1, 6, 3), (6, 1, 1)])
    def test_pictures_one_pixel_high_or_wide_have_finite_scores(self, shape):
        images = np.random.default_rng(0).random((30, *shape), np.float32)
        model = dense_autoencoder(shape, 2, seed=0, hidden=8)
        found = Scorer.fitted(model, images).scores(images)
        assert all(np.isfinite(values).all() for values in found.values())
        assert all(values.shape == (30,) for values in found.values())

    def test_a_black_image_has_finite_scores(self, scorer):
        found = scorer.scores(np.zeros((1, 28, 28, 1), np.float32))
        assert all(np.isfinite(values).all() for values in found.values())

    def test_baselines_find_what_is_far_away(self):
        rng = np.random.default_rng(0)
        flat = (rng.normal(size=(300, 2)) @ rng.normal(size=(2, 16)) * 0.1 + 0.5).astype(np.float32)
        odd = np.concatenate([flat[:5], rng.random((5, 16), np.float32)]).reshape(10, 4, 4, 1)
        found = baseline_scores(flat.reshape(300, 4, 4, 1), odd, components=2, trees=50, seed=0)
        for scores in found.values():
            assert scores[:5].max() < scores[5:].min()
        np.testing.assert_allclose(found["pca"][:5], 0, atol=1e-9)


def test_claims_are_about_the_mean_over_held_out_classes(tmp_path):
    def row(value):
        scores = {name: {"auroc": 0.5, "average_precision": 0.1} for name in TITLES}
        scores["sum"] = {"auroc": value, "average_precision": 0.2}
        return {"normal": 9, "odd": 1, "scores": scores}

    rows = {
        "others": [row(0.999), row(0.998)],
        "1": [row(0.4), row(0.5)],
        "2": [row(0.9), row(0.8)],
    }
    settings, found = Settings(held_out=(1, 2), repeats=2), numbers.summary(rows)
    claims = page.claims(settings, rows)
    assert len({(claim.claim.split(":")[1][:9], claim.claim[-60:]) for claim in claims}) == 10
    assert len(claims) == 10
    ours = [claim for claim in claims if claim.claim.startswith(TITLES["sum"])]
    assert ours[0].ours == pytest.approx(0.9985)
    assert ours[1].ours == pytest.approx((0.65 + 0.65) / 2 - 0.5)
    assert [claim.verdict for claim in ours] == ["confirmed"] * 5
    assert found["mean_over_held_out"]["sum"]["auroc"] == pytest.approx(0.65)
    run = Run.create(tmp_path / "run", Config.of("anomaly", "tiny", 0, {}))
    for name, shape in {"shown": (2, 4, 4, 1), "restored": (2, 4, 4, 1), "scores": (2, 10)}.items():
        run.save_array(f"others-{name}", np.random.default_rng(0).random(shape))
    for case in rows:
        run.save_array(f"{case}-oddest", np.zeros((3, 4, 4, 1)))
        run.save_array(f"{case}-oddest_are_odd", np.zeros(3, bool))
    told = page.write(run, settings, rows, found)
    assert told["tables"][0]["rows"][-1][0] == "mean over the held out"
    assert len(told["claims"]) == 10


def write(folder, images, name="p"):
    folder.mkdir(parents=True)
    for place, image in enumerate(images):
        write_picture(folder / f"{name}{place:03d}.png", image)


def upright(n, seed=0):
    images, kinds = bars(2 * n, seed)
    return images[kinds == 1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Upright bars to learn from; others to score, with three lying ones among them."""
    place = tmp_path_factory.mktemp("pictures")
    lying = bars(6, seed=2)[0][::2]
    write(place / "good", upright(120))
    write(place / "new", np.concatenate([upright(20, seed=1), lying]))
    return place


def start(folder, out, *words, seed=2):
    places = [f"train={folder / 'good'}", f"test={folder / 'new'}"]
    return execute.start("find_anomalies", out, seed=seed, assignments=[*places, *words])


def scores(run):
    with (run.path / "scores.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_lying_bars_are_the_oddest_among_upright_ones(folder, tmp_path):
    run = start(folder, tmp_path / "run", *LEARN)
    rows = scores(run)
    assert {row["file"] for row in rows[:3]} == {"p020.png", "p021.png", "p022.png"}
    assert len(rows) == 23
    values = [float(row["score"]) for row in rows]
    assert values == sorted(values, reverse=True)
    assert [float(row["p"]) for row in rows[:3]] == [0.04] * 3  # 24 of 120 are held out.
    numbers = run.metrics
    assert (numbers["normal"], numbers["held_out"], numbers["pictures"]) == (120, 24, 23)
    assert numbers["odd"]["0.05"] >= 3
    assert [row["file"] for row in numbers["oddest"]] == [row["file"] for row in rows]


def test_a_killed_job_ends_as_the_whole_one(folder, tmp_path, monkeypatch):
    whole, real = start(folder, tmp_path / "whole", *QUICK), Run.part

    def dying(self, part, compute):
        if part == "score":
            raise KeyboardInterrupt
        return real(self, part, compute)

    with monkeypatch.context() as patch:
        patch.setattr(Run, "part", dying)
        with pytest.raises(KeyboardInterrupt):
            start(folder, tmp_path / "run", *QUICK)
    resumed = execute.resume(tmp_path / "run")
    assert resumed.metrics == whole.metrics
    assert resumed.report == whole.report
    assert (resumed.path / "scores.csv").read_bytes() == (whole.path / "scores.csv").read_bytes()


def test_a_run_does_not_go_on_with_other_pictures(tmp_path, monkeypatch):
    write(tmp_path / "good", upright(20))
    write(tmp_path / "new", upright(3))
    real = Run.part

    def dying(self, part, compute):
        if part == "train":
            raise KeyboardInterrupt
        return real(self, part, compute)

    with monkeypatch.context() as patch:
        patch.setattr(Run, "part", dying)
        with pytest.raises(KeyboardInterrupt):
            start(tmp_path, tmp_path / "run", *QUICK)
    write_picture(tmp_path / "new" / "p000.png", np.zeros((16, 16, 1)))
    with pytest.raises(InputError, match="have changed since"):
        execute.resume(tmp_path / "run")


def test_large_pictures_are_averaged_over_blocks():
    images = np.random.default_rng(0).random((2, 100, 130, 3), np.float32)
    found = reduced(images)
    assert found.shape == (2, 34, 44, 3)
    expected = images[:, 3:6, 6:9].mean(axis=(1, 2))
    np.testing.assert_allclose(found[:, 1, 2], expected, atol=1e-6)
    np.testing.assert_allclose(found[:, -1, 0], images[:, 99:, :3].mean(axis=(1, 2)), atol=1e-6)
    small = images[:, :64, :64]
    assert reduced(small) is small
