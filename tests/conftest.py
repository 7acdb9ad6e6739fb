import contextlib
import dataclasses
import functools
import logging
import os

from tfnets import startup

if "PYTEST_XDIST_WORKER" in os.environ:
    # Its workers have the cores: trials run in them, where a test asks for no other `jobs`.
    os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")

startup.import_tensorflow()  # As the command starts it: with one thread.

import numpy as np  # noqa: E402
import pytest  # noqa: E402

from tfnets import cli, datasets, execute  # noqa: E402
from tfnets.artifacts.run import Run  # noqa: E402
from tfnets.studies import STUDIES  # noqa: E402


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Each file stays on one worker; the contract and the tests of a study, which share its run."""
    from xdist.scheduler import LoadFileScheduling

    class ByFileOrStudy(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file, _, test = nodeid.partition("::")
            study = test.partition("[")[2].rstrip("]")
            if file.endswith("test_studies.py") and study:
                return study
            name = file.removeprefix("tests/studies/test_").removesuffix(".py")
            name = {"label_efficient": "few_labels"}.get(name, name)
            return name if name in STUDIES else file

    return ByFileOrStudy(config, log)


@pytest.fixture(autouse=True)
def quiet_tensorflow():
    """TensorFlow logs a hint for every few functions that are traced; tests trace many."""
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


@pytest.fixture(autouse=True, scope="module")
def programs_freed():
    """The programs that the tests of a file compiled end with it."""
    with startup.freed():
        yield


@pytest.fixture
def call(capsys):
    """Runs `tfnets WORDS...`; returns the exit code and what was written to both outputs."""

    def tfnets(*words):
        code = cli.main([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return tfnets


ASSIGNMENTS = {
    "dcgan": ("digit_filters=4,8",),
    "digit_generator": ("variants=improved,origin",),
    "few_labels": (
        "encoders=origin,denoising", "methods=spreading_latents,pseudo_labels",
        "efficient_draws=2", "contrastive_updates=6", "classifier_steps=3",
    ),
    "fooling": ("others=", "targets=3", "steps=30", "rate_steps=3", "levels=10"),
    "fourier_prior": ("steps=30",),
    "gan_priors": ("priors=uniform,normal,mixture,encoded",),
    "latent_gan": ("variants=origin,improved",),
}  # fmt: skip
"""What the tests of a study set beside `--scale tiny`, and so its contract."""
SEED = 5
KILLED = 3
"""The part at which a study is killed."""


def start(name, folder, **options):
    """Starts a study as its tests and its contract have it."""
    assignments = ASSIGNMENTS.get(name, ())
    return execute.start(
        name, folder, scale="tiny", seed=SEED, assignments=assignments, jobs=1, **options
    )


@contextlib.contextmanager
def parts_watched(watch):
    """In this process, each part of a run is done by `watch(name, do)`."""
    real = Run.part
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Run, "part", lambda run, part, compute: watch(part, lambda: real(run, part, compute))
        )
        yield


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """Study -> its tiny run on made-up digits, made when it is first asked for.

    It was begun in this process, killed within the first training, and ended by two others.
    """
    folder = tmp_path_factory.mktemp("runs")

    @functools.cache
    def made(name):
        begun = []

        def dying(part, do):
            begun.append(part)
            if len(begun) == KILLED:
                raise KeyboardInterrupt
            return do()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(datasets, "load", load_synthetic)
            with parts_watched(dying), pytest.raises(KeyboardInterrupt):
                start(name, folder / name)
            assert not Run.open(folder / name).finished
            return execute.resume(folder / name, jobs=2)

    return made


@pytest.fixture
def digits(monkeypatch):
    """A small stand-in for every data set: ten kinds of blurred bars, no download."""
    monkeypatch.setattr(datasets, "load", load_synthetic)
    return load_synthetic("mnist")


def load_synthetic(name, data_dir=None):
    """Bars in the shape of the data set: 28 x 28 grey, or 32 x 32 in colour for CIFAR-10."""
    digits = synthetic_digits()
    if name != "cifar10":
        return digits

    def colour(images):
        return np.repeat(np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0))), 3, axis=-1)

    return dataclasses.replace(
        digits, name=name, x_train=colour(digits.x_train), x_test=colour(digits.x_test)
    )


def synthetic_digits(train=640, test=160):
    rng = np.random.default_rng(0)

    def images(labels):
        canvas = rng.uniform(0, 0.1, (len(labels), 28, 28, 1)).astype(np.float32)
        for image, label in zip(canvas, labels, strict=True):
            place = 2 + 2 * label + rng.integers(0, 2)
            image[4:24, place : place + 3] = rng.uniform(0.7, 1)
        return canvas

    labels = [np.arange(n, dtype=np.int32) % 10 for n in (train, test)]
    return datasets.ImageData(
        name="mnist",
        x_train=images(labels[0]),
        y_train=labels[0],
        x_test=images(labels[1]),
        y_test=labels[1],
        class_names=tuple("0123456789"),
        source="made up",
    )
