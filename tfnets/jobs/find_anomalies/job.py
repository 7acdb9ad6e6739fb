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

from dataclasses import dataclass
from functools import partial
from typing import Any, final

import numpy as np

from tfnets import metrics
from tfnets.artifacts.run import Run
from tfnets.files import write_csv
from tfnets.jobs.find_anomalies import page
from tfnets.jobs.find_anomalies.pictures import Pictures, read
from tfnets.jobs.find_anomalies.settings import COLUMNS, ROWS, Settings
from tfnets.jobs.find_anomalies.settings import SCALES as SCALES
from tfnets.lab.engine import Lab
from tfnets.lab.fit import resumable_fit
from tfnets.lab.trial import Work
from tfnets.methods.anomalies import Scorer, oddest_first, split
from tfnets.models.autoencoders import Autoencoder

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
    named = "{variant}"

    @property
    def key(self) -> str:
        """Name of the part with the numbers."""
        return "score"

    def do(self) -> None:
        """Reads, trains and scores."""
        data = read(self.settings, self.digest)
        known, unseen = split(data.normal, self.seed)
        self.run.part("train", lambda: self._train(known))
        self.run.part(self.key, lambda: self._score(data, known, unseen))

    def _train(self, images: np.ndarray) -> dict[str, int]:
        """Trains the autoencoder; its state is saved every so many passes."""
        fit = partial(resumable_fit, self.run, self.part, self.seed)
        built = self.settings.recipe.train(images, self.seed, fit)
        for part, network in built._asdict().items():
            self.run.save_model(part, network)
        return {"parameters": sum(network.count_params() for network in built)}

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
