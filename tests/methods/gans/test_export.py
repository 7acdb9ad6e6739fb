"""Which generators become a SavedModel of digits, and what each is asked for."""

import numpy as np
import pytest
import tensorflow as tf

from tests.methods.gans.test_saved import (
    VOCABULARY,
    run,  # noqa: F401
)
from tfnets.artifacts.digit_export import DigitGenerator
from tfnets.datasets.prompts import DIGITS
from tfnets.errors import InputError
from tfnets.jobs.generate import Wish, generate
from tfnets.methods.gans import export


@pytest.fixture
def asked(monkeypatch):
    """What would be exported."""
    calls = []

    def fake(model, prior, rows, out_dir, *, force):
        calls.append((model, prior, rows, out_dir, force))

    monkeypatch.setattr(export, "export", fake)
    return calls


def test_a_generator_of_labels_is_asked_for_the_digit(run, asked, tmp_path):  # noqa: F811
    export.export_digits(run.path, tmp_path / "out", "label-0", force=True)
    ((model, prior, rows, out, force),) = asked
    np.testing.assert_array_equal(rows, np.arange(10))
    assert (prior.dim, out, force) == (model.inputs[0].shape[1], tmp_path / "out", True)


def test_one_that_reads_is_asked_for_the_digits_word(run, asked, tmp_path):  # noqa: F811
    export.export_digits(run, tmp_path / "out", "words-0")
    np.testing.assert_array_equal(asked[0][2], VOCABULARY.tokens(list(DIGITS)))
    assert not asked[0][4]


@pytest.mark.parametrize("name", ["label-0", "words-0"])
def test_the_exported_function_draws_what_generate_draws(name, run, asked, tmp_path):  # noqa: F811
    export.export_digits(run, tmp_path / "out", name)
    module = DigitGenerator(*asked[0][:3])
    made = generate(run, Wish(digit=4, count=3, seed=6), name)
    drawn = module.draw(tf.fill((3,), 4), tf.constant([6, 1]))["image"]
    np.testing.assert_allclose(drawn, made.images, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("any-0", "name one that takes a digit"), ("other-0", "has no generator 'other-0'")],
)
def test_others_are_refused_in_one_sentence(name, sentence, run, asked, tmp_path):  # noqa: F811
    with pytest.raises(InputError, match=sentence):
        export.export_digits(run, tmp_path / "out", name)
    assert not asked
