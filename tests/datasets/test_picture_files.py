import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, PngImagePlugin

from tfnets.datasets import picture_files
from tfnets.datasets.picture_files import MOST_PIXELS, read_picture
from tfnets.errors import InputError

RGB = np.array(
    [[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[10, 20, 30], [255, 255, 255], [0, 0, 0]]], np.uint8
)
GREY = np.array([[0, 51, 255], [1, 2, 3]], np.uint8)
ALPHA = np.array([[255, 0, 51], [128, 204, 255]], np.uint8)


def save(path, image, **options):
    image.save(path, **options)
    return path


def unit(array, white=255):
    return (np.asarray(array, np.float64) / white).astype(np.float32)


def test_rgb_is_exact_and_has_no_note(tmp_path):
    for name in ("a.png", "a.bmp", "a.tiff", "a.ppm"):
        picture = read_picture(save(tmp_path / name, Image.fromarray(RGB)))
        assert picture.pixels.dtype == np.float32
        np.testing.assert_array_equal(picture.pixels, unit(RGB))
        assert picture.notes == ()


def test_grey_is_exact_has_one_channel_and_no_note(tmp_path):
    picture = read_picture(str(save(tmp_path / "a.png", Image.fromarray(GREY))))
    np.testing.assert_array_equal(picture.pixels, unit(GREY)[..., np.newaxis])
    assert picture.notes == ()


def test_black_and_white(tmp_path):
    image = Image.fromarray(np.array([[True, False]]))
    picture = read_picture(save(tmp_path / "a.png", image))
    np.testing.assert_array_equal(picture.pixels, np.float32([[[1], [0]]]))
    assert picture.notes == ("black and white read as grey",)


def on_white(colour, alpha):
    colour, alpha = np.asarray(colour) / 255, np.asarray(alpha)[..., np.newaxis] / 255
    return colour * alpha + (1 - alpha)


LAID = ("an alpha channel: what is transparent is laid on white",)


def test_transparent_colour_is_laid_on_white(tmp_path):
    image = Image.fromarray(np.dstack([RGB, ALPHA]))
    picture = read_picture(save(tmp_path / "a.png", image))
    np.testing.assert_allclose(picture.pixels, on_white(RGB, ALPHA), rtol=0, atol=1e-7)
    np.testing.assert_array_equal(picture.pixels[0, 1], [1, 1, 1])
    assert picture.notes == LAID


def test_transparent_grey_is_laid_on_white_and_stays_grey(tmp_path):
    image = Image.merge("LA", [Image.fromarray(GREY), Image.fromarray(ALPHA)])
    picture = read_picture(save(tmp_path / "a.png", image))
    wanted = on_white(GREY[..., np.newaxis], ALPHA)
    np.testing.assert_allclose(picture.pixels, wanted, rtol=0, atol=1e-7)
    assert picture.notes == LAID


def test_an_opaque_alpha_channel_changes_nothing(tmp_path):
    image = Image.fromarray(np.dstack([RGB, np.full((2, 3), 255, np.uint8)]))
    picture = read_picture(save(tmp_path / "a.png", image))
    np.testing.assert_array_equal(picture.pixels, unit(RGB))
    assert picture.notes == ("an alpha channel, nowhere transparent, read as plain colour",)


def test_laying_on_white_is_right_and_in_range_for_all_values(tmp_path):
    colour, alpha = np.meshgrid(np.arange(256, dtype=np.uint8), np.arange(256, dtype=np.uint8))
    image = Image.merge("LA", [Image.fromarray(colour), Image.fromarray(alpha)])
    pixels = read_picture(save(tmp_path / "a.png", image)).pixels
    np.testing.assert_allclose(pixels, on_white(colour[..., np.newaxis], alpha), rtol=0, atol=1e-7)
    assert 0 <= pixels.min() <= pixels.max() <= 1


def palette(transparent=None):
    image = Image.new("P", (3, 1))
    image.putpalette([255, 0, 0, 0, 255, 0, 10, 20, 30])
    image.putdata([0, 1, 2])
    if transparent is not None:
        image.info["transparency"] = transparent
    return image


def test_a_palette_is_looked_up(tmp_path):
    picture = read_picture(save(tmp_path / "a.png", palette()))
    np.testing.assert_array_equal(picture.pixels, unit([[[255, 0, 0], [0, 255, 0], [10, 20, 30]]]))
    assert picture.notes == ("a palette of colours read as RGB",)


@pytest.mark.parametrize("transparent", [1, b"\xff\x00\xff"])
def test_a_transparent_colour_of_a_palette_becomes_white(tmp_path, transparent):
    path = save(tmp_path / "a.png", palette(), transparency=transparent)
    picture = read_picture(path)
    wanted = unit([[[255, 0, 0], [255, 255, 255], [10, 20, 30]]])
    np.testing.assert_array_equal(picture.pixels, wanted)
    assert picture.notes == ("a palette of colours: what is transparent is laid on white",)


