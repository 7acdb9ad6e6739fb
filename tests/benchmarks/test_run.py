import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import run
from benchmarks.workloads import PEERS, WORKLOADS
from tests.benchmarks.test_rows import made

ROOT = Path(run.__file__).parent


@pytest.fixture(autouse=True)
def with_torch(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())


@pytest.fixture
def measured(monkeypatch):
    """Rows without measuring; returns what was asked."""
    asked = []

    def measure(workload, plan, folder):
        asked.append((workload.name, plan))
        return made(passed=workload.name != "cifar_batch4") | {"workload": workload.name}

    monkeypatch.setattr(run, "measure", measure)
    return asked


def test_the_issues_workloads_are_there():
    assert list(WORKLOADS) == [
        "cifar_batch4", "cifar_batch64", "autoencoder_batch128", "dcgan_batch128",
        "latent_gan_batch128", "few_labels_heads", "maximize_mobilenet", "occlusion_mobilenet",
        "pgd_targeted", "trials_scaling", "trials_scaling_autoencoder",
    ]  # fmt: skip


def test_rows_are_written_as_json(measured, tmp_path, capsys):
    path = tmp_path / "new" / "out.json"
    assert run.main(["dcgan_batch128", "cifar_batch64", "--json", str(path)]) == 0
    rows = json.loads(path.read_text(encoding="utf-8"))
    assert [row["workload"] for row in rows] == ["dcgan_batch128", "cifar_batch64"]
    wanted = {"workload", "ours_ms", "peers", "ratio_best_peer", "peak_share", "repeats"}
    assert all(wanted <= row.keys() for row in rows)
    assert "dcgan_batch128: 2.50 x fast" in capsys.readouterr().out


def test_all_workloads_and_peers_if_none_is_named(measured):
    run.main([])
    assert [name for name, _ in measured] == list(WORKLOADS)
    assert {(plan.peers, plan.repeats, plan.check_steps) for _, plan in measured} == {
        (PEERS, 5, 200)
    }


def test_options_reach_the_plan(measured):
    options = ["--repeats", "2", "--steps", "9", "--check-steps", "30", "--peers", "keras_fit"]
    run.main(["dcgan_batch128", *options])
    ((_, plan),) = measured
    assert (plan.repeats, plan.steps, plan.check_steps) == (2, 9, 30)
    assert plan.peers == ("keras_fit",)


def test_a_differing_training_is_exit_code_1_and_keeps_the_rows(measured, tmp_path):
    path = tmp_path / "out.json"
    assert run.main(["cifar_batch4", "dcgan_batch128", "--json", str(path)]) == 1
    assert [row["passed"] for row in json.loads(path.read_text(encoding="utf-8"))] == [False, True]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["cifar"],
            r"no workload 'cifar'; choose from cifar_batch4, .*trials_scaling_autoencoder\.",
        ),
        (["--peers", "jax"], r"no peer 'jax'; choose from torch_eager, .*keras_fit, .*captum"),
        (
            ["pgd_targeted", "--peers", "captum,keras_fit"],
            r"pgd_targeted has none of these peers; choose from foolbox_torch, .*art_tensorflow\.",
        ),
        (["--repeats", "0"], "repeats and steps must be at least 1"),
        (["--steps", "0"], "repeats and steps must be at least 1"),
        (["--check-steps", "10"], "has 10 steps; give a multiple of 10, at least 20"),
        (["--check-steps", "25"], "has 25 steps; give a multiple of 10"),
    ],
)
def test_bad_input_is_one_sentence(words, message, measured, capsys):
    assert run.main(words) == 2
    error = capsys.readouterr().err
    assert re.search(message, error)
    assert error.count("\n") == 1
    assert not measured


def test_a_place_that_cannot_be_written_is_found_before_measuring(measured, tmp_path, capsys):
    (tmp_path / "file").touch()
    assert run.main(["--json", str(tmp_path / "file" / "out.json")]) == 2
    assert "cannot be made" in capsys.readouterr().err
    assert not measured


def test_without_torch_it_says_what_to_install(measured, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert run.main([]) == 2
    assert "needs torch, which is not installed" in capsys.readouterr().err
    assert not measured


def test_a_missing_peer_can_be_left_out(measured, monkeypatch, capsys):
    there = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "xplique" else there(name)
    )
    assert run.main(["occlusion_mobilenet"]) == 2
    assert re.search("xplique needs xplique, .*--peers", capsys.readouterr().err)
    assert run.main(["occlusion_mobilenet", "--peers", "captum"]) == 0
    assert [name for name, _ in measured] == ["occlusion_mobilenet"]


def test_listing_by_the_command_of_the_readme(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "--list"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(WORKLOADS)


def test_importing_the_program_imports_neither_library():
    program = (
        "import sys, benchmarks.run; sys.exit(bool({'torch', 'tensorflow'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT.parent).returncode == 0


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-no-deps.txt"])
def test_requirements_pin_versions_and_name_no_index(file):
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if not line.startswith("#")]
    assert named
    assert all(re.fullmatch(r"[a-z-]+==[\d.]+", line) for line in named)
