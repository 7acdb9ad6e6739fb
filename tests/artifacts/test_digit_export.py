"""The digit generator as a SavedModel: it draws what the generator draws, and refuses the rest."""

import json
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfnets import latents
from tfnets.artifacts import digit_export
from tfnets.artifacts.digit_export import DigitGenerator, export_digits
from tfnets.errors import InputError
from tfnets.models.conditional import simple_generator

LABELS = np.arange(10)


def generator(seed=0):
    return simple_generator(4, seed, width=2)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A generator, its prior, its SavedModel's folder and the report."""
    model, prior = generator(), latents.GaussianMixture(4, seed=1)
    folder = tmp_path_factory.mktemp("saved") / "digits"
    return model, prior, folder, export_digits(model, prior, LABELS, folder)


def expected(model, prior, digits, seed):
    return model([prior(len(digits), seed), tf.constant(digits)], training=False)


ALONE = """
import sys
sys.modules.update(dict.fromkeys(("keras", "tfnets")))
import json
import numpy as np, tensorflow as tf
serve = tf.saved_model.load(sys.argv[1]).signatures["serving_default"]
digit, seed = tf.constant([7, 7, 0, 9]), tf.constant([3, 1])
first, again = (serve(digit=digit, seed=seed)["image"].numpy() for _ in range(2))
other = serve(digit=digit, seed=tf.constant([4, 1]))["image"].numpy()
refused = []
for wrong in (10, -1):
    try:
        serve(digit=tf.constant([3, wrong]), seed=seed)
    except tf.errors.InvalidArgumentError as error:
        refused.append(str(error))
np.save(sys.argv[2], first)
empty = serve(digit=tf.zeros((0,), tf.int32), seed=seed)["image"]
print(json.dumps({"same": bool((first == again).all()), "other": float(abs(first - other).max()),
                  "refused": refused, "empty": list(empty.shape), "dtype": str(first.dtype)}))
"""


def test_tensorflow_alone_draws_the_digits_and_refuses_others(saved, tmp_path):
    model, prior, folder, _ = saved
    out = tmp_path / "images.npy"
    command = [sys.executable, "-P", "-c", ALONE, str(folder), str(out)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    images = np.load(out)
    np.testing.assert_allclose(images, expected(model, prior, [7, 7, 0, 9], (3, 1)), atol=1e-6)
    assert np.abs(images[0] - images[1]).max() > 0.01
    assert told["same"]
    assert told["other"] > 0.01
    assert told["empty"] == [0, 28, 28, 1]
    assert told["dtype"] == "float32"
    assert len(told["refused"]) == 2
    assert all("digit must have numbers from 0 to 9" in text for text in told["refused"])


def test_the_report_has_the_signature(saved):
    folder, report = saved[2:]
    assert report.inputs == {"digit": "int32 (None,)", "seed": "int32 (2,)"}
    assert report.outputs == {"image": "float32 (None, 28, 28, 1)"}
    assert report.path == folder
    assert report.max_abs_difference < 1e-5


def test_nothing_of_keras_is_in_the_folder(saved):
    files = {path.name for path in saved[2].iterdir()}
    assert "saved_model.pb" in files
    assert "keras_metadata.pb" not in files
    assert b"_tf_keras" not in (saved[2] / "saved_model.pb").read_bytes()


def test_tokens_are_looked_up_by_digit():
    """A generator that adds up its tokens: what it is asked for shows in the picture."""
    z, tokens = keras.Input((2,)), keras.Input((3,), dtype="int32")
    total = keras.ops.sum(keras.ops.cast(tokens, "float32"), axis=1, keepdims=True) / 100
    image = keras.layers.Reshape((1, 1, 1))(total + 0 * keras.ops.sum(z, axis=1, keepdims=True))
    asked = np.arange(30).reshape(10, 3)
    module = DigitGenerator(keras.Model([z, tokens], image), latents.Normal(2), asked)
    drawn = module.draw(tf.constant([0, 9, 4]), tf.constant([0, 0]))["image"]
    np.testing.assert_allclose(drawn[:, 0, 0, 0], asked[[0, 9, 4]].sum(axis=1) / 100, rtol=1e-6)


def test_pictures_are_clipped():
    z, label = keras.Input((1,)), keras.Input((), dtype="int32")
    image = keras.layers.Reshape((1, 1, 1))(z * 100 + 0 * keras.ops.cast(label[:, None], "float32"))
    module = DigitGenerator(keras.Model([z, label], image), latents.Normal(1), LABELS)
    drawn = module.draw(tf.zeros(50, tf.int32), tf.constant([0, 0]))["image"].numpy()
    assert set(np.unique(drawn)) <= set(np.unique(np.clip(drawn, 0, 1)))
    assert drawn.min() == 0
    assert drawn.max() == 1


def test_the_trial_has_all_digits_one_alone_and_two_that_there_are_not(tmp_path, monkeypatch):
    model, prior, trials = generator(), latents.Normal(4), []
    monkeypatch.setattr(
        digit_export, "write_checked", lambda path, write, trial: trials.append(trial)
    )
    export_digits(model, prior, LABELS, tmp_path / "m")
    (trial,) = trials
    assert [call["digit"].tolist() for call in trial.calls] == [list(range(10)), [9]]
    seeds = [tuple(call["seed"].tolist()) for call in trial.calls]
    assert len(set(seeds)) == 2
    for call, answer, seed in zip(trial.calls, trial.answers, seeds, strict=True):
        images = expected(model, prior, call["digit"], seed)
        np.testing.assert_allclose(answer["image"], images, atol=1e-6)
    assert [call["digit"].tolist() for call in trial.refused] == [[0, -1], [0, 10]]


@pytest.mark.parametrize("wrong", [-1, 10])
def test_what_is_no_digit_is_refused(wrong):
    module = DigitGenerator(generator(), latents.Normal(4), LABELS)
    with pytest.raises(tf.errors.InvalidArgumentError, match="numbers from 0 to 9"):
        module.draw(tf.constant([3, wrong]), tf.constant([0, 1]))


def test_a_generator_of_another_kind_is_one_sentence(tmp_path):
    plain = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    with pytest.raises(InputError, match="digits are drawn by one that takes latent vectors and"):
        export_digits(plain, latents.Normal(3), LABELS, tmp_path / "m")
    with pytest.raises(InputError, match="cannot draw digits"):
        export_digits(generator(), latents.Normal(5), LABELS, tmp_path / "m")
    assert list(tmp_path.iterdir()) == []
