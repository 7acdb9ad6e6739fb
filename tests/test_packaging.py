import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

KEPT = (".keras", ".npz", ".json", ".csv")
"""Kinds of files of saved_models/reference/ that a package has; figures are left out."""


def requirement_lines(name="requirements-test.txt"):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_requirements_are_those_of_the_package_and_its_tests():
    extras = PROJECT["optional-dependencies"]
    assert requirement_lines("requirements.txt") == [*PROJECT["dependencies"], "-e ."]
    more = [*extras["cluster"], *extras["onnx"], *extras["test"]]
    assert requirement_lines() == ["-r requirements.txt", *more]


def test_every_requirement_has_a_range():
    lines = [*requirement_lines("requirements.txt"), *requirement_lines()]
    names = [line for line in lines if not line.startswith("-")]
    assert all(re.fullmatch(r"[a-z0-9-]+>=[0-9.]+(,<[0-9.]+)?", name) for name in names)


def test_user_asked_packages_are_there():
    asked = ("tensorflow", "keras", "tensorflow-datasets", "matplotlib", "scikit-learn", "pytest")
    lines = [*requirement_lines("requirements.txt"), *requirement_lines()]
    names = {re.split(r"[>=<]", line)[0] for line in lines}
    assert set(asked) <= names


def test_code_is_clean_under_ruff():
    for check in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *check, "."],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


def test_ci_runs_the_readmes_test_command():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.split("<!-- test command -->\n```bash\n")[1].split("```")[0]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "pytest" in block
    assert "README.md" in script
    assert "pytest" not in script


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this tree, built without a network."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    program = "import sys; from hatchling import build; build.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, folder], cwd=ROOT, check=True)
    (made,) = folder.iterdir()
    return made


def test_the_wheel_has_the_package_and_the_models_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as file:
        sizes = {info.filename: info.file_size for info in file.infolist()}
    found = {name for name in sizes if ".dist-info/" not in name}
    reference = ROOT / "saved_models" / "reference"
    models = [path for path in reference.rglob("*") if path.suffix in KEPT]
    inside = {f"tfnets/reference/{path.relative_to(reference).as_posix()}" for path in models}
    assert {f"tfnets/reference/{name}" for name in (
        "judge/mnist.keras", "width_sweep/48-128-seed0.keras", "denoising/unet-0.keras",
        "conditional_gan/complex-0_generator.keras", "translation/edges-paired-0.keras",
        "gan_priors/mixture-0_prior.npz", "caption_to_digit/matching-0_vocabulary.json",
    )} <= inside <= found  # fmt: skip
    package = (ROOT / "tfnets").rglob("*")
    code = {
        path.relative_to(ROOT).as_posix() for path in package
        if path.is_file() and "__pycache__" not in path.parts
    }  # fmt: skip
    assert found - inside == code
    assert "tfnets/py.typed" in code
    assert wheel.stat().st_size < 30e6


@pytest.mark.slow
def test_an_installed_package_works_in_an_empty_folder(wheel, tmp_path):
    """Everything but the dependencies comes from the wheel: nothing of this clone is imported."""
    site, here = tmp_path / "site", tmp_path / "here"
    here.mkdir()
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", site, wheel], check=True, stdin=subprocess.DEVNULL)
    rows = np.uint8(np.linspace(0, 255, 28 * 28).reshape(28, 28))
    Image.fromarray(rows).save(here / "scan.png")

    def python(*words):
        done = subprocess.run(
            [sys.executable, *words], cwd=here, env=os.environ | {"PYTHONPATH": str(site)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tfnets(*words):
        python("-m", "tfnets", *words)

    imported = python("-c", "import tfnets; print(tfnets.__file__)")
    assert Path(imported.strip()).is_relative_to(site)
    tfnets("denoise", "scan.png", "--out", "clean")
    tfnets("generate", "conditional_gan", "--digit", "7", "--count", "2", "--out", "sevens.png")
    tfnets("translate", "translation", "scan.png", "--domain", "edges", "--out", "drawn")
    tfnets("maximize", "--unit", "conv2:0,0,0", "--scale", "tiny", "--out", "wanted")
    words = ("scan.png", "--network", "cifar10", "--scale", "tiny", "--out", "occluded")
    tfnets("occlude", *words)
    tfnets("run", "decoder_gan", "--scale", "tiny", "--out", "gan")
    made = ("clean/scan.png", "sevens.png", "drawn/scan.png", *(
        f"{run}/report.json" for run in ("wanted", "occluded", "gan")
    ))  # fmt: skip
    assert all((here / name).exists() for name in made)
