import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from tfnets.datasets import domains
from tfnets.datasets.domains import DOMAINS
from tfnets.errors import InputError

RNG = np.random.default_rng(0)
SMOOTH = ndimage.gaussian_filter(RNG.random((5, 28, 28, 1)), (0, 2, 2, 0)).astype(np.float32)
WINDOW = np.hypot(*np.mgrid[-13.5:14, -13.5:14])[..., None] < 11
"""Turning keeps what lies within this disc."""
MADE = [name for name, domain in DOMAINS.items() if domain.transform]


def test_there_are_the_eight_domains_of_the_specification():
    assert set(DOMAINS) == {
        "inverted", "thickened", "rotated_15", "rotated_45", "rotated_90", "edges", "coloured",
        "fashion",
    }  # fmt: skip
    assert all(name == domain.name for name, domain in DOMAINS.items())


@pytest.mark.parametrize("name", MADE)
def test_partners_are_images_of_their_own_image_alone(name):
    domain = DOMAINS[name]
    made = domain.partners(SMOOTH)
    assert made.shape == (5, 28, 28, domain.channels)
    assert made.dtype == np.float32
    assert 0 <= made.min() < made.max() <= 1
    np.testing.assert_array_equal(made[2:3], domain.partners(SMOOTH[2:3]))
    np.testing.assert_array_equal(made, domain.partners(SMOOTH))


@pytest.mark.parametrize("name", [name for name in MADE if DOMAINS[name].inverse])
def test_inverses_give_the_image_back(name):
    domain = DOMAINS[name]
    inside = SMOOTH * WINDOW
    back = domain.inverse(domain.partners(inside))
    tolerance = 0.1 if name in ("rotated_15", "rotated_45") else 1e-6
    core = np.hypot(*np.mgrid[-13.5:14, -13.5:14])[..., None] < 9
    assert np.abs((back - inside) * core).max() < tolerance


@pytest.mark.parametrize(("degrees", "place"), [(15, None), (45, None), (90, (14, 4))])
def test_rotation_is_anticlockwise_about_the_centre(degrees, place):
    image = np.zeros((1, 29, 29, 1), np.float32)
    image[0, 4, 14] = 1  # above the centre
    turned = domains.rotated(degrees)(image)[0, ..., 0]
    rows, columns = np.mgrid[-14:15, -14:15]
    angle = np.degrees(np.arctan2(-(turned * rows).sum(), (turned * columns).sum()))
    assert angle % 360 == pytest.approx(90 + degrees, abs=1)
    if place:
        assert turned[place] == 1


def test_small_transforms_by_hand():
    image = np.zeros((1, 7, 7, 1), np.float32)
    image[0, 3, 3] = 0.5
    thick = DOMAINS["thickened"].partners(image)[0, ..., 0]
    assert (thick[2:5, 2:5] == 0.5).all()
    assert thick.sum() == pytest.approx(4.5)
    half = np.zeros((1, 7, 8, 1), np.float32)
    half[:, :, 4:] = 1
    np.testing.assert_allclose(
        DOMAINS["edges"].partners(half)[0, :, :, 0], [[0, 0, 0, 1, 1, 0, 0, 0]] * 7
    )
    colours = DOMAINS["coloured"].partners(np.array([0, 0.5, 1]).reshape(3, 1, 1, 1))
    np.testing.assert_allclose(colours[:, 0, 0], [[0, 0, 0], [1, 0.5, 0], [1, 1, 1]])


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_same_class_gives_items_of_the_class_each_as_often_as_another(labels, seed):
    item_labels = np.random.default_rng(seed).permutation(np.arange(12) % 4)
    found = domains.same_class(np.array(labels), np.arange(12), item_labels)
    assert (item_labels[found] == labels).all()
    for label in set(labels):
        counts = np.bincount(found[np.array(labels) == label], minlength=12)
        counts = counts[item_labels == label]
        assert counts.max() - counts.min() <= 1


def test_no_pair_is_in_both_halves_of_the_unpaired_set():
    numbers = np.arange(11)
    a, b = domains.unpaired(numbers, 100 + numbers)
    assert len(a) == len(b) == 5
    assert not set(a) & set(b - 100)
    a, b = domains.paired(numbers, 100 + numbers)
    np.testing.assert_array_equal(a, b - 100)
    assert len(a) == 5


def test_bad_input_is_one_sentence():
    with pytest.raises(InputError, match="no domain 'sepia'"):
        domains.find("sepia")
    with pytest.raises(InputError, match="another data set"):
        DOMAINS["fashion"].partners(SMOOTH)
    with pytest.raises(InputError, match="give grey ones"):
        DOMAINS["edges"].partners(np.zeros((2, 7, 7, 3)))
    with pytest.raises(InputError, match="No item has the label 3"):
        domains.same_class(np.array([3]), np.zeros((1, 2, 2, 1)), np.array([0]))
