"""Study 5.6: a generator and a classifier as one joint model of latent, image and class.

Question: does P(h) P(I | h) P(c | I) give labelled images, the probability of each class, and for a
wanted class a latent vector that draws it?

Origin (answered): a factorisation, P(I, c, h) = P(h) P(I | h) P(c | I), with h Gaussian, I a
deterministic function of h, and c from a classifier; P(I | h) comes from turning the layers of a
trained CNN round (transposed convolutions). Nothing was built. The trained generator as P(I | h)
and the search for an h of a wanted class are ours.

Here: I is the generator of a finished run (that of the reference run of `dcgan`, if no other is
given), c comes from a classifier that is trained here on the first half of the training images.
What they say is checked by two judges that the model knows nothing of: a classifier of the same
kind, trained on the other half, and the committed judge of the data set. P(c) is estimated twice
from the same draws: by the mean of P(c | I), and by the share of drawn classes. For each wanted
class several h are searched from draws of P(h), by gradient of -log P(c | I(h)), with three
penalties: none; -log P(h), whose least is h = 0, an h that the prior never draws; and -log of the
density of the length |h|, which is least where the prior draws nearly all. How typical the h are
is reported by their lengths; beside them stand the h that the searches began at, which is chance.

How settings were chosen: steps and their size by what a few minutes allow; nothing was searched.

Command: `tfnets run joint_model --scale full` (about ten minutes on one core).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, final

import keras
import numpy as np

from tfnets import metrics
from tfnets.artifacts import reference
from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData
from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.engine import Lab
from tfnets.lab.seeds import estimate
from tfnets.lab.trial import Measurement, Work
from tfnets.methods.classifiers.judge import BATCH, OwnJudge
from tfnets.methods.gans.adopted import AdoptedGenerator, chosen_generator
from tfnets.studies.joint_model import page
from tfnets.studies.joint_model.model import JointModel, lengths
from tfnets.studies.joint_model.settings import EXAMPLES, SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]

Judges = Mapping[str, keras.Model]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Gets generator and classifiers, samples, searches, writes the page."""
    names = ["accuracy", "sampled", "start", *(f"found-{name}" for name in settings.penalties)]
    asked = {name: Asking(settings, name, run.config.seed) for name in names}
    adopted, *_ = asked["start"].needs
    if not run.has_part(adopted.key):
        chosen_generator(adopted.source, settings.dataset, run.config.seed)  # Refuses other runs.
    data = lab.store.images(settings.dataset, settings.train_images)
    steps_per_epoch(len(data.x_train) // 2, BATCH)  # Refuses too few images.
    lab.run(run, list(asked.values()))
    rows = {name: work.result(run) for name, work in asked.items()}
    rows["found"] = {name: rows.pop(f"found-{name}") for name in settings.penalties}
    counts = np.bincount(data.y_train, minlength=len(data.class_names))
    rows["real"] = (counts / len(data.y_train)).tolist()
    rows["class_names"] = list(data.class_names)
    run.finish(rows, page.write(run, settings, rows))


@final
class HalfTraining(OwnJudge):
    """`classifier`, of the first half of the training images, or `judge`, of the other."""

    settings: Settings
    named = "{variant}"

    @property
    def epochs(self) -> int:
        """Passes over the half."""
        return self.settings.epochs

    def examples(self) -> ImageData:
        """The half."""
        data = self.store.images(self.settings.dataset, self.settings.train_images)
        half = len(data.x_train) // 2
        own = slice(half) if self.variant == "classifier" else slice(half, None)
        return replace(data, x_train=data.x_train[own], y_train=data.y_train[own])


@final
class Asking(Measurement):
    """What the joint model is asked, checked by judges: draws, where searches begin, a search."""

    settings: Settings
    named = "{variant}"

    @property
    def needs(self) -> tuple[Work, ...]:
        """The generator, the model's classifier, and a judge."""
        settings, seed = self.settings, self.seed
        source = settings.generator or str(reference.FOLDER / "dcgan")
        return (
            AdoptedGenerator(settings, "gan", seed, source),
            HalfTraining(settings, "classifier", seed),
            HalfTraining(settings, "judge", seed + 1),
        )

    def measure(self) -> dict[str, Any]:
        """Asks the networks of the run folder."""
        generator, classifier, judge = (each.at(self.run).trained() for each in self.needs)
        model = JointModel(*generator, classifier)
        judges = {"other half": judge, "committed": reference.judge(self.settings.dataset)}
        if self.variant == "sampled":
            return self._sampled(model, judges)
        judges = {"classifier": classifier, **judges}
        if self.variant == "accuracy":
            data = self.store.images(self.settings.dataset)
            return {
                name: float((_labels(one, data.x_test) == data.y_test).mean())
                for name, one in judges.items()
            }
        classes = np.arange(classifier.output_shape[-1], dtype=np.int32)
        wanted = np.repeat(classes, self.settings.each)
        if self.variant == "start":
            h = model.draw(len(wanted), self.seed + 1)
            agreement = _agreement(wanted, model.images(h), judges)
            return {"agreement": agreement, "lengths": lengths(h)}
        return self._found(model, judges, wanted)

    def _sampled(self, model: JointModel, judges: Judges) -> dict[str, Any]:
        """Draws labelled images; P(c) and the judges' agreement with the drawn classes."""
        drawn = model.sample(self.settings.samples, self.seed)
        few = shown(drawn.labels, drawn.probabilities.shape[1])
        self.run.save_array("samples/drawn", drawn.images[few])
        self.run.save_array("samples/drawn_labels", drawn.labels[few])
        return {
            "probabilities": [
                {
                    "mean": estimate(column),
                    "drawn": metrics.proportion(drawn.labels == label).as_json(),
                }
                for label, column in enumerate(drawn.probabilities.T.astype(np.float64))
            ],
            "agreement": _agreement(drawn.labels, drawn.images, judges),
            "lengths": lengths(drawn.h),
            "n": self.settings.samples,
        }

    def _found(self, model: JointModel, judges: Judges, wanted: np.ndarray) -> dict[str, Any]:
        """Searches h for every class with one penalty, from the same start for all penalties."""
        settings, penalty = self.settings, self.variant.removeprefix("found-")
        found = model.search(
            wanted, penalty, steps=settings.steps, learning_rate=settings.step_size,
            seed=self.seed + 1,
        )  # fmt: skip
        by_class = found.images.reshape(-1, settings.each, *found.images.shape[1:])
        few = by_class[:, :EXAMPLES].swapaxes(0, 1)
        self.run.save_array(f"samples/{self.part}", few.reshape(-1, *few.shape[2:]))
        return {
            "agreement": _agreement(wanted, found.images, judges),
            "lengths": lengths(found.h),
            "miss": [float(found.history[0].mean()), float(found.history[-1].mean())],
            "history": found.history.mean(axis=1).tolist(),
        }


def shown(labels: np.ndarray, classes: int) -> np.ndarray:
    """Indices of the first few images of each class, class by class."""
    return np.concatenate([np.flatnonzero(labels == one)[:EXAMPLES] for one in range(classes)])


def _agreement(labels: np.ndarray, images: np.ndarray, judges: Judges) -> dict[str, Any]:
    """Share of images that each judge gives their label, with Wilson's interval, and per class."""
    return {
        name: metrics.label_agreement(labels, _labels(judge, images))
        for name, judge in judges.items()
    }


def _labels(judge: keras.Model, images: np.ndarray) -> np.ndarray:
    return judge.predict(images, batch_size=500, verbose=0).argmax(axis=1)
