"""Many runs of one study: each once, their numbers in one table, the same bytes in any way."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfnets import execute, sweep
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.engine import Lab
from tfnets.lab.settings import Names, count, setting, some_of
from tfnets.report.content import Claim, Page

ROOT = Path(__file__).parents[1]
HERE = Lab(jobs=1)


# ruff: noqa: RUF009 -- fields are made by functions that say default, meaning and check.
@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    latent: int = count(4, "Numbers of z.")
    shift: float = setting(0.0, "Added to the score.")
    kinds: Names = some_of(("a", "b", "b_a"), ("a",), "Kinds.")
    words: Names = setting(("x",), "Regular expressions.")


class Sums:
    """A study of sums: `score` is latent + shift + the seed's square, and runs are counted."""

    Settings = Settings
    SCALES = {"tiny": Settings(latent=2), "quick": Settings()}  # noqa: RUF012

    def __init__(self):
        self.runs = []
        self.stop_at = None

    def run(self, run, settings, lab):
        if len(self.runs) == self.stop_at:
            raise KeyboardInterrupt
        if settings.shift < 0:
            raise InputError("The shift is below 0.")
        seed = run.config.seed
        self.runs.append((settings, seed))
        score = settings.latent + settings.shift + seed**2
        run.part("sum", lambda: {"score": score})
        page = Page(run, "Sums", "What is the sum?")
        verdict = "confirmed" if seed else "not decidable"
        page.claims.append(Claim("It is large", None, score, None, None, verdict))
        page.claims.append(
            Claim("It has a name", None, "sum", None, None, "not confirmed", whose="origin")
        )
        page.claims.append(Claim("It is even", None, None, None, None, "not confirmed"))
        numbers = {"score": score, "even": score % 2 == 0, "name": "sum", "none": None}
        by_kind = {kind: {"size": [float(len(kind)), seed]} for kind in settings.kinds}
        run.finish(numbers | by_kind, page.as_json())


@pytest.fixture
def sums(monkeypatch):
    study = Sums()
    monkeypatch.setattr(execute, "load", lambda name: study)
    return study


def content(path):
    """What a sweep's folder holds, but for locks and what an unfinished run keeps."""
    return {
        p.relative_to(path).as_posix(): p.read_bytes()
        for p in sorted(path.rglob("*"))
        if p.is_file() and p.suffix != ".lock" and not p.name.startswith(".")
    }


class TestSeeds:
    @given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 20)), min_size=1, max_size=5))
    def test_numbers_and_ranges_are_read(self, pieces):
        text = ", ".join(f"{a}-{a + n}" if n else str(a) for a, n in pieces)
        assert sweep.parse_seeds(text) == [a + i for a, n in pieces for i in range(n + 1)]

    @pytest.mark.parametrize(
        ("text", "seeds"), [("3", [3]), ("0-0", [0]), (" 1 , 4-6 ", [1, 4, 5, 6]), ("2,1", [2, 1])]
    )
    def test_as_written(self, text, seeds):
        assert sweep.parse_seeds(text) == seeds

    @pytest.mark.parametrize(
        "text",
        ["", " ", ",", "1,", "-1", "3-1", "1-", "1.5", "a", "1;2", "0-9-12", "0-400", "1" * 11],
    )
    def test_anything_else_is_one_sentence(self, text):
        with pytest.raises(InputError, match="whole numbers such as 0-9 or 1,2,5-7, not '"):
            sweep.parse_seeds(text)

    @pytest.mark.parametrize("seeds", [[], [1, 2, 1]])
    def test_none_and_twice_are_refused(self, seeds, sums, tmp_path):
        with pytest.raises(InputError, match="at least one seed, and each once"):
            sweep.start("sums", tmp_path / "sweep", seeds=seeds, lab=HERE)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("seed", [-1, 2**31])
    def test_one_that_no_run_could_have_is_refused_before_any_run(self, seed, sums, tmp_path):
        with pytest.raises(InputError, match=f"The seed is {seed}; give a whole number from 0 to"):
            sweep.start("sums", tmp_path / "sweep", seeds=[1, seed], lab=HERE)
        assert list(tmp_path.iterdir()) == []


