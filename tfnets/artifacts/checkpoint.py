"""Training that can be killed after any epoch and goes on as if nothing had happened.

All state of training is in objects that `tf.train.Checkpoint` follows: weights, optimiser slots,
step counters, dropout seeds. The order of the data is a function of (seed, epoch). So a restored
training ends with the very numbers of an uninterrupted one.
"""

import json
import logging
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import keras
import tensorflow as tf

from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.files import atomic, digest

LOGGER = logging.getLogger(__name__)


def fit(
    run: Run,
    part: str,
    model: keras.Model,
    data: Callable[[int], tf.data.Dataset],
    *,
    epochs: int,
    steps_per_epoch: int,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    tracked: Mapping[str, tf.Variable] | None = None,
) -> None:
    """Trains `model` up to `epochs`, from the last finished epoch that the run folder holds.

    Called again with more epochs, it goes on from where the first call ended.

    Args:
        run: Where the state and history.csv are kept.
        part: Name of the part; parts do not share state.
        model: A compiled model whose networks are built; its `steps_per_execution` divides
            `steps_per_epoch`, because Keras always runs all steps of an execution.
        data: `first_epoch -> endless data set that begins with that epoch` (from 0).
        epochs: Epochs in all, those of earlier calls included.
        steps_per_epoch: Batches per epoch.
        callbacks: Further callbacks; `on_epoch_end` runs before the epoch's state is saved.
        tracked: Variables that are saved and restored with the model, for instance a callback's.

    Raises:
        InputError: A loss is no longer finite; the last epoch's state is kept.
        ValueError: `steps_per_execution` does not divide `steps_per_epoch`.
    """
    if steps_per_epoch % model.steps_per_execution:
        raise ValueError(
            f"The model runs {model.steps_per_execution} steps per execution; they must divide the "
            f"{steps_per_epoch} steps of an epoch."
        )
    keeper = EpochCheckpoint(run, part, tracked)
    first = keeper.restore(model)
    if first >= epochs:
        return
    lasting = {"initial_epoch": first, "epochs": epochs, "steps_per_epoch": steps_per_epoch}
    model.fit(data(first), callbacks=[*callbacks, keeper], shuffle=False, verbose=0, **lasting)


class EpochCheckpoint(keras.callbacks.Callback):
    """Logs each epoch in history.csv and saves the whole training state after it."""

    def __init__(
        self, run: Run, part: str, tracked: Mapping[str, tf.Variable] | None = None
    ) -> None:
        super().__init__()
        self._run, self._part = run, part
        self._tracked = dict(tracked or {})
        self._epoch = tf.Variable(0, dtype=tf.int64, trainable=False)
        self._states: States | None = None

    def restore(self, model: keras.Model) -> int:
        """Brings `model` to the last saved epoch, if any; returns the number of finished epochs."""
        if model.optimizer and not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        # Keras does not show the states of dropout and its like to `tf.train.Checkpoint`.
        weights = {id(variable) for variable in model.weights}
        states = [variable.value for variable in model.variables if id(variable) not in weights]
        others = {"random_states": states, "tracked": self._tracked}
        checkpoint = tf.train.Checkpoint(model=model, epoch=self._epoch, **others)
        self._states = States(self._run.checkpoint_folder(self._part), checkpoint)
        self._states.restore()
        return int(self._epoch.numpy())

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Stops with an `InputError` at a loss that is not finite, before it is saved."""
        for name, value in (logs or {}).items():
            if name.endswith("loss") and not math.isfinite(value):
                raise InputError(self._not_finite(name, value))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Writes the history row and the state; `epoch` counts from 0, history from 1."""
        self._run.log(self._part, epoch + 1, logs or {})
        self._epoch.assign(epoch + 1)
        self._states.save(epoch + 1)

    def _not_finite(self, name: str, value: float) -> str:
        good = int(self._epoch.numpy())
        kept = f"no epoch was finished in {self._run.path}"
        if good:
            folder = self._run.checkpoint_folder(self._part)
            kept = f"the state after epoch {good} is kept in {folder}"
        return (
            f"{name} of {self._part} has become {value} in epoch {good + 1}, so training stopped; "
            f"{kept}. Start a new run with a smaller learning rate."
        )


class States:
    """The states after the last two epochs, each with the SHA-256 of its files.

    One that is damaged is not loaded: training goes on from the one before, or begins again.
    """

    def __init__(self, folder: Path, checkpoint: tf.train.Checkpoint) -> None:
        self._folder, self._checkpoint = folder, checkpoint

    def save(self, epoch: int) -> None:
        """Writes the state after an epoch; its list of hashes, written last, makes it count."""
        name = f"epoch-{epoch}"
        self._checkpoint.write(str(self._folder / name))
        files = {path.name: digest(path) for path in self._folder.glob(f"{name}.*")}
        with atomic(self._folder / f"{name}.json") as temporary:
            temporary.write_text(json.dumps(files), encoding="ascii")
        for old in self._names()[2:]:
            self._drop(old)

    def restore(self) -> None:
        """Loads the last state that is whole, if there is one."""
        for name in self._names():
            if self._whole(name):
                read = self._checkpoint.read(str(self._folder / name))
                read.assert_existing_objects_matched()
                return
            LOGGER.warning("%s is damaged; training goes on before it.", self._folder / name)
            self._drop(name)
        if older := tf.train.latest_checkpoint(str(self._folder)):  # Of an earlier version.
            self._checkpoint.restore(older).assert_existing_objects_matched()

    def _names(self) -> list[str]:
        """Names of the states, the last epoch's first."""
        found = (re.fullmatch(r"epoch-(\d+)\.json", p.name) for p in self._folder.glob("*.json"))
        return [f"epoch-{epoch}" for epoch in sorted((int(m[1]) for m in found if m), reverse=True)]

    def _whole(self, name: str) -> bool:
        try:
            files = json.loads((self._folder / f"{name}.json").read_text(encoding="ascii"))
            return all(digest(self._folder / file) == is_ for file, is_ in files.items())
        except (OSError, ValueError, AttributeError):
            return False

    def _drop(self, name: str) -> None:
        for path in self._folder.glob(f"{name}.*"):
            path.unlink()
