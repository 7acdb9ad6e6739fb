"""Malformed and hostile run folders: each file with each damage, each field with values that do
not belong there.

The name of a case begins with the command that reads it: `report`, `sweep`, `translate`, `denoise`
or `generate`. Beside a folder there are `canary.json` and `canary.png`, which no case may show.
"""

import copy
import json
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

REFERENCE = Path(__file__).parents[2] / "saved_models" / "reference"
CANARY = "the canary sings"

CONFIG = {
    "study": "few_labels", "scale": "tiny", "seed": 3, "settings": {"latent": 8, "labels": 50},
    "versions": {"tfnets": "0.1.0"}, "threads": 1,
}  # fmt: skip
REPORT = {
    "question": "Does it help?", "study": "few_labels", "title": "Few labels",
    "claims": [{"claim": "It helps", "origin": "0.7", "ours": 0.75, "ci95": [0.7, 0.8], "n": 5,
                "verdict": "confirmed", "note": "paired", "unit": "", "whose": "origin"}],
    "tables": [{"title": "All", "columns": ["who", "value"], "rows": [["MLP", 0.65]]}],
    "figures": [{"file": "grid.png", "caption": "Digits"}],
    "notes": ["a note"],
}  # fmt: skip
ASKED = {"study": "gibbs", "seeds": [0, 1], "set": ["repeats=1"], "metrics": []}
FILES = {
    "report": {
        "config.json": CONFIG, "report.json": REPORT, "metrics.json": {"a": {"b": 1.5}},
        "parts/one.json": {"x": 1},
    },
    "sweep": {
        "config.json": CONFIG | {"study": "sweep", "settings": ASKED},
        "report.json": REPORT, "metrics.json": {"as set": {}},
    },
    "translate": {
        "config.json": CONFIG | {"study": "translation", "seed": 0, "settings": {
            "domains": ["inverted"], "methods": ["paired"]}},
    },
    "denoise": {"config.json": CONFIG | {"study": "denoising", "seed": 0}},
    "generate": {
        "config.json": CONFIG | {"study": "gan_priors"}, "metrics.json": {"best": "normal"},
        "report.json": REPORT,
        "normal-0_prior.json": {"prior": "Normal", "config": {"dim": 8}},
        "normal-0_vocabulary.json": {"words": ["a", "seven"], "length": 4},
    },
}  # fmt: skip
"""Command -> the files of JSON of a folder that it takes."""
MODELS = {
    "translate": ("translation/inverted-paired-0.keras", "inverted-paired-0.keras"),
    "denoise": ("denoising/unet-0.keras", "unet-0.keras"),
}
"""Command -> the model that it loads, from where and as what."""

DAMAGES = {
    "empty": b"",
    "null": b"null",
    "list": b"[1]",
    "number": b"7",
    "text": b'"text"',
    "cut": b'{"study": "few_la',
    "deep-lists": b"[" * 100_000,
    "deep-closed": b"[" * 100_000 + b"]" * 100_000,
    "deep-objects": b'{"a":' * 100_000,
    "deep-within": b'{"a": ' + b"[" * 400 + b"]" * 400 + b"}",
    "nan": b'{"seed": NaN}',
    "infinity": b'{"seed": -Infinity}',
    "too-large": b'{"seed": 1e999}',
    "digits": b'{"seed": ' + b"9" * 100_000 + b"}",
    "many-digits": b'{"seed": ' + b"9" * 400 + b"}",
    "twice": b'{"study": "few_labels", "study": "gibbs"}',
    "mark": b"\xef\xbb\xbf{}",
    "utf-16": '{"study": "gibbs"}'.encode("utf-16"),
    "latin-1": '{"study": "Z\u00fcrich"}'.encode("latin-1"),
    "zeros": bytes(64),
    "control": b'{"study": "a\x1b[31mb\n"}',
    "key": b'{"\\u001b[31m\\n": 1}',
    "code": b"__import__('os').system('touch canary')",
}
"""What stands in a file instead."""
KINDS = ("huge", "folder", "pipe", "circle", "outside", "endless")
"""What a file is instead of a file."""
VALUES: list[Any] = [
    None, True, -1, 0.5, 2**31, 2**63, 1e300, "", "x", "<b>", "\x1b[31m\n", "\u202e", "\ud800",
    "../canary.json", "/etc/passwd", "a" * 5000, [], [1], [[1]], {}, {"a": 1}, ["\x00"],
]  # fmt: skip
"""What stands in a field instead."""


def write(folder: Path, seed: int) -> dict[str, Path]:
    """Writes the run folders of all cases; the same seed gives the same bytes."""
    draw = random.Random(seed)
    (folder / "canary.json").write_text(json.dumps({"canary": CANARY}))
    Image.new("L", (3, 3)).save(folder / "canary.png")
    cases = {}
    for command, files in FILES.items():
        cases[f"{command}-whole"] = whole(folder / f"{command}-whole", command)
        for file in [*files, *(["history.csv", "grid.png"] if command == "report" else [])]:
            for damage in [*DAMAGES, *KINDS]:
                name = f"{command}-{file.replace('/', '-')}-{damage}"
                cases[name] = whole(folder / name, command)
                spoil(cases[name] / file, damage)
        for file, value in files.items():
            for number, place in enumerate(places(value)):
                name = f"{command}-{file.replace('/', '-')}-field{number}"
                cases[name] = whole(folder / name, command)
                changed = replaced(value, place, draw.choice(VALUES))
                (cases[name] / file).write_text(json.dumps(changed))
    return cases


def whole(folder: Path, command: str) -> Path:
    """Makes a run folder with nothing wrong."""
    folder.mkdir()
    for file, value in FILES[command].items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(json.dumps(value))
    (folder / "history.csv").write_text("part,epoch,loss\none,1,0.5\n")
    Image.new("L", (4, 3)).save(folder / "grid.png")
    if command in MODELS:
        source, name = MODELS[command]
        shutil.copyfile(REFERENCE / source, folder / name)
    elif command == "generate":
        (folder / "normal-0_generator.keras").write_bytes(b"not read")
    return folder


def spoil(path: Path, damage: str) -> None:
    """Puts one of `DAMAGES` or `KINDS` in the place of a file."""
    path.unlink()
    if damage in DAMAGES:
        path.write_bytes(DAMAGES[damage])
    elif damage == "huge":  # Without blocks on disk.
        with path.open("wb") as file:
            file.truncate(2**36)
    elif damage == "folder":
        path.mkdir()
    elif damage == "pipe":
        os.mkfifo(path)
    else:
        outside = f"../{'../' * (path.parent.name == 'parts')}canary{path.suffix}"
        path.symlink_to({"circle": path.name, "outside": outside, "endless": "/dev/zero"}[damage])


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to every value within a JSON value."""
    pairs = value.items() if isinstance(value, dict) else ()
    for key, inner in enumerate(value) if isinstance(value, list) else pairs:
        yield (*place, key)
        yield from places(inner, (*place, key))


def replaced(value: Any, place: tuple[Any, ...], other: Any) -> Any:
    """A copy with another value at a place."""
    made = inner = copy.deepcopy(value)
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = other
    return made
