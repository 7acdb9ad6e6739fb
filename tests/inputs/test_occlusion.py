import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import layers

from tfnets.errors import InputError
from tfnets.inputs.covering.fills import filled
from tfnets.inputs.covering.occlusion import occlude
from tfnets.inputs.covering.windows import covered, heat, windows


def linear(weights, bias=0.0):
    """Logits are sums of weight times pixel: weights (height, width, channels, classes)."""
    *shape, classes = weights.shape
    image = keras.Input(shape)
    head = layers.Dense(classes)
    model = keras.Model(image, head(layers.Flatten()(image)))
    head.set_weights([weights.reshape(-1, classes), np.full(classes, bias)])
    return model


def images_of(shape, n=1, seed=0):
    return np.random.default_rng(seed).random((n, *shape), np.float32)


def quiet(*args, **kwargs):
    return occlude(*args, progress=False, **kwargs)


def test_windows_by_hand():
    grid = windows((7, 4), (3, 4), (2, 1))
    assert grid.rows.tolist() == [[0, 3], [2, 5], [4, 7]]
    assert grid.columns.tolist() == [[0, 4]]
    assert windows((8, 8), 3, 2).rows.tolist() == [[0, 3], [2, 5], [4, 7], [6, 8]]
    boxes = grid.boxes()
    assert boxes.first.tolist() == [[0, 0], [2, 0], [4, 0]]
    assert boxes.stop.tolist() == [[3, 4], [5, 4], [7, 4]]


SIDES = st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(1, 12)).map(
    lambda s: (s[0] + s[1] + s[2] - 2, s[0] + s[1] - 1, s[0])
)
"""Side of the image, of the window, and a stride of at most the window's side."""


@given(SIDES, SIDES)
def test_every_pixel_is_covered_and_no_window_is_spare(rows, columns):
    grid = windows((rows[0], columns[0]), (rows[1], columns[1]), (rows[2], columns[2]))
    for ends, (units, size, stride) in ((grid.rows, rows), (grid.columns, columns)):
        assert ends[0, 0] == 0
        assert ends[-1, 1] == units
        assert (np.diff(ends[:, 0]) == stride).all()
        assert (ends[:-1, 1] - ends[:-1, 0] == size).all()
        assert len(ends) == 1 or ends[-2, 1] < units
        assert set(range(units)) == {i for a, b in ends for i in range(a, b)}


@given(SIDES, SIDES, st.integers(0, 99))
def test_heat_is_the_mean_of_the_windows_over_a_pixel(rows, columns, seed):
    grid = windows((rows[0], columns[0]), (rows[1], columns[1]), (rows[2], columns[2]))
    drops = np.random.default_rng(seed).normal(size=(2, *grid.grid))
    total, count = np.zeros((2, *grid.plane)), np.zeros(grid.plane)
    for i, (top, bottom) in enumerate(grid.rows):
        for j, (left, right) in enumerate(grid.columns):
            total[:, top:bottom, left:right] += drops[:, i, j, None, None]
            count[top:bottom, left:right] += 1
    np.testing.assert_allclose(heat(drops, grid), total / count, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [(9, 7, 3), (5, 11, 1)])
@pytest.mark.parametrize("batch_size", [1, 4, 64])
def test_drops_of_a_linear_network_are_sums_of_weight_times_pixel(shape, batch_size):
    rng = np.random.default_rng(1)
    weights, images = rng.normal(size=(*shape, 4)), images_of(shape, 3)
    found = quiet(
        linear(weights, 2.0), images, [3, 0, 3], size=(3, 4), stride=2, batch_size=batch_size
    )
    assert found.drops.shape == (3, *found.windows.grid)
    for image, target, drops, score in zip(
        images, [3, 0, 3], found.drops, found.scores, strict=True
    ):
        parts = (image * weights[..., target]).sum(axis=-1)
        assert score == pytest.approx(parts.sum() + 2.0, abs=1e-5)
        for i, (top, bottom) in enumerate(found.windows.rows):
            for j, (left, right) in enumerate(found.windows.columns):
                wanted = parts[top:bottom, left:right].sum()
                assert drops[i, j] == pytest.approx(wanted, abs=1e-5)


