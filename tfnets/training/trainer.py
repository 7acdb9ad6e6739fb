"""What all trainers share, so that Keras's tools around `fit` work with several networks."""

import types
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.startup import keep_order
from tfnets.training.averages import Average
from tfnets.training.callbacks import EveryLoss
from tfnets.training.given.batch import outside, range_of, read, require_range
from tfnets.training.optimizers import scale_of

Trained = tuple[keras.optimizers.Optimizer, Sequence[keras.Variable]]


class NamedOptimizer:
    """An optimiser under the name of what it trains, which Keras's callbacks log."""

    def __init__(self, name: str, optimizer: keras.optimizers.Optimizer) -> None:
        self.name, self.optimizer = name, optimizer

    @property
    def learning_rate(self) -> Any:
        """The optimiser's learning rate."""
        return self.optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        self.optimizer.learning_rate = rate

    def __getattr__(self, name: str) -> Any:
        return getattr(self.optimizer, name)


class Optimizers:
    """The optimisers of several networks, as Keras's callbacks look for them.

    Attributes:
        optimizers: Each under the name of what it trains.
        built: True; `compile` has built them.
    """

    built = True

    def __init__(self, **optimizers: keras.optimizers.Optimizer) -> None:
        self.optimizers = [NamedOptimizer(*item) for item in optimizers.items()]

    @property
    def iterations(self) -> keras.Variable:
        """Updates of the first network."""
        return self.optimizers[0].iterations


