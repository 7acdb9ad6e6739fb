"""Kinds of layer that are not known, and input that cannot be used."""

import keras
import pytest
import tensorflow as tf
from keras import layers, ops

from tests.theory.samples import agree, chain
from tfnets.errors import InputError
from tfnets.tracing.readings import Separable, window
from tfnets.tracing.receptive_field import field, unit_box
from tfnets.tracing.rules import Rule


class Shuffle(layers.Layer):
    """A kind that nobody knows: rolls the rows down by one."""

    def call(self, x):
        return tf.pad(x, [[0, 0], [1, 0], [0, 0], [0, 0]])[:, :-1]


class Scaled(layers.Conv2D):
    def call(self, x):
        return 2 * super().call(x)


class Plain(layers.Conv2D):
    pass


MOVES = {
    "pad": lambda x: ops.pad(x, ((0, 0), (2, 1), (0, 3), (0, 0)), constant_values=5.0),
    "reflect": lambda x: ops.pad(x, ((0, 0), (2, 1), (0, 3), (0, 0)), mode="reflect"),
    "slice": lambda x: x[:, 2:-2, 1:],
    "every_second": lambda x: x[:, ::2, 1::3],
    "backwards": lambda x: x[:, ::-1],
    "one_row": lambda x: x[:, 3:4],
    "row_and_channel": lambda x: x[:, 2][:, None],
    "shuffle": lambda x: layers.Reshape((8, 7, 2))(
        layers.Permute((1, 2, 4, 3))(layers.Reshape((8, 7, 2, 1))(x))
    ),
    "depth": lambda x: ops.reshape(
        ops.transpose(ops.reshape(x, (-1, 4, 2, 7, 2)), (0, 1, 3, 2, 4)), (-1, 4, 7, 4)
    ),
    "split": lambda x: ops.split(x, 2, axis=1)[1],
    "roll": lambda x: ops.roll(x, 2, axis=2),
    "turn": lambda x: ops.transpose(x, (0, 2, 1, 3)),
    "reshape": lambda x: ops.reshape(x, (-1, 4, 14, 2)),
    "tile": lambda x: ops.tile(x, (1, 2, 1, 1)),
    "repeat": lambda x: ops.repeat(x, 2, axis=1),
    "triangle": lambda x: ops.transpose(ops.tril(ops.transpose(x, (0, 3, 1, 2))), (0, 2, 3, 1)),
    "resize": lambda x: layers.Resizing(5, 12)(x),
    "nearest": lambda x: ops.image.resize(x, (11, 3), interpolation="nearest"),
    "spectral": lambda x: layers.SpectralNormalization(layers.Conv2D(2, 3, strides=2))(x),
    "centre": lambda x: layers.CenterCrop(4, 4)(x),
    "softmax": lambda x: ops.softmax(x, axis=1),
    "mean": lambda x: x - ops.mean(x, axis=2, keepdims=True),
    "maximum": lambda x: x * ops.max(x, axis=(1, 2), keepdims=True),
    "joined": lambda x: ops.concatenate([x, x + 1], axis=-1),
    "where": lambda x: ops.where(x > 0, x, ops.exp(x)),
}


@pytest.mark.parametrize("name", MOVES)
def test_every_unit_after_an_operation(name):
    """Predicted and measured, pixel for pixel, with a convolution before and one after it."""
    image = keras.Input((8, 7, 2))
    x = layers.Conv2D(2, 2, padding="same")(image)
    model = keras.Model(image, layers.Conv2D(1, (2, 1), padding="same", name="end")(MOVES[name](x)))
    for row in range(model.output_shape[1]):
        agree(model, "end", (row, row % model.output_shape[2]))


@pytest.mark.parametrize(
    ("name", "stride", "offset"),
    [("pad", 1, (-2, 0)), ("slice", 1, (2, 1)), ("every_second", 2, (0, 1))],
)
def test_fields_through_pads_and_slices(name, stride, offset):
    image = keras.Input((8, 7, 2))
    x = layers.Conv2D(2, 2)(MOVES[name](image))
    found = field(keras.Model(image, layers.Conv2D(1, (2, 1), name="end")(x)), "end")
    assert (found.height, found.stride[0], found.offset) == (1 + 2 * stride, stride, offset)


def test_a_batch_of_a_given_size():
    image = keras.Input((8, 7, 2), batch_size=3)
    x = layers.Conv2D(2, 2)(ops.reshape(image, (3, 8, 7, 2))[:, 1:])
    assert field(keras.Model(image, layers.ReLU(name="end")(x)), "end").offset == (1, 0)