def test_the_map_is_signed():
    weights = np.zeros((4, 8, 1, 2))
    weights[:, :4, :, 0], weights[:, 4:, :, 0] = 1, -1
    found = quiet(linear(weights), np.ones((1, 4, 8, 1), np.float32), 0, size=4, stride=4)
    assert found.drops.tolist() == [[[16, -16]]]
    assert (found.heat[0, :, :4] == 16).all()
    assert (found.heat[0, :, 4:] == -16).all()


def test_probability_is_the_softmax():
    weights, images = np.random.default_rng(2).normal(size=(4, 4, 1, 3)), images_of((4, 4, 1))
    found = quiet(linear(weights), images, 1, size=2, stride=2, read="probability")

    def p(image):
        powers = np.exp(np.einsum("hwc,hwck->k", image.astype(np.float64), weights))
        return powers[1] / powers.sum()

    black = images[0].copy()
    black[2:, :2] = 0
    assert found.scores[0] == pytest.approx(p(images[0]), rel=1e-5)
    assert found.drops[0, 1, 0] == pytest.approx(p(images[0]) - p(black), rel=1e-4, abs=1e-6)


def detector():
    """Class 1 is a bright 3x3 cross of the first channel anywhere; class 0 is nothing."""
    kernel = np.zeros((3, 3, 3, 1), np.float32)
    kernel[:, :, 0, 0] = [[-1, 1, -1], [1, 1, 1], [-1, 1, -1]]
    image = keras.Input((20, 26, 3))
    conv = layers.Conv2D(1, 3, activation="relu")
    x = layers.GlobalMaxPooling2D()(conv(image))
    head = layers.Dense(2, use_bias=False)
    model = keras.Model(image, head(x))
    conv.set_weights([kernel, np.array([-3.0])])
    head.set_weights([np.array([[0.0, 1.0]])])
    return model


@pytest.mark.parametrize("place", [(0, 0), (17, 23), (9, 4), (3, 20)])
@pytest.mark.parametrize("fill", ["zero", "mean", "blur", "noise"])
def test_a_planted_object_is_found_and_nothing_else(place, fill):
    row, column = place
    image = np.full((1, 20, 26, 3), 0.2, np.float32)
    image[0, row + 1, column : column + 3, 0] = image[0, row : row + 3, column + 1, 0] = 1
    found = quiet(detector(), image, 1, size=3, stride=1, fill=fill)
    peak = np.unravel_index(found.heat[0].argmax(), (20, 26))
    assert row <= peak[0] < row + 3
    assert column <= peak[1] < column + 3
    apart = np.ones((20, 26), bool)
    apart[max(0, row - 2) : row + 5, max(0, column - 2) : column + 5] = False
    assert (found.heat[0][apart] == 0).all()


MODELS = {
    "sequential": lambda: keras.Sequential(
        [keras.Input((16, 12, 1)), layers.Conv2D(3, 3, strides=2, activation="relu"),
         layers.Flatten(), layers.Dense(3)]
    ),
    "nested": lambda: nested(),
    "subclassed": lambda: Subclassed(),
}  # fmt: skip


def nested():
    inner = keras.Sequential(
        [keras.Input((None, None, 1)), layers.Conv2D(4, 3, padding="same"),
         layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D(2)]
    )  # fmt: skip
    image = keras.Input((16, 12, 1))
    return keras.Model(image, layers.Dense(3)(layers.GlobalAveragePooling2D()(inner(image))))


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv, self.head = layers.Conv2D(2, 3), layers.Dense(3)

    def call(self, images):
        return self.head(keras.ops.mean(self.conv(images) ** 2, axis=(1, 2)))


