"""The scripts: the main job, reference runs that are kept, lessons and their notebooks."""

import importlib.util
import json
import re
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tfnets.models import heads
from tfnets.studies import STUDIES

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "saved_models" / "reference"
NOTEBOOKS = ROOT / "docs" / "notebooks"


def script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_main_job_is_three_studies_and_one_page(digits, tmp_path, capsys):
    out = tmp_path / "out"
    quickstart = script("quickstart")
    quickstart.run_all(out, seed=0, scale="tiny", data_dir=None, jobs=1)
    folders = [path.name for path in sorted(out.iterdir()) if path.is_dir()]
    assert folders == ["autoencoder", "decoder_gan", "few_labels"]
    page = (out / "report.html").read_bytes()
    assert "[3/3] few_labels" in capsys.readouterr().out
    quickstart.run_all(out, seed=0, scale="tiny", data_dir=None, jobs=1)
    assert (out / "report.html").read_bytes() == page


def test_the_readme_names_the_studies_of_the_main_job():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    promise = readme.split("<!-- main command -->")[0].rsplit("\n\n", 2)[1]
    assert "autoencoders, their decoders restored into GANs, 50-label transfer" in " ".join(
        promise.split()
    )


@pytest.mark.parametrize("study", sorted(path.name for path in REFERENCE.iterdir()))
def test_a_reference_run_holds_what_a_rerun_would_keep(study):
    reproduce = script("reproduce")
    if study not in STUDIES:  # The judges, which have a script of their own.
        assert study == "judge"
        return
    kept = {path.name for path in reproduce.kept(REFERENCE / study, study)}
    assert kept == {path.name for path in (REFERENCE / study).iterdir()} - {"README.md"}


MADE = {
    "conditional_digits": ["digits.png", "generator.keras", "training.gif"],
    "decoder_into_gan": ["course.png", "decoder.keras", "generator", "samples.png"],
    "fifty_labels": ["fifty.png", "heads.png"],
    "fool_a_network": ["fooled.png", "fooled_1.png", "fooled_2.png", "fooled_3.png"],
    "neuron_image": ["class.gif", "class.png", "neuron.png"],
    "occlusion_map": ["deletion.png", "map.png"],
    "theory_checks": ["colours.png", "disc.png"],
    "train_autoencoder": [
        "latents.png", "one_dense_decoder.keras", "one_dense_encoder.keras",
        "origin_decoder.keras", "origin_encoder.keras", "reconstructions.png",
    ],
}  # fmt: skip
"""What each lesson leaves in its folder."""


@pytest.fixture
def lesson(digits, tmp_path, monkeypatch, capsys):
    """Runs a lesson at its tiny scale as a person does; returns its variables and what it prints.

    It writes what `MADE` says, where it is told to, and nothing elsewhere.
    """
    monkeypatch.chdir(tmp_path)

    def run(name):
        monkeypatch.setattr(sys, "argv", [f"{name}.py", "--tiny", "--out", "here/it"])
        found = runpy.run_path(str(ROOT / "scripts" / f"{name}.py"), run_name="__main__")
        assert [path.name for path in tmp_path.iterdir()] == ["here"]
        assert sorted(path.name for path in Path("here/it").iterdir()) == MADE[name]
        for picture in [*Path("here/it").glob("*.png"), *Path("here/it").glob("*.gif")]:
            with Image.open(picture) as image:
                assert np.ptp(np.asarray(image.convert("L"), int)) > 0, picture
        return found, capsys.readouterr().out

    return run


def test_the_lesson_on_autoencoders(lesson):
    found, said = lesson("train_autoencoder")
    assert set(found["trained"]) == {"origin", "one_dense"}
    assert 0 < found["error"] < 0.3
    assert "weights, error on test images" in said


