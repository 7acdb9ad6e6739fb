import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfnets import schema
from tfnets.errors import InputError
from tfnets.schema import Misfit, Rule, conform, read_array, read_json

DIGIT = Annotated[int, Rule(range(10).__contains__, "a digit")]


@dataclass(frozen=True)
class Box:
    names: tuple[str, ...]
    side: float
    more: "dict[str, DIGIT] | None" = None


def test_an_object_becomes_a_dataclass():
    given = {"names": ["a"], "side": 2, "more": {"b": 3}}
    assert conform(given, Box) == Box(("a",), 2, {"b": 3})
    assert conform([given], list[Box])[0].names == ("a",)


@pytest.mark.parametrize(
    ("value", "form", "sentence"),
    [
        (True, int, "it is true, not a whole number"),
        (1.0, int, "it is 1.0, not a whole number"),
        ("1", float, "it is '1', not a number"),
        (None, str, "it is null, not text"),
        ([1, "x"], list[int], "it[1] is 'x', not a whole number"),
        ({"a": [1]}, dict[str, int], "'a' of it is a list, not a whole number"),
        (10, DIGIT, "it is 10, not a digit"),
        (True, Literal["a", "b"], "it is true, not one of a, b"),
        (1, str | bool | None, "it is 1, not text or true or false or null"),
        ("\x1b[31m" + "a" * 99, int, "it is '\\x1b[31m" + "a" * 31 + "..., not a whole number"),
        ({"names": [], "side": 1, "x": 1}, Box, "it has 'x', which is not known"),
        ({"names": []}, Box, "it lacks 'side'"),
        ({"names": [], "side": 1, "more": {"a": 11}}, Box, "more is an object, not an object or"),
    ],
)
def test_what_does_not_fit_is_named(value, form, sentence):
    with pytest.raises(Misfit) as caught:
        conform(value, form)
    assert str(caught.value).startswith(sentence)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


@given(JSON)
def test_what_json_holds_is_read_as_json_does(tmp_path_factory, value):
    path = tmp_path_factory.getbasetemp() / "value.json"
    path.write_text(json.dumps({"value": value}))
    assert read_json(path) == {"value": value}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[" * 100_000, "more than 32 lists"),
        (b"[" * 33 + b"]" * 33, "more than 32 lists"),
        (b"NaN", "the number NaN is not finite"),
        (b"-1e999", "the number -1e999 is not finite"),
        (b"9" * 41, "too long"),
        (b'{"a": 1, "a": 1}', "a key twice"),
        (b"\xef\xbb\xbf1", "BOM"),
        (b'"\xfc"', "byte 1 is not UTF-8"),
        (b'"a\x1b"', "Invalid control character at in line 1"),
        (b"", "Expecting value in line 1"),
        (b" " * (schema.MOST + 1), "more than 16777216 bytes"),
    ],
)
def test_what_is_no_plain_json_is_refused(content, sentence, tmp_path):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(Misfit, match=sentence) as caught:
        read_json(tmp_path / "a.json", Any)
    assert str(caught.value).isprintable()


def test_so_deep_is_read(tmp_path):
    (tmp_path / "a.json").write_bytes(b"[" * 32 + b"]" * 32)
    assert read_json(tmp_path / "a.json", Any)


def test_a_forged_array_asks_for_no_memory(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.arange(4.0).reshape(2, 2))
    np.testing.assert_array_equal(read_array(path), [[0, 1], [2, 3]])
    whole = path.read_bytes()
    forged = whole.replace(b"(2, 2), }        ", b"(2000000, 200000)")[:-9] + b"}"
    for damage in (whole.replace(b"(2, 2)", b"(9, 9)"), whole[:-1], b"", forged, b"PK\x03\x04"):
        path.write_bytes(damage)
        with pytest.raises(InputError, match=r"a\.npy is not a whole \.npy file"):
            read_array(path)
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match="is not a whole"):
        read_array(path)