@pytest.mark.parametrize("exact_part", [True, False])
@pytest.mark.parametrize("kind", MODELS)
def test_drops_are_those_of_the_covered_images(kind, exact_part):
    keras.utils.set_random_seed(3)
    model, images = MODELS[kind](), images_of((16, 12, 1), 2)
    found = quiet(
        model, images, [0, 2], size=5, stride=3, fill="noise", seed=7, exact_part=exact_part,
        batch_size=6,
    )  # fmt: skip
    fills = filled(images, "noise", seed=7)
    every = covered(images, fills, found.windows)
    for n, target in enumerate([0, 2]):
        logits = np.asarray(model(every[n].reshape(-1, 16, 12, 1)))[:, target]
        wanted = np.asarray(model(images[n : n + 1]))[0, target] - logits
        np.testing.assert_allclose(found.drops[n].ravel(), wanted, atol=2e-6)
    np.testing.assert_array_equal(found.heat, heat(found.drops, found.windows))


def test_a_blurred_window_has_half_its_longer_side_as_deviation():
    model, images = (
        linear(np.random.default_rng(0).normal(size=(16, 12, 1, 2))),
        images_of((16, 12, 1)),
    )
    blurred = filled(images, "blur", blur=3.0)
    wanted = quiet(model, images, 1, size=(4, 6), stride=4, fill=blurred)
    found = quiet(model, images, 1, size=(4, 6), stride=4, fill="blur")
    np.testing.assert_array_equal(found.drops, wanted.drops)


def test_covered_changes_the_window_and_nothing_else():
    images, fills = images_of((5, 6, 2), 2), images_of((5, 6, 2), 2, seed=1)
    grid = windows((5, 6), 3, 2)
    every = covered(images, fills, grid)
    assert every.shape == (2, *grid.grid, 5, 6, 2)
    assert (every[1, 1, 2, 2:5, 4:6] == fills[1, 2:5, 4:6]).all()
    assert (every[1, 1, 2, :2] == images[1, :2]).all()
    assert (every[1, 1, 2, :, :4] == images[1, :, :4]).all()


class TestFills:
    images = images_of((6, 8, 3), 2)

    def test_zero_and_mean(self):
        assert (filled(self.images, "zero") == 0).all()
        mean = filled(self.images, "mean")
        np.testing.assert_allclose(mean[1, 3, 5], self.images[1].mean(axis=(0, 1)), rtol=1e-6)
        assert np.ptp(mean, axis=(1, 2)).max() == 0

    def test_blur_keeps_a_plain_image_and_smooths_another(self):
        plain = np.full((1, 6, 8, 1), 0.3, np.float32)
        np.testing.assert_allclose(filled(plain, "blur", blur=2), plain, rtol=1e-6)
        blurred = filled(self.images, "blur", blur=2)
        assert np.std(blurred) < np.std(self.images) / 2
        dot = np.zeros((1, 41, 41, 2), np.float32)
        dot[0, 20, 20, 0] = 1
        spread = filled(dot, "blur", blur=3.0)[0]
        variance = (spread[..., 0].sum(axis=0) * (np.arange(41) - 20) ** 2).sum()
        assert variance == pytest.approx(9, rel=0.01)
        assert (spread[..., 1] == 0).all()

    def test_noise_is_uniform_and_a_function_of_the_seed(self):
        wide = np.zeros((1, 64, 64, 3), np.float32)
        noise = filled(wide, "noise", seed=1)
        assert np.array_equal(noise, filled(wide, "noise", seed=1))
        assert not np.array_equal(noise, filled(wide, "noise", seed=2))
        assert abs(noise.mean() - 0.5) < 0.01
        assert abs(noise.std() - np.sqrt(1 / 12)) < 0.01
        both = filled(self.images, "noise")
        assert np.array_equal(both[:1], filled(self.images[:1], "noise"))
        assert not np.array_equal(both[0], both[1])

    @pytest.mark.parametrize("values", [0.4, [0.1, 0.2, 0.3], images_of((6, 8, 3))[0]])
    def test_values(self, values):
        wanted = np.broadcast_to(np.asarray(values, np.float32), self.images.shape)
        assert np.array_equal(filled(self.images, values), wanted)

    @pytest.mark.parametrize(
        ("fill", "sentence"),
        [("gray", "choose from zero, mean"), (2.0, r"in \[0, 1\]"), ([0.1, 0.2], "3 channels"),
         (np.nan, r"in \[0, 1\]")],
    )  # fmt: skip
    def test_bad_ones_are_one_sentence(self, fill, sentence):
        with pytest.raises(InputError, match=sentence):
            filled(self.images, fill)


