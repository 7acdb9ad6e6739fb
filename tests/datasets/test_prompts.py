import json
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfnets.datasets import prompts
from tfnets.datasets.prompts import Vocabulary
from tfnets.errors import InputError

VOCABULARY = Vocabulary()


def spoken(tokens):
    return [VOCABULARY.words[token - 1] for token in tokens if token]


class TestTokens:
    def test_are_places_in_the_vocabulary_and_zeros_after_the_last_word(self):
        vocabulary = Vocabulary(("a", "seven", "thick"), length=5)
        tokens = vocabulary.tokens(["a thick seven", "seven", ""])
        assert tokens.dtype == np.int32
        assert tokens.tolist() == [[1, 3, 2, 0, 0], [2, 0, 0, 0, 0], [0, 0, 0, 0, 0]]

    @given(st.lists(st.sampled_from(prompts.WORDS), max_size=prompts.LENGTH))
    def test_say_the_same_words_again(self, words):
        assert spoken(VOCABULARY.tokens([" ".join(words)])[0]) == words

    def test_capitals_and_punctuation_do_not_count(self):
        plain, other = VOCABULARY.tokens(["a thick 7 slanted left", "A THICK, 7: slanted-left!"])
        assert plain.tolist() == other.tolist()

    @pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
    def test_a_word_is_the_same_in_any_unicode_form(self, form):
        vocabulary = Vocabulary((normalize(form, "f\u00fcnf"), normalize("NFD", "vi\u1ec7t")))
        for other in ("NFC", "NFD", "NFKC", "NFKD"):
            text = normalize(other, "F\u00fcnf vi\u1ec7t")
            assert vocabulary.tokens([text])[0, :3].tolist() == [1, 2, 0]
            assert vocabulary.read(text).unknown == ()

    def test_an_unknown_word_or_too_many_are_refused(self):
        with pytest.raises(InputError, match="lacks the word 'red'"):
            VOCABULARY.tokens(["a red seven"])
        with pytest.raises(InputError, match="has 17 known words; give at most 16"):
            VOCABULARY.tokens(["a " * 17])


class TestRead:
    @pytest.mark.parametrize(
        ("prompt", "asked"),
        [
            ("a thick slanted seven", {"thickness": 1, "digit": 7}),
            ("7, thin, leaning to the left", {"digit": 7, "thickness": -1, "slant": -1}),
            ("An upright eight", {"slant": 0, "digit": 8}),
            ("small bold digit slanted right", {"size": -1, "thickness": 1, "slant": 1}),
            ("seven 7 number seven", {"digit": 7}),
            ("a digit", {}),
        ],
    )
    def test_finds_what_is_asked_for(self, prompt, asked):
        read = VOCABULARY.read(prompt)
        assert read.asked == asked
        assert read.unknown == ()
        assert spoken(read.tokens[0]) == prompts.split(prompt)

    def test_unknown_words_are_named_in_order_and_left_out(self):
        read = VOCABULARY.read("a purple thick seven, please")
        assert read.unknown == ("purple", "please")
        assert spoken(read.tokens[0]) == ["a", "thick", "seven"]
        assert read.tokens.shape == (1, prompts.LENGTH)

    @pytest.mark.parametrize(
        ("prompt", "sentence"),
        [
            ("", "The prompt is empty"),
            (" ,.! ", "The prompt is empty"),
            ("purple rain", "No word of the prompt 'purple rain' is known"),
            ("a 3 or a 5", "asks for '3' and for '5'"),
            ("a thick thin seven", "asks for 'thick' and for 'thin'"),
            ("slanted left and right", "asks for 'left' and for 'right'"),
            ("12", "No word"),
            ("a " * 40, "has 40 known words"),
        ],
    )
    def test_what_cannot_be_read_is_refused_in_one_sentence(self, prompt, sentence):
        with pytest.raises(InputError, match=sentence):
            VOCABULARY.read(prompt)

    @given(st.text(max_size=60))
    def test_any_text_is_read_or_refused(self, text):
        try:
            read = VOCABULARY.read(text)
        except InputError:
            return
        assert read.tokens.any()
        assert len(spoken(read.tokens[0])) + len(read.unknown) == len(prompts.split(text))


def test_no_word_has_two_meanings():
    meant = [
        word
        for values in prompts.ATTRIBUTES.values()
        for words in values.values()
        for word in words
    ]
    every = [*prompts.FILLERS, *prompts.LEANING, *prompts.DIGITS, *map(str, range(10)), *meant]
    assert len(set(every)) == len(every) == len(prompts.WORDS)


class TestFile:
    def test_comes_back_equal(self, tmp_path):
        vocabulary = Vocabulary(("b", "a"), length=3)
        vocabulary.save(tmp_path / "v.json")
        assert Vocabulary.load(tmp_path / "v.json") == vocabulary
        assert [path.name for path in tmp_path.iterdir()] == ["v.json"]

    @pytest.mark.parametrize(
        "text",
        [
            "", "[]", "{}", "3", '{"words": [], "length": 3}', '{"words": ["a", "a"], "length": 3}',
            '{"words": ["a"], "length": 0}', '{"words": ["a"], "length": "3"}',
            '{"words": [1], "length": 3}', '{"words": 4, "length": 3}', '{"words": ["a"]}',
            '{"words": ["a"], "length": true}',
        ],
    )  # fmt: skip
    def test_damage_is_one_sentence(self, tmp_path, text):
        (tmp_path / "v.json").write_text(text)
        with pytest.raises(InputError, match="is not a vocabulary"):
            Vocabulary.load(tmp_path / "v.json")

    def test_a_missing_one_is_one_sentence(self, tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            Vocabulary.load(tmp_path / "v.json")

    def test_is_plain_json(self, tmp_path):
        VOCABULARY.save(tmp_path / "v.json")
        kept = json.loads((tmp_path / "v.json").read_text())
        assert kept == {"words": list(prompts.WORDS), "length": 16}
