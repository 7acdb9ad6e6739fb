import keras
import numpy as np
import pytest

from tests.datasets.test_captions import bars
from tfnets import execute, latents
from tfnets.datasets import captions
from tfnets.datasets.prompts import ATTRIBUTES, Vocabulary
from tfnets.errors import InputError
from tfnets.jobs.generate import Wish, generate
from tfnets.studies.caption_to_digit import page
from tfnets.studies.caption_to_digit.quality import CaptionQuality, crossed, followed, measured
from tfnets.studies.caption_to_digit.settings import COLUMNS, PROMPTS, SCALES


@pytest.fixture(scope="module")
def material():
    images, labels = bars(200)
    written = captions.write(images, labels, captions.Thresholds.of(images, labels), 0)
    return images, labels, written.asked


class TestFollowed:
    def test_images_under_their_own_captions_reach_the_ceiling(self, material):
        images, labels, asked = material
        numbers = followed(measured(images), labels, asked)
        assert numbers["agreement"]["mean"] == 1
        # Two values that separate the measures: the root of 3/4, if equally frequent.
        assert numbers["thickness"]["mean"] == pytest.approx(np.sqrt(0.75), abs=0.05)
        assert numbers["slant"]["mean"] > 0.85

    def test_only_captions_that_ask_count(self, material):
        images, labels, asked = material
        there = np.isfinite(asked["slant"])
        wrong = np.where(np.isfinite(asked["digit"]), labels, (labels + 1) % 10)
        scrambled = {
            name: np.where(np.isfinite(asked[name]), values, 99.0)
            for name, values in measured(images).items()
        }
        numbers = followed(scrambled, wrong, asked)
        assert numbers == followed(measured(images), labels, asked)
        assert numbers["slant"]["n"] == there.sum()
        assert numbers["agreement"]["n"] == np.isfinite(asked["digit"]).sum()

    def test_captions_of_other_images_are_not_followed(self, material):
        images, labels, asked = material
        order = np.random.default_rng(0).permutation(len(labels))
        other = {name: values[order] for name, values in measured(images).items()}
        numbers = followed(other, labels[order], asked)
        assert numbers["agreement"]["mean"] < 0.3
        assert all(abs(numbers[name]["mean"]) < 0.4 for name in ATTRIBUTES)


def test_crossed_prompts_ask_for_every_combination_equally_often():
    texts, vocabulary = crossed(3), Vocabulary()
    read = [vocabulary.read(text) for text in texts]
    assert all(not one.unknown and set(one.asked) == {"digit", *ATTRIBUTES} for one in read)
    wishes = [tuple(sorted(one.asked.items())) for one in read]
    assert len(set(wishes)) == 10 * 2 * 3 * 2
    assert {wishes.count(wish) for wish in set(wishes)} == {3}


def test_prompts_of_the_page_are_all_known():
    assert all(Vocabulary().read(prompt).unknown == () for prompt in PROMPTS)


def test_too_few_captions_are_refused_before_anything_is_written(digits, tmp_path):
    with pytest.raises(InputError, match=r"captions says|name a digit"):
        execute.start(
            "caption_to_digit", tmp_path / "run", scale="tiny", assignments=["curve_samples=3"]
        )
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("variants=other", "does not know other"),
        ("prior=gamma", "does not know gamma"),
        ("learning_rate=0", "learning_rate is 0"),
        ("average=1", "average is 1"),
        ("epochs=0", "epochs is 0"),
    ],
)
def test_bad_settings_are_one_sentence(assignment, sentence, digits, tmp_path):
    with pytest.raises(InputError, match=sentence):
        execute.start("caption_to_digit", tmp_path / "run", scale="tiny", assignments=[assignment])


def test_the_real_images_are_measured_with_their_own_captions(digits):
    thresholds = captions.Thresholds.of(digits.x_train, digits.y_train)
    quality = CaptionQuality(digits, SCALES["tiny"], 3)
    assert quality.thresholds == thresholds
    written = captions.write(digits.x_test, digits.y_test, thresholds, 3)
    assert quality.tokens.tolist() == Vocabulary().tokens(written.texts).tolist()
    assert quality.real["slant"]["mean"] > 0.8
    assert quality.curve_tokens.tolist() == quality.tokens[:80].tolist()
    np.testing.assert_array_equal(quality.measured["size"], measured(digits.x_test)["size"])


@pytest.fixture(scope="module")
def run(finished):
    return finished("caption_to_digit")


class TestRun:
    def test_a_prompt_draws_what_the_training_showed(self, run):
        """The page's samples are those of the saved generator: prompt by prompt, same latents."""
        for variant in ("matching", "plain"):
            shown = run.load_array(f"samples/{variant}-5-epoch2").reshape(
                len(PROMPTS), COLUMNS, 28, 28, 1
            )
            model = run.load_model(f"{variant}-5_generator")
            z = latents.load(run.path / f"{variant}-5_prior.json")(COLUMNS, (5, 2))
            tokens = np.repeat(Vocabulary().tokens(PROMPTS[3:4]), COLUMNS, axis=0)
            expected = model([z, keras.ops.array(tokens)], training=False)
            np.testing.assert_allclose(shown[3], expected, atol=1e-6)

    def test_generate_reads_its_run(self, run):
        made = generate(run, Wish(prompt="a thick slanted seven", count=2))
        assert made.generator == f"{run.metrics['best']}-5"
        assert made.asked == {"thickness": 1, "digit": 7}
        assert made.images.shape == (2, 28, 28, 1)

    def test_matching_changes_the_training_and_nothing_else(self, run):
        rows = {
            name: [r for r in run.history if r["part"] == f"{name}-5"]
            for name in ("matching", "plain")
        }
        losses = {name: part[0]["discriminator_loss"] for name, part in rows.items()}
        assert losses["matching"] != losses["plain"]
        assert set(run.metrics["variants"]) == {"matching", "plain"}
        for row in run.metrics["variants"].values():
            assert [point["epoch"] for point in row["curve"]] == [1, 2]
            assert row["crossed"].keys() == {"agreement", *ATTRIBUTES}


def test_matching_is_compared_with_plain_by_seed():
    def seeds(*values):
        return [{n: {"mean": v} for n in ("agreement", "thickness", "slant")} for v in values]

    agreement, thickness, _ = page._matching_helps(
        {"matching": seeds(0.9, 0.5, 0.7), "plain": seeds(0.8, 0.41, 0.59)}
    )
    assert agreement.ours == pytest.approx((0.1 + 0.09 + 0.11) / 3)
    assert (agreement.n, agreement.verdict) == (3, "confirmed")
    assert "thickness" in thickness.claim
    assert page._matching_helps({"matching": seeds(0.9)}) == []