MODEL = linear(np.ones((6, 8, 1, 3)))
IMAGES = images_of((6, 8, 1), 2)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"targets": 3}, "no class 3; the network has 3"),
        ({"targets": -1}, "no class -1"),
        ({"targets": [0, 1, 2]}, "each of the 2 images"),
        ({"targets": 1.5}, "one class number"),
        ({"size": 7}, "7 pixels high, but the image only 6"),
        ({"size": (2, 9)}, "9 pixels wide, but the image only 8"),
        ({"stride": 4}, "leaves gaps"),
        ({"size": 0}, "size is 0"),
        ({"stride": (1, 0)}, "stride is"),
        ({"size": (1, 2, 3)}, "one or two numbers"),
        ({"read": "logits"}, "read is one of logit, probability"),
        ({"batch_size": 0}, "batch_size 1 or more"),
        ({"images": IMAGES[0]}, r"give \(n, height, width, channels\)"),
        ({"images": IMAGES[:0]}, "n of 1 or more"),
        ({"images": IMAGES + 1}, r"values in \[0, 1\]"),
        ({"images": IMAGES * np.nan}, r"values in \[0, 1\]"),
        ({"images": (IMAGES * 255).astype(np.uint8)}, "8 bits / 255"),
        ({"images": images_of((6, 9, 1), 2)}, "takes images of 6x8x1, not 6x9x1"),
        ({"images": images_of((6, 8, 3), 2)}, "not 6x8x3"),
    ],
)
def test_bad_input_is_one_sentence(changes, sentence):
    given_ = {"images": IMAGES, "targets": 0, "size": 3, "stride": 2} | changes
    with pytest.raises(InputError, match=sentence) as raised:
        quiet(MODEL, given_.pop("images"), given_.pop("targets"), **given_)
    assert str(raised.value).count(". ") == 0


def test_a_network_without_logits_is_refused():
    image = keras.Input((6, 8, 1))
    model = keras.Model(image, layers.Conv2D(2, 3)(image))
    with pytest.raises(InputError, match="one logit per class"):
        quiet(model, IMAGES, 0, size=3, stride=3)


def test_as_captum_does_it():
    """The same windows, cut off at the edges, and the same mean where they overlap."""
    captum = pytest.importorskip("captum.attr")
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(5)
    kernel, dense = rng.normal(size=(3, 3, 3, 4)), rng.normal(size=(4 * 9 * 7, 5))
    image = keras.Input((11, 9, 3))
    conv, head = layers.Conv2D(4, 3, activation="relu"), layers.Dense(5)
    model = keras.Model(image, head(layers.Flatten()(conv(image))))
    conv.set_weights([kernel, np.zeros(4)])
    head.set_weights([dense, np.zeros(5)])

    def theirs(images):
        weight = torch.tensor(kernel.transpose(3, 2, 0, 1), dtype=torch.float32)
        planes = torch.relu(torch.nn.functional.conv2d(images, weight))
        flat = planes.permute(0, 2, 3, 1).reshape(len(planes), -1)
        return flat @ torch.tensor(dense, dtype=torch.float32)

    images = images_of((11, 9, 3), 2)
    wanted = captum.Occlusion(theirs).attribute(
        torch.tensor(images.transpose(0, 3, 1, 2)),
        target=torch.tensor([4, 1]),
        strides=(3, 3, 2),
        sliding_window_shapes=(3, 4, 5),
    )
    found = quiet(model, images, [4, 1], size=(4, 5), stride=(3, 2))
    np.testing.assert_allclose(found.heat, wanted[:, 0].numpy(), atol=1e-4)
