"""Trainers under `tf.distribute` against one replica at the same global batch and latents."""

import contextlib
import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest

TWO = ("GAN", "ConditionalGAN", "Translation", "CycleGAN")


@pytest.fixture
def started():
    """Starts programs, and ends those that are left when a test fails."""
    with contextlib.ExitStack() as running:

        def start(name, *kinds, **environment):
            process = running.enter_context(subprocess.Popen(
                [sys.executable, "-m", "tests.training.replicated", name, *kinds],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                env=os.environ | environment,
            ))  # fmt: skip
            running.callback(process.kill)
            return process

        yield start


def found(process):
    text, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return json.loads(text.splitlines()[-1])


def assert_alike(replicated, alone):
    assert alone
    for kind, expected in alone.items():
        trained = replicated[kind]
        assert trained["step"] == expected["step"]
        for ours, theirs in zip(trained["weights"], expected["weights"], strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
        assert trained["history"].keys() == expected["history"].keys()
        for name, values in expected["history"].items():
            np.testing.assert_allclose(
                np.ravel(trained["history"][name]), np.ravel(values), rtol=1e-5, atol=1e-5
            )


@pytest.mark.parametrize(
    "kinds",
    [
        ("GAN",),
        pytest.param(
            (*TWO[1:], "uneven:Translation", "eager-uneven:Translation"), marks=pytest.mark.slow
        ),
    ],
    ids=" ".join,
)
def test_two_replicas_are_one_with_the_same_global_batch_and_latents_of_their_own(kinds, started):
    alone, mirrored = started("one", *kinds), started("mirrored", *kinds)
    replicated = found(mirrored)
    assert_alike(replicated, found(alone))
    latents = np.array(replicated["latents"])
    assert len(latents) == 2 * 6  # two updates of a step, six images
    assert len(np.unique(latents, axis=0)) == len(latents)


@pytest.mark.slow
def test_two_workers_are_one_with_the_same_global_batch(started):
    with socket.socket() as first, socket.socket() as second:
        for free in (first, second):
            free.bind(("127.0.0.1", 0))
        places = [f"127.0.0.1:{free.getsockname()[1]}" for free in (first, second)]
    config = [
        {"cluster": {"worker": places}, "task": {"type": "worker", "index": index}}
        for index in range(2)
    ]
    alone = found(started("one", *TWO))
    workers = [started("worker", *TWO, TF_CONFIG=json.dumps(each)) for each in config]
    for worker in workers:
        assert_alike(found(worker), alone)
