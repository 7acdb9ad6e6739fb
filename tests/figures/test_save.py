import subprocess
import sys
from base64 import b64decode

import pytest
from PIL import Image

from tfnets import figures

from .helpers import random_images


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


def test_png_needs_its_ending(tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.png"):
        figures.save_png(figures.image_grid(random_images(1), columns=1), tmp_path / "a.pdf")


def test_a_notebook_shows_the_file_itself(tmp_path):
    path = figures.save_gif(random_images(3), tmp_path / "a.gif")
    bundle = figures.Shown(path)._repr_mimebundle_(include=None, exclude=None)
    assert {kind: b64decode(data) for kind, data in bundle.items()} == {
        "image/gif": path.read_bytes()
    }


def test_figures_need_no_pyplot():
    code = "import sys, tfnets.figures; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