class Trainer(keras.Model):
    """A trainer that is used through `fit`. Save its parts, not the trainer.

    `step` is a variable, and the random numbers of a step are a function of (seed, step), so that a
    checkpoint holds the whole state of training: `save_weights` and `tf.train.Checkpoint` keep the
    weights, the optimisers, the average and the step.

    Attributes:
        step: Number of finished training steps, a `tf.Variable`.
        average: The running mean of a network's weights, if `compile` asked for one.
    """

    def __init__(self, *tracked: str) -> None:
        """Takes the names of what a step reports."""
        super().__init__()
        self.step = tf.Variable(0, dtype=tf.int64, trainable=False, name="step")
        self.average: Average | None = None
        self._trackers = [keras.metrics.Mean(name) for name in tracked]
        self._wanted: dict[str, keras.KerasTensor] = {}
        self._outside: set[str] = set()
        self.built = True  # The networks come with their weights.

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The trackers that `fit` resets each epoch and reports."""
        return self._trackers

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        **options: Any,
    ) -> keras.callbacks.History:
        """Trains as `keras.Model.fit` does, with its arguments.

        Raises:
            InputError: There is validation data or a weight of examples, a callback would save the
                trainer whole, or batches are not what the networks take.
        """
        if options.get("validation_data") is not None or options.get("validation_split"):
            self.evaluate()
        if isinstance(callbacks, Iterable):
            callbacks = [self._fitting(callback) for callback in callbacks]
        for name in ("sample_weight", "class_weight"):
            if options.get(name) is not None:
                raise InputError(
                    f"A {type(self).__name__} does not weigh examples; leave `{name}` out, and "
                    "show more often what shall count more."
                )
        if isinstance(x, types.GeneratorType):  # Keras takes tuples alone from them.
            x = (batch if isinstance(batch, tuple) else (batch,) for batch in x)
        given = (x, y, batch_size, epochs, verbose, callbacks)
        try:
            return super().fit(*given, **options)
        except tf.errors.InvalidArgumentError as error:
            for sentence in self._outside:
                if sentence in str(error):
                    raise InputError(sentence) from None
            raise

    def _fitting(self, callback: keras.callbacks.Callback) -> keras.callbacks.Callback:
        if isinstance(callback, keras.callbacks.ModelCheckpoint) and not callback.save_weights_only:
            self.save()
        single = isinstance(callback, keras.callbacks.TerminateOnNaN)
        return EveryLoss(callback) if single else callback

    def evaluate(self, *given: Any, **options: Any) -> NoReturn:
        """Refuses with an `InputError`: there is no loss that says how good the result is."""
        raise InputError(
            f"A {type(self).__name__} has no validation loss, because its losses do not say how "
            "good its results are; leave the validation data out and give `fit` a callback that "
            "measures them, for images `tfnets.training.callbacks.SampleQuality`."
        )

    def save(self, *given: Any, **options: Any) -> NoReturn:
        """Refuses with an `InputError`: the parts are saved."""
        raise InputError(
            f"A {type(self).__name__} is not saved whole; save the network in it that is used "
            "(`sampler` or `classifier`, a plain Keras model), and the state of training with "
            "`save_weights` or ModelCheckpoint('NAME.weights.h5', save_weights_only=True)."
        )

    def get_config(self) -> NoReturn:
        """Refuses as `save` does."""
        self.save()

    def get_weights(self) -> list[np.ndarray]:
        """All weights, those of the average last, so that `EarlyStopping` restores both."""
        return super().get_weights() + [weight.numpy() for weight in self._averaged()]

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        """Sets what `get_weights` gave."""
        averaged = self._averaged()
        own = len(weights) - len(averaged)
        super().set_weights(weights[:own])
        for mean, value in zip(averaged, weights[own:], strict=True):
            mean.assign(value)

    def save_own_variables(self, store: Any) -> None:
        """Adds the step to what `save_weights` writes; Keras finds the average as `sampler`."""
        store["step"] = self.step.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Takes the step from what `save_weights` wrote."""
        self.step.assign(store["step"][()])

    def _maybe_symbolic_build(self, *_: Any, **__: Any) -> None:
        """Nothing is left to build; Keras would add up the replicas' images to see a shape."""

    def _averaged(self) -> list[keras.Variable]:
        return [] if self.average is None else self.average.model.weights

    def _compile(
        self,
        network: keras.Model,
        average: float | None,
        steps_per_execution: int,
        run_eagerly: bool,
        **trained: Trained,
    ) -> None:
        """Compiles with the optimisers of what is trained; the average is the network's.

        Compiling again with the same optimisers (after layers were frozen or freed) keeps their
        state: they are built over every trainable weight known at the first call. More
        `steps_per_execution` hide Python's overhead; they must divide the steps of an epoch,
        because Keras always runs all of them.
        """
        keep_order()
        optimizers = {name: optimizer for name, (optimizer, _) in trained.items()}
        if len(set(map(id, optimizers.values()))) < len(optimizers):
            raise InputError(
                "Both networks have the same optimiser; give each one of its own, because an "
                "optimiser keeps state for the weights of one."
            )
        alone = next(iter(optimizers.values())) if len(optimizers) == 1 else None
        super().compile(
            optimizer=alone,
            jit_compile=False,
            steps_per_execution=steps_per_execution,
            run_eagerly=run_eagerly,
            auto_scale_loss=False,
        )
        if alone is None:
            self.optimizer = Optimizers(**optimizers)
        if average is not None:
            self.average = Average.of(network, average, self.average)
        for optimizer, weights in trained.values():
            if not optimizer.built:
                optimizer.build(weights)

    def _read(self, data: Any) -> Any:
        """A batch of `fit` as tensors, where the trainer has said which it wants."""
        return read(data, self._wanted) if self._wanted else data

    def _require_range(self, images: tf.Tensor, generator: keras.Model) -> None:
        """Stops at images that the generator can never make; `fit` says it in one sentence."""
        if range_of(generator) is not None:
            self._outside.add(outside(generator))
            require_range(images, generator)

    def _descend(
        self,
        optimizer: keras.optimizers.Optimizer,
        tape: tf.GradientTape,
        loss: tf.Tensor,
        weights: Sequence[keras.Variable],
        data: Any,
    ) -> list[tf.Tensor]:
        """Moves the weights down the mean loss of the global batch.

        Returns this replica's part of the gradients, scaled as the optimiser wants them.
        """
        factors = [part for part in (scale_of(optimizer), share_of(data)) if part is not None]
        seed = tf.reduce_prod(factors) if factors else None
        gradients = tape.gradient(loss, weights, output_gradients=seed)
        optimizer.apply(gradients, weights)
        return gradients

    def _finish(self, network: keras.Model, data: Any, *values: tf.Tensor) -> dict[str, tf.Tensor]:
        """Counts a step, moves the average towards the network and reports epoch means."""
        share = share_of(data)
        if share is not None:
            parts = [tf.math.multiply_no_nan(value, share) for value in values]
            values = tf.distribute.get_replica_context().all_reduce("SUM", parts)
        if self.average is not None:
            self.average.update(network, self.step)
        self.step.assign_add(1)
        for tracker, value in zip(self._trackers, values, strict=True):
            tracker.update_state(value)
        logs = {tracker.name: tracker.result() for tracker in self._trackers}
        if share is None:
            return logs
        # Several workers reduce their logs along an axis (tensorflow#72388).
        return {name: tf.reshape(value, (1,)) for name, value in logs.items()}


def share_of(data: Any) -> tf.Tensor | None:
    """This replica's share of the images of the global batch; None where it has them all."""
    context = tf.distribute.get_replica_context()
    if context.num_replicas_in_sync == 1:
        return None
    own = tf.cast(tf.shape(tf.nest.flatten(data)[0])[0], tf.float32)
    return own / context.all_reduce("SUM", own)


def own_seed(seed: tf.Tensor) -> tf.Tensor:
    """The seed (2,) of this replica, another one for each; where there is one, the seed itself."""
    context = tf.distribute.get_replica_context()
    if context.num_replicas_in_sync == 1:
        return seed
    place = context.replica_id_in_sync_group
    return tf.random.experimental.stateless_fold_in(seed, place)
