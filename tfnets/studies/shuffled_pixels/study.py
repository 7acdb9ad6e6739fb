"""Study 1.4: does a network notice when all pixels are shuffled alike?

Question: what do a fully connected and a convolutional network lose when every image has its pixels
in the same other order?

Origin (answered): a fully connected network does not care about the order of the input pixels,
because the rows of its weight matrix permute along with them.

Here: a perceptron with one hidden layer is trained on the images, and again on the permuted images
with its first layer's rows permuted alike. Every sum has the same terms in another order, so that
both losses agree in exact arithmetic: it is a theorem. The largest difference of the float32 curves
is reported; it is rounding, which training multiplies, and refutes nothing. The convolutional
network of study 1.1 is trained on both, too: its kernels join pixels that are neighbours, and lose
what neighbours have in common.

Command: `tfnets run shuffled_pixels --scale full` (some minutes on 2 cores; five epochs).
"""

import itertools
import math

import keras

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.methods.classifiers.training import Training, permutation, shuffle, train
from tfnets.models import classifiers
from tfnets.studies.shuffled_pixels import page
from tfnets.studies.shuffled_pixels.numbers import IMAGES, summary
from tfnets.studies.shuffled_pixels.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]

NETWORKS = ("convolutional", "perceptron")
SHOWN = 8  # test images that are drawn


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains both networks on both kinds of images over all seeds, compares, writes the page."""
    seeds = run.seeds(settings.repeats)
    pairs = itertools.product(NETWORKS, IMAGES)
    results = train(run, lab, {p: [training(settings, *p, seed) for seed in seeds] for p in pairs})
    rows = {network: {kind: results[network, kind] for kind in IMAGES} for network in NETWORKS}
    numbers = {network: summary(kinds) for network, kinds in rows.items()}
    plain = settings.data(lab.store).x_test[:SHOWN]
    order = permutation(run.config.seed, math.prod(plain.shape[1:3]))
    run.save_array("samples/plain", plain)
    run.save_array("samples/shuffled", shuffle(plain, order))
    run.finish(numbers, page.write(run, settings, rows, numbers))


def training(settings: Settings, network: str, images: str, seed: int) -> Training:
    """One of `NETWORKS` on one kind of `IMAGES`, with its rows permuted like the pixels."""
    shuffled = images == "shuffled"
    if network == "convolutional":
        built = (classifiers.two_convolutions, (12, 32))
    else:
        built = (permuted_perceptron if shuffled else classifiers.perceptron, settings.hidden)
    return Training(settings, f"{network}-{images}", seed, built, shuffled)


def permuted_perceptron(hidden: int, seed: int) -> keras.Model:
    """`classifiers.perceptron` whose first layer's rows are permuted as the seed does the pixels.

    On shuffled images it computes what the untouched network computes on the images themselves.
    """
    network = classifiers.perceptron(hidden, seed)
    kernel, bias = network.get_layer("hidden").get_weights()
    pixels = math.prod(network.input_shape[1:3])
    by_pixel = kernel.reshape(pixels, -1, hidden)[permutation(seed, pixels)]
    network.get_layer("hidden").set_weights([by_pixel.reshape(kernel.shape), bias])
    return network
