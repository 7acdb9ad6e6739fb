import itertools

import numpy as np
import pytest
from matplotlib.lines import Line2D

from tfnets.figures import style

from .helpers import drawn

# Machado, Oliveira and Fernandes (2009), full severity.
VISION = {
    "normal": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colours, vision):
    srgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(vision).T, 0, 1)
    xyz = seen @ XYZ.T / XYZ.sum(axis=1)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
    )


@pytest.mark.parametrize("vision", VISION)
def test_ten_colours_stay_apart_for_every_kind_of_vision(vision):
    values = lab(style.PALETTE, VISION[vision])
    closest = min(np.linalg.norm(a - b) for a, b in itertools.combinations(values, 2))
    assert len(style.PALETTE) == 10
    assert closest > 15


def test_colours_repeat_with_another_dash():
    assert style.colour(13) == style.colour(3)
    assert style.dash(3) != style.dash(13)


@pytest.mark.parametrize(("count", "rows"), [(1, 1), (4, 1), (5, 2), (6, 2), (12, 4)])
def test_legend_below_takes_even_columns_and_stays_inside_the_figure(count, rows):
    figure = style.new_figure(style.WIDTH, 4)
    style.subplots(figure, 1)
    handles = [Line2D([], [], label=f"network number {i}") for i in range(count)]
    style.legend_below(figure, handles)
    drawn(figure)
    legend = figure.legends[0]
    assert [text.get_text() for text in legend.get_texts()] == [h.get_label() for h in handles]
    assert legend._ncols == -(-count // rows)
    assert legend.get_window_extent().x0 >= 0
    assert legend.get_window_extent().x1 <= figure.bbox.x1


def test_long_group_names_are_slanted_and_short_ones_are_not():
    figure = style.new_figure(style.WIDTH, 4)
    axes = style.subplots(figure, 1)[0]
    style.name_groups(axes, ["one two", "three"])
    assert [t.get_rotation() for t in axes.get_xticklabels()] == [0, 0]
    style.name_groups(axes, ["x" * 30] * 8)
    assert {t.get_rotation() for t in axes.get_xticklabels()} == {35}


def test_groups_of_bars_are_centred_and_do_not_touch():
    every = np.stack([style.places(3, 4, index) for index in range(4)])
    np.testing.assert_allclose(every.mean(axis=0), [0, 1, 2], atol=1e-12)
    assert every[0, 1] - every[3, 0] > style.FILL / 4
