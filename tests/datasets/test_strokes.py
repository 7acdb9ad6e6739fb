import numpy as np
import pytest
from PIL import Image, ImageDraw

from tfnets.datasets import strokes
from tfnets.errors import InputError

FINE = 16
"""Drawn this much larger and averaged down, so that edges are grey as in MNIST."""


def drawn(paint, edge=28):
    """What `paint(draw, pixel)` paints, as one image (1, edge, edge, 1)."""
    canvas = Image.new("L", (edge * FINE, edge * FINE), 0)
    paint(ImageDraw.Draw(canvas))
    fine = np.asarray(canvas, np.float32) / 255
    return fine.reshape(edge, FINE, edge, FINE).mean(axis=(1, 3))[None, ..., None]


def bar(width, lean, height, shift=0.0):
    """A stroke `height` pixels high and `width` wide along a row, `lean` pixels right per pixel."""
    x, y, w, half = (14 + shift) * FINE, 14 * FINE, width * FINE / 2, height * FINE / 2
    top, bottom = x + lean * half, x - lean * half
    corners = [
        (top - w, y - half), (top + w - 1, y - half), (bottom + w - 1, y + half - 1),
        (bottom - w, y + half - 1),
    ]  # fmt: skip
    return drawn(lambda draw: draw.polygon(corners, fill=255))


def turned(width, degrees, length=18):
    """A stroke of this width at an angle from upright."""
    angle = np.deg2rad(degrees)
    along = np.array([np.sin(angle), -np.cos(angle)]) * length / 2
    across = np.array([np.cos(angle), np.sin(angle)]) * width / 2
    corners = [
        tuple((14 + a * along + b * across) * FINE) for a, b in ((1, 1), (1, -1), (-1, -1), (-1, 1))
    ]
    return drawn(lambda draw: draw.polygon(corners, fill=255))


def ring(width, radius):
    def paint(draw):
        for r, fill in ((radius + width / 2, 255), (radius - width / 2, 0)):
            draw.ellipse([(14 - r) * FINE, (14 - r) * FINE, (14 + r) * FINE, (14 + r) * FINE], fill)

    return drawn(paint)


class TestThickness:
    @pytest.mark.parametrize("width", [2.0, 3.0, 4.5])
    @pytest.mark.parametrize("degrees", [3, 20, 45, 70])
    def test_of_a_straight_stroke_is_its_width_in_every_direction(self, width, degrees):
        measured = strokes.thickness(turned(width, degrees))
        assert measured == pytest.approx(width, rel=0.07)

    def test_of_an_upright_stroke_on_whole_pixels_is_its_width(self):
        # The forward difference counts a corner's two edges as one diagonal.
        image = np.zeros((1, 28, 28, 1))
        image[0, 4:24, 12:15] = 1
        assert strokes.thickness(image) == pytest.approx(3, rel=0.02)

    @pytest.mark.parametrize(("width", "radius"), [(2.0, 8), (3.0, 8)])
    def test_of_a_ring_is_its_width(self, width, radius):
        assert strokes.thickness(ring(width, radius)) == pytest.approx(width, rel=0.03)

    def test_of_a_blot_is_finite(self):
        assert np.isfinite(strokes.thickness(np.ones((1, 28, 28, 1)))).all()


class TestSlant:
    @pytest.mark.parametrize("lean", [-0.5, -0.2, 0.0, 0.1, 0.4])
    def test_is_the_lean_of_a_stroke_with_the_right_sign(self, lean):
        assert strokes.slant(bar(3, lean, 20)) == pytest.approx(lean, abs=0.02)

    def test_changes_its_sign_in_the_mirror(self):
        image = np.random.default_rng(0).random((5, 28, 28, 1))
        np.testing.assert_allclose(strokes.slant(image[:, :, ::-1]), -strokes.slant(image))

    def test_shearing_by_whole_pixels_adds_to_it(self):
        """Rows moved by their height times a whole number: what deskewing undoes, exactly."""
        image = np.zeros((1, 9, 40, 1))
        image[0, :, 18:22] = np.random.default_rng(1).random((9, 4, 1))
        sheared = np.stack([np.roll(row, 4 - i, axis=0) for i, row in enumerate(image[0])])[None]
        np.testing.assert_allclose(strokes.slant(sheared), strokes.slant(image) + 1)


class TestSize:
    @pytest.mark.parametrize("edge", [4, 9, 15])
    def test_of_a_square_is_known(self, edge):
        image = np.zeros((1, 28, 28, 1))
        image[0, 3 : 3 + edge, 5 : 5 + edge] = 1
        np.testing.assert_allclose(strokes.size(image), np.sqrt((edge**2 - 1) / 6))

    def test_of_a_ring_is_its_radius(self):
        assert strokes.size(ring(2, 8)) == pytest.approx(8, rel=0.02)

    def test_of_a_stroke_is_its_length_over_the_root_of_twelve(self):
        assert strokes.size(turned(2, 30)) == pytest.approx(np.sqrt((18**2 + 2**2) / 12), rel=0.02)


@pytest.mark.parametrize("name", strokes.MEASURES)
class TestEveryMeasure:
    def test_does_not_depend_on_the_place(self, name):
        image = np.zeros((1, 40, 40, 1))
        image[0, 4:20, 4:16] = np.random.default_rng(2).random((16, 12, 1))
        measure = strokes.MEASURES[name]
        moved = np.roll(image, (9, 13), axis=(1, 2))
        np.testing.assert_allclose(measure(moved), measure(image))

    def test_does_not_depend_on_the_contrast(self, name):
        measure = strokes.MEASURES[name]
        full, other = turned(3, 20), turned(2, 50)
        np.testing.assert_allclose(measure(0.5 * full), measure(full))
        both = np.concatenate([0.3 * other, full])
        np.testing.assert_allclose(measure(both)[1:], measure(full))

    def test_of_no_ink_is_zero(self, name):
        assert strokes.MEASURES[name](np.zeros((2, 28, 28, 1))).tolist() == [0, 0]

    def test_of_one_pixel_is_finite(self, name):
        image = np.zeros((1, 28, 28, 1))
        image[0, 5, 7] = 1
        assert np.isfinite(strokes.MEASURES[name](image)).all()

    def test_batches_change_nothing(self, name, monkeypatch):
        images = np.random.default_rng(3).random((5, 12, 12, 1)).astype(np.float32)
        whole = strokes.MEASURES[name](images)
        monkeypatch.setattr(strokes, "_BATCH", 2)
        np.testing.assert_array_equal(strokes.MEASURES[name](images), whole)
        assert whole.dtype == np.float64

    def test_of_no_images_is_empty(self, name):
        assert strokes.MEASURES[name](np.zeros((0, 28, 28, 1))).shape == (0,)

    def test_colours_are_refused(self, name):
        with pytest.raises(InputError, match="grey ones"):
            strokes.MEASURES[name](np.zeros((2, 28, 28, 3)))
