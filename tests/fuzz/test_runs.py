"""Run folders that nobody should have: each works, or is one sentence, at once and unchanged."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.fuzz import runs
from tfnets import execute, latents, sweep
from tfnets.artifacts.run import Run
from tfnets.datasets.prompts import Vocabulary
from tfnets.errors import InputError
from tfnets.jobs.translate import available
from tfnets.lab.settings import from_json
from tfnets.methods.gans import saved
from tfnets.report import build_report, summary_table


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    return runs.write(tmp_path_factory.mktemp("runs"), seed=0)


def lost():
    """A link in a circle is no part, so the run would make it anew."""
    raise InputError("The part is lost")


def read(command, folder, page):
    """What the command reads of a folder but for models, in this process."""
    run = Run.open(folder)
    if command == "report":
        from_json(execute.load("few_labels").Settings, run.config.settings)
        run.part("one", lost)
        summary_table([folder])
        text = build_report([folder], page).read_text(encoding="utf-8")
        assert runs.CANARY not in text
    elif command == "sweep":
        from_json(sweep.Asked, run.config.settings).points(run.config.scale)
        summary_table([folder])
    elif command == "translate":
        available(run)
    elif command == "generate":
        assert saved.names(run) == ["normal-0"]
        latents.load(saved.prior_path(run, "normal-0"))
        Vocabulary.load(saved.vocabulary_path(run, "normal-0"))


def outcome(command, folder, page):
    """None, or the sentence of the refusal."""
    page.unlink(missing_ok=True)
    try:
        read(command, folder, page)
    except InputError as error:
        assert not page.exists()
        return str(error)
    return None


def listing(folder):
    return sorted((p.relative_to(folder).as_posix(), p.lstat().st_size) for p in folder.rglob("*"))


def test_the_same_seed_gives_the_same_bytes(cases, tmp_path):
    again = runs.write(tmp_path, seed=0)
    assert list(again) == list(cases)
    assert len(cases) > 300
    for name in cases:
        files = [p for p in cases[name].rglob("*.json") if p.is_file() and p.stat().st_size < 2**30]
        for path in files:
            assert path.read_bytes() == (again[name] / path.relative_to(cases[name])).read_bytes()


def test_each_works_or_is_one_sentence_and_nothing_is_written(cases, tmp_path):
    worked = set()
    for name, folder in cases.items():
        before = listing(folder)
        said = outcome(name.partition("-")[0], folder, tmp_path / "page.html")
        assert listing(folder) == before, name
        if said is None:
            worked.add(name)
            continue
        assert said.isprintable(), name
        assert len(said) < 800, name
        assert ". " not in said, name
    assert {f"{command}-whole" for command in runs.FILES} <= worked
    damaged = {name for name in worked if name.endswith((*runs.DAMAGES, *runs.KINDS))}
    # An empty history is one; generators do not need their run's report; numbers may have any name.
    named = {f"{place}-key" for place in (
        "generate-metrics.json", "report-metrics.json", "report-parts-one.json",
        "sweep-metrics.json",
    )}  # fmt: skip
    others = {name for name in damaged if not name.startswith("generate-report.json")}
    assert others == {"report-history.csv-empty"} | named


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    (command, file, place)
    for command, files in runs.FILES.items()
    for file, value in files.items()
    for place in runs.places(value)
]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    place = tmp_path_factory.mktemp("fields")
    return {command: runs.whole(place / command, command) for command in runs.FILES}


@settings(max_examples=400, deadline=None)
@given(field=st.sampled_from(FIELDS), value=JSON)
def test_any_value_in_any_field_works_or_is_one_sentence(folders, field, value):
    command, file, place = field
    whole = runs.FILES[command][file]
    path = folders[command] / file
    path.write_text(json.dumps(runs.replaced(whole, place, value)))
    try:
        said = outcome(command, folders[command], folders["report"].parent / "page.html")
    finally:
        path.write_text(json.dumps(whole))
    assert said is None or said.isprintable()


def test_a_bound_that_is_lifted_is_seen(cases, tmp_path, monkeypatch):
    """The corpus finds a gate that is open."""
    monkeypatch.setattr("tfnets.artifacts.run.read_json", lambda path, form=None: json.loads(
        path.read_text()))  # fmt: skip
    with pytest.raises((RecursionError, AttributeError)):
        outcome("report", cases["report-config.json-deep-lists"], tmp_path / "page.html")


PROGRAM = """
import contextlib, io, json, resource, sys
from tfnets import cli
cli.import_tensorflow()
told = {}
for name, words in json.load(sys.stdin).items():
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
        try:
            code = cli.main(words)
        except BaseException as error:
            code = repr(error)
    told[name] = code, errors.getvalue()
print(json.dumps([told, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


@pytest.mark.slow
def test_commands_answer_each_with_one_line(cases, tmp_path):
    Image.new("L", (28, 28)).save(tmp_path / "scan.png")
    words = {}
    for name, folder in cases.items():
        asked = name.partition("-")[0]
        out = str(tmp_path / name)
        if asked in ("report", "sweep"):
            words[f"{name} resume"] = ["resume", str(folder)]
            words[name] = ["report", str(folder), "--out", f"{out}.html"]
        elif asked == "generate":
            words[name] = ["generate", str(folder), "--out", f"{out}.png"]
        else:
            run = [str(folder)] if asked == "translate" else ["--run", str(folder)]
            words[name] = [asked, *run[:1], *run[1:], str(tmp_path / "scan.png"), "--out", out]
    before = {name: listing(folder) for name, folder in cases.items()}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(words), capture_output=True, text=True,
        check=False, cwd=tmp_path,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
    told, memory = json.loads(ended.stdout.splitlines()[-1])
    assert {name: code for name, (code, _) in told.items() if code not in (0, 2)} == {}
    for name, (code, errors) in told.items():
        if code == 2:
            assert len(errors.splitlines()) == 1, (name, errors)
            assert errors.startswith("tfnets: "), (name, errors)
            assert errors.rstrip("\n").isprintable(), (name, errors)
            assert not [
                end for end in ("", ".html", ".png") if (tmp_path / f"{name}{end}").exists()
            ]
    assert {name: listing(folder) for name, folder in cases.items()} == before
    assert not Path(tmp_path / "canary").exists()
    assert memory < 2**20, memory  # kB
    assert told["report-whole"][0] == told["translate-whole"][0] == told["denoise-whole"][0] == 0
