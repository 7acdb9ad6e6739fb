"""`tfnets generate`."""

import numpy as np
import pytest
from PIL import Image

from tests.methods.gans.test_saved import run as saved  # noqa: F401
from tfnets.artifacts.run import Config, Run
from tfnets.jobs.generate import Wish, generate


def test_a_prompt_becomes_a_grid_of_pictures(saved, tmp_path, call):  # noqa: F811
    out = tmp_path / "new" / "seven.png"
    code, text, errors = call(
        "generate", saved.path, "--prompt", "a thick slanted seven", "--count", 9, "--out", out,
        "--generator", "words-0",
    )  # fmt: skip
    assert (code, errors) == (0, "")
    assert text == f"{out}: 9 pictures by words-0\n"
    with Image.open(out) as image:
        assert image.size == (8 * 58 - 2, 2 * 58 - 2)


def test_digit_count_and_seed_are_passed_on(saved, tmp_path, call):  # noqa: F811
    out = tmp_path / "a.npz"
    words = ("--digit", 7, "--count", 3, "--seed", 5, "--generator", "label-0", "--out", out)
    assert call("generate", saved.path, *words)[0] == 0
    with np.load(out, allow_pickle=False) as arrays:
        expected = generate(saved, Wish(digit=7, count=3, seed=5), "label-0").images
        np.testing.assert_array_equal(arrays["images"], expected)


def test_an_unconditional_generator_needs_a_count_only(saved, tmp_path, call):  # noqa: F811
    code, text, _ = call("generate", saved.path, "--count", 1, "--out", tmp_path / "a.png")
    assert code == 0
    assert text.endswith("1 picture by any-0\n")


def test_unknown_words_and_a_missing_digit_are_said(saved, tmp_path, call):  # noqa: F811
    code, _, errors = call(
        "generate", saved.path, "--prompt", "a purple thick digit purple", "--generator", "words-0",
        "--out", tmp_path / "a.png",
    )  # fmt: skip
    assert code == 0
    assert errors.splitlines() == [
        "Left out, because the generator does not know it: purple.",
        "The prompt names no digit, so any may come.",
    ]


def test_list_shows_the_generators_and_what_they_take(saved, call):  # noqa: F811
    code, text, _ = call("generate", saved.path, "--list")
    assert code == 0
    rows = text.splitlines()
    assert [row.split()[0] for row in rows] == ["any-0", "label-0", "words-0"]
    assert "prompt" in rows[2]
    assert "prompt" not in rows[0] + rows[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--digit", 10, "--generator", "label-0"), "no class 10"),
        (("--digit", -1, "--generator", "words-0"), "no class -1"),
        (("--digit", 3), "asked for nothing"),
        (("--prompt", "", "--generator", "words-0"), "prompt is empty"),
        (("--prompt", "blue moon", "--generator", "words-0"), "No word of the prompt"),
        (("--prompt", "a seven", "--digit", 7, "--generator", "words-0"), "one of the two"),
        (("--count", 0), "count is 0"),
        (("--seed", -3), "seed is -3"),
        (("--generator", "none"), "no generator 'none'"),
        (("--out", "a.jpg"), "ends in .png"),
    ],
)
def test_bad_input_is_one_sentence_and_code_2(
    saved, words, sentence, tmp_path, call, monkeypatch  # noqa: F811
):  # fmt: skip
    monkeypatch.chdir(tmp_path)
    code, text, errors = call("generate", saved.path, *words)
    assert (code, text) == (2, "")
    assert sentence in errors
    assert errors.startswith("tfnets: ")
    assert len(errors.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_run_or_has_no_generator_is_refused(tmp_path, call):
    code, _, errors = call("generate", tmp_path / "none")
    assert code == 2
    assert "not a run folder" in errors
    run = Run.create(tmp_path / "run", Config.of("few_labels", "tiny", 0, {}))
    code, _, errors = call("generate", run.path)
    assert code == 2
    assert "has no saved generator" in errors
