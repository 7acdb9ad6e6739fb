import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageSequence

from tfnets import figures

from .helpers import random_images


def read(path):
    with Image.open(path) as image:
        frames = [np.asarray(f.convert("RGB")) for f in ImageSequence.Iterator(image)]
        return np.stack(frames), image.info


def test_grey_frames_come_back_exactly(tmp_path):
    frames = random_images(5, 16, 12)
    path = figures.save_gif(frames, tmp_path / "a.gif", milliseconds=70)
    read_back, info = read(path)
    np.testing.assert_array_equal(read_back, np.rint(frames * 255).repeat(3, axis=3))
    assert info["duration"] == 70
    assert info["loop"] == 0
    assert [file.name for file in tmp_path.iterdir()] == ["a.gif"]


def test_colours_come_back_exactly_up_to_256_per_frame(tmp_path):
    frames = random_images(3, 8, 16, 3)
    read_back, _ = read(figures.save_gif(frames, tmp_path / "a.gif", milliseconds=50))
    np.testing.assert_array_equal(read_back, np.rint(frames * 255))


def test_more_colours_are_approximated(tmp_path):
    frames = np.linspace(0, 1, 2 * 64 * 64 * 3, dtype=np.float32).reshape(2, 64, 64, 3)
    read_back, _ = read(figures.save_gif(frames, tmp_path / "a.gif", milliseconds=50))
    assert np.abs(read_back / 255 - frames).max() < 0.05


def test_scale_makes_each_pixel_a_square(tmp_path):
    frames = random_images(2, 3, 4)
    read_back, _ = read(figures.save_gif(frames, tmp_path / "a.gif", milliseconds=50, scale=3))
    assert read_back.shape == (2, 9, 12, 3)
    np.testing.assert_array_equal(read_back[:, 1::3, 2::3, 0], np.rint(frames[..., 0] * 255))


def test_nothing_is_left_of_a_gif_that_fails(tmp_path, monkeypatch):
    def fail(self, fp, **_):
        fp.write_bytes(b"GIF")
        raise OSError("disk full")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        figures.save_gif(random_images(2), tmp_path / "a.gif", milliseconds=50)
    assert list(tmp_path.iterdir()) == []


def test_png_has_the_size_and_resolution_of_the_figure_and_equal_bytes(tmp_path):
    paths = [
        figures.save_png(figures.image_grid(random_images(4), columns=2), tmp_path / name)
        for name in ("a.png", "b.png")
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with Image.open(paths[0]) as image:
        assert image.info["dpi"] == pytest.approx((144, 144), abs=0.1)
        figure = figures.image_grid(random_images(4), columns=2)
        assert image.size == tuple(int(side * 144) for side in figure.get_size_inches())


@pytest.mark.parametrize(
    ("frames", "name", "options", "message"),
    [
        (random_images(2)[0], "a.gif", {}, "frames must have the shape"),
        (random_images(2) * 2, "a.gif", {}, r"frames must lie in \[0, 1\]"),
        (random_images(2), "a.png", {}, "must end in .gif"),
        (random_images(2), "a.gif", {"milliseconds": 19}, "at least 20"),
        (random_images(2), "a.gif", {"scale": 0}, "scale at least 1"),
    ],
)
def test_wrong_input_is_refused(tmp_path, frames, name, options, message):
    with pytest.raises(ValueError, match=message):
        figures.save_gif(frames, tmp_path / name, **({"milliseconds": 50} | options))
    assert list(tmp_path.iterdir()) == []


def test_png_needs_its_ending(tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.png"):
        figures.save_png(figures.image_grid(random_images(1), columns=1), tmp_path / "a.pdf")


def test_figures_need_no_pyplot():
    code = "import sys, tfnets.figures; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
