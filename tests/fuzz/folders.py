"""Labelled folders and prompts that are malformed, hostile, or only unusual."""

import random
import unicodedata
from pathlib import Path

from PIL import Image

FORMS = ("NFC", "NFD", "NFKC", "NFKD")
NAME = "\N{LATIN SMALL LIGATURE FI}\u00fc\u1ec7.png"
"""A name that differs in all four Unicode forms."""
PICTURES = ("a.png", "b.png", "c.png")
GOOD = "file,label\na.png,one\nb.png,two\n"
_TEXTS = {
    "good": GOOD,
    "crlf": GOOD.replace("\n", "\r\n"),
    "cr": GOOD.replace("\n", "\r"),
    "quoted": 'file,label\n"a.png","one"\n"b.png","two"\n',
    "no_end": GOOD.rstrip("\n"),
    "blank_lines": GOOD.replace("\n", "\n\n"),
    "other_columns": "x,label,file\n1,one,a.png\n2,two,b.png\n",
    "empty": "",
    "blank": "\n\n \n",
    "heading_only": "file,label\n",
    "no_heading": "a.png,one\nb.png,two\n",
    "semicolons": GOOD.replace(",", ";"),
    "tabs": GOOD.replace(",", "\t"),
    "heading_twice": "file,label,label\na.png,one,two\n",
    "heading_in_capitals": GOOD.replace("file,label", "File,Label"),
    "too_many_values": GOOD + "c.png,one,two\n",
    "too_few_values": GOOD + "c.png\n",
    "open_quote": GOOD + '"c.png,one\n',
    "quote_within": GOOD + 'c.p"ng",one\n',
    "quote_then_text": GOOD + '"c.png"x,one\n',
    "line_break_in_label": GOOD + 'c.png,"o\nne"\n',
    "line_break_in_name": GOOD + '"c\n.png",one\n',
    "nul_in_label": GOOD + "c.png,o\0ne\n",
    "nul_in_name": GOOD + "c\0.png,one\n",
    "nul_only": "\0" * 999,
    "escape_in_label": GOOD + "c.png,\x1b[31mred\x1b[2J\n",
    "escape_in_name": GOOD + "\x1b[2Jc.png,one\n",
    "escape_in_heading": "file,label,\x1b[2J\n" + GOOD,
    "right_to_left_label": GOOD + "c.png,\u202eeno\n",
    "right_to_left_name": GOOD + "\u202egnp.c,one\n",
    "separator_in_label": GOOD + "c.png,a\u2028b\u0085c\n",
    "bell_twice": GOOD + "a.png,\x07\x08\n",
    "two_labels": GOOD + "a.png,two\n",
    "same_twice": GOOD + "a.png,one\n",
    "empty_label": GOOD + "c.png,\n",
    "empty_name": GOOD + ",one\n",
    "one_class": "file,label\na.png,one\nb.png,one\n",
    "no_class": "file,label\na.png,\nb.png,\n",
    "not_there": GOOD + "d.png,one\n",
    "more_than_there": GOOD + "".join(f"{k}.png,one\n" for k in range(9)),
    "path": GOOD + "../a.png,one\n",
    "absolute": GOOD + "/etc/passwd,one\n",
    "windows_path": GOOD + "..\\a.png,one\n",
    "home": GOOD + "~/a.png,one\n",
    "formula": GOOD + "c.png,=cmd|' /C calc'!A0\n",
    "formula_plus": GOOD + "c.png,+1+1\n",
    "markup": GOOD + 'c.png,"<script>alert(""1"")</script>"\n',
    "dollar": GOOD + "c.png,$\\frac{1}$\n",
    "braces": GOOD + "c.png,{0.__class__}%s%n\n",
    "template": GOOD + "c.png,{{7*7}}${7*7}\n",
    "long_label": GOOD + f"c.png,{'x' * 130_000}\n",
    "huge_field": GOOD + f"c.png,{'x' * 140_000}\n",
    "huge_heading": f"file,label,{'x' * 140_000}\n",
    "many_columns": "file,label"
    + ",x" * 20_000
    + "\na.png,one"
    + ",1" * 20_000
    + "\nb.png,two"
    + ",1" * 20_000
    + "\n",
    "many_lines": GOOD + "a.png,one\n" * 20_000,
    "many_classes": GOOD + "".join(f"{k}.png,{k}\n" for k in range(20_000)),
    "numbers": "file,label\na.png,10\nb.png,9\nc.png,-1\n",
    "long_number": f"file,label\na.png,{'9' * 5000}\nb.png,1\n",
    "digits_of_other_scripts": "file,label\na.png,\u0661\nb.png,\u0662\n",
    "wide_digits": "file,label\na.png,\uff11\nb.png,1\nc.png,2\n",
    "spaces_around": "file , label\n a.png , one \nb.png,\u00a0two\n",
    "nothing_but_spaces": GOOD + "c.png,\u3000\u00a0\n",
    "labels_in_four_forms": "file,label\na.png,\ufb01\u00fc\nb.png,fiu\u0308\nc.png,x\n",
}
_BYTES = {
    "mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "mark_twice": b"\xef\xbb\xbf" * 2 + GOOD.encode(),
    "utf16": GOOD.encode("utf-16"),
    "utf16_without_mark": GOOD.encode("utf-16-le"),
    "utf32": GOOD.encode("utf-32"),
    "latin1": (GOOD + "c.png,\u00fc\n").encode("latin-1"),
    "half_surrogate": GOOD.encode() + b"c.png,\xed\xa0\x80\n",
    "overlong": GOOD.encode() + b"c.png,\xc0\xaf\n",
    "cut_letter": GOOD.encode() + b"c.png,\xc3",
    "pickle": b"cposix\nsystem\n(S'touch canary'\ntR.",
    "archive": b"PK\x03\x04" + bytes(60),
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(60),
}
_PROMPTS = {
    "empty": "",
    "spaces": " \t\n\u3000",
    "escape": "\x1b[2J\x1b]0;title\x07",
    "right_to_left": "\u202eneves a",
    "half_surrogate": "seven \ud800",
    "nul": "seven\0nine",
    "line_breaks": "a\nthick\r\nseven\u2028",
    "long": "seven " * 100_000,
    "one_long_word": "s" * 1_000_000,
    "marks": "e" + "\u0301" * 10_000,
    "wide": "\uff53\uff45\uff56\uff45\uff4e",
    "two": "seven nine",
    "formula": "=seven+nine",
    "markup": "<script>seven</script>",
    "braces": "{0.__class__}%s",
}


