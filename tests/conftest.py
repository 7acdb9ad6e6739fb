import dataclasses
import logging
import os

from tfnets import startup

if "PYTEST_XDIST_WORKER" in os.environ:
    # Its workers have the cores: trials run in them, where a test asks for no other `jobs`.
    os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")

startup.import_tensorflow()  # As the command starts it: with one thread.

import numpy as np  # noqa: E402
import pytest  # noqa: E402

from tfnets import cli, datasets  # noqa: E402


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Each file stays on one worker, but the studies' contract is spread study by study."""
    from xdist.scheduler import LoadFileScheduling

    class ByFileOrStudy(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file, _, test = nodeid.partition("::")
            study = test.partition("[")[2]
            return study if file.endswith("test_studies.py") and study else file

    return ByFileOrStudy(config, log)


@pytest.fixture(autouse=True)
def quiet_tensorflow():
    """TensorFlow logs a hint for every few functions that are traced; tests trace many."""
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


@pytest.fixture
def call(capsys):
    """Runs `tfnets WORDS...`; returns the exit code and what was written to both outputs."""

    def tfnets(*words):
        code = cli.main([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return tfnets


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
