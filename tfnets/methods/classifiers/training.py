"""How the studies of part 1 train: plain SGD, curves by mini-batches, several networks at a time.

A network that sees four images per step leaves most of a processor idle, so networks are trained
side by side in processes of one thread each, two on two cores (docs/performance.md has what was
measured). Each is a run of its own in the study's checkpoint folder, so that all of them continue
where they were stopped.
"""

import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import joblib
import keras
import numpy as np

from tfnets import datasets
from tfnets.artifacts.run import CONFIG, REPORT, Config, Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.errors import InputError
from tfnets.lab.fit import executed_steps, fit, steps_per_execution
from tfnets.lab.settings import require_decays, require_positive, require_rates
from tfnets.methods.classifiers.processes import Steps, bar, parallel
from tfnets.tracing.cost import cost
from tfnets.training.callbacks import LossCurve
from tfnets.training.evaluation import Evaluation, check_data
from tfnets.training.optimizers import SGD

NETWORK = "network"
TRAIN_SHOWN = 10_000
"""Training images on which the final training accuracy is measured."""


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; the origin's recipe at full scale.

    Attributes:
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: The one learning rate of SGD.
        momentum: SGD's momentum.
        curve_every: Steps between the points of the loss curves.
        curve_images: Test images measured at each point (the first ones; all if there are fewer).
    """

    epochs: int
    batch_size: int
    learning_rate: float
    momentum: float
    curve_every: int
    curve_images: int

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "Recipe":
        """Picks the recipe out of a study's settings."""
        return cls(**{field.name: settings[field.name] for field in fields(cls)})

    def steps(self, images: int) -> int:
        """Steps of the whole training on so many images.

        Raises:
            InputError: There is not one batch, or not one point of the curves.
        """
        steps = self.epochs * steps_per_epoch(images, self.batch_size)
        if self.curve_every > steps:
            raise InputError(
                f"The curves have a point every {self.curve_every} steps, but the training has "
                f"{steps} steps in all; set curve_every to at most that."
            )
        return steps


def require_recipe(settings: Any) -> None:
    """Refuses settings with which no network could be trained.

    Args:
        settings: A study's settings: those of `Recipe`, and `repeats`, `train_images`,
            `test_images`, `workers`.

    Raises:
        InputError: Naming the first setting that is out of its range.
    """
    require_positive(settings, "epochs", "batch_size", "curve_every", "curve_images", "repeats")
    require_positive(settings, "train_images", "test_images", "workers")
    require_rates(settings, "learning_rate")
    require_decays(settings, "momentum")


@dataclass(frozen=True)
class Job:
    """One network to be trained.

    Attributes:
        part: Name, unique in the study, fit for a file name.
        network: Builds the network with its initial weights: `() -> model` giving logits.
        seed: Seed of the order of the training images.
        permutation: Order in which the pixels are shown, (height * width,); None leaves them.
    """

    part: str
    network: Callable[[], keras.Model]
    seed: int
    permutation: np.ndarray | None = None


def train(
    run: Run, jobs: Sequence[Job], recipe: Recipe, data: datasets.ImageData, workers: int
) -> dict[str, dict[str, Any]]:
    """Trains every job's network, `workers` at a time; finished ones are not trained again.

    The run gets each job's history, its result as the part `train-JOB`, and `JOB.keras`.

    Args:
        run: The study's run folder.
        jobs: What to train; long ones first make the best use of the processes.
        recipe: How.
        data: Training and test images with labels.
        workers: Processes; 1 trains in this process, on all cores.

    Returns:
        By job: `parameters`, `test_loss`, `test_accuracy`, `train_loss`, `train_accuracy` and
        `curve` (see `LossCurve`).

    Raises:
        InputError: The images or labels do not fit a network, there are fewer images than a batch
            has, there is no point of the curves, or a loss is no longer a finite number.
    """
    recipe.steps(len(data.x_train))
    for job in jobs:
        check_data(job.network(), data.x_train, data.y_train)
    new = [job for job in jobs if not run.has_part(_part(job))]
    waiting = [job for job in new if not (_folder(run, job) / REPORT).exists()]
    if waiting:
        _train_all(run, waiting, recipe, data, workers)
    return {job.part: run.part(_part(job), partial(_adopted, run, job)) for job in jobs}


