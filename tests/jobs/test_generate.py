import numpy as np
import pytest
from PIL import Image, ImageSequence

from tests.methods.gans.test_saved import drawn, run  # noqa: F401
from tfnets import figures
from tfnets.errors import InputError
from tfnets.jobs import generate as generating
from tfnets.jobs.generate import Generated, Wish, generate, save


def made(count=12, channels=1, asked=None):
    images = np.random.default_rng(0).random((count, 28, 28, channels), np.float32)
    return Generated(images, "a-0", asked or {})


class TestGenerate:
    def test_the_first_generator_draws_unless_another_is_named(self, run):  # noqa: F811
        first = generate(run, Wish(count=3, seed=4))
        np.testing.assert_array_equal(first.images, drawn(run, "any-0", 3, 4))
        assert first.generator == "any-0"
        other = generate(run.path, Wish(digit=2, count=3, seed=4), "label-0")
        np.testing.assert_array_equal(other.images, drawn(run, "label-0", 3, 4, digit=2))
        assert (other.generator, other.asked) == ("label-0", {"digit": 2})

    def test_the_seed_alone_changes_the_pictures(self, run):  # noqa: F811
        one, again, other = (
            generate(run, Wish(prompt="a thin 2", seed=seed), "words-0").images
            for seed in (0, 0, 1)
        )
        np.testing.assert_array_equal(one, again)
        assert one.shape == (16, 28, 28, 1)
        assert (one != other).any()

    def test_an_unknown_generator_is_refused(self, run):  # noqa: F811
        with pytest.raises(InputError, match=r"no generator 'b-0'; .*choose from any-0, label-0"):
            generate(run, Wish(), "b-0")

    @pytest.mark.parametrize(
        ("wish", "sentence"),
        [
            ({"count": 0}, "count is 0"),
            ({"count": 10_001}, "count is 10001"),
            ({"seed": -1}, "seed is -1"),
            ({"seed": 2**31}, "seed is 2147483648"),
            ({"digit": 1, "prompt": "one"}, "give one of the two"),
        ],
    )
    def test_an_impossible_wish_is_one_sentence(self, wish, sentence):
        with pytest.raises(InputError, match=sentence):
            Wish(**wish)


class TestSave:
    def test_png_has_the_pictures_side_by_side(self, tmp_path):
        for asked, columns in (({}, 10), ({"digit": 7}, 8)):
            given = made(asked=asked)
            path = save(given, tmp_path / "a.png")
            with Image.open(path) as image:
                expected = np.rint(figures.sheet(given.images, columns)[..., 0] * 255)
                np.testing.assert_array_equal(np.asarray(image), expected)
        with Image.open(save(made(1), tmp_path / "a.PNG")) as image:
            assert image.size == (56, 56)

    def test_npz_has_the_array(self, tmp_path):
        given = made(channels=3)
        with np.load(save(given, tmp_path / "a.npz"), allow_pickle=False) as arrays:
            assert list(arrays) == ["images"]
            np.testing.assert_array_equal(arrays["images"], given.images)

    def test_gif_has_a_picture_per_frame(self, tmp_path):
        given = made(5)
        with Image.open(save(given, tmp_path / "a.gif")) as image:
            frames = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(image)]
        np.testing.assert_array_equal(
            np.stack(frames)[:, ::2, ::2], np.rint(given.images[..., 0] * 255)
        )

    def test_another_ending_or_place_is_one_sentence(self, tmp_path):
        with pytest.raises(InputError, match=r"ends in \.png, \.npz, \.gif"):
            save(made(), tmp_path / "a.jpg")
        (tmp_path / "file").write_text("")
        with pytest.raises(InputError, match="cannot be written"):
            save(made(), tmp_path / "file" / "a.png")
        assert [path.name for path in tmp_path.iterdir()] == ["file"]

    def test_all_endings_are_tried_here(self):
        assert generating.ENDINGS == (".png", ".npz", ".gif")
