import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirement_lines(name="requirements-test.txt"):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_requirements_are_those_of_the_package_and_its_tests():
    extras = PROJECT["optional-dependencies"]
    assert requirement_lines("requirements.txt") == [*PROJECT["dependencies"], "-e ."]
    more = [*extras["cluster"], *extras["test"]]
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