def test_a_transparent_grey_or_colour_value_becomes_white(tmp_path):
    grey = read_picture(save(tmp_path / "g.png", Image.fromarray(GREY), transparency=51))
    np.testing.assert_array_equal(grey.pixels[..., 0], unit([[0, 255, 255], [1, 2, 3]]))
    colour = read_picture(save(tmp_path / "c.png", Image.fromarray(RGB), transparency=(10, 20, 30)))
    np.testing.assert_array_equal(colour.pixels[1, 0], [1, 1, 1])
    np.testing.assert_array_equal(colour.pixels[0], unit(RGB[0]))


def test_ink_becomes_rgb(tmp_path):
    inks = [(0, 0, 0, 0), (255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 0, 255)]
    image = Image.new("CMYK", (4, 1))
    image.putdata(inks)
    picture = read_picture(save(tmp_path / "a.tiff", image))
    wanted = unit([[[255, 255, 255], [0, 255, 255], [255, 0, 255], [0, 0, 0]]])
    np.testing.assert_array_equal(picture.pixels, wanted)
    assert picture.notes == ("ink colours (CMYK) turned into RGB without a colour profile",)


def test_an_ink_jpeg_is_not_inverted(tmp_path):
    image = Image.new("CMYK", (16, 16), (0, 0, 0, 0))
    picture = read_picture(save(tmp_path / "a.jpg", image))
    assert picture.pixels.min() > 0.98
    assert "CMYK" in picture.notes[0]


def test_jpeg_is_near_and_has_no_note(tmp_path):
    wanted = np.full((16, 16, 3), (200, 100, 50), np.uint8)
    picture = read_picture(save(tmp_path / "a.jpg", Image.fromarray(wanted), quality=95))
    np.testing.assert_allclose(picture.pixels, unit(wanted), atol=3 / 255)
    assert picture.notes == ()


def test_other_colour_spaces_become_rgb(tmp_path):
    image = Image.new("YCbCr", (2, 2), (128, 128, 128))
    picture = read_picture(save(tmp_path / "a.tiff", image))
    np.testing.assert_array_equal(picture.pixels, unit(np.full((2, 2, 3), 128)))
    assert picture.notes == ("colours of the kind YCbCr turned into RGB",)


DEEP = np.array([[0, 1, 257], [32768, 65534, 65535]], np.uint16)


@pytest.mark.parametrize("name", ["a.png", "a.tiff", "a.pgm"])
def test_sixteen_bits_of_grey_are_all_kept(tmp_path, name):
    picture = read_picture(save(tmp_path / name, Image.fromarray(DEEP)))
    np.testing.assert_array_equal(picture.pixels[..., 0], unit(DEEP, 65535))
    (note,) = picture.notes
    assert note.endswith("-bit whole numbers from 0 to 65535 read as grey")


def deep_png(path, array):
    """Writes a PNG of 16 bits per channel, which Pillow cannot."""
    import struct
    import zlib

    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    height, width, channels = array.shape
    colour = {2: 4, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)
    header = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return path


def test_of_sixteen_bits_of_colour_the_upper_eight_are_read_with_a_note(tmp_path):
    values = np.array([[[0, 255, 256], [65535, 32768, 511]]], np.uint16)
    picture = read_picture(deep_png(tmp_path / "a.png", values))
    np.testing.assert_array_equal(picture.pixels, unit(values >> 8))
    assert picture.notes == ("of 16 bits per channel the upper 8 are read",)


def test_sixteen_bits_with_transparency_have_two_notes(tmp_path):
    values = np.array([[[65535, 0, 0, 65535], [0, 0, 0, 0]]], np.uint16)
    picture = read_picture(deep_png(tmp_path / "a.png", values))
    np.testing.assert_array_equal(picture.pixels, [[[1, 0, 0], [1, 1, 1]]])
    assert picture.notes == ("of 16 bits per channel the upper 8 are read", *LAID)


def test_whole_numbers_of_32_bits(tmp_path):
    values = np.array([[0, 65535, 1]], np.int32)
    picture = read_picture(save(tmp_path / "a.tiff", Image.fromarray(values)))
    np.testing.assert_array_equal(picture.pixels[..., 0], unit(values, 65535))
    assert picture.notes == ("32-bit whole numbers from 0 to 65535 read as grey",)


