"""Finds the pictures of a folder that are unlike all those of another.

Question: which pictures of a folder are unlike all those of another?

Method: that of study `anomaly`. An autoencoder learns from four fifths of the normal pictures,
without labels. The score of a picture is how far apart its latents lie from those of the normal
ones, plus how large the error of its reconstruction is beside its ink, plus how large that of its
edges is beside its edges. The other normal pictures, which nothing was
learned from, are scored, too: the p value of a picture is the share of them that are at least as
odd, itself counted with them. Pictures whose sides are longer than 64 pixels are made smaller
first, so flaws of few pixels in large pictures are not seen.

Writes scores.csv (file, score, p, the oddest first), the autoencoder, and scores.npy.

Command: tfnets anomaly --train DIR --test DIR --out RUN
"""

import math
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from tfnets import metrics
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.files import write_csv
from tfnets.jobs.find_anomalies import page
from tfnets.jobs.find_anomalies.pictures import Pictures, read
from tfnets.jobs.find_anomalies.settings import COLUMNS, ROWS, Settings
from tfnets.jobs.find_anomalies.settings import SCALES as SCALES
from tfnets.lab.engine import Lab
from tfnets.lab.fit import cosine_adam, resumable_fit
from tfnets.lab.trial import Work
from tfnets.methods.anomalies import Scorer, oddest_first
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.dense_autoencoders import dense_autoencoder

SCORES = "scores.csv"
LISTED = 30
"""Pictures that the report lists at most."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains and scores, writes the page."""
    digest = run.part("pictures", lambda: {"digest": read(settings).digest})["digest"]
    scoring = Scoring(settings, "encoder", run.config.seed, digest)
    lab.run(run, [scoring])
    numbers = scoring.result(run)
    run.finish(numbers, page.write(run, numbers))


@final
@dataclass(frozen=True)
class Scoring(Work):
    """An autoencoder of most normal pictures, and the scores of the others.

    The pictures of this digest are read from their folders.
    """

    digest: str

    @property
    def part(self) -> str:
        """There is one."""
        return self.variant

    @property
    def key(self) -> str:
        """Name of the part with the numbers."""
        return "score"

    def do(self) -> None:
        """Reads, trains and scores."""
        data = read(self.settings, self.digest)
        known, unseen = data.split(self.seed)
        self.run.part("train", lambda: self._train(known))
        self.run.part(self.key, lambda: self._score(data, known, unseen))

    def _train(self, images: np.ndarray) -> dict[str, int]:
        """Trains the autoencoder; its state is saved every so many passes."""
        run, settings, seed = self.run, self.settings, self.seed
        size = min(settings.batch_size, len(images))
        passes = steps_per_epoch(len(images), size)
        epochs = math.ceil(settings.updates / passes)
        built = dense_autoencoder(images.shape[1:], settings.latent, seed, settings.hidden)
        model = built.joined()
        adam = cosine_adam(settings.learning_rate, epochs * passes)
        model.compile(adam, loss="binary_crossentropy", jit_compile=False)
        resumable_fit(run, self.part, seed, model, (images, images), size, epochs)
        for part, network in built._asdict().items():
            run.save_model(part, network)
        return {"parameters": model.count_params()}

    def _score(self, data: Pictures, known: np.ndarray, unseen: np.ndarray) -> dict[str, Any]:
        """Scores all pictures, writes them down, and keeps those that figures show."""
        run = self.run
        scorer = Scorer.fitted(Autoencoder(*map(run.load_model, Autoencoder._fields)), known)
        normal, test = (scorer.scores(images)["sum"] for images in (unseen, data.test))
        p, order = metrics.conformal_p(test, normal), oddest_first(test)
        rows = [(data.files[i], f"{test[i]:.4f}", f"{p[i]:.4f}") for i in order]
        write_csv(run.path / SCORES, [("file", "score", "p"), *rows])
        few = COLUMNS * ROWS
        for name, values in {
            "scores": test,
            "normal_scores": normal,
            "files": np.array(data.files),
            "samples/oddest": data.test[order[:few]],
            "samples/most_normal": data.test[order[::-1][:few]],
            "samples/normal": unseen[:few],
        }.items():
            run.save_array(name, values)
        return {
            "normal": len(data.normal),
            "held_out": len(unseen),
            "pictures": len(data.test),
            "size": list(data.size),
            "shape": list(data.test.shape[1:]),
            "least_p": 1 / (1 + len(unseen)),
            "odd": {f"{level:g}": int(np.sum(p <= level)) for level in (0.01, 0.05)},
            "oddest": [
                {"file": data.files[place], "score": float(test[place]), "p": float(p[place])}
                for place in order[:LISTED]
            ],
        }