def _train_all(
    run: Run, jobs: Sequence[Job], recipe: Recipe, data: datasets.ImageData, workers: int
) -> None:
    # Not by a relative path: a worker process may be older than the current folder.
    place = run.checkpoint_folder("steps.npy").resolve()
    place.parent.mkdir(exist_ok=True)
    done = np.lib.format.open_memmap(place, mode="w+", dtype=np.int64, shape=(len(jobs),))
    epoch = steps_per_epoch(len(data.x_train), recipe.batch_size)
    done[:] = [_epochs(_folder(run, job)) * epoch for job in jobs]
    costs = np.array([cost(job.network()).multiplications for job in jobs])
    shares = costs / costs.sum() / recipe.steps(len(data.x_train))
    tasks = (
        joblib.delayed(_train_one)(
            job, recipe, _folder(run, job).resolve(), run.config, data, Steps(place, index)
        )
        for index, job in enumerate(jobs)
    )
    with bar(f"{len(jobs)} networks, {workers} at a time", done, shares):
        parallel(workers, len(jobs))(tasks)


def _epochs(folder: Path) -> int:
    """Epochs that a network was trained for before."""
    return len(Run.open(folder).history) if (folder / CONFIG).exists() else 0


def _train_one(
    job: Job,
    recipe: Recipe,
    folder: Path,
    config: Config,
    data: datasets.ImageData,
    steps: Steps,
) -> None:
    """Trains one network in a run folder of its own; runs in a worker process."""
    with _own_run(folder, replace(config, seed=job.seed)) as run:
        data = _shown(data, job.permutation)
        network = job.network()
        curve = _fit(run, network, job, recipe, data, steps)
        run.save_model(NETWORK, network)
        run.finish(_result(network, data) | {"curve": curve.points}, {})


def _own_run(folder: Path, config: Config) -> Run:
    if (folder / CONFIG).exists():
        return Run.open(folder)
    # A kill can leave a folder without it, but not without its temporary file.
    shutil.rmtree(folder, ignore_errors=True)
    return Run.create(folder, config)


def _fit(
    run: Run,
    network: keras.Model,
    job: Job,
    recipe: Recipe,
    data: datasets.ImageData,
    steps: Steps,
) -> LossCurve:
    """Trains through a wrapper that is compiled, so that the saved network is not."""
    epoch = steps_per_epoch(len(data.x_train), recipe.batch_size)
    few = slice(0, recipe.curve_images)
    evaluation = Evaluation(network, data.x_test[few], data.y_test[few])
    curve = LossCurve(recipe.curve_every, epoch, recipe.epochs, evaluation)
    trained = keras.Model(network.input, network.output)
    trained.compile(
        SGD(recipe.learning_rate, momentum=recipe.momentum),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
        steps_per_execution=steps_per_execution(
            math.gcd(epoch, recipe.curve_every), executed_steps(network, recipe.batch_size)
        ),
    )
    fit(
        run, "training", trained, (data.x_train, data.y_train),
        batch_size=recipe.batch_size, epochs=recipe.epochs, seed=job.seed,
        callbacks=[curve, steps.counter(epoch)], tracked=curve.state, bar=False,
    )  # fmt: skip
    return curve


def _result(network: keras.Model, data: datasets.ImageData) -> dict[str, float]:
    test = Evaluation(network, data.x_test, data.y_test)()
    known = slice(0, TRAIN_SHOWN)
    train = Evaluation(network, data.x_train[known], data.y_train[known])()
    return {
        "parameters": network.count_params(),
        **{f"test_{name}": value for name, value in test.items()},
        **{f"train_{name}": value for name, value in train.items()},
    }


def shuffle(images: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Shows the pixels of every image in another order; all channels of a pixel move together.

    Args:
        images: (n, height, width, channels).
        order: (height * width,); entry j is the pixel that is shown at place j.
    """
    flat = images.reshape(len(images), -1, images.shape[-1])
    return flat[:, order].reshape(images.shape)


def _shown(data: datasets.ImageData, order: np.ndarray | None) -> datasets.ImageData:
    if order is None:
        return data
    return replace(data, x_train=shuffle(data.x_train, order), x_test=shuffle(data.x_test, order))


def _adopted(run: Run, job: Job) -> dict[str, Any]:
    """Takes a finished network's history, model and result into the study's run."""
    own = Run.open(_folder(run, job))
    for row in own.history:
        run.log(
            job.part,
            row["epoch"],
            {name: row[name] for name in row if name not in ("part", "epoch")},
        )
    run.save_model(job.part, own.load_model(NETWORK))
    return own.metrics


def _part(job: Job) -> str:
    return f"train-{job.part}"


def _folder(run: Run, job: Job) -> Path:
    return run.checkpoint_folder(job.part)
