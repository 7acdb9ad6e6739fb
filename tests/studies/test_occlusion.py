"""The study's own measures, each against a case that is known."""

import dataclasses

import keras
import numpy as np
import pytest
from keras import layers

from tfnets import execute
from tfnets.errors import InputError
from tfnets.models.trained.networks import Network
from tfnets.studies.occlusion import covered, numbers, planting
from tfnets.studies.occlusion.settings import GROUNDS, SCALES


def spotter():
    """Class 1 is the sum of what is red, class 0 is nothing."""
    image = keras.Input((24, 24, 3))
    head = layers.Dense(2)
    model = keras.Model(image, head(layers.Flatten()(image)))
    weights = np.zeros((24, 24, 3, 2))
    weights[..., 0, 1], weights[..., 1:, 1] = 0.1, -0.1
    head.set_weights([weights.reshape(-1, 2), np.zeros(2)])
    return Network("spotter", model, ("none", "red"), "made up", ())


class Folder:
    """Stands in for a run folder."""

    def __init__(self):
        self.config = dataclasses.make_dataclass("Config", ["seed"])(5)
        self.arrays = {}

    def save_array(self, name, values):
        self.arrays[name] = values


def case(image, others, planted=12):
    settings = dataclasses.replace(SCALES["tiny"], planted=planted)
    images = np.stack([image, *others]).astype(np.float32)
    n = len(images)
    return covered.CoveredPhotos(
        spotter(), settings, tuple("abc"[:n]), images, np.ones(n, int), np.ones(n), 4, 2, 0
    )


def colour(*rgb):
    return np.broadcast_to(np.array(rgb, np.float32), (24, 24, 3))


def test_a_planted_red_photo_is_found_on_grey_and_on_photos():
    run = Folder()
    red = colour(0.5, 0.5, 0.5).copy()
    red[4:20, 4:20] = (1, 0, 0)
    found = planting.measure(run, case(red, [colour(0.2, 0.3, 0.3), colour(0.1, 0.4, 0.4)]))
    assert found["side"] == 9
    assert found["chance"] == pytest.approx(81 / 576)
    for ground in GROUNDS:
        assert found[ground]["found"] == [1] * 12
        assert ground == "plain" or min(found[ground]["rises"]) > 1
        shown = run.arrays[f"planted-{ground}"]
        assert shown.shape == (planting.SHOWN, 24, 24, 4)
        for scene, (top, left, bottom, right) in zip(shown, found[ground]["boxes"], strict=False):
            assert bottom - top == right - left == 9
            assert scene[top + 4, left + 4, 0] > 0.9
            outside = np.ones((24, 24), bool)
            outside[top:bottom, left:right] = False
            assert np.ptp(scene[outside][:, :3], axis=0).max() < 1e-6
    assert len({tuple(box) for box in found["plain"]["boxes"]}) > 6


def test_a_photo_that_speaks_against_the_class_is_not_found():
    found = planting.measure(Folder(), case(colour(0, 1, 1), [colour(0.6, 0.1, 0.1)]))
    assert sum(found["photos"]["found"]) == 0
    assert max(found["photos"]["rises"]) < -1


def test_shrunk_is_the_middle_square():
    image = np.zeros((8, 14, 3), np.float32)
    image[:, 3:11] = 1
    assert planting.shrunk(image, 4).shape == (4, 4, 3)
    np.testing.assert_allclose(planting.shrunk(image, 4), 1, atol=1e-6)


def test_how_much_of_a_map_lies_in_a_box():
    heat, box = np.zeros((4, 4)), np.zeros((4, 4), bool)
    box[:2, :2] = True
    heat[0, 0], heat[3, 3], heat[0, 3] = 3, 1, -8
    assert numbers.in_box(heat, box) == {"maximum": True, "mass": 0.75, "area": 0.25}
    assert numbers.in_box(-heat, box) == {"maximum": False, "mass": 0.0, "area": 0.25}
    assert numbers.in_box(0 * heat, box)["mass"] == 0


def test_maps_are_compared_by_correlation():
    first = np.arange(16.0).reshape(4, 4)
    assert numbers.compared(2 * first + 1, first, None)["correlation"] == pytest.approx(1)
    assert numbers.compared(-first, first, None)["correlation"] == pytest.approx(-1)
    assert numbers.compared(np.ones((4, 4)), first, None)["correlation"] == 0
    assert "in_box" in numbers.compared(first, first, np.eye(4, dtype=bool))


def test_the_object_box_goes_through_the_networks_own_crop():
    network = spotter()
    box = covered.object_box(network, "chelsea", (300, 451))
    # The middle 300 x 300 of 300 x 451 pixels: rows 80 to 270 and columns 130 to 350 of the photo.
    rows, columns = np.flatnonzero(box.any(axis=1)), np.flatnonzero(box.any(axis=0))
    scale, left = network.prepare(np.ones((300, 451, 3), np.float32)).shape[0] / 300, 75.5
    assert rows[[0, -1]] == pytest.approx([80 * scale, 270 * scale - 1], abs=1.5)
    wanted = [(130 - left) * scale, (350 - left) * scale - 1]
    assert columns[[0, -1]] == pytest.approx(wanted, abs=1.5)
    assert covered.object_box(network, "coffee", (300, 451)) is None


def test_without_class_names_a_class_is_its_number():
    nameless = dataclasses.replace(spotter(), class_names=())
    assert nameless.class_name(1) == "class 1"
    assert spotter().class_name(1) == "red"


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("fill=grey", "does not know grey"),
        ("fills=zero,grey", "does not know grey"),
        ("read=loss", "does not know loss"),
        ("photos=nobody", "does not know nobody"),
        ("size=-1", "give 0 or more"),
        ("relative_sizes=0", "numbers above 0"),
        ("orders=1", "no interval"),
        ("planted=-1", "planted scenes are -1"),
        ("target=zebra", "zebra"),
        ("target=10", "10"),
        ("image=nobody.png", "nobody"),
        ("size=33", "33 pixels high, but the image only 32"),
    ],
)
def test_bad_settings_are_one_sentence(assignment, sentence, tmp_path):
    with pytest.raises(InputError, match=sentence):
        execute.start("occlusion", tmp_path / "run", scale="tiny", assignments=[assignment])
    assert not (tmp_path / "run").exists()


def test_a_class_of_ones_own_is_mapped(tmp_path):
    run = execute.start(
        "occlusion", tmp_path / "run", scale="tiny", jobs=1,
        assignments=["target=ship", "photos=", "planted=0", "fills=zero", "fill=zero", "size=8"],
    )  # fmt: skip
    assert "planted" not in run.metrics
    assert not (run.path / "planted.png").exists()
    first = run.metrics["classes"]["chelsea"]
    assert (first["class"], first["class_name"]) == (8, "ship")
    assert run.metrics["map"]["size"] == 8
    heat = run.load_array("heats")[0]
    assert heat.shape == (32, 32)
    assert heat.max() <= run.metrics["map"]["largest_drop"] + 1e-6
