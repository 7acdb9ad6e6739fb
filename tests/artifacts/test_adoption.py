"""What a trial left is taken into the study's run whole, whenever it is killed on the way."""

import contextlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError

CONFIG = Config.of("lines", "tiny", 3, {})
LAST = "train-a-0"


def content(path):
    return {
        p.relative_to(path).as_posix(): p.read_bytes()
        for p in sorted(path.rglob("*"))
        if p.is_file() and p.suffix != ".lock"
    }


def shown(path):
    """Names of what a run folder holds, but for the seals."""
    return {name for name in content(path) if not name.endswith((".sha256", ".sealed"))}


@pytest.fixture
def trial(tmp_path):
    """The folder of a finished trial, with what a kill may have left in it."""
    run = Run.create(tmp_path / "trial", CONFIG)
    run.log("judge", 1, {"loss": 0.5})
    run.log("a-0", 1, {"loss": 1 / 3, "accuracy": 0.1})
    run.log("a-0", 2, {"loss": 1e-17})
    run.save_array("samples/a-0-epoch1", np.arange(4))
    run.save_array("z_last_of_all", np.zeros(2))
    for name in ("a-0-epoch1", LAST, "zz"):
        run.part(name, lambda name=name: {"name": name})
    for name in ("models/net.keras", "curve.png", "run.txt"):
        (run.path / name).parent.mkdir(exist_ok=True)
        (run.path / name).write_text(name)
    for name in (".token", ".half.abc.tmp.png", ".folder.abc.tmp/half.npy", "parts/.a.tmp.json"):
        (run.path / name).parent.mkdir(exist_ok=True)
        (run.path / name).write_text(name)
    run.finish({"own": 1}, {"own": 2})
    (run.path / "checkpoints" / "a-0").mkdir(parents=True)
    (run.path / "checkpoints" / "a-0" / "state").write_text("state")
    return run.path


TAKEN = {
    "parts/a-0-epoch1.json", "parts/train-a-0.json", "parts/zz.json", "samples/a-0-epoch1.npy",
    "z_last_of_all.npy", "models/net.keras", "curve.png", "run.txt",
}  # fmt: skip


def study(path):
    """A study's run that has something of its own already."""
    run = Run.create(path, CONFIG)
    run.log("a-0", 1, {"loss": 9})  # of a try before
    run.log("own", 1, {"error": 2})
    (path / "curve.png").write_text("of the study")
    return run


def test_parts_models_arrays_figures_and_history_are_taken(trial, tmp_path):
    run = study(tmp_path / "run")
    run.adopt(trial, last=LAST)
    taken = content(run.path)
    assert shown(run.path) == TAKEN | {"config.json", "history.csv"}
    assert taken["curve.png"] == b"of the study"
    for name in TAKEN - {"curve.png"}:
        assert taken[name] == (trial / name).read_bytes()
    assert [(row["part"], row["epoch"]) for row in run.history] == [
        ("own", 1), ("judge", 1), ("a-0", 1), ("a-0", 2)
    ]  # fmt: skip
    assert run.history == Run.open(run.path).history
    assert run.history[2]["loss"] == 1 / 3


def test_what_is_needed_comes_without_history(trial, tmp_path):
    run = Run.create(tmp_path / "run", CONFIG)
    run.adopt(trial, last=LAST, history=False)
    assert shown(run.path) == TAKEN | {"config.json"}


def test_what_was_taken_is_not_taken_again(trial, tmp_path):
    run = study(tmp_path / "run")
    run.adopt(trial, last=LAST)
    before = content(run.path)
    (trial / "later.npy").write_text("x")
    shutil.rmtree(trial / "samples")
    run.adopt(trial, last=LAST)
    assert content(run.path) == before


def test_a_trial_without_history_leaves_that_of_the_run(trial, tmp_path):
    for file in ("history.csv", ".history.csv.sealed"):
        (trial / file).unlink()
    run = study(tmp_path / "run")
    before = (run.path / "history.csv").read_bytes()
    run.adopt(trial, last=LAST)
    assert (run.path / "history.csv").read_bytes() == before


class Killed(BaseException):
    """As sudden as can be where the same process goes on."""


@contextlib.contextmanager
def killed_at(number, after):
    """Raises before or after the so manyth copying or renaming of a file; counts them."""
    calls = []

    def faulty(act):
        def called(*arguments, **options):
            calls.append(arguments)
            if len(calls) == number and not after:
                raise Killed
            result = act(*arguments, **options)
            if len(calls) == number:
                raise Killed
            return result

        return called

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "copyfile", faulty(shutil.copyfile))
        patch.setattr(os, "replace", faulty(os.replace))
        yield calls


