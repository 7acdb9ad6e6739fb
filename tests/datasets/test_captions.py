import numpy as np
import pytest

from tfnets.datasets import captions, prompts, strokes
from tfnets.errors import InputError

VOCABULARY = prompts.Vocabulary()


def bars(n=400, seed=0):
    """Bars of many widths, slants and heights, as (images, labels); a digit's has its own place."""
    rng = np.random.default_rng(seed)
    images = np.zeros((n, 28, 28, 1), np.float32)
    labels = np.arange(n, dtype=np.int32) % 10
    for image, label in zip(images, labels, strict=True):
        width, lean = rng.integers(1, 6), rng.uniform(-0.6, 0.6)
        half = rng.integers(4, 8) + label // 2  # Small digits and large ones.
        for row in range(14 - half, 14 + half):
            left = round(14 - lean * (row - 14) - width / 2)
            image[row, left : left + width] = 1
    return images, labels


@pytest.fixture(scope="module")
def drawn():
    return bars()


@pytest.fixture(scope="module")
def thresholds(drawn):
    return captions.Thresholds.of(*drawn)


@pytest.fixture(scope="module")
def written(drawn, thresholds):
    return captions.write(*drawn, thresholds, seed=0)


class TestThresholds:
    def test_a_quarter_of_the_images_is_at_either_end(self, drawn, thresholds):
        images, labels = drawn
        values = thresholds.values(images, labels)
        assert np.mean(values["slant"] == -1) == pytest.approx(0.25, abs=0.01)
        assert np.mean(values["slant"] == 1) == pytest.approx(0.25, abs=0.01)

    def test_thickness_and_slant_have_one_threshold_and_size_one_per_digit(self, thresholds):
        for ends in (thresholds.low, thresholds.high):
            assert len(set(ends["thickness"])) == len(set(ends["slant"])) == 1
            assert len(set(ends["size"])) > 5

    def test_size_is_judged_among_the_same_digit(self, drawn, thresholds):
        images, labels = drawn
        values = thresholds.values(images, labels)["size"]
        for digit in range(10):
            own = strokes.size(images[labels == digit])
            low, high = np.quantile(own, (0.25, 0.75))
            expected = (own >= high).astype(int) - (own <= low)
            np.testing.assert_array_equal(values[labels == digit], expected)

    def test_other_images_do_not_move_them(self, drawn, thresholds):
        images, labels = drawn
        few = thresholds.values(images[:7], labels[:7])
        for name, values in thresholds.values(images, labels).items():
            np.testing.assert_array_equal(few[name], values[:7])

    def test_every_digit_must_be_there(self, drawn):
        images, labels = drawn
        with pytest.raises(InputError, match="show no 3"):
            captions.Thresholds.of(images[labels != 3], labels[labels != 3])


class TestWrite:
    def test_what_is_read_from_a_caption_is_what_was_measured(self, drawn, thresholds, written):
        images, labels = drawn
        values = thresholds.values(images, labels) | {"digit": labels}
        for i, text in enumerate(written.texts):
            read = VOCABULARY.read(text)
            assert read.unknown == ()
            asked = {n: int(v[i]) for n, v in written.asked.items() if np.isfinite(v[i])}
            assert read.asked == asked
            assert all(values[name][i] == value for name, value in asked.items())

    def test_a_slant_may_be_named_without_its_side(self, written, drawn, thresholds):
        leaning = thresholds.values(*drawn)["slant"] != 0
        sideless = [
            i
            for i, text in enumerate(written.texts)
            if set(prompts.split(text)) & set(prompts.LEANING)
            and not {"left", "right"} & set(prompts.split(text))
        ]
        assert sideless
        assert leaning[sideless].all()
        assert np.isnan(written.asked["slant"][sideless]).all()

    def test_shares_of_what_is_said(self, drawn, thresholds):
        images, labels = (np.tile(a, (10, *[1] * (a.ndim - 1))) for a in bars(200)[:1]), None
        images = next(images)
        labels = np.tile(bars(200)[1], 10)
        asked = captions.write(images, labels, thresholds, 5).asked
        values = thresholds.values(images, labels)
        assert np.isnan(asked["digit"]).mean() == pytest.approx(captions.NAMELESS, abs=0.02)
        named = np.isfinite(asked["thickness"][values["thickness"] != 0])
        assert named.mean() == pytest.approx(captions.SAID, abs=0.05)
        assert np.isnan(asked["thickness"][values["thickness"] == 0]).all()
        upright = np.isfinite(asked["slant"][values["slant"] == 0])
        assert upright.mean() == pytest.approx(captions.SAID, abs=0.05)
        sided = np.isfinite(asked["slant"][values["slant"] != 0]).mean()
        expected = captions.SAID * (1 - captions.SIDELESS)
        assert sided == pytest.approx(expected, abs=0.05)

    def test_each_caption_depends_on_its_own_image_and_place_alone(
        self, drawn, thresholds, written
    ):
        images, labels = drawn
        few = captions.write(images[:50], labels[:50], thresholds, 0)
        assert few.texts == written.texts[:50]
        assert captions.write(images, labels, thresholds, 0).texts == written.texts
        assert captions.write(images, labels, thresholds, 1).texts != written.texts

    def test_there_are_several_orders_and_all_words(self, drawn, thresholds):
        images, labels = drawn
        texts = [t for s in range(4) for t in captions.write(images, labels, thresholds, s).texts]
        assert {word for text in texts for word in prompts.split(text)} == set(prompts.WORDS)
        assert max(len(prompts.split(text)) for text in texts) <= prompts.LENGTH
        kinds = {
            "list": any("," in text for text in texts),
            "clause": any(" that is " in text and " and " in text for text in texts),
            "after": any(text.endswith(("left", "right")) and "," not in text for text in texts),
            "before": any(text.startswith(("a left ", "a right ")) for text in texts),
        }
        assert all(kinds.values()), kinds

    def test_the_article_is_right(self, written):
        for text in written.texts:
            if text.startswith(("a ", "an ")):
                article, word = text.split(" ")[:2]
                assert (article == "an") == (word in ("eight", "8", "upright")), text
