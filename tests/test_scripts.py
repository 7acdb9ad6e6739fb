"""The scripts: the main job, and what is kept of the reference runs."""

import importlib.util
from pathlib import Path

import pytest

from tfnets.studies import STUDIES

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "saved_models" / "reference"


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