class TestCombinations:
    @pytest.mark.parametrize(
        ("assignments", "expected"),
        [
            ([], {"": {}}),
            (["latent=8"], {"": {"latent": 8}}),
            (["latent=8,16"], {"latent=8": {"latent": 8}, "latent=16": {"latent": 16}}),
            (["kinds=a,b"], {"": {"kinds": ("a", "b")}}),
            (["kinds=a;a,b"], {"kinds=a": {"kinds": ("a",)}, "kinds=a,b": {"kinds": ("a", "b")}}),
            (
                ["kinds=a;b", "shift=0.5", "latent=1, 2"],
                {
                    f"kinds={kind}, latent={n}": {"kinds": (kind,), "shift": 0.5, "latent": n}
                    for kind in "ab"
                    for n in (1, 2)
                },
            ),
            (["latent=8,8"], {"latent=8": {"latent": 8}}),
            (["latent=1,2", "latent=3"], {"": {"latent": 3}}),
        ],
    )
    def test_each_has_its_label(self, assignments, expected):
        found = dict(sweep.combinations(Settings(), assignments))
        assert found == {label: Settings(**values) for label, values in expected.items()}
        assert list(found) == list(expected)

    @pytest.mark.parametrize(
        ("assignment", "sentence"),
        [
            ("latent", "takes key=value"),
            ("width=8,16", "no setting 'width'"),
            ("latent=8,many", "takes a int like 4, not 'many'"),
            ("latent=8,", "takes a int like 4, not ''"),
            ("latent=8;16", "takes a int like 4, not '8;16'"),
            ("latent=8,0", "latent is 0"),
            ("kinds=a;c", "does not know c"),
            ("kinds=a;", "an empty list"),
        ],
    )
    def test_a_bad_value_is_one_sentence_and_nothing_is_written(
        self, assignment, sentence, sums, tmp_path
    ):
        with pytest.raises(InputError, match=sentence):
            sweep.start("sums", tmp_path / "s", seeds=[0], assignments=[assignment], lab=HERE)
        assert list(tmp_path.iterdir()) == []
        assert sums.runs == []

    def test_too_many_runs_are_refused(self, sums, tmp_path):
        values = ",".join(map(str, range(1, 102)))
        with pytest.raises(
            InputError, match=r"101 settings with 4 seeds are 404 runs; .* most 400"
        ):
            sweep.start(
                "sums", tmp_path / "s", seeds=range(4), assignments=[f"latent={values}"], lab=HERE
            )
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "assignment", ["words=a*;a+", "kinds=b,a;b_a", "words=" + ";".join(["w" * 300, "w" * 301])]
    )
    def test_settings_that_read_alike_have_folders_of_their_own(self, assignment, sums, tmp_path):
        out = tmp_path / "sweep"
        sweep.start("sums", out, seeds=[0], assignments=[assignment], lab=HERE)
        assert len(sums.runs) == len(list((out / "runs").glob("*seed0"))) == 2


def start(out, **options):
    asked = {"seeds": [1, 2, 3], "assignments": ["latent=8,16"], "lab": HERE} | options
    return sweep.start("sums", out, **asked)


def test_table_intervals_and_verdicts_by_hand(sums, tmp_path):
    """Scores 8 + 1, 8 + 4, 8 + 9: mean 12.667, deviation sqrt(49/3), t(0.975, 2) = 4.30265."""
    run = start(tmp_path / "sweep")
    half = 4.302652729911275 * (49 / 3) ** 0.5 / 3**0.5
    for label, latent in (("latent=8", 8), ("latent=16", 16)):
        (number,) = run.metrics[label].values()
        assert list(run.metrics[label]) == ["It is large"]
        assert number["n"] == 3
        assert number["mean"] == pytest.approx(latent + 14 / 3)
        low, high = latent + 14 / 3 - half, latent + 14 / 3 + half
        assert number["ci95"] == pytest.approx([low, high])
    means, verdicts = run.report["tables"]
    assert means["columns"] == ["number", "setting", "mean [95 % interval]", "seeds"]
    assert means["rows"] == [
        ["It is large", "latent=8", "12.67 [2.63, 22.71]", 3],
        ["It is large", "latent=16", "20.67 [10.63, 30.71]", 3],
    ]
    assert verdicts["columns"][1:] == [
        "whose",
        "setting",
        "confirmed",
        "not confirmed",
        "not decidable",
    ]
    assert verdicts["rows"] == [
        [claim, whose, f"latent={latent}", *counted]
        for latent in (8, 16)
        for claim, whose, counted in (
            ("It is large", "ours", [3, 0, 0]),
            ("It has a name", "origin", [0, 3, 0]),
            ("It is even", "ours", [0, 3, 0]),
        )
    ]
    assert run.report["figures"] == [{"file": "number1.png", "caption": "It is large, by setting."}]
    assert (run.path / "number1.png").read_bytes()[:4] == b"\x89PNG"


