"""Trains the judges: the classifiers that measure generated images.

    python scripts/train_reference.py [mnist] [fashion_mnist]

Writes saved_models/reference/judge/NAME.keras and metrics.json (about 8 minutes each on 2 cores).
The last epoch's weights are kept; the test images only measure them.
"""

import argparse
import json

import keras
from keras import layers

from tfnets import datasets
from tfnets.artifacts.models import save_model
from tfnets.artifacts.reference import FOLDER
from tfnets.datasets.batches import batches, steps_per_epoch
from tfnets.files import atomic
from tfnets.models.classifiers import judge
from tfnets.training.callbacks import Progress

EPOCHS, BATCH, SEED = 15, 128, 0


def train(name: str) -> tuple[keras.Model, float]:
    """Trains a judge on shifted, turned and scaled images; returns it and its test accuracy."""
    data = datasets.load(name)
    model = judge(SEED)
    steps = steps_per_epoch(len(data.x_train), BATCH)
    learner = keras.Sequential(
        [
            keras.Input(data.x_train.shape[1:]),
            layers.RandomTranslation(0.08, 0.08, fill_mode="constant", seed=1),
            layers.RandomRotation(0.03, fill_mode="constant", seed=2),
            layers.RandomZoom(0.1, fill_mode="constant", seed=3),
            model,
        ]
    )
    learner.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, EPOCHS * steps)),
        "sparse_categorical_crossentropy",
        jit_compile=False,
        steps_per_execution=39,
    )
    learner.fit(
        batches((data.x_train, data.y_train), batch_size=BATCH, seed=SEED),
        epochs=EPOCHS,
        steps_per_epoch=steps,
        callbacks=[Progress(f"judge of {name}", EPOCHS, steps)],
        shuffle=False,
        verbose=0,
    )
    guesses = model.predict(data.x_test, batch_size=1000, verbose=0).argmax(axis=1)
    return model, float((guesses == data.y_test).mean())


def main() -> None:
    """Trains the judges named on the command line, MNIST's by default."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=["mnist"], help="mnist, fashion_mnist")
    for name in parser.parse_args().names:
        model, accuracy = train(name)
        save_model(FOLDER / "judge" / f"{name}.keras", model)
        numbers = {"test_accuracy": accuracy, "epochs": EPOCHS, "seed": SEED, "n": 10_000}
        with atomic(FOLDER / "judge" / f"{name}.json") as temporary:
            temporary.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
        print(f"{name}: test accuracy {accuracy:.4f}")


if __name__ == "__main__":
    main()
