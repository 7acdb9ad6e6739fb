"""The import rule of docs/design.md: imports go down only, and a study stands alone."""

import ast
import importlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import tfnets
from tfnets.jobs import JOBS
from tfnets.moved import MOVED
from tfnets.studies import STUDIES

ROOT = Path(tfnets.__file__).parent
BASE = {"errors", "files", "schema", "startup"}
LEAVES = {
    "datasets", "latents", "training", "models", "tracing", "theory", "inputs", "metrics",
    "artifacts", "figures",
}  # fmt: skip
LAB = BASE | LEAVES | {"report", "lab"}
ALLOWED = {
    "errors": set(),
    "files": {"errors"},
    "schema": {"errors"},
    "startup": set(),
    "moved": set(),
    **{leaf: BASE | {leaf} for leaf in LEAVES},
    "models/trained": BASE | {"models", "datasets", "artifacts", "tracing"},
    "inputs": BASE | {"inputs", "tracing"},
    "report": BASE | LEAVES | {"report"},
    "lab": LAB,
    "methods": LAB | {"methods"},
    "studies": LAB | {"methods", "studies"},
    "jobs": LAB | {"methods", "jobs"},
    "tracking": BASE | {"artifacts"},
    "execute": LAB | {"methods", "studies", "jobs", "tracking"},
    "sweep": LAB | {"execute"},
    "cli": LAB | {"methods", "studies", "jobs", "execute", "sweep", "cli"},
    "__main__": {"cli"},
    "__init__": {"moved"},
}
"""Room -> the rooms that it may import; `models/trained` and `inputs` are leaves that stand on
others."""
MODULES = sorted(ROOT.rglob("*.py"))
LARGEST = 22
"""Modules in one folder, at most."""


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


FILES = {name_of(path): path for path in MODULES}


def room(path: Path) -> str:
    inside = path.relative_to(ROOT)
    if inside.parts[:2] == ("models", "trained"):
        return "models/trained"
    return inside.parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Every name that is imported anywhere in a file, those for type checking included."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def imported_rooms(path: Path) -> set[str]:
    ours = {name.split(".")[1] for name in imported(path) if name.startswith("tfnets.")}
    return ours - {"__version__"}


def imported_files(path: Path) -> set[str]:
    """The modules of the package that a file imports."""
    names = {name if name in FILES else name.rpartition(".")[0] for name in imported(path)}
    return (names & set(FILES)) - {name_of(path)}


def circles(edges: dict[str, set[str]]) -> list[set[str]]:
    """Groups of nodes that reach each other (Tarjan 1972)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in edges[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            place = stack.index(node)
            found.append(set(stack[place:]))
            del stack[place:]

    for node in edges:
        if node not in index:
            visit(node)
    return [group for group in found if len(group) > 1]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down_only(path):
    assert imported_rooms(path) <= ALLOWED[room(path)]


def test_the_rule_sees_a_forbidden_import(tmp_path):
    module = tmp_path / "leaf.py"
    module.write_text("def f():\n    from tfnets.studies import gibbs\n    import tfnets.report\n")
    assert imported_rooms(module) == {"studies", "report"}


def test_every_room_is_named_in_the_rule():
    assert {room(path) for path in MODULES} == set(ALLOWED)


def test_no_files_import_each_other():
    assert circles({name: imported_files(path) for name, path in FILES.items()}) == []


def test_a_circle_is_seen():
    edges = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    assert circles(edges) == [{"a", "b", "c"}]


def test_no_folder_holds_too_many_modules():
    folders = Counter(path.parent for path in MODULES if path.name != "__init__.py")
    assert max(folders.values()) <= LARGEST


@pytest.mark.parametrize("name", [f"studies/{n}" for n in STUDIES] + [f"jobs/{n}" for n in JOBS])
class TestEveryStudyStandsAlone:
    def test_it_imports_no_other_study_and_no_job(self, name):
        own, shared = f"tfnets.{name}".replace("/", "."), {"tfnets.jobs.own_pictures"}
        for path in (ROOT / name).glob("*.py"):
            other = {
                module
                for module in imported_files(path) - shared
                if module.startswith(("tfnets.studies", "tfnets.jobs"))
            }
            assert all(module == own or module.startswith(f"{own}.") for module in other), path

    def test_settings_numbers_and_page_train_nothing(self, name):
        work = "job" if name.startswith("jobs") else "study"
        for part in ("settings", "numbers", "page"):
            path = ROOT / name / f"{part}.py"
            if not path.exists():
                continue
            names = imported(path)
            assert not {n for n in names if n.startswith("tfnets.training")}, path
            assert not {n.split(".")[0] for n in names} & {"keras", "tensorflow"}, path
            assert f"tfnets.{name.replace('/', '.')}.{work}" not in imported_files(path), path

    def test_its_folder_has_the_parts_with_fixed_names(self, name):
        work = "job" if name.startswith("jobs") else "study"
        names = {path.stem for path in (ROOT / name).glob("*.py")}
        assert {"__init__", "settings", work, "page"} <= names


@pytest.mark.parametrize(
    "module",
    [
        "tfnets",
        "tfnets.startup",
        "tfnets.cli",
        "tfnets.studies",
        "tfnets.jobs",
        "tfnets.datasets",
        "tfnets.inputs",
        "tfnets.models",
    ],
)
def test_light_modules_import_no_tensorflow(module):
    program = f"import sys, {module}; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(("old", "new"), MOVED.items())
def test_old_paths_lead_to_the_same_modules(old, new):
    module = importlib.import_module(new)
    assert importlib.import_module(old) is module
    assert module.__spec__.name == module.__name__ == new


def test_old_paths_are_found_before_a_copy_on_disk():
    program = (
        "from tfnets.labels.graph import smoothed_prior; from tfnets.studies import gan_quality; "
        "from tfnets.methods.gans import quality; from tfnets.methods.labels import graph; "
        "assert smoothed_prior is graph.smoothed_prior and gan_quality is quality"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_there_is_no_utils_module():
    assert not [path for path in MODULES if path.stem in {"utils", "helpers", "common", "misc"}]