def test_one_seed_has_no_interval_and_one_setting_no_label(sums, tmp_path):
    run = start(tmp_path / "sweep", seeds=[0], assignments=["latent=7"])
    assert run.metrics == {"as set": {"It is large": {"mean": 7.0, "n": 1}}}
    assert run.report["tables"][0]["rows"] == [["It is large", "as set", "7", 1]]
    assert run.report["tables"][1]["rows"][0] == ["It is large", "ours", "as set", 0, 0, 1]
    assert sums.runs == [(Settings(latent=7), 0)]


def test_scale_and_its_settings_are_the_study_s(sums, tmp_path):
    start(tmp_path / "sweep", scale="tiny", assignments=[], seeds=[3])
    assert sums.runs == [(Settings(latent=2), 3)]
    assert Run.open(tmp_path / "sweep" / "runs" / "seed3").config.scale == "tiny"
    with pytest.raises(InputError, match="no scale 'huge'"):
        start(tmp_path / "other", scale="huge")


def test_metrics_are_found_by_path_and_pattern(sums, tmp_path):
    run = start(tmp_path / "a", metrics=["score", "*.size.1"], assignments=["kinds=a,b"])
    assert list(run.metrics["as set"]) == ["score", "a.size.1", "b.size.1"]
    assert run.metrics["as set"]["b.size.1"]["mean"] == 2
    assert [row[:2] for row in run.report["tables"][0]["rows"]][:2] == [
        ["score", "as set"], ["a.size.1", "as set"]
    ]  # fmt: skip


def test_many_numbers_are_all_tabulated_and_some_drawn(sums, tmp_path):
    run = start(tmp_path / "a", metrics=["*"], assignments=["kinds=a,b,b_a"])
    assert len(run.report["tables"][0]["rows"]) == 7
    assert len(run.report["figures"]) == 6
    assert run.report["notes"] == ["The first 6 of 7 numbers are drawn; the table has all."]


def test_a_number_that_only_some_seeds_have_says_how_many(sums, tmp_path, monkeypatch):
    finish = Run.finish

    def without(run, metrics, report):
        finish(run, {k: v for k, v in metrics.items() if k != "a" or run.config.seed > 1}, report)

    monkeypatch.setattr(Run, "finish", without)
    run = start(tmp_path / "s", metrics=["*"], assignments=[])
    assert run.metrics["as set"]["score"]["n"] == 3
    assert run.metrics["as set"]["a.size.1"] == {
        "mean": 2.5, "ci95": pytest.approx([-3.853, 8.853], abs=1e-3), "n": 2
    }  # fmt: skip


def test_an_unknown_metric_is_said_after_one_run_and_another_goes_on(sums, tmp_path, call):
    out = tmp_path / "sweep"
    with pytest.raises(InputError) as error:
        start(out, metrics=["score", "frechet"])
    assert str(error.value) == (
        f"metrics.json of {out}/runs/latent=8-seed1 has no number 'frechet'; it has, for instance, "
        f"score, a.size.0, a.size.1. What is finished is kept; go on with "
        f"`tfnets resume {out} --metric NAME`."
    )
    assert len(sums.runs) == 1
    for _ in range(2):
        with pytest.raises(InputError, match="has no number 'frechet'"):
            sweep.resume(out, lab=HERE)
    assert len(sums.runs) == 1  # not one more for each try
    code, text, errors = call("resume", out, "--metric", "score", "--jobs", 1)
    assert code == 0
    assert "tfnets:" not in errors
    assert text.splitlines()[2].split()[:2] == ["score", "latent=8"]
    assert len(sums.runs) == len(set(sums.runs)) == 6
    expected = start(tmp_path / "whole", metrics=["score"])
    for name in ("metrics.json", "report.json"):
        assert (out / name).read_bytes() == (expected.path / name).read_bytes()