def test_killed_anywhere_and_adopted_again_it_is_the_same(trial, tmp_path):
    whole = study(tmp_path / "whole")
    with killed_at(0, after=False) as calls:
        whole.adopt(trial, last=LAST)
    steps = len(calls)
    assert steps == 2 * (len(TAKEN) - 1) + 2  # the figure is there, and history is written twice
    for number in range(1, steps + 1):
        for after in (False, True):
            path = tmp_path / f"run{number}{after}"
            run = study(path)
            with killed_at(number, after), pytest.raises(Killed):
                run.adopt(trial, last=LAST)
            assert run.has_part(LAST) == (number == steps and after)  # the mark comes last
            assert not any(p.name.endswith(".tmp") for p in path.rglob("*"))
            Run.open(path).adopt(trial, last=LAST)
            assert content(path) == content(whole.path)


def test_killed_twice_with_another_trial_between_the_order_stays(trial, tmp_path):
    """Two trials, the second adopted after a kill in the first: history as without the kill."""
    other = Run.create(tmp_path / "other", CONFIG)
    other.log("b-0", 1, {"loss": 3})
    other.part("train-b-0", dict)

    def both(run):
        run.adopt(trial, last=LAST)
        run.adopt(other.path, last="train-b-0")
        return content(run.path)

    expected = both(study(tmp_path / "whole"))
    run = study(tmp_path / "run")
    for number in (3, 1, 10, 3):
        with killed_at(number, after=False), contextlib.suppress(Killed):
            both(run)
    assert both(Run.open(run.path)) == expected


@pytest.mark.parametrize(
    "begun",
    [
        "parts/a.json",
        "checkpoints/trials/a/history.csv",
        "checkpoints/a/checkpoint",
        "runs/seed0/parts/a.json",
    ],
)
def test_a_run_that_has_begun_is_not_discarded(begun, tmp_path):
    run = Run.create(tmp_path / "run", CONFIG)
    (run.path / begun).parent.mkdir(parents=True)
    (run.path / begun).write_text("x")
    before = content(run.path)
    run.discard_if_empty()
    assert content(run.path) == before


def test_a_run_whose_trials_came_to_nothing_is_discarded(tmp_path):
    run = Run.create(tmp_path / "run", CONFIG)
    Run.create(run.trial_folder("a"), CONFIG)
    for name in (".progress.npy", "a/.token", "a/network.keras"):
        (run.path / "checkpoints" / "trials" / name).write_text("x")
    with run:
        run.discard_if_empty()
    assert not Path(tmp_path / "run").exists()


def test_a_trial_s_folder_is_inside_the_run(tmp_path):
    run = Run.create(tmp_path / "run", CONFIG)
    assert run.trial_folder("a-0") == run.path / "checkpoints" / "trials" / "a-0"
    with pytest.raises(InputError, match="leads out of"):
        run.trial_folder("../../../a")


def test_a_folder_is_a_run_once_its_config_is_there_and_finished_with_its_report(tmp_path):
    path = tmp_path / "run"
    assert not Run.is_run(path)
    run = Run.create(path, CONFIG)
    assert (Run.is_run(path), Run.is_finished(path)) == (True, False)
    with pytest.raises(ValueError, match="JSON"):
        run.finish({}, {"x": float("nan")})
    assert not Run.is_finished(path)
    run.finish({}, {})
    assert Run.is_finished(path)


def test_checkpoints_that_are_just_dropped_by_who_finished_are_not_looked_at(
    trial, tmp_path, monkeypatch
):
    scandir = os.scandir

    def scanned(place="."):
        if "checkpoints" in Path(place).parts:
            raise FileNotFoundError(place)
        return scandir(place)

    monkeypatch.setattr(os, "scandir", scanned)
    run = study(tmp_path / "study")
    run.adopt(trial, last=LAST)
    assert run.has_part(LAST)


def test_a_finished_run_has_no_checkpoints_wherever_it_was_killed(tmp_path):
    for number in (1, 2, 3, 4):
        for after in (False, True):
            run = Run.create(tmp_path / f"run{number}{after}", CONFIG)
            run.checkpoint_folder("a").mkdir(parents=True)
            (run.checkpoint_folder("a") / "state").write_text("state")
            with killed_at(number, after), contextlib.suppress(Killed):
                run.finish({"a": 1}, {"b": 2})
            assert not (run.finished and (run.path / "checkpoints").exists())
            run.finish({"a": 1}, {"b": 2})
            assert shown(run.path) == {"config.json", "metrics.json", "report.json"}


def test_a_report_that_cannot_be_written_costs_no_checkpoint(tmp_path):
    run = Run.create(tmp_path / "run", CONFIG)
    run.checkpoint_folder("a").mkdir(parents=True)
    with pytest.raises(ValueError, match="JSON"):
        run.finish({}, {"x": float("nan")})
    assert run.checkpoint_folder("a").exists()
