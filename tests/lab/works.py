"""Small works for tests of the lab, importable in worker processes."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tfnets.datasets.batches import steps_per_epoch
from tfnets.errors import InputError
from tfnets.lab.fit import fit
from tfnets.lab.trial import Trial, Work


@dataclass(frozen=True)
class Said(Work):
    """Notes in the folder `settings` that it was done, and then does what `variant` says."""

    def do(self):
        with (Path(self.settings) / self.part).open("a") as file:
            file.write(f"{os.getpid()}\n")
        getattr(self, f"_{self.variant}", lambda: None)()
        self.run.part(self.key, lambda: {"seed": self.seed, "needs": len(self.needs)})

    def _wrong(self):
        raise ValueError("a slip")

    def _bad(self):
        raise InputError("The seed is not to be had.")

    def _killed_once(self):
        if len((Path(self.settings) / self.part).read_text().splitlines()) == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    def _killed(self):
        os.kill(os.getpid(), signal.SIGKILL)

    def _slow(self):
        time.sleep(1)


@dataclass(frozen=True)
class After(Said):
    """Needs a `Said` of the same seed and reads its part."""

    @property
    def needs(self):
        return (Said(self.settings, "first", self.seed),)

    def _sum(self):
        assert self.needs[0].result(self.run)["seed"] == self.seed


@dataclass(frozen=True)
class Line(Trial):
    """A linear classifier of small images; `settings` are (epochs, seconds between epochs)."""

    @property
    def points(self):
        return range(1, self.settings[0] + 1)

    def train(self, measuring) -> dict[str, Any]:
        epochs, pause = self.settings
        images = np.random.default_rng(self.seed).random((64, 5)).astype(np.float32)
        network = keras.Sequential(
            [
                keras.Input((5,)),
                keras.layers.Dense(3, kernel_initializer=keras.initializers.GlorotUniform(1)),
            ]
        )
        network.compile("sgd", "mse", jit_compile=False)
        assert steps_per_epoch(64, 8) == 8
        waiting = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: time.sleep(pause))
        fit(
            self.run, self.part, network, (images, images[:, :3]), batch_size=8, epochs=epochs,
            seed=self.seed, callbacks=[measuring, waiting],
        )  # fmt: skip
        self.run.save_array(f"{self.part}_kernel", network.layers[0].kernel.numpy())
        return {"norm": float(np.linalg.norm(network.layers[0].kernel.numpy()))}

    def measure(self, trainer, point):
        return {"point": point, "sum": float(np.sum(trainer.layers[0].kernel.numpy()))}
