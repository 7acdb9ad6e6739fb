# %% [markdown]
# # The picture a neuron wants to see
#
# Training changes weights and keeps the images. Here it is the other way round: the weights are
# frozen, and the *image* is the variable. Gradient descent changes the image until one neuron of
# the network answers as strongly as it can.

# %%
import argparse
import dataclasses
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

import tfnets
from tfnets import figures
from tfnets.datasets import pictures
from tfnets.inputs.maximize import strong
from tfnets.inputs.objectives import class_logit

parser = argparse.ArgumentParser(description="The picture a neuron wants to see.")
parser.add_argument("--out", type=Path, default=Path("runs/neuron_image"))
parser.add_argument("--tiny", action="store_true", help="does it run? seconds, worthless pictures")
given = parser.parse_args([] if "ipykernel" in sys.modules else None)
TINY, out = given.tiny, given.out

STEPS, NETWORK, CLASS = (
    (3, "cifar10", "horse") if TINY else (200, "efficientnet_lite0", "jellyfish")
)

# %% [markdown]
# ## By hand
#
# A small network that knows ten kinds of things (CIFAR-10). We ask the neuron in the top
# left corner of its second convolution. The loss is minus the neuron plus, if wanted, the squared
# length of the image, which pulls to grey what the neuron does not see (Simonyan et al. 2014).

# %%
CHANNEL = 22
network = tfnets.load("cifar10").model
network.trainable = False
part = tf.keras.Model(network.input, network.get_layer("conv2").output)
noise = 0.05 * tf.random.stateless_normal((1, 32, 32, 3), seed=(0, 0))


@tf.function
def step(x: tf.Variable, weight: float) -> None:
    """One step of gradient descent on the image x, whose 0 is grey."""
    with tf.GradientTape() as tape:
        loss = -part(x + 0.5)[0, 0, 0, CHANNEL] + weight * tf.reduce_sum(x**2)
    x.assign(tf.clip_by_value(x - 0.33 * tape.gradient(loss, x), -0.5, 0.5))


images = [noise + 0.5]
for weight in (0.0, 1.0):
    x = tf.Variable(noise)
    for _ in range(STEPS):
        step(x, weight)
    images.append(x + 0.5)
names = ["start", "after", "after, with ||x||^2"]
figure = figures.image_grid(np.concatenate(images), columns=3, column_labels=names)
figures.Shown(figures.save_png(figure, out / "neuron.png"))

# %% [markdown]
# Only the top left corner changes: the neuron's *receptive field*. Its size can be computed from
# the layers alone. Do both agree?

# %%
field = tfnets.receptive_field(network, "conv2")
rows, columns = np.nonzero(np.any(images[1] != images[0], axis=(0, -1)))
print(f"computed: {field.height} x {field.width} pixels")
print(f"changed:  {rows.max() + 1} x {columns.max() + 1} pixels")

# %% [markdown]
# ## With all that helps
#
# The same idea, for a class of a large network. `tfnets.maximize` describes the image by its
# Fourier coefficients and moves and turns it at every step, so that only shapes survive which are
# seen from everywhere.

# %%
network = tfnets.load(NETWORK)
wanted = network.class_index(CLASS)
recipe = dataclasses.replace(strong(network.input_shape), steps=STEPS)
found = tfnets.maximize(
    network.model, [class_logit(wanted)], recipe, seed=0, frames=10, progress=False
)
chance = tf.nn.softmax(network.model.predict(found.images, verbose=0))[0, wanted]
print(f"p({CLASS}) = {chance:.3f}")
figures.Shown(figures.save_gif(found.frames[:, 0, ::2, ::2], out / "class.gif", 0.3))

# %%
figures.Shown(pictures.write_picture(out / "class.png", found.images[0]))

# %% [markdown]
# ## Change
#
# - Another neuron: `part(x + 0.5)[0, 4, 4, CHANNEL]`. Where is its field?
# - `CHANNEL = 0`. This neuron is silent at the start. Why does nothing happen?
# - `CLASS = "goldfish"`. Try one whose shape you know well, and one you do not.
