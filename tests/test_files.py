"""What every room writes with."""

from tfnets.files import write_csv


def test_a_csv_keeps_names_that_are_no_unicode(tmp_path):
    name = b"scan-\xff.png".decode("utf-8", "surrogateescape")
    write_csv(tmp_path / "new" / "a.csv", [("file", "label"), (name, "b, c"), ("\u00e9.png", 7)])
    assert (tmp_path / "new" / "a.csv").read_bytes() == (
        b'file,label\nscan-\xff.png,"b, c"\n\xc3\xa9.png,7\n'
    )
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.csv"]