def test_floats_in_the_range_are_taken_as_they_are(tmp_path):
    values = np.float32([[0, 0.25, 1]])
    picture = read_picture(save(tmp_path / "a.tiff", Image.fromarray(values)))
    np.testing.assert_array_equal(picture.pixels[..., 0], values)
    assert picture.notes == ("floating-point numbers from 0 to 1 read as grey",)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (np.float32([[0, 255.5]]), "floating-point numbers from 0 to 255.5"),
        (np.float32([[-1, 1]]), "floating-point numbers from -1 to 1"),
        (np.float32([[0, np.nan]]), "floating-point numbers from nan to nan"),
        (np.int32([[0, 70000]]), "32-bit whole numbers from 0 to 70000"),
        (np.int32([[-5, 7]]), "32-bit whole numbers from -5 to 7"),
    ],
)
def test_numbers_of_unknown_range_are_refused(tmp_path, values, shown):
    path = save(tmp_path / "a.tiff", Image.fromarray(values))
    with pytest.raises(InputError, match=f"holds {shown}, where 0 .* expected; save it as 8-bit"):
        read_picture(path)


TURNED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a),
}


WIDTH, HEIGHT = 9, 6
DEPTHS = {"1": 1, "L": 8, "LA": 16, "P": 8, "RGB": 24, "RGBA": 32, "CMYK": 32, "YCbCr": 24,
          "LAB": 24, "I;16": 16, "I;16B": 16}  # fmt: skip
MODES = (*DEPTHS, "I", "F")
TIFF = [("a.tif", {"compression": how}) for how in (None, "tiff_lzw", "tiff_adobe_deflate")]
KEPT = [*TIFF, ("a.png", {}), ("a.webp", {"lossless": True, "exact": True})]
"""Files whose EXIF Pillow writes."""


