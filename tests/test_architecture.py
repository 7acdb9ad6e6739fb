"""The import rule of docs/design.md: imports go down only."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import tfnets

ROOT = Path(tfnets.__file__).parent
BASE = {"errors", "files", "startup"}
LEAVES = {
    "datasets", "latents", "models", "inputs", "training", "metrics", "theory", "artifacts",
    "figures",
}  # fmt: skip
ALLOWED = {
    "errors": set(),
    "files": {"errors"},
    "startup": set(),
    **{leaf: BASE | {leaf} for leaf in LEAVES},
    # Two leaves stand on others: the loader of networks, and what looks into networks.
    "models": BASE | {"models", "datasets", "artifacts", "theory"},
    "inputs": BASE | {"inputs", "theory"},
    "labels": BASE | {"labels", "datasets", "models", "training"},
    "report": BASE | {"report", "artifacts", "figures"},
    "studies": BASE | LEAVES | {"studies", "labels"},
    "cli": BASE
    | {"cli", "studies", "report", "artifacts", "datasets", "theory", "models", "inputs"},
    "__main__": {"cli"},
    "__init__": set(),
}
MODULES = sorted(ROOT.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            package, _, rest = name.partition(".")
            if package == "tfnets" and rest:
                rooms.add(rest.split(".")[0])
    return rooms - {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down_only(path):
    assert imported_rooms(path) <= ALLOWED[room(path)]


def test_the_rule_sees_a_forbidden_import(tmp_path):
    module = tmp_path / "leaf.py"
    module.write_text(
        "def f():\n    from tfnets.studies import execute\n    import tfnets.report\n"
    )
    assert imported_rooms(module) == {"studies", "report"}


def test_every_room_is_named_in_the_rule():
    assert {room(path) for path in MODULES} == set(ALLOWED)


@pytest.mark.parametrize(
    "module", ["tfnets", "tfnets.startup", "tfnets.cli", "tfnets.studies", "tfnets.datasets"]
)
def test_light_modules_import_no_tensorflow(module):
    program = f"import sys, {module}; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_there_is_no_utils_module():
    assert not [path for path in MODULES if path.stem in {"utils", "helpers", "common", "misc"}]
