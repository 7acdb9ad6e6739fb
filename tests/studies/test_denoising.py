"""What is special to study `denoising`."""

import numpy as np
import pytest

from tfnets import execute
from tfnets.errors import InputError
from tfnets.metrics.pictures import psnr
from tfnets.studies.denoising import page
from tfnets.studies.denoising.settings import SCALES, Settings
from tfnets.studies.denoising.study import log_error


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dataset": "cifar10"}, "does not know cifar10"),
        ({"sigmas": ()}, "sigmas is"),
        ({"sigmas": (0.2, 1.5)}, "sigmas is"),
        ({"networks": ("resnet",)}, "does not know resnet"),
        ({"networks": ()}, "an empty list"),
        ({"test_images": 1}, "no interval"),
        ({"width": 0}, "width is 0"),
        ({"learning_rate": -1.0}, "learning_rate is -1"),
    ],
)
def test_settings_that_no_run_could_use_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**changes)


def test_full_scale_has_the_cases_of_the_specification():
    names = [case.name for case in SCALES["full"].cases]
    assert names == ["noise-0.2", "noise-0.4", "noise-0.6", "clipped-0.4", "blur-1.5"]
    assert SCALES["full"].repeats >= 3


def rows(**psnr):
    return {name: {"psnr": values, "ssim": values} for name, values in psnr.items()}


def test_the_loss_is_psnr_up_to_its_unit():
    rng = np.random.default_rng(0)
    clean = rng.random((4, 8, 8, 1), np.float32)
    levels = np.array([0.01, 0.1, 0.3, 1.0]).reshape(4, 1, 1, 1)
    restored = clean + rng.normal(0, levels, clean.shape)
    found = log_error(clean, restored.astype(np.float32)).numpy()
    assert -10 / np.log(10) * found == pytest.approx(psnr(clean, restored), abs=0.05)
    assert np.isfinite(log_error(clean, clean)).all()


def test_the_margin_is_over_the_better_of_both():
    settings = Settings(sigmas=(0.2,), test_images=3)
    row = rows(
        spoilt=[1.0, 2.0, 3.0], total_variation=[10.0, 11.0, 12.0],
        non_local_means=[11.0, 12.0, 13.5], autoencoder=[12.0, 11.0, 13.0], unet=[14.0, 15.0, 16.4],
    )  # fmt: skip
    margin, autoencoder = page.claims(settings, settings.cases[0], row)
    assert margin.ours == pytest.approx(np.mean([3, 3, 2.9]))
    assert margin.verdict == "confirmed"
    assert "non-local means" in margin.note
    assert autoencoder.verdict == "not decidable"
    row["unet"]["psnr"] = [12.0, 13.0, 14.5]
    assert page.claims(settings, settings.cases[0], row)[0].verdict == "not confirmed"


def test_a_blur_is_compared_with_those_that_know_it():
    settings = Settings(networks=("unet",), test_images=3)
    row = rows(
        spoilt=[1.0, 2.0, 3.0], total_variation=[5.0, 6.0, 7.0], non_local_means=[4.0, 5.0, 6.0],
        wiener=[9.0, 9.5, 9.0], richardson_lucy=[9.0, 11.0, 12.0], unet=[9.0, 10.0, 11.5],
    )  # fmt: skip
    claims = page.claims(settings, settings.cases[-1], row)
    assert [claim.verdict for claim in claims] == ["confirmed", "not decidable"]
    assert claims[1].ours == pytest.approx(np.mean([0, -1, -0.5]))


def test_metrics_are_means_of_the_test_images(digits, tmp_path):
    run = execute.start(
        "denoising", tmp_path / "run", scale="tiny", seed=2,
        assignments=["networks=unet", "repeats=2", "sigmas=0.3"],
    )  # fmt: skip
    found = run.metrics["cases"]
    assert list(found) == ["noise-0.3", "clipped-0.4", "blur-1.5"]
    assert list(found["noise-0.3"]) == ["spoilt", "total_variation", "non_local_means", "unet"]
    noisy = found["noise-0.3"]["spoilt"]
    assert noisy["psnr"]["mean"] == pytest.approx(-20 * np.log10(0.3), abs=0.3)
    assert noisy["gain"]["mean"] == 0
    unet = found["blur-1.5"]["unet"]
    assert np.mean(unet["by_seed"]) == pytest.approx(unet["psnr"]["mean"])
    assert len(unet["by_seed"]) == 2
    assert {path.stem for path in run.path.glob("*.keras")} == {"unet-2", "unet-3"}
