"""What every room writes with."""

from pathlib import Path
from unicodedata import normalize

import pytest

from tfnets import files
from tfnets.files import write_csv


def test_a_csv_keeps_names_that_are_no_unicode(tmp_path):
    name = b"scan-\xff.png".decode("utf-8", "surrogateescape")
    write_csv(tmp_path / "new" / "a.csv", [("file", "label"), (name, "b, c"), ("\u00e9.png", 7)])
    assert (tmp_path / "new" / "a.csv").read_bytes() == (
        b'file,label\nscan-\xff.png,"b, c"\n\xc3\xa9.png,7\n'
    )
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.csv"]


@pytest.mark.parametrize("listed", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("there", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_path_is_found_in_any_unicode_form(tmp_path, there, listed):
    name = "\N{LATIN SMALL LIGATURE FI}\u00fc"
    on_disk, given = (
        tmp_path / normalize(form, name) / f"{normalize(form, name)}.png"
        for form in (there, listed)
    )
    on_disk.parent.mkdir()
    on_disk.touch()
    assert files.as_on_disk(given) == on_disk
    assert files.as_on_disk(given.with_suffix(".txt")) == on_disk.parent / f"{given.stem}.txt"


def test_of_two_files_in_two_forms_each_is_found_by_its_own_name(tmp_path):
    for name in ("\u00fc", "u\u0308"):
        (tmp_path / name).touch()
        assert files.as_on_disk(tmp_path / name) == tmp_path / name
    assert files.as_on_disk(tmp_path / "\uff55\u0308") == tmp_path / "\uff55\u0308"


@pytest.mark.parametrize("path", ["", ".", "/", "a\0b", "x" * 5000, "/nowhere/a"])
def test_a_path_that_is_nowhere_stays_as_it_is(path):
    assert files.as_on_disk(path) == Path(path)


def test_a_link_in_a_circle_stays_inside(tmp_path):
    (tmp_path / "a").symlink_to("a")
    assert files.inside(tmp_path, "a") == tmp_path / "a"
