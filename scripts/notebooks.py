"""The lessons among the scripts as executed notebooks, docs/notebooks/NAME.ipynb.

    python -m pip install jupytext nbclient ipykernel
    python scripts/notebooks.py [NAME ...]

A lesson is a script in the percent format: cells that begin with `# %%`. About seven minutes on two
cores for all of them. Progress and hints of TensorFlow are left out.
"""

import argparse
import base64
import io
import tempfile
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from PIL import Image

SCRIPTS = Path(__file__).parent
NOTEBOOKS = SCRIPTS.parent / "docs" / "notebooks"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def main() -> None:
    """Executes the lessons in a folder of their own and writes the notebooks."""
    lessons = [path.stem for path in sorted(SCRIPTS.glob("*.py")) if is_lesson(path)]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=lessons, help="default: all lessons")
    for name in parser.parse_args().names:
        print(name, flush=True)
        NOTEBOOKS.mkdir(exist_ok=True)
        nbformat.write(executed(SCRIPTS / f"{name}.py"), NOTEBOOKS / f"{name}.ipynb")


def is_lesson(path: Path) -> bool:
    """Whether a script is written in cells."""
    return path.read_text(encoding="utf-8").startswith("# %%")


def executed(path: Path) -> nbformat.NotebookNode:
    """Returns a lesson's cells with what they show; it says neither where nor when it was run."""
    notebook = jupytext.read(path)
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    with tempfile.TemporaryDirectory() as folder:
        where = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=1200, resources=where).execute()
    notebook.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{number}", {}
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if not is_hint(out)]
            for data in (out.data for out in cell.outputs if "data" in out):
                data.update({kind: smaller(data[kind]) for kind in ("image/png",) if kind in data})
    return notebook


def is_hint(out: nbformat.NotebookNode) -> bool:
    """Whether an output is progress or a hint of TensorFlow, which it prints to either stream."""
    return out.get("name") == "stderr" or "tensorflow:" in out.get("text", "").partition("\n")[0]


def smaller(png: str) -> str:
    """Returns a PNG picture in base64 with its own best 256 colours."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(base64.b64decode(png))) as image:
        image.convert("RGB").quantize(256).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


if __name__ == "__main__":
    main()
