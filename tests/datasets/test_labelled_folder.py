import numpy as np
import pytest
from PIL import Image

from tfnets.datasets import labelled_folder
from tfnets.datasets.draws import UNKNOWN
from tfnets.datasets.labelled_folder import read_labelled_folder
from tfnets.errors import InputError


def save(folder, name, pixels):
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels, np.uint8)).save(folder / name)


def grey(value, size=(5, 4)):
    return np.full(size, value)


@pytest.fixture
def folder(tmp_path):
    """Three grey pictures of 4 x 5 pixels (width x height), which differ by their value."""
    place = tmp_path / "scans"
    for name, value in (("b.png", 51), ("a.PNG", 0), ("c.tif", 255)):
        save(place, name, grey(value))
    return place


@pytest.fixture
def table(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "labels.csv"
        path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        return path

    return write


def test_pictures_come_sorted_with_the_labels_that_are_known(folder, table):
    data = read_labelled_folder(folder, table("file,label\nc.tif,two\nb.png,one\n"))
    assert data.files == ("a.PNG", "b.png", "c.tif")
    assert data.class_names == ("one", "two")
    np.testing.assert_array_equal(data.labels, [UNKNOWN, 0, 1])
    assert data.labels.dtype == np.int32
    assert data.images.shape == (3, 5, 4, 1)
    assert data.images.dtype == np.float32
    np.testing.assert_array_equal(data.images[:, 0, 0, 0], np.float32([0, 0.2, 1]))


def test_what_is_no_picture_of_the_folder_is_left_out(folder, table):
    (folder / "labels.txt").write_text("no picture")
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "._a.png").write_bytes(b"hidden")
    save(folder / "deeper", "d.png", grey(7))
    (folder / "odd.png").mkdir()
    data = read_labelled_folder(folder, table("file,label\na.PNG,1\nb.png,2\n"))
    assert data.files == ("a.PNG", "b.png", "c.tif")


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["10", "9", "-1"], ("-1", "9", "10")),
        (["10", "9", "x"], ("10", "9", "x")),
        (["10.5", "9.5", "9"], ("10.5", "9", "9.5")),
        (["ö", "Z", "a"], ("Z", "a", "ö")),
    ],
)
def test_classes_are_in_the_order_of_names_or_of_numbers(folder, table, labels, names):
    rows = zip(("a.PNG", "b.png", "c.tif"), labels, strict=True)
    text = "file,label\n" + "".join(f"{file},{label}\n" for file, label in rows)
    data = read_labelled_folder(folder, table(text))
    assert data.class_names == names
    assert [data.class_names[number] for number in data.labels] == labels


@pytest.mark.parametrize(
    "text",
    [
        "\ufefffile,label\r\na.PNG,x\r\n\r\nb.png,y\r\n",
        "who, label ,file\nme,x,a.PNG\nme, y ,b.png\n",
        'file,label\n"a.PNG","x"\nb.png,y\nc.tif,\n',
        "file,label\na.PNG,x\na.PNG,\na.PNG,x\nb.png,y\n",
    ],
    ids=["as a spreadsheet writes it", "other columns", "quotes, no label", "twice the same"],
)
def test_ways_to_write_the_same_labels(folder, table, text):
    data = read_labelled_folder(folder, table(text))
    assert data.class_names == ("x", "y")
    np.testing.assert_array_equal(data.labels, [0, 1, UNKNOWN])


def test_a_label_may_hold_commas_and_quotes(folder, table):
    text = 'file,label\na.PNG,"one, or ""two"""\nb.png,three\n'
    assert read_labelled_folder(folder, table(text)).class_names == ('one, or "two"', "three")


def test_colour_in_one_picture_makes_all_colour(folder, table):
    labels = table("file,label\na.PNG,1\nb.png,2\n")
    save(folder, "d.png", np.broadcast_to([51, 51, 51], (5, 4, 3)))
    alike = read_labelled_folder(folder, labels).images
    assert alike.shape == (4, 5, 4, 1)
    np.testing.assert_array_equal(alike[3], alike[1])
    save(folder, "e.png", np.broadcast_to([255, 0, 0], (5, 4, 3)))
    images = read_labelled_folder(folder, labels).images
    assert images.shape == (5, 5, 4, 3)
    np.testing.assert_array_equal(images[1, 0, 0], np.float32([0.2, 0.2, 0.2]))
    np.testing.assert_array_equal(images[4, 0, 0], [1, 0, 0])


