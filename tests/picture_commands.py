"""What the commands that take picture files have in common."""

import numpy as np

from tfnets.datasets.eight_bit import write_picture


def write_scans(folder, size):
    """Writes a grey picture of a size and a small coloured one of odd sides."""
    rng = np.random.default_rng(0)
    write_picture(folder / "a.png", rng.random((*size, 1)) * 0.4)
    write_picture(folder / "b.png", rng.random((7, 5, 3)) * 0.4)
    return folder


def _text(name):
    return lambda folder: (folder / name).write_text("no picture")


def _twin(folder):
    (folder / "sub").mkdir()
    write_picture(folder / "sub" / "a.png", np.zeros((4, 4, 1)))


BAD_INPUT = [
    (None, ["none.png"], "There is no picture file at none.png"),
    (None, ["."], "is a folder"),
    (_text("bad.png"), ["bad.png"], "not a picture"),
    (None, ["--out", "."], "would be replaced"),
    (_twin, ["sub/a.png"], "both become"),
    (_text("file"), ["--out", "file"], "cannot be made"),
    (None, ["--background", "blue"], "no background 'blue'"),
]
"""What is done to the folder of `write_scans`, words after `a.png --out new`, and the answer."""


def check_refused(call, folder, change, words, options, sentence):
    """Bad input is answered by one sentence and exit code 2, and the folder is as it was.

    Args:
        call: The fixture.
        folder: That of `write_scans`, where the command runs.
        change: What is done to the folder before; None for nothing.
        words: Further pictures, or options; of an option given twice the last one counts.
        options: The command and the run, `"{}"` where pictures come.
        sentence: Part of the answer.
    """
    if change:
        change(folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    pictures, after = ([], words) if words[0].startswith("--") else (words, [])
    place = options.index("{}")
    given = [*options[:place], "a.png", *pictures, *options[place + 1 :], "--out", "new", *after]
    code, out, err = call(*given)
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.startswith("tfnets: ")
    assert len(err.splitlines()) == 1
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
