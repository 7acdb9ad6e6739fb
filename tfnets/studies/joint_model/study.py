"""Study 5.6: a generator and a classifier as one joint model of latent, image and class.

Question: does P(h) P(I | h) P(c | I) give labelled images, the probability of each class, and for a
wanted class a latent vector that draws it?

Origin: the joint model P(I, c, h) with h Gaussian, I a deterministic function of h (a decoder or
generator), and c from a classifier. Images of wanted classes were found by gradient; no number.

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

from functools import partial

import numpy as np

from tfnets import datasets, metrics
from tfnets.artifacts import reference
from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.lab.seeds import estimate
from tfnets.methods.gans.adopted import adopted_generator
from tfnets.methods.gans.judges import trained_judge
from tfnets.studies.joint_model import page
from tfnets.studies.joint_model.model import JointModel, Sampled, lengths
from tfnets.studies.joint_model.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Gets generator and classifiers, samples, searches, draws the figures, writes the report."""
    data = datasets.load(settings.dataset, lab.data_dir).first(settings.train_images)
    source = settings.generator or reference.FOLDER / "dcgan"
    generator, prior, _ = adopted_generator(run, source, settings.dataset, run.config.seed)
    half, classes = len(data.x_train) // 2, len(data.class_names)
    first, second = ((data.x_train[s], data.y_train[s]) for s in (slice(half), slice(half, None)))
    seed, epochs = run.config.seed, settings.epochs
    classifier = trained_judge(run, "classifier", first, classes, epochs, seed)
    judges = {
        "other half": trained_judge(run, "judge", second, classes, epochs, seed + 1),
        "committed": reference.judge(settings.dataset),
    }
    model = JointModel(generator, prior, classifier)
    rows = {
        "accuracy": run.part("accuracy", partial(_accuracy, data, classifier, judges)),
        "sampled": run.part("sampled", partial(_sampled, run, settings, model, judges)),
        "start": run.part("start", partial(_start, settings, model, judges, seed + 1)),
        "found": {
            penalty: run.part(
                f"found-{penalty}", partial(_found, run, settings, model, judges, penalty)
            )
            for penalty in settings.penalties
        },
        "real": (np.bincount(data.y_train, minlength=classes) / len(data.y_train)).tolist(),
        "class_names": list(data.class_names),
    }
    page.draw(run, settings, rows)
    run.finish(rows, page.report(settings, rows).as_json())


def _accuracy(data: datasets.ImageData, classifier: object, judges: dict) -> dict:
    """Accuracy on the test images of the classifier and of each judge."""
    models = {"classifier": classifier, **judges}
    return {
        name: float((_labels(model, data.x_test) == data.y_test).mean())
        for name, model in models.items()
    }


def _sampled(run: Run, settings: Settings, model: JointModel, judges: dict) -> dict:
    """Draws labelled images; P(c) and the judges' agreement with the drawn classes."""
    drawn = model.sample(settings.samples, run.config.seed)
    shown = page.shown(drawn.labels, drawn.probabilities.shape[1])
    run.save_array("samples/drawn", drawn.images[shown])
    run.save_array("samples/drawn_labels", drawn.labels[shown])
    return {
        "probabilities": _probabilities(drawn),
        "agreement": _agreement(drawn.labels, drawn.images, judges),
        "lengths": lengths(drawn.h),
        "n": settings.samples,
    }


def _probabilities(drawn: Sampled) -> list[dict]:
    """P(c) of each class: by the mean of P(c | I), and by the share of drawn classes."""
    rows = []
    for label, column in enumerate(drawn.probabilities.T.astype(np.float64)):
        share = metrics.label_agreement(np.full(len(drawn.labels), label), drawn.labels)
        rows.append(
            {"mean": estimate(column), "drawn": {k: share[k] for k in ("mean", "ci95", "n")}}
        )
    return rows


def _wanted(settings: Settings, model: JointModel) -> np.ndarray:
    """The class of each search."""
    classes = model.classifier.output_shape[-1]
    return np.repeat(np.arange(classes, dtype=np.int32), settings.each)


def _start(settings: Settings, model: JointModel, judges: dict, seed: int) -> dict:
    """What the judges say where the searches begin."""
    wanted = _wanted(settings, model)
    h = model.draw(len(wanted), seed)
    every = {"classifier": model.classifier, **judges}
    return {"agreement": _agreement(wanted, model.images(h), every), "lengths": lengths(h)}


def _found(run: Run, settings: Settings, model: JointModel, judges: dict, penalty: str) -> dict:
    """Searches h for every class with one penalty, from the same start for all penalties."""
    wanted = _wanted(settings, model)
    classes = model.classifier.output_shape[-1]
    found = model.search(
        wanted,
        penalty,
        steps=settings.steps,
        learning_rate=settings.step_size,
        seed=run.config.seed + 1,
    )
    shown = np.arange(classes) * settings.each
    columns = np.concatenate([shown + i for i in range(min(page.EXAMPLES, settings.each))])
    run.save_array(f"samples/found-{penalty}", found.images[columns])
    every = {"classifier": model.classifier, **judges}
    return {
        "agreement": _agreement(wanted, found.images, every),
        "lengths": lengths(found.h),
        "miss": [float(found.history[0].mean()), float(found.history[-1].mean())],
        "history": found.history.mean(axis=1).tolist(),
    }


def _agreement(labels: np.ndarray, images: np.ndarray, judges: dict) -> dict[str, dict]:
    """Share of images that each judge gives their label, with Wilson's interval, and per class."""
    return {
        name: metrics.label_agreement(labels, _labels(judge, images))
        for name, judge in judges.items()
    }


def _labels(model: object, images: np.ndarray) -> np.ndarray:
    return model.predict(images, batch_size=500, verbose=0).argmax(axis=1)
