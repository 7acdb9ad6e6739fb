"""The models that come with the package: where they are, and by which names."""

import pytest

from tfnets.artifacts import reference
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError


def test_an_installed_package_has_them_inside_and_a_clone_beside(tmp_path):
    package = tmp_path / "tfnets"
    package.mkdir()
    assert reference._folder(package) == tmp_path / "saved_models" / "reference"
    (package / "reference").mkdir()
    assert reference._folder(package) == package / "reference"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder to work in, and one reference run, `gan`."""
    monkeypatch.setattr(reference, "FOLDER", tmp_path / "reference")
    Run.create(tmp_path / "reference" / "gan", Config.of("dcgan", "tiny", 0, {}))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def test_a_run_is_opened_by_its_name_and_a_folder_goes_before_it(place):
    run = reference.opened("gan")
    assert run.path == place / "reference" / "gan"
    assert reference.opened(run) is run
    own = Run.create("gan", Config.of("gan_priors", "tiny", 1, {}))
    assert reference.opened("gan").config == own.config
    assert reference.opened(place / "reference" / "gan").config == run.config


@pytest.mark.parametrize("name", ["gam", "other/gan", "../here/gan", ""])
def test_what_is_no_run_is_refused(place, name):
    with pytest.raises(InputError, match="not a run folder"):
        reference.opened(name)
