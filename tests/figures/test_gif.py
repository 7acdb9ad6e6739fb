import numpy as np
import pytest
from PIL import Image, ImageSequence

from tfnets import figures

from .helpers import random_images


def read(path):
    with Image.open(path) as image:
        frames = [np.asarray(f.convert("RGB")) for f in ImageSequence.Iterator(image)]
        return np.stack(frames), image.info


def films(times, n, height=28, width=28, channels=1):
    return random_images(times * n, height, width, channels).reshape(
        times, n, height, width, channels
    )


class TestSaveGif:
    def test_grey_frames_come_back_exactly(self, tmp_path):
        frames = random_images(5, 16, 12)
        read_back, info = read(figures.save_gif(frames, tmp_path / "a.gif", 0.07))
        np.testing.assert_array_equal(read_back, np.rint(frames * 255).repeat(3, axis=3))
        assert info["duration"] == 70
        assert info["loop"] == 0
        assert [file.name for file in tmp_path.iterdir()] == ["a.gif"]

    def test_frames_need_no_channel_axis_and_equal_frames_give_equal_bytes(self, tmp_path):
        frames = random_images(3, 16, 12)
        paths = [
            figures.save_gif(values, tmp_path / name)
            for values, name in ((frames, "a.gif"), (frames[..., 0], "b.gif"))
        ]
        assert paths[0].read_bytes() == paths[1].read_bytes()
        assert read(paths[1])[1]["duration"] == 200

    def test_colours_come_back_exactly_up_to_256_per_frame(self, tmp_path):
        frames = random_images(3, 8, 16, 3)
        read_back, _ = read(figures.save_gif(frames, tmp_path / "a.gif"))
        np.testing.assert_array_equal(read_back, np.rint(frames * 255))

    def test_more_colours_are_approximated(self, tmp_path):
        frames = np.linspace(0, 1, 2 * 64 * 64 * 3, dtype=np.float32).reshape(2, 64, 64, 3)
        read_back, _ = read(figures.save_gif(frames, tmp_path / "a.gif"))
        assert np.abs(read_back / 255 - frames).max() < 0.05

    def test_scale_makes_each_pixel_a_square(self, tmp_path):
        frames = random_images(2, 3, 4)
        read_back, _ = read(figures.save_gif(frames, tmp_path / "a.gif", scale=3))
        assert read_back.shape == (2, 9, 12, 3)
        np.testing.assert_array_equal(read_back[:, 1::3, 2::3, 0], np.rint(frames[..., 0] * 255))

    def test_nothing_is_left_of_a_gif_that_fails(self, tmp_path, monkeypatch):
        def fail(self, fp, **_):
            fp.write_bytes(b"GIF")
            raise OSError("disk full")

        monkeypatch.setattr(Image.Image, "save", fail)
        with pytest.raises(OSError, match="disk full"):
            figures.save_gif(random_images(2), tmp_path / "a.gif")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("frames", "name", "options", "message"),
        [
            (random_images(2)[0, ..., 0], "a.gif", {}, "frames must have the shape"),
            (random_images(2) * 2, "a.gif", {}, r"frames must lie in \[0, 1\]"),
            (random_images(2), "a.png", {}, "must end in .gif"),
            (random_images(2), "a.gif", {"seconds_per_frame": 0.019}, "at least 0.02"),
            (random_images(2), "a.gif", {"seconds_per_frame": np.nan}, "at least 0.02"),
            (random_images(2), "a.gif", {"scale": 0}, "scale at least 1"),
        ],
    )
    def test_wrong_input_is_refused(self, tmp_path, frames, name, options, message):
        with pytest.raises(ValueError, match=message):
            figures.save_gif(frames, tmp_path / name, **options)
        assert list(tmp_path.iterdir()) == []


class TestSampleFrames:
    def test_each_sample_is_in_its_place_enlarged_by_a_whole_factor(self):
        samples = films(2, 5)
        frames = figures.sample_frames(samples, 3)
        head = frames.shape[1] - (2 * 58 - 2)
        assert frames.shape[2:] == (3 * 58 - 2, 1)
        for time in range(2):
            for i in range(5):
                top, left = head + 58 * (i // 3), 58 * (i % 3)
                square = frames[time, top : top + 56, left : left + 56]
                np.testing.assert_array_equal(square[::2, ::2], samples[time, i])
                np.testing.assert_array_equal(square[1::2, 1::2], samples[time, i])

    def test_the_number_of_the_epoch_is_drawn_in_black_on_white_above(self):
        frames = figures.sample_frames(np.zeros((3, 2, 28, 28, 1), np.float32), 2)
        head = frames[:, : frames.shape[1] - 56]
        assert head.min() < 0.1
        assert np.median(head) == 1
        assert len({one.tobytes() for one in head}) == 3

    def test_titles_take_the_place_of_the_numbers(self):
        samples = films(2, 1)
        np.testing.assert_array_equal(
            figures.sample_frames(samples, 1, titles=["epoch 1", "epoch 2"]),
            figures.sample_frames(samples, 1),
        )
        wide = figures.sample_frames(samples, 1, titles=["after a long time", "x"])
        assert wide.shape[2] > 56
        np.testing.assert_array_equal(wide[0, -56::2, :56:2], samples[0, 0])
        assert (wide[:, -56:, 56:] == 1).all()

    def test_texts_stand_left_of_their_rows(self):
        samples = films(2, 4)
        plain = figures.sample_frames(samples, 2)
        frames = figures.sample_frames(samples, 2, row_labels=["a thick seven", ""])
        side = frames.shape[2] - plain.shape[2]
        np.testing.assert_array_equal(frames[:, -114:, side:], plain[:, -114:])
        assert frames[:, -114:-58, :side].min() < 0.1
        assert (frames[:, -56:, :side] == 1).all()

    def test_colours_and_large_samples_are_kept(self):
        samples = films(1, 2, 60, 60, 3)
        frames = figures.sample_frames(samples, 2)
        np.testing.assert_array_equal(frames[0, -60:, -60:], samples[0, 1])

    def test_they_make_an_animation(self, tmp_path):
        frames = figures.sample_frames(films(3, 4), 2)
        read_back, _ = read(figures.save_gif(frames, tmp_path / "a.gif"))
        np.testing.assert_array_equal(read_back[..., :1], np.rint(frames * 255))

    @pytest.mark.parametrize(
        ("samples", "options", "message"),
        [
            (films(2, 2)[0], {"columns": 2}, "samples must have the shape"),
            (films(2, 2), {"columns": 0}, "columns must be at least 1"),
            (films(2, 2) + 1, {"columns": 2}, r"must lie in \[0, 1\]"),
            (films(2, 2), {"columns": 2, "titles": ["one"]}, "titles must have 2 entries"),
            (films(2, 2), {"columns": 2, "row_labels": ["a", "b"]}, "row_labels must have 1"),
        ],
    )
    def test_wrong_input_is_refused(self, samples, options, message):
        with pytest.raises(ValueError, match=message):
            figures.sample_frames(samples, **options)
