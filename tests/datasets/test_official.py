import socket
import time

import pytest

from tfnets.datasets.sources import official
from tfnets.datasets.sources.commands import SourceError

from . import tiny

# Stands in for TFDS on the program's path: official addresses, and a downloader of files.
FAKE_TFDS = """
from pathlib import Path
import types, urllib.request

PLACE = Path(__file__).with_name("place").read_text()

def builder_cls(name):
    names = [path.name for path in sorted(Path(PLACE).iterdir())] if PLACE[0] == "/" else ["f"]
    urls = [f"file://{PLACE}/{name}" for name in names] if PLACE[0] == "/" else [PLACE]
    return types.SimpleNamespace(url_infos=dict.fromkeys(urls))

class DownloadManager:
    def __init__(self, *, download_dir, force_checksums_validation):
        assert force_checksums_validation
        self.folder = download_dir
        self.folder.mkdir()

    def download(self, urls):
        print("a noisy progress bar")
        return {key: urllib.request.urlretrieve(url, self.folder / f"mangled_{key}")[0]
                for key, url in urls.items()}

download = types.SimpleNamespace(DownloadManager=DownloadManager)
"""


@pytest.fixture
def fake_tfds(tmp_path, monkeypatch):
    def install(place):
        fake = tmp_path / "path" / "tensorflow_datasets"
        fake.mkdir(parents=True)
        (fake / "__init__.py").write_text(FAKE_TFDS)
        (fake / "place").write_text(str(place))
        monkeypatch.setenv("PYTHONPATH", str(fake.parent))

    return install


def test_official_files_arrive_under_their_names(tmp_path, fake_tfds, capfd):
    fake_tfds(tiny.place(tmp_path / "server", tiny.files()))
    folder = official.collect(tiny.dataset(), tiny.place(tmp_path / "work", {}))
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert found == tiny.files()
    assert capfd.readouterr() == ("", "")


def test_a_dead_host_fails_at_once_with_one_line(tmp_path, fake_tfds):
    fake_tfds("http://127.0.0.1:9/file")
    with pytest.raises(SourceError, match=r"no connection to 127\.0\.0\.1: .*refused"):
        official.collect(tiny.dataset(), tmp_path)


def test_a_silent_host_does_not_hang(tmp_path, fake_tfds):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        fake_tfds(f"http://127.0.0.1:{silent.getsockname()[1]}/file")
        start = time.monotonic()
        with pytest.raises(SourceError, match=r"no connection to 127\.0\.0\.1: .*timed out"):
            official.collect(tiny.dataset(), tmp_path)
    assert time.monotonic() - start < 15