def test_a_finished_sweep_can_be_asked_for_other_numbers(sums, tmp_path):
    run = start(tmp_path / "sweep")
    sweep.resume(run.path, metrics=["*.size.0"], lab=HERE)
    assert list(Run.open(run.path).metrics["latent=8"]) == ["a.size.0"]
    with pytest.raises(InputError, match="no number 'b'"):
        sweep.resume(run.path, metrics=["b"], lab=HERE)
    assert list(Run.open(run.path).metrics["latent=8"]) == ["a.size.0"]
    assert len(sums.runs) == 6


def test_a_finished_sweep_is_not_done_again(sums, tmp_path):
    run = start(tmp_path / "sweep")
    before = content(run.path)
    assert sweep.resume(run.path, lab=HERE).metrics == run.metrics
    assert content(run.path) == before
    assert len(sums.runs) == 6


@pytest.mark.parametrize("done", range(6))
def test_stopped_after_so_many_runs_and_resumed_it_is_the_whole(done, sums, tmp_path):
    whole = content(start(tmp_path / "whole").path)
    sums.runs.clear()
    sums.stop_at = done
    with pytest.raises(KeyboardInterrupt):
        start(tmp_path / "sweep")
    assert len(sums.runs) == done
    sums.stop_at = None
    sweep.resume(tmp_path / "sweep", lab=HERE)
    assert len(sums.runs) == len(set(sums.runs)) == 6
    assert content(tmp_path / "sweep") == whole


def test_bad_input_found_by_the_first_run_leaves_no_folder(sums, tmp_path):
    with pytest.raises(InputError, match="The shift is below 0"):
        start(tmp_path / "sweep", assignments=["shift=-1"])
    assert list(tmp_path.iterdir()) == []


def test_bad_input_found_by_a_later_run_keeps_the_others(sums, tmp_path):
    with pytest.raises(InputError, match="The shift is below 0"):
        start(tmp_path / "sweep", assignments=["shift=1,-1"])
    assert len(list((tmp_path / "sweep" / "runs").glob("*/report.json"))) == 3


def test_folders_in_use_and_those_of_other_kinds_are_refused(sums, tmp_path):
    run = start(tmp_path / "sweep", seeds=[1], assignments=[])
    with pytest.raises(InputError, match="not an empty folder"):
        start(run.path)
    assert sweep.is_sweep(run.path)
    plain = Run.create(tmp_path / "run", Config.of("gibbs", "tiny", 0, {})).path
    for path in (plain, tmp_path / "nothing"):
        assert not sweep.is_sweep(path)
        with pytest.raises(InputError, match="is not the folder of a sweep"):
            sweep.resume(path, lab=HERE)
    with Run.open(run.path), pytest.raises(InputError, match="Another process is working in"):
        sweep.resume(run.path, metrics=["score"], lab=HERE)


WORDS = ("--scale", "tiny", "--set", "chains=100", "draws=100,120", "repeats=1")


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    """Four runs of `gibbs`, one after the other in this process."""
    path = tmp_path_factory.mktemp("serial") / "sweep"
    sweep.start("gibbs", path, seeds=[3, 4], scale="tiny", assignments=WORDS[3:], lab=HERE)
    return path


