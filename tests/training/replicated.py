"""A program: trainers under a strategy, or in one replica, at the same global batch and latents.

    python -m tests.training.replicated {one,mirrored,worker} [WAY:]KIND...

It prints one line of JSON: kind -> history, weights, and how many latents were drawn twice.
"""

import json
import sys

from tfnets import startup

startup.quiet()
startup.import_tensorflow()

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from tests.training import test_keras_tools as tools  # noqa: E402
from tfnets.latents import Normal  # noqa: E402
from tfnets.training.penalties import r1  # noqa: E402

GLOBAL, UNEVEN = 6, 11
"""Images per step: 3 and 3 for two replicas; uneven are 6 and 5, then 1 and none."""
TABLE = np.random.default_rng(3).normal(size=(GLOBAL, 2)).astype(np.float32)


def fixed(n, seed):
    """Latents of this replica's rows of the global batch."""
    context = tf.distribute.get_replica_context()
    start = context.replica_id_in_sync_group * (GLOBAL // context.num_replicas_in_sync)
    return tf.gather(TABLE, start + tf.range(n))


def strategy_of(name):
    if name == "mirrored":
        (cpu,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(
            cpu, [tf.config.LogicalDeviceConfiguration()] * 2
        )
        return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    if name == "worker":
        return tf.distribute.MultiWorkerMirroredStrategy()
    return tf.distribute.get_strategy()


def trained(name, strategy):
    """WAY: `eager` runs steps in Python; `uneven` has other numbers of images per replica."""
    way, _, kind = name.rpartition(":")
    with strategy.scope():
        more = {"penalty": r1(0.1)} if kind == "GAN" else {}
        trainer = tools.make(kind, run_eagerly="eager" in way, **more)
        trainer.latent = fixed
    data = tools.data(kind, UNEVEN if "uneven" in way else GLOBAL)
    history = trainer.fit(data, epochs=2, shuffle=False, verbose=0).history
    weights = [weight.tolist() for weight in trainer.get_weights()]
    return {"history": history, "weights": weights, "step": int(trainer.step.numpy())}


def latents(strategy):
    """The latents that each replica draws in a step."""
    with strategy.scope():
        trainer = tools.make("GAN")
    drawn = []

    def drawing(n, seed):
        z = Normal(2)(n, seed)
        drawn.append(z)
        return z

    trainer.latent = drawing
    trainer.fit(tools.X[:GLOBAL], batch_size=GLOBAL, shuffle=False, verbose=0)
    return np.concatenate([z.numpy() for z in drawn]).tolist()


def main(name, *kinds):
    strategy = strategy_of(name)
    found = {kind: trained(kind, strategy) for kind in kinds}
    if name == "mirrored":
        found["latents"] = latents(strategy)
    print(json.dumps(found))


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    main(*sys.argv[1:])