def write(folder: Path, seed: int) -> dict[str, Path]:
    """Writes a folder for each case: name -> its `labels.csv`, beside the pictures it is about."""
    rng = random.Random(seed)
    contents = _BYTES | {name: text.encode() for name, text in _TEXTS.items()}
    for number in range(20):
        damaged = bytearray(rng.choice(sorted(contents.values())) or b"file")
        for _ in range(3):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        contents[f"damaged_{number}"] = bytes(damaged)
    found = {}
    for name, content in contents.items():
        found[name] = _labels(folder / name, PICTURES) / "labels.csv"
        found[name].write_bytes(content)
    return found | _forms(folder) | _no_files(folder)


def write_prompts(folder: Path, seed: int) -> dict[str, Path]:
    """Writes prompts, one a file, in UTF-8 with half surrogates kept."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(seed)
    noise = {f"noise_{k}": "".join(chr(rng.randrange(0xD7FF)) for _ in range(99)) for k in range(9)}
    found = {}
    for name, text in (_PROMPTS | noise).items():
        found[name] = folder / f"{name}.txt"
        found[name].write_bytes(text.encode("utf-8", "surrogatepass"))
    return found


def _labels(folder: Path, pictures: tuple[str, ...]) -> Path:
    (folder / "scans").mkdir(parents=True)
    for value, name in enumerate(pictures):
        Image.new("L", (3, 2), 40 * value).save(folder / "scans" / name)
    return folder


def _forms(folder: Path) -> dict[str, Path]:
    """Names in each form in the folder and in the table, and twice in one folder."""
    found = {}
    for there in FORMS:
        for listed in FORMS:
            names = [unicodedata.normalize(form, NAME) for form in (there, listed)]
            case = _labels(folder / f"form_{there}_{listed}", (names[0], "b.png"))
            found[case.name] = case / "labels.csv"
            text = f"file,label\n{names[1]},one\nb.png,two\n"
            found[case.name].write_text(text, encoding="utf-8", newline="")
    twice = ("\u00fc.png", "u\u0308.png", "b.png")
    found["twice"] = _labels(folder / "twice", twice) / "labels.csv"
    found["twice"].write_text("file,label\n\u00fc.png,one\nb.png,two\n", encoding="utf-8")
    return found


def _no_files(folder: Path) -> dict[str, Path]:
    """A folder, a circle and a device where the table should be, and nothing at all."""
    found = {name: _labels(folder / name, PICTURES) / "labels.csv" for name in (
        "is_folder", "is_circle", "is_device", "is_nothing", "is_huge",
    )}  # fmt: skip
    found["is_folder"].mkdir()
    found["is_circle"].symlink_to("labels.csv")
    found["is_device"].symlink_to("/dev/zero")
    with found["is_huge"].open("wb") as file:
        file.truncate(2**40)
    return found
