"""What `fit` is given, in every kind that Keras takes, by every trainer."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.training import test_keras_tools as tools
from tests.training.tiny import optimizers, same
from tfnets.errors import InputError
from tfnets.latents import Normal
from tfnets.training.cycle_gan import CycleGAN
from tfnets.training.gan import GAN

EACH = tools.EACH
NAMES = {"ConditionalGAN": ("image", "label")} | dict.fromkeys(
    ("Translation", "CycleGAN"), ("source", "target")
)


class Batches(keras.utils.PyDataset):
    def __init__(self, rows):
        super().__init__()
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, place):
        return self.rows[place]


def arrays(kind):
    return tools.DATA.get(kind, (tools.X,))


def rows(kind):
    return [tuple(a[start : start + 4] for a in arrays(kind)) for start in (0, 4, 8)]


def alone(row):
    return row if len(row) > 1 else row[0]


def named(kind):
    """As TFDS yields them, with what nobody asked for."""
    given = dict(zip(NAMES.get(kind, ("image",)), arrays(kind), strict=True))
    return {"id": np.arange(12)} | given


def sets(value):
    return tf.data.Dataset.from_tensor_slices(value).batch(4)


def doubles(kind):
    return tuple(a.astype(np.float64) if a.dtype == np.float32 else a for a in arrays(kind))


GIVEN = {
    "arrays": lambda kind: dict(zip("xy", arrays(kind), strict=False), batch_size=4),
    "list of arrays": lambda kind: {"x": list(arrays(kind)), "batch_size": 4},
    "bare tensors or pairs": lambda kind: {"x": sets(alone(arrays(kind)))},
    "tuples": lambda kind: {"x": sets(arrays(kind))},
    "dicts": lambda kind: {"x": sets(named(kind))},
    "dict of arrays": lambda kind: {"x": named(kind), "batch_size": 4},
    "doubles": lambda kind: {"x": sets(doubles(kind))},
    "generator": lambda kind: {"x": (alone(row) for row in rows(kind)), "steps_per_epoch": 3},
    "PyDataset": lambda kind: {"x": Batches([alone(row) for row in rows(kind)])},
}
EXPECTED = {}


def fitted(kind, **given):
    trainer = tools.MAKERS[kind]()
    settings = tools.settings(kind, keras.optimizers.SGD)
    settings.pop("average", None)
    trainer.compile(**settings, run_eagerly=True)
    trainer.fit(**given, shuffle=False, verbose=0)
    return trainer.get_weights()


@EACH
@pytest.mark.parametrize("way", GIVEN)
def test_every_way_to_give_the_same_images_trains_the_same(kind, way):
    if kind not in EXPECTED:
        EXPECTED[kind] = fitted(kind, x=sets(arrays(kind)))
        assert (EXPECTED[kind][0] != tools.make(kind).get_weights()[0]).any()
    same(fitted(kind, **GIVEN[way](kind)), EXPECTED[kind])


def test_labels_that_a_gan_does_not_ask_for_are_left_out():
    same(fitted("GAN", x=tools.X, y=tools.LABELS, batch_size=4),
         fitted("GAN", x=tools.X, batch_size=4))  # fmt: skip


def first(kind, change):
    return sets((change(arrays(kind)[0]), *arrays(kind)[1:]))


REFUSED = {
    "unbatched": (
        lambda kind: {"x": tf.data.Dataset.from_tensor_slices(arrays(kind))},
        r"of shape \(4,\), but \(None, 4\) is needed; batch the data set",
    ),
    "whole numbers": (
        lambda kind: {"x": first(kind, lambda a: a.astype(np.uint8))},
        r"are uint8; give floats .* / 255",
    ),
    "another size": (
        lambda kind: {"x": first(kind, lambda a: a[:, :3])},
        r"of shape \(\w+, 3\), but \(None, 4\) is needed; give arrays of that shape",
    ),
    "other names": (
        lambda kind: {"x": sets({"picture": tools.X, "digit": tools.LABELS})},
        "gives 'picture', 'digit', but '.*' is needed; rename",
    ),
    "weights": (
        lambda kind: {"x": tools.X, "sample_weight": np.ones(12)}, "does not weigh examples",
    ),
    "weights of classes": (
        lambda kind: {"x": tools.X, "class_weight": {0: 1.0}}, "does not weigh examples",
    ),
}  # fmt: skip


@EACH
@pytest.mark.parametrize("fault", REFUSED)
def test_what_would_be_read_wrongly_is_one_sentence(kind, fault):
    given, sentence = REFUSED[fault]
    trainer = tools.make(kind)
    before = trainer.get_weights()
    with pytest.raises(InputError, match=sentence):
        trainer.fit(**given(kind), shuffle=False, verbose=0)
    same(trainer.get_weights(), before)


@pytest.mark.parametrize("kind", NAMES)
def test_a_missing_partner_is_one_sentence(kind):
    with pytest.raises(InputError, match=r"holds 1 tensor\(s\), but \(\w+, \w+\) are needed"):
        fitted(kind, x=tools.X)


def test_the_missing_channel_axis_is_named():
    network = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(1)])
    made = keras.Sequential([keras.Input((2,)), layers.Dense(16), layers.Reshape((4, 4, 1))])
    trainer = GAN(made, network, Normal(2), seed=0)
    trainer.compile(**optimizers(), run_eagerly=True)
    with pytest.raises(InputError, match=r"add the channel axis \(`images\[..., None\]`\)"):
        trainer.fit(np.zeros((8, 4, 4), np.float32), verbose=0)


@pytest.mark.parametrize(
    ("last", "factor", "sentence", "run_eagerly"),
    [
        (
            "sigmoid",
            255.0,
            r"outside \[0, 1\], the range of the last layer of made \(sigmoid\)",
            False,
        ),
        ("tanh", 255.0, r"outside \[-1, 1\], the range of the last layer of made \(tanh\)", True),
        ("sigmoid", np.nan, "not finite", True),
    ],
)
def test_images_that_the_generator_can_never_make_are_refused(last, factor, sentence, run_eagerly):
    head = [keras.Input((2,)), layers.Dense(4, last), layers.Reshape((4,))]
    made = keras.Sequential(head, name="made")
    critic = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    trainer = GAN(made, critic, Normal(2), seed=0)
    trainer.compile(**optimizers(), run_eagerly=run_eagerly)
    images = np.random.default_rng(0).random((8, 4), np.float32)
    trainer.fit(images, verbose=0)
    with pytest.raises(InputError, match=sentence):
        trainer.fit(images * np.float32(factor), verbose=0)


def test_both_domains_of_a_cycle_gan_have_their_range():
    made = [
        keras.Sequential([keras.Input((4,)), layers.Dense(4, end)], name=end)
        for end in ("sigmoid", "tanh")
    ]
    critics = [keras.Sequential([keras.Input((4,)), layers.Dense(1)]) for _ in range(2)]
    trainer = CycleGAN(*made, *critics)
    trainer.compile(**optimizers(), run_eagerly=True)
    images = np.full((4, 4), -0.5, np.float32)
    trainer.fit(images, -images, verbose=0)
    with pytest.raises(InputError, match=r"outside \[0, 1\], .* of sigmoid"):
        trainer.fit(images, images, verbose=0)
    with pytest.raises(InputError, match=r"outside \[-1, 1\], .* of tanh"):
        trainer.fit(images * 9, -images, verbose=0)
