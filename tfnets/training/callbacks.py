"""Callbacks that every training shares."""

import sys
from collections.abc import Callable, Collection, Mapping

import keras
import numpy as np
import tensorflow as tf
from tqdm.auto import tqdm


class Progress(keras.callbacks.Callback):
    """One progress bar over all steps of a training, with the time left and the epoch's losses.

    Where the output is no terminal there is one line at the end instead.
    """

    def __init__(self, description: str, epochs: int, steps_per_epoch: int) -> None:
        """Takes the text before the bar and the size of the whole training."""
        super().__init__()
        self._description, self._epochs, self._steps = description, epochs, steps_per_epoch
        self._bar: tqdm | None = None
        self._epoch = 0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Forgets the bar of an earlier `fit`."""
        self._bar = None

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Opens the bar; a resumed training starts at its first epoch."""
        self._epoch = epoch
        if self._bar is None:
            total, done = self._epochs * self._steps, epoch * self._steps
            self._bar = tqdm(
                total=total, initial=done, desc=self._description, unit="step", mininterval=0.5,
                disable=None,
            )  # fmt: skip

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Moves the bar to the last finished step."""
        self._move(self._epoch * self._steps + batch + 1)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Shows two of the epoch's metrics beside the bar, losses first."""
        self._move((epoch + 1) * self._steps)
        ordered = sorted((logs or {}).items(), key=lambda item: not item[0].endswith("loss"))
        shown = {name: f"{value:.4g}" for name, value in ordered[:2]}
        self._bar.set_postfix(shown, refresh=False)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Closes the bar."""
        if self._bar is not None:
            self._bar.close()
            if self._bar.disable:
                steps = self._epochs * self._steps
                print(f"{self._description}: {steps} steps done", file=sys.stderr, flush=True)

    def _move(self, position: int) -> None:
        self._bar.update(position - self._bar.n)


class AtEpochs(keras.callbacks.Callback):
    """Calls a function after chosen epochs, for instance to measure samples."""

    def __init__(self, epochs: Collection[int], action: Callable[[int], object]) -> None:
        """Takes the numbers of finished epochs (from 1) and `action(epoch)`."""
        super().__init__()
        self._epochs, self._action = frozenset(epochs), action

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Runs the action if the epoch is one of the chosen."""
        if epoch + 1 in self._epochs:
            self._action(epoch + 1)


class EveryLoss(keras.callbacks.Callback):
    """Shows a callback that looks at `loss` alone, as Keras's `TerminateOnNaN`, every loss."""

    def __init__(self, callback: keras.callbacks.Callback) -> None:
        """Takes the callback."""
        super().__init__()
        self._callback = callback

    def set_model(self, model: keras.Model) -> None:
        """Hands the model on."""
        super().set_model(model)
        self._callback.set_model(model)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Hands each loss on by the name of `loss`."""
        for name, value in (logs or {}).items():
            if name.endswith("loss"):
                self._callback.on_train_batch_end(batch, {"loss": value})


class SampleQuality(keras.callbacks.Callback):
    """Measures a sample after each epoch and adds the numbers to the epoch's logs.

    So they are in the history, and callbacks that come later in the list see them: `CSVLogger`,
    `EarlyStopping("frechet", mode="min")`, `ModelCheckpoint(monitor="frechet", ...)`. A sample that
    is not finite has the number NaN.

    Example:
        quality = SampleQuality(
            lambda: gan.sample(1000, seed=0), judge, real=data.x_test[:1000],
            distances={"frechet": tfnets.frechet},
        )
    """

    def __init__(
        self,
        sample: Callable[[], np.ndarray],
        features: Callable[[np.ndarray], np.ndarray],
        *,
        real: np.ndarray,
        distances: Mapping[str, Callable[[np.ndarray, np.ndarray], float]],
    ) -> None:
        """Takes where samples come from and how they are measured.

        Args:
            sample: Returns generated images (n, ...), for a fair course the same latents each time.
            features: A judge: images (n, ...) -> features (n, d).
            real: Real images, as many: distances depend on the number.
            distances: Name in the logs -> (real features, features of the sample) -> number.
        """
        super().__init__()
        self._sample, self._features, self._distances = sample, features, dict(distances)
        self._real = np.asarray(features(real))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Measures; `logs` gets the numbers."""
        sample = np.asarray(self._features(np.asarray(self._sample())))
        finite = bool(np.isfinite(sample).all())
        for name, distance in self._distances.items():
            logs[name] = float(distance(self._real, sample)) if finite else float("nan")


class LossCurve(keras.callbacks.Callback):
    """The training loss averaged over every `every` steps, and a measurement at the same points.

    The steps are counted over the whole training, across epochs. All state is in variables, so
    that a training resumed with `checkpoint.fit(tracked=curve.state)` draws the same curve.

    Attributes:
        state: Variables to be checkpointed: the points so far, and the loss summed since the last.
    """

    COLUMNS = ("step", "train_loss", "test_loss", "test_accuracy")

    def __init__(
        self, every: int, steps_per_epoch: int, epochs: int, measure: Callable[[], dict[str, float]]
    ) -> None:
        """Takes where the points lie and what is measured there.

        A point comes every `every` steps, which the model's `steps_per_execution` divides;
        `measure` returns `{"loss", "accuracy"}` of the network as it is.
        """
        super().__init__()
        points = steps_per_epoch * epochs // every
        self._every, self._steps, self._measure = every, steps_per_epoch, measure
        self._begin, self._last = 0, (0, 0.0)
        shape = (points, len(self.COLUMNS))
        self.state = {
            "points": tf.Variable(tf.zeros(shape, tf.float64), trainable=False),
            "sum": tf.Variable(0.0, dtype=tf.float64, trainable=False),
        }

    @property
    def points(self) -> dict[str, list[float]]:
        """The finished curve, one list per column of `COLUMNS`."""
        values = self.state["points"].numpy()
        return {name: values[:, i].tolist() for i, name in enumerate(self.COLUMNS)}

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Refuses a model that would run past a point.

        Raises:
            ValueError: `steps_per_execution` does not divide `every`.
        """
        if self._every % self.model.steps_per_execution:
            raise ValueError(
                f"The model runs {self.model.steps_per_execution} steps per execution; they must "
                f"divide the {self._every} steps between points."
            )

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keras starts its running mean anew."""
        self._begin, self._last = epoch * self._steps, (0, 0.0)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Adds the steps since the last call; closes a point where one is due.

        `batch` is the last finished step of the epoch, from 0; `logs` Keras's means over the epoch.
        """
        done, mean = batch + 1, float(logs["loss"])
        self.state["sum"].assign_add(done * mean - self._last[0] * self._last[1])
        self._last = (done, mean)
        step = self._begin + done
        if step % self._every == 0:
            self._close(step)

    def _close(self, step: int) -> None:
        measured = self._measure()
        train_loss = float(self.state["sum"].numpy()) / self._every
        row = [step, train_loss, measured["loss"], measured["accuracy"]]
        place = [[step // self._every - 1]]
        self.state["points"].scatter_nd_update(place, tf.constant([row], tf.float64))
        self.state["sum"].assign(0.0)