def random_image(mode):
    rng = np.random.default_rng(3)
    if mode in ("I", "F"):
        values = rng.integers(0, 65536, (HEIGHT, WIDTH), np.int32)
        return Image.fromarray(values if mode == "I" else np.float32(values / 65536))
    rows = rng.integers(0, 256, HEIGHT * -(-WIDTH * DEPTHS[mode] // 8), np.uint8)
    image = Image.frombytes(mode, (WIDTH, HEIGHT), rows.tobytes())
    if mode == "P":
        image.putpalette(rng.integers(0, 256, 768, np.uint8).tolist())
    return image


@pytest.mark.parametrize(("name", "options"), KEPT, ids=lambda value: str(value))
@pytest.mark.parametrize("mode", MODES)
def test_every_kind_is_turned_as_its_exif_says(tmp_path, mode, name, options):
    """Opened by name, an uncompressed TIFF came scrambled: its rows were cut as if turned."""
    image = random_image(mode)
    try:
        image.save(tmp_path / f"plain-{name}", **options)
    except OSError:
        pytest.skip(f"Pillow writes no {name} of mode {mode}")
    plain = read_picture(tmp_path / f"plain-{name}")
    if mode in ("L", "RGB", "I;16", "I", "F") and name != "a.webp":
        white = {"L": 255, "RGB": 255, "F": 1}.get(mode, 65535)
        wanted = unit(np.asarray(image), white).reshape(plain.pixels.shape)
        np.testing.assert_array_equal(plain.pixels, wanted)
    for orientation, turn in TURNED.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        picture = read_picture(save(tmp_path / name, image, exif=exif.tobytes(), **options))
        np.testing.assert_array_equal(picture.pixels, turn(plain.pixels))
        note = f"turned or mirrored as its EXIF orientation {orientation} says"
        assert (note in picture.notes) == (orientation > 1)
        assert [each for each in picture.notes if each != note] == list(plain.notes)


@pytest.mark.parametrize("name", ["a.jpg", "a.avif"])
def test_lossy_kinds_are_turned_as_their_exif_says(tmp_path, name):
    smooth = np.add.outer(np.arange(16) * 3, np.arange(32) * 2).astype(np.uint8)
    for orientation, turn in TURNED.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        path = save(tmp_path / name, Image.fromarray(smooth), exif=exif.tobytes(), quality=100)
        wanted = turn(unit(smooth)[..., np.newaxis])
        pixels = read_picture(path).pixels
        np.testing.assert_allclose(pixels, np.broadcast_to(wanted, pixels.shape), atol=0.02)


def test_of_a_tiff_of_several_frames_the_first_is_read(tmp_path):
    path = tmp_path / "a.tif"
    Image.fromarray(GREY).save(path, save_all=True, append_images=[Image.fromarray(RGB)] * 2)
    picture = read_picture(path)
    np.testing.assert_array_equal(picture.pixels[..., 0], unit(GREY))
    assert picture.notes == ("the first of 3 frames is used",)


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_an_orientation_that_does_not_exist_is_no_orientation(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read_picture(save(tmp_path / "a.png", Image.fromarray(RGB), exif=exif.tobytes()))
    np.testing.assert_array_equal(picture.pixels, unit(RGB))
    assert picture.notes == ()


def test_of_an_animation_the_first_frame_is_read(tmp_path):
    frames = [Image.new("RGB", (4, 3), colour) for colour in ("red", "green", "blue")]
    path = save(tmp_path / "a.gif", frames[0], save_all=True, append_images=frames[1:])
    picture = read_picture(path)
    np.testing.assert_array_equal(picture.pixels, np.broadcast_to([1, 0, 0], (3, 4, 3)))
    assert picture.notes[0] == "the first of 3 frames is used"


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.bmp", "a.tiff", "a.webp", "a.ppm"])
def test_a_file_that_is_cut_off_is_refused(tmp_path, name):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    path = save(tmp_path / name, Image.fromarray(noise))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match=r"is (damaged or cut off|not a picture)") as caught:
        read_picture(path)
    assert str(path) in str(caught.value)


def encoded(kind):
    noise = np.random.default_rng(1).integers(0, 256, (12, 9, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, kind)
    return file.getvalue()


WHOLE = {kind: encoded(kind) for kind in ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP")}


@pytest.mark.parametrize(
    "error",
    [
        IndexError("i"),
        SyntaxError("s"),
        RuntimeError("r"),
        TypeError("t"),
        OSError("o"),
        KeyError(),
    ],
    ids=repr,
)
def test_whatever_a_decoder_raises_is_one_sentence(tmp_path, monkeypatch, error):
    def fail(image):
        raise error

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", fail)
    reason = str(error) or "KeyError"
    with pytest.raises(InputError, match=rf"is damaged or cut off \({reason}\); get the whole"):
        read_picture(save(tmp_path / "a.png", Image.fromarray(RGB)))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_any_damage_is_one_sentence_or_a_picture(tmp_path_factory, kind, data):
    whole = WHOLE[kind]
    cut = data.draw(st.integers(0, len(whole)))
    damaged = bytearray(whole[:cut])
    for _ in range(data.draw(st.integers(0, 3))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(damaged)
    try:
        picture = read_picture(path)
    except InputError as error:
        assert str(error).count("\n") == 0  # noqa: PT017
        return
    assert picture.pixels.dtype == np.float32
    assert picture.pixels.ndim == 3
    assert picture.pixels.shape[-1] in (1, 3)
    assert picture.pixels.min() >= 0
    assert picture.pixels.max() <= 1


def test_pillow_is_left_to_refuse_cut_files():
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_more_bytes_or_frames_than_the_limits_are_refused(tmp_path, monkeypatch):
    frames = [Image.fromarray(GREY), Image.fromarray(255 - GREY), Image.fromarray(GREY)]
    for name in ("a.tif", "a.gif"):
        path = tmp_path / name
        frames[0].save(path, save_all=True, append_images=frames[1:])
        monkeypatch.setattr(picture_files, "MOST_FRAMES", 3)
        assert read_picture(path).notes[0] == "the first of 3 frames is used"
        monkeypatch.setattr(picture_files, "MOST_FRAMES", 2)
        with pytest.raises(InputError, match="has more than 2 frames; save one as PNG"):
            read_picture(path)
    monkeypatch.setattr(picture_files, "MOST_BYTES", 2**20)
    with path.open("ab") as file:
        file.truncate(2**20 + 1)
    with pytest.raises(InputError, match="has more than 1 MiB; make it smaller"):
        read_picture(path)


def test_a_text_file_with_the_ending_of_a_picture(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_text("this is no picture")
    with pytest.raises(InputError, match=r"a\.jpg is not a picture that can be read; give a PNG"):
        read_picture(path)


def test_kinds_that_start_other_programs_are_not_opened(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n")
    with pytest.raises(InputError, match="not a picture"):
        read_picture(path)


def test_an_empty_file_a_folder_and_nothing(tmp_path):
    (tmp_path / "empty.png").touch()
    with pytest.raises(InputError, match="not a picture"):
        read_picture(tmp_path / "empty.png")
    with pytest.raises(InputError, match="is a folder; give the path of one picture"):
        read_picture(tmp_path)
    with pytest.raises(InputError, match=r"There is no picture file at .*none\.png"):
        read_picture(tmp_path / "none.png")


@pytest.mark.parametrize("side", [8300, 9500, 14000])
def test_too_many_pixels_are_refused_before_they_are_read(tmp_path, side):
    assert side**2 > MOST_PIXELS
    path = tmp_path / "a.pgm"
    path.write_bytes(b"P5 %d %d 255\n" % (side, side))
    with pytest.raises(InputError, match="has more than 67 million pixels; make it smaller"):
        read_picture(path)