@pytest.mark.slow  # A fresh process tries the export.
def test_the_lesson_on_decoders_and_gans(lesson):
    found, said = lesson("decoder_into_gan")
    assert "6 loaded, 2 skipped, 0 mismatched" in said
    assert {len(course) for _, course in found["gans"].values()} == {1}


def test_the_lesson_on_conditional_gans(lesson):
    found, said = lesson("conditional_digits")
    assert 0 <= np.mean(found["read"] == found["asked"]) <= 1
    assert "of 100 images" in said
    with Image.open("here/it/training.gif") as film:
        assert film.n_frames >= 3


def test_the_lesson_on_fifty_labels(lesson, monkeypatch):
    monkeypatch.setattr(heads, "HEADS", {name: heads.HEADS[name] for name in ("softmax", "relu32")})
    found, said = lesson("fifty_labels")
    assert said.count("latents better by") == 2
    assert all(0 <= mean <= 1 for row in found["series"].values() for mean, _, _ in row)
    assert np.array_equal(np.bincount(found["data"].y_train[found["first"]]), [5] * 10)


def test_the_lesson_on_neurons(lesson):
    said = lesson("neuron_image")[1]
    assert "computed: 14 x 14 pixels" in said
    assert "changed:  14 x 14 pixels" in said


def test_the_lesson_on_fooling(lesson):
    found, said = lesson("fool_a_network")
    assert np.isclose(found["before"].sum(), 1)
    assert np.abs(found["shown"][2] - found["image"]).max() <= 1.01 / 255
    assert said.count("values changed") == 3


def test_the_lesson_on_occlusion(lesson):
    found = lesson("occlusion_map")[0]
    assert found["found"].heat.shape == (1, *found["image"].shape[:2])
    assert np.all((found["curves"].areas >= 0) & (found["curves"].areas <= 1))


def test_the_lesson_on_theory(lesson):
    said = lesson("theory_checks")[1]
    assert f"(7,): sees 7 pixels, {49 * 26**2:,} multiplications" in said
    assert f"(5, 3): sees 7 pixels, {25 * 28**2 + 9 * 26**2:,} multiplications" in said
    assert "(3, 3, 3, 3): sees 9 pixels" in said
    verdicts = dict(re.findall(r"^(\w.*?) +linear: (.*)$", said, flags=re.MULTILINE))
    both = [name for name, answer in verdicts.items() if "False" not in answer]
    assert len(verdicts) == 5
    assert both == ["convolution"]
    assert "3/8 goes to 0.5\n" in said


def cells(text):
    """The cells of a script in the percent format: (kind, source) each."""
    found = []
    for part in ("\n" + text).split("\n# %%")[1:]:
        head, _, source = part.rstrip().partition("\n")
        kind = "markdown" if head == " [markdown]" else "code"
        lines = source.splitlines()
        if kind == "markdown":
            lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
        found.append((kind, "\n".join(lines)))
    return found


@pytest.mark.parametrize("name", sorted(MADE))
def test_the_notebook_of_a_lesson_is_not_stale(name):
    text = (ROOT / "scripts" / f"{name}.py").read_text(encoding="utf-8")
    notebook = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    held = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    assert held == cells(text), f"run scripts/notebooks.py {name}"
    outputs = [out for cell in notebook["cells"] for out in cell.get("outputs", [])]
    assert all(out["output_type"] != "error" for out in outputs)
    shown = {kind for out in outputs for kind in out.get("data", {}) if kind.startswith("image/")}
    assert "image/png" in shown
    assert not re.search(r"/(home|tmp|opt|root|work|Users)/", json.dumps(outputs))


def test_the_notebooks_are_those_of_the_lessons_and_small():
    lessons = {path.stem for path in (ROOT / "scripts").glob("*.py") if cells(path.read_text())}
    assert lessons == set(MADE) == {path.stem for path in NOTEBOOKS.iterdir()}
    assert sum(path.stat().st_size for path in NOTEBOOKS.iterdir()) < 1_500_000