class TestCommand:
    def test_two_processes_give_the_same_bytes_and_a_page(self, serial, tmp_path, call):
        out = tmp_path / "sweep"
        words = ("sweep", "gibbs", "--seeds", "3-4", "--out", out, "--jobs", 2, *WORDS)
        code, text, errors = call(*words)
        assert code == 0
        lines = text.splitlines()
        assert lines[0].split() == ["number", "setting", "mean", "[95", "%", "interval]", "seeds"]
        assert (
            lines[-1] == f"Sweep: {out}; `tfnets report {out} --out page.html` makes a page of it"
        )
        assert "Traceback" not in errors
        assert content(out) == content(serial)
        page = tmp_path / "page.html"
        assert call("report", out, "--out", page)[0] == 0
        shown = page.read_text()
        assert "Sweep of gibbs" in shown
        assert "draws=120" in shown
        assert "data:image/png" in shown

    def test_resuming_a_finished_one_shows_it_again(self, serial, call):
        before = content(serial)
        code, text, errors = call("resume", serial)
        assert (code, errors) == (0, "")
        assert "draws=120" in text
        assert content(serial) == before

    def test_a_run_of_it_is_the_run_that_the_command_makes(self, serial, tmp_path, call):
        out = tmp_path / "run"
        words = ("--scale", "tiny", "--set", "chains=100", "draws=120", "repeats=1", "--jobs", 1)
        assert call("run", "gibbs", "--seed", 4, "--out", out, *words)[0] == 0
        assert content(out) == content(serial / "runs" / "draws=120-seed4")

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (("--seeds", ""), "--seeds takes whole numbers"),
            (("--seeds", "1,1"), "each once"),
            (("--seeds", "4000000000"), "The seed is 4000000000"),
            (("--jobs", "0"), "--jobs is 0"),
            (("--set", "chains"), "--set takes key=value"),
            (("--scale", "huge"), "no scale 'huge'"),
            (("--cluster", "tcp://127.0.0.1:1"), "No Dask scheduler answers"),
        ],
    )
    def test_bad_words_are_one_sentence_and_leave_nothing(
        self, words, sentence, tmp_path, monkeypatch, call
    ):
        monkeypatch.chdir(tmp_path)
        code, out, errors = call("sweep", "gibbs", "--scale", "tiny", *words)
        assert (code, out) == (2, "")
        assert errors.startswith("tfnets: ")
        assert sentence in errors
        assert errors.count("\n") == 1
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("command", ["run", "sweep", "resume"])
    @pytest.mark.parametrize(
        "address", ["", "here", "tcp://127.0.0.1", "127.0.0.1:8786", "tcp://:8786", "tcp://a:port"]
    )
    def test_an_address_without_host_or_port_is_one_sentence(
        self, command, address, tmp_path, call, capsys
    ):
        with pytest.raises(SystemExit) as stop:
            call(command, tmp_path, "--cluster", address)
        assert stop.value.code == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert (
            f"argument --cluster: give tcp://HOST:PORT of a Dask scheduler, not {address!r};"
            in line
        )

    @pytest.mark.parametrize("command", ["run", "sweep"])
    @pytest.mark.parametrize("words", [("--jobs", "many"), ("--jobs", "1.5"), ("--jobs",)])
    def test_words_that_cannot_be_read_are_one_sentence(self, command, words, call, capsys):
        with pytest.raises(SystemExit) as stop:
            call(command, "gibbs", *words)
        assert stop.value.code == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("tfnets: argument --jobs: ")
        assert line.endswith(f"; `tfnets {command} --help` shows what can be given.")

    def test_threads_are_a_number_of_at_least_1(self, tmp_path, call, capsys):
        with pytest.raises(SystemExit) as stop:
            call("run", "gibbs", "--threads", "two")
        assert stop.value.code == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
        code, _, errors = call("run", "gibbs", "--threads", 0, "--out", tmp_path / "run")
        assert (code, errors) == (2, "tfnets: --threads is 0; give a number of at least 1.\n")

    def test_metrics_are_for_sweeps(self, tmp_path, call):
        path = Run.create(tmp_path / "run", Config.of("gibbs", "tiny", 0, {})).path
        code, _, errors = call("resume", path, "--metric", "x")
        assert (code, errors) == (2, f"tfnets: --metric is for sweeps, but {path} is a run.\n")

    @pytest.mark.slow
    def test_killed_in_the_middle_and_resumed_it_is_the_whole(self, serial, tmp_path):
        out = tmp_path / "sweep"
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tfnets"]
        words = ["sweep", "gibbs", "--seeds", "3,4", "--out", str(out), "--jobs", "2", *WORDS]
        running = subprocess.Popen([*command, *words], env=environment, start_new_session=True)
        end = time.monotonic() + 200
        while not list(out.glob("runs/*/report.json")):
            assert running.poll() is None
            assert time.monotonic() < end
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        assert not (out / "report.json").exists()
        done = {path: path.stat().st_mtime_ns for path in out.glob("runs/*/report.json")}
        words = ["resume", str(out), "--jobs", "2"]
        ended = subprocess.run(
            [*command, *words], env=environment, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        assert {path: path.stat().st_mtime_ns for path in done} == done  # not done again
        assert content(out) == content(serial)
        assert json.loads((out / "config.json").read_text())["study"] == "sweep"
