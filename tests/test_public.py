"""The names that can be had from the package itself."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import tfnets

STUB = ast.parse(Path(tfnets.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
STUBBED = {
    alias.asname: f"{node.module}.{alias.name}"
    for node in STUB.body
    if isinstance(node, ast.ImportFrom)
    for alias in node.names
}


def test_type_checkers_see_what_can_be_imported():
    assert {name: f"tfnets.{path}" for name, path in tfnets._PUBLIC.items()} == STUBBED


@pytest.mark.parametrize("name", sorted(STUBBED))
def test_each_is_what_its_module_has(name):
    module, attribute = STUBBED[name].rsplit(".", 1)
    assert getattr(tfnets, name) is getattr(importlib.import_module(module), attribute)
    assert name in dir(tfnets)
    assert getattr(tfnets, name).__doc__


def test_another_name_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'gan'"):
        tfnets.gan  # noqa: B018


def test_the_import_is_light():
    code = "import sys, tfnets; print([name for name in sys.modules if name[:5] in HEAVY])"
    heavy = ("tenso", "keras", "numpy", "scipy", "sklea", "matpl")
    done = subprocess.run(
        [sys.executable, "-c", code.replace("HEAVY", repr(heavy))],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"
