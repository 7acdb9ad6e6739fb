"""Pictures that are malformed, hostile, or only unusual: `write` makes the same bytes each time."""

import io
import os
import random
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

SIDES = 9, 6  # width and height
NAMES = {
    "line_break": "a\nb.png",
    "carriage_return": "a\rtfnets: done.png",
    "escape": "\x1b[31mred\x1b[2J.png",
    "right_to_left": "a\u202egnp.exe.png",
    "isolate": "a\u2066b\u2069.png",
    "line_separator": "a\u2028b.png",
    "no_utf8": os.fsdecode(b"\xff\xfe.png"),
    "markup": "<script>alert(1)<\u2215script>.png",
    "formula": "=cmd|' -C calc'!A0.png",
    "quotes": "a'\"`$(id).png",
    "braces": "{0.__class__}%s.png",
    "dollar": "$\\frac$.png",
    "bell": "a\x07\x08\x7f\x9b31m.png",
    "long": "x" * 250 + ".png",
}
"""Names of files of which no letter may reach a terminal raw."""


def write(folder: Path, seed: int) -> dict[str, Path]:
    """Writes all cases into `folder`: name of the case -> file."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for case, name, content in (*_contents(random.Random(seed)), *_named()):
        found[case] = folder / name
        found[case].write_bytes(content)
    found["huge_and_empty.png"] = folder / "huge_and_empty.png"
    with found["huge_and_empty.png"].open("wb") as file:
        file.truncate(2**40)
    return found | _no_files(folder)


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 0) -> bytes:
    """A PNG of a header, chunks and an end."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG with its checksum."""
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def gif(frames: int, width: int = 1, height: int = 1) -> bytes:
    """A GIF of equal frames of one pixel in a picture of any size."""
    head = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0\0\0\0\xff\xff\xff"
    frame = b"\x21\xf9\x04\0\x01\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    return head + frame * frames + b";"


def tiff(entries: dict[int, tuple[int, int, int]], after: int = 0, pixels: bytes = b"") -> bytes:
    """A TIFF of one directory: tag -> type, count, value; `after` is where the next one is."""
    rows = b"".join(struct.pack("<HHII", tag, *entry) for tag, entry in sorted(entries.items()))
    count = struct.pack("<H", len(entries))
    return b"II*\0" + struct.pack("<I", 8) + count + rows + struct.pack("<I", after) + pixels


def _grey_tiff(**changes: tuple[int, int, int]) -> dict[int, tuple[int, int, int]]:
    tags = {
        "width": 256, "height": 257, "bits": 258, "compression": 259, "photometric": 262,
        "start": 273, "samples": 277, "rows": 278, "length": 279, "orientation": 274, "text": 270,
    }  # fmt: skip
    values = {
        "width": (4, 1, 4), "height": (4, 1, 3), "bits": (3, 1, 8), "compression": (3, 1, 1),
        "photometric": (3, 1, 1), "start": (4, 1, 200), "samples": (3, 1, 1), "rows": (4, 1, 3),
        "length": (4, 1, 12),
    }  # fmt: skip
    return {tags[name]: entry for name, entry in (values | changes).items()}


def _contents(rng: random.Random) -> Iterator[tuple[str, str, bytes]]:
    made = {**dict(_whole(rng)), **dict(_pngs()), **dict(_tiffs()), **dict(_others())}
    for name, content in made.items():
        yield name, name, content
    for name in ("whole.png", "whole.jpg", "whole.gif", "whole.bmp", "whole.tif", "whole.webp"):
        content, ending = made[name], name[-4:].lstrip(".")
        for part in (0.1, 0.5, 0.9):
            cut = f"cut_{int(100 * part)}.{ending}"
            yield cut, cut, content[: int(part * len(content))]
        for number in range(4):
            damaged = bytearray(content)
            for _ in range(3):
                damaged[rng.randrange(len(damaged))] = rng.randrange(256)
            flipped = f"flipped_{number}.{ending}"
            yield flipped, flipped, bytes(damaged)
        other = f"named_like_another.{'png' if ending != 'png' else 'jpg'}.{ending}"
        yield other, other, made["whole.png" if ending != "png" else "whole.gif"]


