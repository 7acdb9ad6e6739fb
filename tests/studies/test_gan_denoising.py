"""What is special to study `gan_denoising`."""

import numpy as np
import pytest
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.inputs.spectrum import average_amplitude, squared_distance
from tfnets.methods.denoisers.saved import load_denoiser
from tfnets.studies.gan_denoising import numbers, page
from tfnets.studies.gan_denoising.quality import RestorationQuality
from tfnets.studies.gan_denoising.settings import SCALES, Settings
from tfnets.studies.gan_denoising.training import SILENT, link
from tfnets.training.losses import NON_SATURATING


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dataset": "cifar10"}, "does not know cifar10"),
        ({"variants": ("no_noise",)}, "does not know no_noise"),
        ({"sigma": 0.0}, "sigma is 0"),
        ({"l2": -1.0}, "l2 is -1"),
        ({"spectrum": float("inf")}, "spectrum is inf"),
        ({"test_images": 1}, "from 2 up"),
        ({"train_images": 999}, "from 2 up"),
    ],
)
def test_settings_that_no_run_could_use_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**changes)


def test_full_scale_switches_each_term_off_in_turn():
    full = SCALES["full"]
    assert full.variants == ("all", "no_adversary", "no_l2", "no_spectrum", "pairs")
    assert (full.sigma, full.repeats) == (0.4, 3)


def test_links_are_the_terms_that_are_switched_on(digits):
    natural = digits.x_train[:50]
    settings = Settings(l2=3.0, spectrum=0.5)
    data = (tf.constant(digits.x_test[:4]), None)
    made = tf.constant(digits.x_test[4:8])
    l2 = 3 * np.mean((digits.x_test[:4] - digits.x_test[4:8]) ** 2)
    average = average_amplitude(natural, (28, 28))
    spectrum = 0.5 * float(tf.reduce_mean(squared_distance(made, average)))
    expected = {
        "all": l2 + spectrum, "no_adversary": l2 + spectrum, "no_l2": spectrum, "no_spectrum": l2,
    }  # fmt: skip
    for variant, value in expected.items():
        found = link(settings, variant, average)(data, made)
        assert float(found) == pytest.approx(value, rel=1e-4)


def test_the_spectrum_is_that_of_images_that_no_generator_sees(digits):
    images = RestorationQuality(digits, 0.4)
    assert not {x.tobytes() for x in images.sources} & {x.tobytes() for x in images.natural}
    expected = average_amplitude(images.natural, (28, 28))
    np.testing.assert_array_equal(images.spectrum.amplitude, expected.amplitude)


def test_a_silent_discriminator_learns_and_teaches_nothing():
    logits = tf.Variable([[1.0], [-2.0]])
    with tf.GradientTape() as tape:
        loss = SILENT.generator(logits)
    assert float(loss) == 0
    assert not np.any(tape.gradient(loss, logits))
    plain = NON_SATURATING.discriminator(logits, -logits)
    assert float(SILENT.discriminator(logits, -logits)) == float(plain)


def method(psnr, frechet):
    rest = {key: [0.5] * 3 for key in ("ssim", "accuracy", "spectral")}
    rows = rest | {"psnr": psnr, "frechet": frechet}
    return [{key: values[i] for key, values in rows.items()} for i in range(3)]


def test_claims_compare_in_pairs_of_seeds():
    rows = {
        "noisy": [method([10.0] * 3, [50.0] * 3)[0]],
        "all": method([15.0, 16, 17], [5.0, 6, 7]),
        "no_l2": method([12.0, 13.1, 14], [5.0, 5.9, 7.2]),
        "pairs": method([18.0, 19, 20.1], [9.0] * 3),
    }
    real = {"accuracy": 1.0, "frechet": 1.0, "spectral": 3.0}
    found = numbers.over_seeds(Settings(), rows, real)
    gain, nearer, natural, pairs = page.claims(found["methods"])
    assert gain.ours == pytest.approx(6)
    assert nearer.ours == pytest.approx(np.mean([3, 2.9, 3]))
    assert nearer.verdict == "confirmed"
    assert natural.ours == pytest.approx(np.mean([0, -0.1, 0.2]))
    assert natural.verdict == "not decidable"
    assert pairs.ours == pytest.approx(np.mean([3, 3, 3.1]))
    assert pairs.verdict == "confirmed"


def test_a_denoiser_that_is_no_run_is_refused(digits, tmp_path):
    with pytest.raises(InputError, match="not a run folder"):
        load_denoiser(tmp_path / "nowhere")
