import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tfnets.errors import InputError
from tfnets.models.trained import imagenet
from tfnets.models.trained.networks import Network

RNG = np.random.default_rng(0)


def network(shape=(4, 6, 3), classes=3, names=(), crop=1.0):
    image = keras.Input(shape)
    x = keras.layers.Flatten()(image)
    return Network(
        "net", keras.Model(image, keras.layers.Dense(classes)(x)), names, "made", (), crop
    )


NAMES = ("jellyfish", "sea slug", "tiger shark", "Cardigan Welsh corgi", "crane", "Crane")
NAMED = network(classes=6, names=NAMES)
IMAGENET = network((1, 1, 1), 1000, imagenet.class_names())


def test_the_names_of_imagenet():
    names = imagenet.class_names()
    assert len(names) == len({name.casefold() for name in names}) == 1000
    known = {0: "tench", 1: "goldfish", 107: "jellyfish", 115: "sea slug", 207: "golden retriever",
             298: "mongoose", 299: "meerkat", 357: "mink", 817: "sports car",
             999: "toilet tissue"}  # fmt: skip
    assert {place: names[place] for place in known} == known
    assert all(name == name.strip() and name for name in names)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("jellyfish", 107), ("JellyFish", 107), ("jelly fish", 107), ("sea slug", 115),
        ("Sea_Slug", 115), ("sea-slug", 115), (" mink ", 357), ("299", 299), (299, 299),
        ("0", 0), (999, 999), (np.int64(5), 5), ("crane (bird)", 134), ("crane machine", 517),
    ],
)  # fmt: skip
def test_a_class_by_number_or_name(text, index):
    assert IMAGENET.class_index(text) == index


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 999))
def test_every_name_and_number_leads_to_its_class(index):
    name = IMAGENET.class_name(index)
    assert IMAGENET.class_index(name) == IMAGENET.class_index(name.upper()) == index
    assert IMAGENET.class_index(index) == IMAGENET.class_index(str(index)) == index


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("jelyfish", r"no class called 'jelyfish'; near names are jellyfish[.,]"),
        ("shark", "near names are great white shark, tiger shark"),
        ("crane", r"near names are crane \(bird\), crane \(machine\)"),
        ("qqqqqqqq", "'qqqqqqqq'; give another name or a number"),
        ("", "no class called ''; give another name"),
        ("3.5", "no class called '3.5'"),
        (1000, "There is no class 1000; 'net' has the classes 0 to 999"),
        ("-1", "There is no class -1"),
        (10**17, "There is no class 1"),
    ],
)
def test_unknown_classes(text, sentence):
    with pytest.raises(InputError, match=sentence):
        IMAGENET.class_index(text)


def test_a_name_of_two_classes_asks_for_a_number():
    with pytest.raises(InputError, match=r"'CRANE' is the name of several classes; .*: 4 or 5"):
        NAMED.class_index("CRANE")
    assert NAMED.class_index("4") == 4


def test_networks_without_names_or_classes():
    plain = network()
    assert plain.classes == 3
    assert plain.class_index(2) == 2
    assert plain.class_name(2) == "class 2"
    with pytest.raises(InputError, match=r"names of 'net' are not known, so 'dog' .* 0 to 2"):
        plain.class_index("dog")
    image = keras.Input((5, 5, 1))
    features = Network("f", keras.Model(image, keras.layers.Conv2D(7, 2)(image)), (), "made")
    assert features.classes == 0
    with pytest.raises(InputError, match="'f' has no classes; ask for a unit"):
        features.class_index(0)


def test_names_must_fit_the_outputs():
    with pytest.raises(InputError, match="2 class names for the 3 outputs of 'net'"):
        network(names=("a", "b"))