def _whole(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    image = Image.frombytes("RGB", SIDES, rng.randbytes(3 * SIDES[0] * SIDES[1]))
    for ending in ("png", "jpg", "gif", "bmp", "tif", "webp", "ppm", "jp2", "avif"):
        kind = Image.registered_extensions()[f".{ending}"]
        file = io.BytesIO()
        image.save(file, kind)
        yield f"whole.{ending}", file.getvalue()
    for orientation in (6, 8, 9, 65535):
        for ending in ("png", "jpg", "tif", "webp"):
            exif, file = Image.Exif(), io.BytesIO()
            exif[0x0112] = orientation
            image.convert("L").save(
                file, Image.registered_extensions()[f".{ending}"], exif=exif.tobytes()
            )
            yield f"orientation_{orientation}.{ending}", file.getvalue()


def _pngs() -> Iterator[tuple[str, bytes]]:
    zeros = zlib.compress(bytes(2**26), 9)
    pixels = chunk(b"IDAT", zlib.compress(b"\0\x7f\0\x7f"))
    for width, height in ((50000, 50000), (2**31 - 1, 2**31 - 1), (0, 0), (0, 5), (2**31, 1)):
        yield f"header_{width}_{height}.png", png(width, height)
    yield "bomb_of_pixels.png", png(8193, 8193, chunk(b"IDAT", zeros))
    yield "bomb_in_zTXt.png", png(1, 2, chunk(b"zTXt", b"a\0\0" + zeros), pixels)
    yield (
        "bombs_in_zTXt.png",
        png(1, 2, *[chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**20 - 9)))] * 90, pixels),
    )
    yield "bomb_in_iTXt.png", png(1, 2, chunk(b"iTXt", b"a\0\1\0\0\0" + zeros), pixels)
    yield "bomb_in_iCCP.png", png(1, 2, chunk(b"iCCP", b"a\0\0" + zeros), pixels)
    yield "text_of_escapes.png", png(1, 2, chunk(b"tEXt", b"a\0\x1b[2J"), pixels)
    yield "more_pixels_than_said.png", png(1, 2, chunk(b"IDAT", zeros))
    yield "no_pixels.png", png(4, 4)
    yield "chunk_longer_than_file.png", png(1, 2)[:33] + b"\x7f\xff\xff\xffIDAT"
    yield "wrong_checksum.png", png(1, 2, pixels[:-1] + b"\0")
    yield "no_end.png", png(1, 2, pixels)[:-12]
    yield "signature_only.png", png(1, 2)[:8]
    yield "depth_3.png", png(1, 2, pixels, depth=3)
    yield "colour_9.png", png(1, 2, pixels, colour=9)
    yield "palette_without_colours.png", png(1, 2, pixels, colour=3)
    yield "frames_of_apng.png", png(1, 2, chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)), pixels)
    yield "exif_of_garbage.png", png(1, 2, chunk(b"eXIf", b"MM\0*" + b"\xff" * 40), pixels)
    yield "size_in_dpi.png", png(1, 2, chunk(b"pHYs", struct.pack(">IIB", 0, 2**32 - 1, 1)), pixels)


