import logging
import pickle
from pathlib import Path

import numpy as np
import pytest

from tfnets.datasets.sources import cache
from tfnets.errors import InputError

from . import tiny


def test_folder_prefers_argument_then_variable_then_user_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("TFNETS_DATA_DIR", str(tmp_path / "variable"))
    assert cache.folder(tmp_path / "argument") == tmp_path / "argument"
    assert cache.folder() == tmp_path / "variable"
    monkeypatch.delenv("TFNETS_DATA_DIR")
    assert cache.folder() == tmp_path / "xdg" / "tfnets"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.folder() == Path.home() / ".cache" / "tfnets"


def test_what_is_written_is_read(tmp_path):
    assert cache.read(tiny.dataset(), tmp_path) is None
    cache.write(tiny.dataset(), tmp_path, tiny.arrays())
    found = cache.read(tiny.dataset(), tmp_path)
    for key, array in tiny.arrays().items():
        np.testing.assert_array_equal(found[key], array)
    names = {path.name for path in (tmp_path / "tiny").iterdir()}
    assert names == {"x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"}


def flip_last_byte(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def forge_header(path):
    path.write_bytes(path.read_bytes().replace(b"(6, 4, 5)", b"(6**99,)"))


DAMAGE = {
    "flipped": flip_last_byte,
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "empty": lambda path: path.write_bytes(b""),
    "gone": lambda path: path.unlink(),
    "forged header": forge_header,
    "huge": lambda path: path.write_bytes(path.read_bytes().replace(b"(6, 4, 5)", b"(6, 4**9)")),
    "pickle": lambda path: path.write_bytes(pickle.dumps([1])),
    "objects": lambda path: np.save(path, np.array([None]), allow_pickle=True),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_entry_is_not_used_and_thrown_away_with_one_line(tmp_path, caplog, damage):
    cache.write(tiny.dataset(), tmp_path, tiny.arrays())
    damage(tmp_path / "tiny" / "x_train.npy")
    assert cache.read(tiny.dataset(), tmp_path) is None
    with caplog.at_level(logging.WARNING, "tfnets.datasets"):
        cache.discard(tiny.dataset(), tmp_path)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Tiny" in caplog.text
    assert list((tmp_path / "tiny").iterdir()) == []


def test_discard_leaves_files_placed_by_hand(tmp_path, caplog):
    tiny.place(tmp_path / "tiny", tiny.files())
    cache.discard(tiny.dataset(), tmp_path)
    assert {path.name for path in (tmp_path / "tiny").iterdir()} == set(tiny.files())
    assert not caplog.records


def test_lock_needs_a_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be made"):
        cache.lock("tiny", tmp_path / "file")
