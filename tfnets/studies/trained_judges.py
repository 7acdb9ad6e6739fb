"""Classifiers that a study trains itself, of the kind of the committed judges."""

import keras
import numpy as np

from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.models.classifiers import judge
from tfnets.studies.fitting import cosine_adam, fit, steps_per_execution

RATE = 2e-3
BATCH = 64


def trained_judge(
    run: Run, part: str, data: tuple[np.ndarray, np.ndarray], classes: int, epochs: int, seed: int
) -> keras.Model:
    """Trains a classifier, without augmentation; on resuming, a finished one is loaded.

    Args:
        run: The run, which gets `PART.keras`.
        part: Name of the part.
        data: Images (n, height, width, channels) in [0, 1] and labels (n,).
        classes: Number of classes.
        epochs: Passes over the images.
        seed: Seed of weights and order.

    Returns:
        The model `images -> probabilities (n, classes)` of `models.classifiers.judge`.
    """

    def compute() -> dict[str, int]:
        network = judge(seed, data[0].shape[1:], classes)
        # Saved without what it is compiled with, which needs a class of ours.
        model = keras.Model(network.input, network.output)
        steps = steps_per_epoch(len(data[0]), BATCH)
        model.compile(
            cosine_adam(RATE, epochs * steps),
            "sparse_categorical_crossentropy",
            jit_compile=False,
            steps_per_execution=steps_per_execution(steps),
        )
        fit(run, part, model, data, batch_size=BATCH, epochs=epochs, seed=seed)
        run.save_model(part, network)
        return {"parameters": network.count_params()}

    run.part(part, compute)
    return run.load_model(part)
