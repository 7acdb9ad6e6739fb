import re
import shutil
from collections import namedtuple

import keras
import numpy as np
import pytest
import tensorflow as tf

import tfnets
from tfnets import cli
from tfnets.cli import doctor
from tfnets.errors import InputError

Usage = namedtuple("Usage", "free")


def rows(out):
    return dict(re.findall(r"^(\S+(?: \S+)*?)  +(.*)$", out, re.MULTILINE))


def test_versions_threads_places_and_space_are_shown(tmp_path, call):
    code, out, err = call("doctor", "--data-dir", tmp_path / "new")
    shown = rows(out)
    assert (code, err) == (0, "")
    assert shown["tfnets"].startswith(tfnets.__version__)
    assert shown["tensorflow"] == f"{tf.__version__}, threads: 1"
    assert (shown["keras"], shown["numpy"]) == (keras.__version__, np.__version__)
    assert shown["cache"] == str(tmp_path / "new")
    assert shown["free space"].endswith(" GiB")
    assert out.endswith("Nothing is wrong.\n")
    assert not (tmp_path / "new").exists()


def test_what_is_wrong_is_said_with_how_to_mend_it(tmp_path, call, monkeypatch):
    (tmp_path / "mnist").mkdir()
    np.save(tmp_path / "mnist" / "x_train.npy", np.zeros(3, np.uint8))
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(2**29))
    monkeypatch.setattr(doctor.os, "access", lambda place, mode: False)
    code, out, _ = call("doctor", "--data-dir", tmp_path)
    assert code == 1
    assert rows(out)["mnist"] == "damaged"
    assert out.splitlines()[-3:] == [
        f"The cache {tmp_path} cannot be written; set TFNETS_DATA_DIR to a folder that you can "
        "write.",
        "There is less than 1 GiB of free space; make room.",
        f"{tmp_path / 'mnist'} is not as published; `tfnets data get mnist` fetches it again.",
    ]


def test_a_bug_keeps_its_traceback_and_says_how_to_report_it():
    def broken():
        raise ZeroDivisionError("by zero")

    with pytest.raises(ZeroDivisionError) as caught:
        cli.guarded(broken)
    (note,) = caught.value.__notes__
    for what in ("report it", "`tfnets doctor`", "config.json"):
        assert what in note


def test_bad_input_is_no_bug(capsys):
    def refuse():
        raise InputError("No.")

    assert cli.guarded(refuse) == 2
    assert capsys.readouterr().err == "tfnets: No.\n"
