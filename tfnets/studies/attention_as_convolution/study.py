"""Study 6.8: a convolution and a dense layer as self-attention.

Question: can self-attention compute exactly what a convolution or a dense layer computes, how sharp
must it attend, and what does it cost?

Origin (answered): (i) code positions so that near pixels get near values, and attention becomes
local; (ii) for a dense layer, feed a vector of equal coordinates, so that the softmax is uniform;
(iii) attention differs from a dense layer, because its output is a convex combination of values.
What is built here is not the origin's: one head per offset of the kernel (Cordonnier, Loukas and
Jaggi 2020). It does not test (i) to (iii) as they stand; (iii) holds for one head, while several
with values of their own add up to any dense layer.

Here: convolutions of several sizes with random weights and dense layers are rewritten by
`tfnets.theory.attention` and compared with the layer on noise, borders apart. The sharpness, which
is how strongly a head prefers the pixel at its offset, is varied. Then every convolution and dense
layer of two committed trained networks (the judge of MNIST, the (48, 128) network of CIFAR-10) is
rewritten and compared on what the layer is given for test images. Multiplications are counted on
both sides. Errors are the largest difference, relative to the largest output of the layer. Nothing
was chosen on data: the sharpness 32 follows from float32 (see `tfnets.theory.attention`).

Command: `tfnets run attention_as_convolution --scale full` (about a minute on one core).
"""

import itertools
from functools import partial
from typing import Any

import keras
import numpy as np
from keras import layers

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.lab.trial import DataStore
from tfnets.studies.attention_as_convolution import networks, page
from tfnets.studies.attention_as_convolution.networks import differences, rewritten
from tfnets.studies.attention_as_convolution.settings import MAPPED, SCALES, Settings
from tfnets.theory.attention import attention_maps, conv_as_attention

__all__ = ["SCALES", "Settings", "run"]


MAP_SIDE = 9  # rows and columns of the image whose attention maps are drawn


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Rewrites random layers and trained ones, compares, counts, draws, reports."""
    drawn = {
        name: run.part(name, partial(_random, run, settings, name, *kind))
        for name, kind in _kinds(settings).items()
    }
    blunt = run.part("sharpness", partial(_sharpness, run, settings))
    rewrites = {
        name: run.part(f"network-{name}", partial(_network, run, settings, name, lab.store))
        for name in settings.networks
    }
    numbers = {"random": drawn, "sharpness": blunt, "networks": rewrites}
    run.finish(numbers, page.write(run, settings, numbers))


def _kinds(settings: Settings) -> dict[str, tuple[int, str]]:
    """Kernel size and padding of each kind of random layer; the dense one has size 0."""
    kinds = itertools.product(settings.sizes, ("same", "valid"))
    return {f"conv{size}-{padding}": (size, padding) for size, padding in kinds} | {
        "dense": (0, "")
    }


def _random(run: Run, settings: Settings, name: str, size: int, padding: str) -> dict[str, Any]:
    """Errors of several random layers of one kind, at the default sharpness."""
    errors, borders = [], []
    for seed in run.seeds(settings.repeats):
        rng = np.random.default_rng(seed)
        layer, shape = random_layer(settings, size, padding, rng)
        model = rewritten(layer, shape)
        x = rng.standard_normal((settings.images, *shape)).astype(np.float32)
        gaps = differences(layer, model, x)
        errors.append(float(gaps.max()))
        if padding == "same":
            borders.append(float(_edge(gaps, size).max()))
        if seed == run.config.seed:
            run.save_model(f"{name}_attention", model)
    spread = {"heads": model.get_layer("attention").num_heads, "errors": errors}
    return spread | ({"border_errors": borders} if borders else {})


def random_layer(
    settings: Settings, size: int, padding: str, rng: np.random.Generator
) -> tuple[keras.layers.Layer, tuple[int, ...]]:
    """A layer with normal weights, scaled to outputs of about 1, and its input's shape."""
    shape = (settings.dense_inputs,)
    layer = layers.Dense(settings.filters)
    if size:
        shape = (settings.side, settings.side + 1, settings.channels)
        layer = layers.Conv2D(settings.filters, size, padding=padding)
    layer.build((None, *shape))
    kernel, bias = layer.get_weights()
    spread = np.sqrt(np.prod(kernel.shape[:-1]))
    layer.set_weights([rng.standard_normal(kernel.shape) / spread, rng.normal(0, 0.1, bias.shape)])
    return layer, shape


def _edge(gaps: np.ndarray, size: int) -> np.ndarray:
    """The outputs whose window reaches over the border."""
    reach = max(size // 2, 1)
    inside = np.zeros(gaps.shape, bool)
    inside[:, reach:-reach, reach:-reach] = True
    return gaps[~inside]


def _sharpness(run: Run, settings: Settings) -> dict[str, Any]:
    """Error of one random layer of each size at each sharpness; keeps the maps of the first."""
    found = {}
    for size in settings.sizes:
        rng = np.random.default_rng(run.config.seed)
        layer, shape = random_layer(settings, size, "same", rng)
        x = rng.standard_normal((1, *shape)).astype(np.float32)
        found[str(size)] = [
            float(differences(layer, rewritten(layer, shape, sharpness), x).max())
            for sharpness in settings.sharpnesses
        ]
    small = layers.Conv2D(1, settings.sizes[0], padding="same")
    small.build((None, MAP_SIDE, MAP_SIDE, 1))
    for sharpness in MAPPED:
        maps = attention_maps(conv_as_attention(small, (MAP_SIDE, MAP_SIDE, 1), sharpness))
        run.save_array(f"maps-{sharpness:g}", maps)
    return found


def _network(run: Run, settings: Settings, name: str, store: DataStore) -> dict[str, Any]:
    """Error and cost of each layer of a trained network, and of all of them together."""
    images = store.images(name, test=settings.images).x_test
    network = networks.trained(name, store)
    run.save_array(f"planes-{name}", networks.planes(network, images[:1], MAPPED))
    return networks.rewrite(network, images)
