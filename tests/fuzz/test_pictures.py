"""Hostile pictures: each is read, or one sentence that a terminal can show."""

import contextlib
import json
import resource
import shutil
import stat

import numpy as np
import pytest

from tests.fuzz.pictures import write
from tests.test_report import make_run
from tfnets.datasets.picture_files import read_picture
from tfnets.errors import InputError
from tfnets.report import build_report

GIGABYTE = 10**9


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    return write(tmp_path_factory.mktemp("pictures"), 0)


def ordinary(cases):
    """The cases that are files, without the terabyte of zeros."""
    for name, path in cases.items():
        with contextlib.suppress(OSError, ValueError):
            if stat.S_ISREG(path.lstat().st_mode) and path.stat().st_size < 2**30:
                yield name, path


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def sentence(error):
    text = str(error)
    assert text.isprintable()
    assert text.endswith(".")
    return text


def test_there_are_many_and_the_same_each_time(cases, tmp_path):
    assert len(cases) >= 100
    again = write(tmp_path, 0)
    for name, path in ordinary(cases):
        assert path.read_bytes() == again[name].read_bytes(), name


def test_each_is_read_or_refused_in_one_sentence_and_little_memory(cases):
    before, read = peak(), set()
    for name, path in cases.items():
        try:
            picture = read_picture(path)
        except InputError as error:
            sentence(error)
            continue
        read.add(name)
        assert picture.pixels.dtype == np.float32
        assert 0 <= picture.pixels.min() <= picture.pixels.max() <= 1
    assert peak() - before < GIGABYTE / 2
    assert {name for name in cases if name.startswith("whole")} <= read
    assert {"plain.tiff", "frames_5000.gif", "orientation_6.tif"} <= read
    assert not {name for name in read if name.startswith(("header", "bomb_of", "frames_2", "cut"))}


def test_a_report_embeds_or_refuses_each_in_one_sentence(cases, tmp_path):
    for number, (name, path) in enumerate(ordinary(cases)):
        run = make_run(tmp_path / str(number))
        report = json.loads((run / "report.json").read_text())
        report["figures"] = [{"file": path.name, "caption": name}]
        (run / "report.json").write_text(json.dumps(report))
        (run / path.name).hardlink_to(path)
        page = tmp_path / f"{number}.html"
        try:
            build_report([run], page)
        except InputError as error:
            sentence(error)
            assert not page.exists()
        else:
            assert path.read_bytes().startswith((b"\x89PNG", b"GIF8"))
            assert page.stat().st_size < 2 * 10**6


FEW = (
    "circle.png", "pipe.png", "name_escape", "name_line_break", "name_right_to_left",
    "name_no_utf8", "orientation_6.tif",
)  # fmt: skip


@pytest.mark.parametrize("names", [FEW, pytest.param(None, marks=pytest.mark.slow)])
def test_a_command_says_it_in_one_printable_line(cases, names, tmp_path, call):
    """What is refused leaves no folder; what is read is told of printably, too."""
    for name in names or set(cases) - {"zero_in_name"}:  # No argument can hold a zero.
        path = cases[name]
        out = tmp_path / "new"
        code, _, err = call("denoise", path, "--out", out)
        assert code in (0, 2), name
        lines = err.splitlines()
        assert all(line.isprintable() for line in lines), name
        assert "\n".join(lines) == err.removesuffix("\n"), name
        if code == 2:
            assert len(lines) == 1, name
            assert not out.exists(), name
        else:
            assert [made.name for made in out.iterdir()] == [f"{path.stem}.png"]
            shutil.rmtree(out)
