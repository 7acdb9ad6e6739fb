import numpy as np
import pytest
from scipy import stats

from tfnets.errors import InputError
from tfnets.lab.trial import DataStore
from tfnets.studies.laplace_noise import study
from tfnets.studies.laplace_noise.crops import corrupted, spread_crops
from tfnets.studies.laplace_noise.settings import SCALES, Settings
from tfnets.studies.laplace_noise.study import likelihood, originals


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dataset": "mnist"}, "does not know mnist"),
        ({"images": 1}, "no interval"),
        ({"sigmas": (0.1, 0.0)}, "sigmas is .*0.0"),
        ({"strengths": (1.0, -1.0)}, "above 0"),
        ({"strengths": ()}, "above 0"),
        ({"photos": ("china", "coffee")}, "china is in both"),
        ({"tuning_photos": ()}, "two separate lists"),
        ({"size": 0}, "size is 0"),
    ],
)
def test_settings_that_no_run_could_use_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**changes)


def test_crops_are_spread_evenly_and_do_not_overlap():
    """Each pixel of each photograph has a value of its own, so that crops tell where they are."""
    photos = {
        name: (place + np.arange(20 * 30 * 3).reshape(20, 30, 3) / 1800).astype(np.float32)
        for place, name in enumerate("abc")
    }
    found = spread_crops(photos, 8, 11, seed=0)
    assert found.shape == (11, 8, 8, 3)
    assert np.unique(found).size == found.size
    assert np.bincount(found[:, 0, 0, 0].astype(int)).tolist() == [4, 4, 3]
    again, other = (spread_crops(photos, 8, 11, seed=seed) for seed in (0, 1))
    assert (found == again).all()
    assert (found != other).any()


def test_too_small_a_photograph_is_refused():
    with pytest.raises(InputError, match=r"photograph a has 6 crops of 8 x 8 .* not 7"):
        spread_crops({"a": np.zeros((20, 30, 3))}, 8, 7, seed=0)


def test_tuning_and_test_crops_come_from_their_photographs():
    settings = Settings(
        photos=("chelsea",), tuning_photos=("flower",), images=4, tuning_images=2, size=100
    )
    found = originals(settings, 0, DataStore())
    assert found["test"].shape == (4, 100, 100, 3)
    assert found["tuning"].shape == (2, 100, 100, 3)
    assert found["test"].dtype == np.float32
    assert 0 <= found["test"].min() < found["test"].max() <= 1


@pytest.mark.parametrize(("noise", "kurtosis"), [("laplace", 3.0), ("gaussian", 0.0)])
def test_both_noises_have_the_same_variance_and_their_own_shape(noise, kurtosis):
    clean = np.full((4, 100, 100, 3), 0.5, np.float32)
    added = corrupted(clean, noise, 0.1, seed=3) - clean
    assert added.mean() == pytest.approx(0, abs=2e-3)
    assert added.std() == pytest.approx(0.1, rel=0.01)
    assert stats.kurtosis(added, axis=None) == pytest.approx(kurtosis, abs=0.3)


def test_the_likelihoods_belong_to_noise_of_the_given_variance():
    """Maximum likelihood of the scale on a large sample is the scale that is used."""
    added = corrupted(np.zeros((1, 200, 200, 3)), "laplace", 0.2, seed=0)
    assert likelihood("laplace", 0.2).scale == pytest.approx(np.abs(added).mean(), rel=0.01)
    added = corrupted(np.zeros((1, 200, 200, 3)), "gaussian", 0.2, seed=0)
    assert likelihood("gaussian", 0.2).scale == pytest.approx(added.std(), rel=0.01)


@pytest.fixture(scope="module")
def tiny(finished):
    return finished("laplace_noise")


def test_each_method_has_its_best_strength_of_its_own_grid(tiny):
    import json

    grid = SCALES["tiny"].strengths
    for case in ("laplace-0.2", "gaussian-0.2"):
        for name in study.LIKELIHOODS:
            part = json.loads((tiny.path / "parts" / f"{case}-{name}.json").read_text())
            assert part["strength"] == grid[int(np.argmax(part["tried"]))]
            assert tiny.metrics[case][name]["mean"] == pytest.approx(np.mean(part["psnr"]))


def test_the_difference_is_laplace_minus_gaussian(tiny):
    for case in ("laplace-0.2", "gaussian-0.2"):
        numbers = tiny.metrics[case]
        gap = numbers["laplace"]["mean"] - numbers["gaussian"]["mean"]
        assert numbers["laplace_minus_gaussian"]["mean"] == pytest.approx(gap)


def test_the_claims_look_in_both_directions(tiny):
    first, second = tiny.report["claims"]
    assert first["ours"] == tiny.metrics["laplace-0.2"]["laplace_minus_gaussian"]["mean"]
    assert second["ours"] == -tiny.metrics["gaussian-0.2"]["laplace_minus_gaussian"]["mean"]


def test_cifar_images_are_a_flag(digits):
    found = originals(Settings(dataset="cifar10", images=4, tuning_images=3), 0, DataStore())
    assert {use: images.shape for use, images in found.items()} == {
        "tuning": (3, 32, 32, 3),
        "test": (4, 32, 32, 3),
    }
    assert (found["tuning"][0] != found["test"][0]).any()