def _tiffs() -> Iterator[tuple[str, bytes]]:
    pixels = bytes(200 - 8 - 2 - 9 * 12 - 4) + bytes(range(12))
    yield "plain.tiff", tiff(_grey_tiff(), pixels=pixels)
    yield "circle_of_frames.tiff", tiff(_grey_tiff(), after=8, pixels=pixels)
    yield "next_frame_outside.tiff", tiff(_grey_tiff(), after=2**31, pixels=pixels)
    yield "wide.tiff", tiff(_grey_tiff(width=(4, 1, 2**31)), pixels=pixels)
    yield "no_width.tiff", tiff(_grey_tiff(width=(4, 1, 0)), pixels=pixels)
    yield "start_outside.tiff", tiff(_grey_tiff(start=(4, 1, 2**31)), pixels=pixels)
    yield "many_samples.tiff", tiff(_grey_tiff(samples=(3, 1, 65535)), pixels=pixels)
    yield "compression_unknown.tiff", tiff(_grey_tiff(compression=(3, 1, 999)), pixels=pixels)
    yield "text_longer_than_file.tiff", tiff(_grey_tiff(text=(2, 2**32 - 1, 8)), pixels=pixels)
    yield "type_unknown.tiff", tiff(_grey_tiff(bits=(99, 1, 8)), pixels=pixels)
    yield "turned_twice.tiff", tiff(_grey_tiff(orientation=(3, 2, 6 + (8 << 16))), pixels=pixels)
    yield "no_entries.tiff", tiff({})
    one = tiff(_grey_tiff(), pixels=pixels)[8:]
    chain = [one[:110] + struct.pack("<I", 8 + 204 * (k + 1)) + one[114:] for k in range(11_000)]
    yield "chain_of_frames.tiff", b"II*\0" + struct.pack("<I", 8) + b"".join(chain)


def _others() -> Iterator[tuple[str, bytes]]:
    yield "empty.png", b""
    yield "empty.gif", b""
    yield "one_byte.jpg", b"\xff"
    yield "text.jpg", b"this is no picture\n"
    yield "page.png", b"<html><script>alert(1)</script>"
    yield "vector.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    yield "postscript.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"
    yield "pickle.png", b"cposix\nsystem\n(S'touch canary'\ntR."
    yield "archive.png", b"PK\x03\x04" + bytes(60)
    yield "frames_5000.gif", gif(5000)
    yield "frames_20000.gif", gif(20_000)
    yield "screen_65535.gif", gif(1, 65535, 65535)
    yield "no_frame.gif", gif(0)
    yield "frame_outside.gif", gif(1)[:28] + struct.pack("<HHHH", 65535, 65535, 65535, 65535)
    yield "wide.bmp", b"BM" + struct.pack("<IIIIii", 0, 0, 54, 40, 2**31 - 1, 2**31 - 1) + bytes(28)
    yield "wide.pgm", b"P5 50000 50000 255\n"
    yield "digits.pgm", b"P5 " + b"9" * 5000 + b" 1 255\n"
    yield "words.pgm", b"P2 2 1 255 one two\n"
    yield "white_0.pgm", b"P5 1 1 0\n\0"
    yield "comment.pgm", b"P5 #" + b"x" * 100_000 + b"\n1 1 255\n\0"
    yield "wide.webp", b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff" * 6 + bytes(4)
    yield "wide.jpg", b"\xff\xd8\xff\xc0\0\x0b\x08\xff\xff\xff\xff\x01\x01\x11\0\xff\xd9"
    yield "segment_0.jpg", b"\xff\xd8\xff\xe1\0\0\xff\xd9"
    yield "not_a_number.pfm", b"Pf\n1 1\n-1\n" + struct.pack("<f", float("nan"))
    yield "infinite.pfm", b"Pf\n1 1\n-1\n" + struct.pack("<f", float("inf"))


def _named() -> Iterator[tuple[str, str, bytes]]:
    for case, name in NAMES.items():
        yield f"name_{case}", name, b"no picture"


def _no_files(folder: Path) -> dict[str, Path]:
    """A folder, a pipe, devices and links that lead to nothing or everything."""
    found = {
        name: folder / name for name in ("folder.png", "pipe.png", "circle.png", "nowhere.png")
    }
    found["folder.png"].mkdir(exist_ok=True)
    os.mkfifo(found["pipe.png"])
    found["circle.png"].symlink_to("circle.png")
    found["nowhere.png"].symlink_to("there_is_nothing")
    for device in ("zero", "null"):
        found[f"device_{device}.png"] = folder / f"device_{device}.png"
        found[f"device_{device}.png"].symlink_to(f"/dev/{device}")
    return found | {
        "not_there": folder / "not_there.png",
        "below_a_file": folder / "whole.png" / "x.png",
        "name_too_long": folder / ("x" * 5000 + ".png"),
        "zero_in_name": folder / "a\0.png",
    }