def test_a_picture_of_the_right_size_is_left_as_it_is():
    picture = RNG.random((4, 6, 3), np.float32)
    np.testing.assert_array_equal(network(crop=0.5).prepare(picture), picture)
    assert network().input_shape == (4, 6, 3)


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(*[st.integers(1, 40)] * 2, st.sampled_from([1, 3])),
    st.tuples(*[st.integers(1, 12)] * 2, st.sampled_from([1, 3])),
    st.sampled_from([1.0, 0.875]),
    st.integers(0, 99),
)
def test_any_picture_becomes_one_that_fits(size, wanted, crop, seed):
    picture = np.random.default_rng(seed).random(size).astype(np.float64)
    found = network(wanted, 1, (), crop).prepare(picture)
    assert (found.shape, found.dtype) == (wanted, np.float32)
    assert found.min() >= 0
    assert found.max() <= 1
    if size[:2] != wanted[:2]:
        np.testing.assert_allclose(255 * found, np.rint(255 * found), atol=1e-4)


@pytest.mark.parametrize("crop", [1.0, 0.875])
def test_the_centre_of_the_networks_proportions_is_kept(crop):
    """Bands of grey: what is left of them tells which rows and columns were kept."""
    height, width = 80, 160
    picture = np.zeros((height, width, 3), np.float32)
    picture[..., 0] = np.arange(width) / width
    picture[..., 1] = np.arange(height)[:, None] / height
    found = network((16, 16, 3), crop=crop).prepare(picture)
    # A square of `crop` times the height, in the middle of both axes.
    kept = crop * height
    columns = (width - kept) / 2 + (np.arange(16) + 0.5) * kept / 16 - 0.5
    rows = (height - kept) / 2 + (np.arange(16) + 0.5) * kept / 16 - 0.5
    inner = slice(2, -2)  # At the edges the kernel is cut off.
    np.testing.assert_allclose(found[8, inner, 0], columns[inner] / width, atol=3e-3)
    np.testing.assert_allclose(found[inner, 8, 1], rows[inner] / height, atol=3e-3)


def test_resizing_is_pillow_s_bicubic():
    levels = RNG.integers(0, 256, (20, 30), np.uint8)
    wanted = np.asarray(Image.fromarray(levels).resize((15, 10), Image.Resampling.BICUBIC))
    found = network((10, 15, 1)).prepare((levels / 255).astype(np.float32))
    assert np.abs(255 * found[..., 0] - wanted).max() < 1.01


def test_grey_and_colour():
    grey = RNG.random((4, 6, 1), np.float32)
    np.testing.assert_array_equal(network().prepare(grey), np.repeat(grey, 3, axis=2))
    np.testing.assert_array_equal(network().prepare(grey[..., 0]), np.repeat(grey, 3, axis=2))
    colour = RNG.random((4, 6, 3), np.float32)
    luma = colour @ np.float32([0.299, 0.587, 0.114])
    np.testing.assert_allclose(network((4, 6, 1)).prepare(colour)[..., 0], luma, rtol=1e-6)
    white = network((4, 6, 1)).prepare(np.ones((4, 6, 3), np.float32))
    assert 0.999 < white.min() <= white.max() <= 1


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (np.zeros((4, 6, 4)), "has the shape .* with 1 or 3"),
        (np.zeros((1, 4, 6, 3)), "has the shape"),
        (np.zeros((0, 6, 3)), "has the shape"),
        (np.zeros((4, 6, 3), np.uint8), r"not in \[0, 1\]; divide 8-bit values by 255"),
        (np.full((4, 6, 3), 1.5), "not in"),
        (np.full((4, 6, 3), -0.1), "not in"),
        (np.full((4, 6, 3), np.nan), "not in"),
    ],
)
def test_what_is_not_a_picture_is_refused(picture, sentence):
    with pytest.raises(InputError, match=sentence):
        network().prepare(picture)


def test_a_network_of_other_channels_takes_its_own_pictures_only():
    infrared = network((4, 6, 2))
    with pytest.raises(InputError, match="takes pictures of 2 channels, which a picture of 3"):
        infrared.prepare(np.zeros((4, 6, 3)))
