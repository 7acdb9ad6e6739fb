import keras
import numpy as np
import pytest

from tests.training import tiny
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError
from tfnets.latents import GaussianMixture, Normal
from tfnets.methods.gans import saved


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", Config.of("gan_priors", "tiny", 0, {}))


def test_generator_and_prior_come_back_together(run):
    made, prior = tiny.generator(), GaussianMixture(2, seed=5)
    saved.save(run, "mixture-0", made, prior)
    names = sorted(path.name for path in run.path.iterdir() if "mixture" in path.name)
    assert names == ["mixture-0_generator.keras", "mixture-0_prior.json", "mixture-0_prior.npz"]
    loaded, latent = saved.load(run, "mixture-0")
    expected = made(prior(4, (1, 2)), training=False)
    np.testing.assert_array_equal(loaded(latent(4, (1, 2)), training=False), expected)


def test_the_generator_alone_needs_no_class_of_ours(run):
    saved.save(run, "a", tiny.generator(), Normal(2))
    model = keras.models.load_model(run.path / "a_generator.keras", safe_mode=True)
    assert model(np.zeros((3, 2), np.float32)).shape == (3, 3)


def test_a_missing_half_is_one_sentence(run):
    saved.save(run, "a", tiny.generator(), Normal(2))
    (run.path / "a_prior.json").unlink()
    with pytest.raises(InputError, match=r"a_prior\.json cannot be read"):
        saved.load(run, "a")
    with pytest.raises(InputError, match=r"no file .*b_generator\.keras"):
        saved.load(run, "b")


def test_names_stay_in_the_run_folder(run):
    with pytest.raises(InputError, match="leads out of"):
        saved.save(run, "../a", tiny.generator(), Normal(2))
    assert not (run.path.parent / "a_generator.keras").exists()