def test_the_digest_tells_every_change(folder, table):
    def digest(text="file,label\na.PNG,1\nb.png,2\n"):
        return read_labelled_folder(folder, table(text)).digest

    seen = [digest()]
    assert digest() == seen[0]
    seen += [digest("file,label\na.PNG,2\nb.png,1\n"), digest("file,label\na.PNG,1\nb.png,3\n")]
    save(folder, "a.PNG", grey(1))
    seen.append(digest())
    (folder / "c.tif").rename(folder / "d.tif")
    seen.append(digest())
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "labels.csv is empty"),
        ("file,label\n", "labels no picture"),
        ("file;label\na.PNG;1\n", "columns 'file;label'"),
        ("name,label\na.PNG,1\n", "where file was expected once"),
        ("file,label,label\na.PNG,1,2\n", "where label was expected once"),
        ("file,label\na.PNG\n", "1 values in line 2"),
        ("file,label\na.PNG,1\nb.png,one, two\n", "3 values in line 3"),
        ("file,label\n,1\n", "Line 2 of .* names no file"),
        ('file,label\na.PNG,"1\n', "not a CSV that can be read"),
        ("file,label\na.PNG,1\nb.png,1\n", "has 1 class;"),
        ("file,label\na.PNG,\n", "has 0 classes"),
        ("file,label\na.PNG,1\na.PNG,2\n", "two labels, '1' and '2'"),
        ("file,label\na.PNG,1\nx.png,2\n", "lists 'x.png', which is no picture in"),
        ("file,label\na.PNG,1\n../x.png,2\n", "lists '../x.png', which is no picture in"),
        ("file,label\na.PNG,1\n/etc/passwd,2\n", "lists '/etc/passwd', which is no picture in"),
        ("file,label\na.PNG,1\nnotes.txt,2\n", "lists 'notes.txt', which is no picture in"),
        ("file,label\na,1\nb,2\nc,1\nd,2\n", "lists 4 pictures, but .*scans holds 3"),
        (b"file,label\na.PNG,\xff\n", "not UTF-8"),
        (b"file,label\na.PNG,1\0\n", "read|two"),
    ],
)
def test_a_bad_csv_is_one_sentence(folder, table, text, sentence):
    (folder / "notes.txt").write_text("no picture")
    save(folder.parent, "x.png", grey(0))
    with pytest.raises(InputError, match=sentence):
        read_labelled_folder(folder, table(text))


def test_missing_places_are_one_sentence(folder, table, tmp_path):
    labels = table("file,label\na.PNG,1\nb.png,2\n")
    with pytest.raises(InputError, match=r"There is no folder .*nowhere"):
        read_labelled_folder(tmp_path / "nowhere", labels)
    with pytest.raises(InputError, match=r"There is no file .*none\.csv"):
        read_labelled_folder(folder, tmp_path / "none.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"There is no picture in .*empty"):
        read_labelled_folder(tmp_path / "empty", labels)


def test_another_size_names_the_first_picture_that_has_it(folder, table):
    save(folder, "aa.png", grey(0, (6, 9)))
    save(folder, "bb.png", grey(0, (7, 7)))
    with pytest.raises(InputError, match=r"aa.png has 9x6 pixels, but .*a.PNG has 4x5"):
        read_labelled_folder(folder, table("file,label\na.PNG,1\nb.png,2\n"))


def test_a_damaged_picture_is_one_sentence(folder, table):
    (folder / "d.png").write_bytes((folder / "b.png").read_bytes()[:40])
    with pytest.raises(InputError, match=r"d\.png is (damaged|not a picture)"):
        read_labelled_folder(folder, table("file,label\na.PNG,1\nb.png,2\n"))


def test_a_link_out_of_the_folder_is_not_followed(folder, table, tmp_path):
    labels = table("file,label\na.PNG,1\nb.png,2\n")
    (folder / "d.png").symlink_to(folder / "b.png")
    assert len(read_labelled_folder(folder, labels).files) == 4
    save(tmp_path, "secret.png", grey(9))
    (folder / "e.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(InputError, match=r"'e.png' leads out of"):
        read_labelled_folder(folder, labels)


def test_more_than_memory_should_hold_is_refused_at_the_first_picture(folder, table, monkeypatch):
    monkeypatch.setattr(labelled_folder, "MOST_VALUES", 3 * 5 * 4 - 1)
    with pytest.raises(InputError, match="3 pictures of 4x5 pixels are more than memory"):
        read_labelled_folder(folder, table("file,label\na.PNG,1\nb.png,2\n"))