class TestRules:
    rolled = Rule(lambda layer, source, output: Separable(window(1, before=1), window(1)))

    def test_an_unknown_kind_is_named(self):
        model = chain((8, 8, 1), Shuffle(name="roll"), layers.Conv2D(1, 3, name="conv"))
        with pytest.raises(InputError, match=r"'roll' is of the kind Shuffle.*rules="):
            field(model, "conv")

    def test_slices_of_channels_and_of_the_plane(self):
        image = keras.Input((9, 9, 4))
        groups = [
            layers.Conv2D(2, size, name=f"group{size}")(part)
            for size, part in ((3, image[..., :2]), (5, image[:, :, :, 2:]))
        ]
        wide = keras.Model(
            image, layers.Concatenate(name="both")([groups[0][:, 1:-1, 1:-1], groups[1]])
        )
        assert field(wide, "group3").height == 3
        assert field(wide, "group5").offset == (0, 0)
        assert (field(wide, "both").height, field(wide, "both").offset) == (5, (0, 0))
        agree(keras.Model(image, groups[1]), "group5", (2, 1))

    def test_a_rule_makes_it_known(self):
        model = chain((8, 8, 1), Shuffle(name="roll"), layers.Conv2D(1, 3, name="conv"))
        rules = {Shuffle: self.rolled}
        assert field(model, "conv", rules=rules).offset == (-1, 0)
        for unit in [(0, 0), (2, 2)]:
            agree(model, "conv", unit, rules=rules)

    def test_only_what_is_on_the_way_has_to_be_known(self):
        model = chain((8, 8, 1), layers.Conv2D(1, 3, name="conv"), Shuffle(name="roll"))
        assert field(model, "conv").height == 3

    def test_a_subclass_has_its_parents_rule_unless_it_computes_otherwise(self):
        assert field(chain((8, 8, 1), Plain(1, 3, name="conv")), "conv").height == 3
        with pytest.raises(InputError, match="Scaled"):
            field(chain((8, 8, 1), Scaled(1, 3, name="conv")), "conv")


def two_images():
    images = [keras.Input((8, 8, 1), name=name) for name in "ab"]
    return keras.Model(images, layers.Add(name="end")(images))


def joined_rows():
    image = keras.Input((8, 8, 1))
    return keras.Model(image, layers.Concatenate(axis=1, name="end")([image, image]))


def flat():
    return chain((8, 8, 1), layers.Flatten(), layers.Dense(3, name="end"))


class Subclass(keras.Model):
    def call(self, x):
        return x


@pytest.mark.parametrize(
    ("build", "options", "sentence"),
    [
        (two_images, {}, "has 2 inputs of shape"),
        (two_images, {"input_shape": (4, 4, 1)}, "has 2 image inputs"),
        (joined_rows, {}, "joins planes along axis 1"),
        (flat, {"input_shape": (9, 9, 1)}, "'end' .Dense. cannot take 81.*9x9x1"),
        (flat, {"input_shape": (8, 8, 3)}, "has 3 channels, but the model takes 1"),
        (flat, {"input_shape": (8, 8)}, "give height, width and channels"),
        (flat, {"input_shape": (0, 8, 1)}, "at least 1"),
        (Subclass, {}, "no graph of layers"),
        (lambda: keras.Sequential([layers.Dense(1)]), {}, "no graph of layers"),
        (
            lambda: chain((8, 8, 1), layers.Conv2D(1, 5), layers.MaxPooling2D(2, name="end")),
            {"input_shape": (5, 5, 1)},
            "cannot take 1x1x1, which is what an input of 5x5x1",
        ),
        (
            lambda: chain((8, 8, 1), layers.Conv2D(1, 5, name="end")),
            {"input_shape": (4, 8, 1)},
            "cannot take 4x8x1",
        ),
        (
            lambda: chain((None, 8, 1), layers.Conv2D(1, 5, name="end")),
            {},
            "leaves its input shape open",
        ),
        (
            lambda: chain((1, 8, 8), layers.ReLU(), layers.Flatten("channels_first", name="end")),
            {},
            "channels first",
        ),
        (
            lambda: chain((8, 8, 1), layers.UpSampling2D(2, interpolation="bicubic", name="end")),
            {},
            "'bicubic'",
        ),
    ],
)
def test_bad_input_is_one_sentence(build, options, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        field(build(), "end", **options)
    assert str(caught.value).endswith(".")


def test_unknown_layers_and_units_are_refused():
    model = chain((8, 8, 1), layers.Conv2D(1, 3, name="conv"))
    with pytest.raises(InputError, match="has no 'cnov'; it has conv"):
        field(model, "cnov")
    for unit in [(6, 0), (0, -1), (0,)]:
        with pytest.raises(InputError, match="6 rows and 6 columns"):
            unit_box(model, "conv", unit)
