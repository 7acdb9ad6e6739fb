import keras
import numpy as np
import pytest

from tfnets import latents
from tfnets.artifacts.run import Config, Run
from tfnets.datasets.prompts import DIGITS, Vocabulary
from tfnets.errors import InputError
from tfnets.methods.gans import saved as generators
from tfnets.methods.gans.saved import SavedGenerator, names, vocabulary_path
from tfnets.models.captioned import caption_generator
from tfnets.models.conditional import simple_generator

VOCABULARY = Vocabulary()
TEXT = {"words": len(VOCABULARY.words), "length": VOCABULARY.length, "width": 2}


def plain_generator(dim=3, shape=(28, 28, 1)):
    z = keras.Input((dim,))
    x = keras.layers.Dense(int(np.prod(shape)), activation="sigmoid")(z)
    return keras.Model(z, keras.layers.Reshape(shape)(x))


def new_run(path, **settings):
    return Run.create(path, Config.of("caption_to_digit", "tiny", 0, settings))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run with a generator of each kind."""
    run = new_run(tmp_path_factory.mktemp("run"))
    generators.save(run, "any-0", plain_generator(), latents.Uniform(3))
    generators.save(run, "label-0", simple_generator(4, 0, width=2), latents.Normal(4))
    generators.save(run, "words-0", caption_generator(5, seed=0, **TEXT), latents.Normal(5))
    VOCABULARY.save(vocabulary_path(run, "words-0"))
    return run


def drawn(run, name, count, seed, **asked):
    saved = SavedGenerator.load(run, name)
    condition = saved.condition(asked.get("digit"), asked.get("prompt"), count)
    return saved.draw(condition.rows, count, seed)


@pytest.mark.parametrize(
    ("name", "takes"), [("any-0", "nothing"), ("label-0", "label"), ("words-0", "tokens")]
)
def test_what_it_takes_is_read_from_its_inputs(run, name, takes):
    assert SavedGenerator.load(run, name).takes == takes


def test_pictures_are_the_networks_for_the_priors_latents(run):
    model = run.load_model("label-0_generator")
    z = latents.Normal(4)(3, (8, 1))
    images = drawn(run, "label-0", 3, 8, digit=6)
    expected = model([z, keras.ops.full((3,), 6, "int32")], training=False)
    np.testing.assert_allclose(images, expected, atol=1e-6)
    assert images.dtype == np.float32
    plain = run.load_model("any-0_generator")(latents.Uniform(3)(2, (1, 1)), training=False)
    np.testing.assert_allclose(drawn(run, "any-0", 2, 1), plain, atol=1e-6)


def test_batches_change_nothing(run, monkeypatch):
    whole = drawn(run, "words-0", 7, 2, prompt="a thick seven")
    monkeypatch.setattr("tfnets.methods.gans.saved._BATCH", 3)
    np.testing.assert_allclose(
        drawn(run, "words-0", 7, 2, prompt="a thick seven"), whole, atol=1e-6
    )


def test_without_a_wish_digits_come_in_turn(run):
    (labels,) = SavedGenerator.load(run, "label-0").condition(None, None, 12).rows
    assert labels.tolist() == [*range(10), 0, 1]
    (tokens,) = SavedGenerator.load(run, "words-0").condition(None, None, 12).rows
    assert tokens.tolist() == VOCABULARY.tokens([*DIGITS, "zero", "one"]).tolist()


def test_a_digit_is_a_prompt_for_one_that_reads(run):
    condition = SavedGenerator.load(run, "words-0").condition(7, None, 2)
    assert condition.rows[0].tolist() == VOCABULARY.tokens(["seven", "seven"]).tolist()
    assert condition.asked == {"digit": 7}


def test_a_prompt_is_read_and_its_unknown_words_are_told(run):
    condition = SavedGenerator.load(run, "words-0").condition(None, "a shiny thin 4", 3)
    assert condition.rows[0].tolist() == VOCABULARY.tokens(["a thin 4"] * 3).tolist()
    assert condition.asked == {"thickness": -1, "digit": 4}
    assert condition.unknown == ("shiny",)


@pytest.mark.parametrize(
    ("name", "digit", "prompt", "sentence"),
    [
        ("any-0", 3, None, "asked for nothing"),
        ("any-0", None, "three", "asked for nothing"),
        ("label-0", None, "three", "does not read prompts"),
        ("label-0", 10, None, "no class 10; give labels from 0 to 9"),
        ("words-0", -1, None, "no class -1"),
        ("words-0", None, "", "prompt is empty"),
    ],
)
def test_a_wish_that_cannot_be_read_is_one_sentence(run, name, digit, prompt, sentence):
    with pytest.raises(InputError, match=sentence):
        SavedGenerator.load(run, name).condition(digit, prompt, 2)


class TestNames:
    def test_come_in_the_order_of_training_the_best_variant_first(self, tmp_path):
        run = new_run(tmp_path / "run")
        for name in ("c-0", "a-0", "b-1", "b-0"):
            generators.save(run, name, plain_generator(), latents.Normal(3))
            run.log(name, 1, {"loss": 1.0})
        assert names(run) == ["c-0", "a-0", "b-1", "b-0"]
        run.finish({"best": "b"}, {})
        assert names(run) == ["b-1", "b-0", "c-0", "a-0"]

    def test_a_run_without_one_is_refused(self, tmp_path):
        with pytest.raises(InputError, match="has no saved generator"):
            names(new_run(tmp_path / "run"))


class TestFiles:
    def test_the_prior_of_the_settings_stands_in_for_a_missing_file(self, tmp_path):
        run = new_run(tmp_path / "run", prior="uniform")
        run.save_model("a_generator", plain_generator())
        prior = SavedGenerator.load(run, "a").prior
        assert (type(prior), prior.dim) == (latents.Uniform, 3)

    def test_no_prior_at_all_is_refused(self, tmp_path):
        run = new_run(tmp_path / "run")
        run.save_model("a_generator", plain_generator())
        with pytest.raises(InputError, match=r"put a_prior\.json beside"):
            SavedGenerator.load(run, "a")

    def test_a_prior_of_another_size_is_refused(self, tmp_path):
        run = new_run(tmp_path / "run")
        generators.save(run, "a", plain_generator(), latents.Normal(4))
        with pytest.raises(InputError, match="of size 4, but the generator takes size 3"):
            SavedGenerator.load(run, "a")

    @pytest.mark.parametrize("other", [Vocabulary(length=5), Vocabulary(VOCABULARY.words[:-1])])
    def test_a_vocabulary_of_another_size_is_refused(self, tmp_path, other):
        run = new_run(tmp_path / "run", prior="normal")
        run.save_model("a_generator", caption_generator(5, seed=0, **TEXT))
        with pytest.raises(InputError, match="cannot be read"):
            SavedGenerator.load(run, "a")
        other.save(vocabulary_path(run, "a"))
        with pytest.raises(InputError, match="not the one that the generator was trained with"):
            SavedGenerator.load(run, "a")

    @pytest.mark.parametrize("shape", [(2,), (28, 28, 4)])
    def test_what_makes_no_pictures_is_refused(self, tmp_path, shape):
        run = new_run(tmp_path / "run", prior="normal")
        run.save_model("a_generator", plain_generator(shape=shape))
        with pytest.raises(InputError, match="not a generator of pictures"):
            SavedGenerator.load(run, "a")
