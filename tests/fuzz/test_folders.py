"""Hostile labels and prompts: each is read, or one sentence that a terminal can show."""

import resource

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.folders import FORMS, PICTURES, write, write_prompts
from tests.fuzz.test_pictures import sentence
from tests.jobs.test_classify import QUICK
from tests.jobs.test_classify import write as write_labelled
from tests.methods.labels.test_learning import bars, few
from tfnets.datasets.labelled_folder import read_labelled_folder, read_labels
from tfnets.datasets.prompts import Vocabulary
from tfnets.errors import InputError
from tfnets.files import same_name

READ = {
    "good", "crlf", "cr", "quoted", "no_end", "blank_lines", "other_columns", "mark", "same_twice",
    "empty_label", "formula", "formula_plus", "markup", "dollar", "braces", "template", "numbers",
    "spaces_around", "nothing_but_spaces", "labels_in_four_forms", "digits_of_other_scripts",
    "right_to_left_label", "escape_in_label", "line_break_in_label", "long_label", "many_columns",
    *(f"form_{there}_{listed}" for there in FORMS for listed in FORMS),
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    return write(tmp_path_factory.mktemp("folders"), 0)


def test_each_is_read_or_refused_in_one_sentence_and_little_memory(cases):
    assert len(cases) >= 50
    before, read = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, set()
    for name, path in cases.items():
        try:
            data = read_labelled_folder(path.parent / "scans", path)
        except InputError as error:
            sentence(error)
            continue
        read.add(name)
        assert len(data.files) == len(data.labels) == len(data.images)
        assert data.labels.max() == len(data.class_names) - 1 >= 1
    assert read >= READ
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 10**9 / 2


def test_a_name_is_the_same_in_all_forms(cases):
    for there in FORMS:
        for listed in FORMS:
            path = cases[f"form_{there}_{listed}"]
            data = read_labelled_folder(path.parent / "scans", path)
            assert data.class_names == ("one", "two")
            assert sorted(data.labels.tolist()) == [0, 1]
    both = cases["labels_in_four_forms"]
    data = read_labelled_folder(both.parent / "scans", both)
    assert data.labels.tolist() == [1, 1, 0]
    assert data.class_names == ("x", "\ufb01\u00fc")
    with pytest.raises(InputError, match=r"holds 'u\\u0308.png' and '\\xfc.png', one name in two"):
        read_labelled_folder(cases["twice"].parent / "scans", cases["twice"])


cells = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(PICTURES)
rows = st.lists(st.lists(cells, max_size=4).map(",".join), max_size=6)


@settings(max_examples=200, deadline=None)
@given(rows.map("\n".join), st.sampled_from(["file,label\n", "label,file\n", ""]))
def test_any_text_is_labels_or_one_sentence(tmp_path_factory, text, heading):
    path = tmp_path_factory.getbasetemp() / "labels.csv"
    path.write_bytes((heading + text).encode())
    try:
        known = read_labels(path)
    except InputError as error:
        sentence(error)
    else:
        assert known
        assert all(name == same_name(name) for name in known)


def test_prompts_are_read_or_refused_in_one_sentence(tmp_path):
    read = set()
    for name, path in write_prompts(tmp_path, 0).items():
        try:
            prompt = Vocabulary().read(path.read_bytes().decode("utf-8", "surrogatepass"))
        except InputError as error:
            sentence(error)
            continue
        read.add(name)
        assert prompt.tokens.any()
    assert read >= {"wide", "line_breaks", "markup"}


def test_the_command_says_it_in_one_printable_line(cases, tmp_path, call):
    for name, path in cases.items():
        if name in READ:  # Would be learned from; `test_classify` does.
            continue
        words = ["--images", path.parent / "scans", "--labels", path, "--out", tmp_path / "run"]
        code, out, err = call("classify", *words)
        assert (code, out) == (2, ""), name
        assert err.removesuffix("\n").isprintable(), name
        assert not (tmp_path / "run").exists(), name


@pytest.mark.slow
def test_no_label_reaches_terminal_page_or_figure_raw(tmp_path, call):
    images, kinds = bars(30)
    labels = ("<script>alert(1)</script>$\\frac$\x1b[2J\u202e\0\x07{0}%s", "=cmd|' /C calc'!A0" * 9)
    folder = write_labelled(tmp_path, images, few(kinds), labels)
    (folder / "scans" / "029.png").rename(folder / "scans" / "\x1b[2J\u202e<b>\udcff.png")
    words = ["--images", folder / "scans", "--labels", folder / "labels.csv"]
    run, page = tmp_path / "run", tmp_path / "page.html"
    code, out, err = call("classify", *words, "--out", run, "--set", *QUICK)
    assert code == 0, err
    assert call("report", run, "--out", page)[0] == 0
    shown = page.read_text(encoding="utf-8")
    for text in (out, err, shown):
        assert text.translate(dict.fromkeys(map(ord, "\n\r"))).isprintable()
    assert "<script" not in shown
    assert "<b>" not in shown
