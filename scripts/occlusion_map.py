# %% [markdown]
# # Which part of a picture does a network look at?
#
# We cover one block of the picture after the other and ask the network each time how sure it still
# is. Where covering costs much, there was something that mattered (Zeiler and Fergus 2014).

# %%
import argparse
import sys
from pathlib import Path

import numpy as np
from scipy.special import softmax

import tfnets
from tfnets import figures
from tfnets.datasets import pictures
from tfnets.inputs.covering.orders import map_ranks, random_ranks

parser = argparse.ArgumentParser(description="A map of what a network's answer depends on.")
parser.add_argument("--out", type=Path, default=Path("runs/occlusion_map"))
parser.add_argument("--tiny", action="store_true", help="does it run? seconds, worthless pictures")
given = parser.parse_args([] if "ipykernel" in sys.modules else None)
TINY, out = given.tiny, given.out

NETWORK, PHOTO, SIZE = (
    ("cifar10", "chelsea", 16) if TINY else ("efficientnet_lite0", "jellyfish", 32)
)

# %%
network = tfnets.load(NETWORK)
image = network.prepare(pictures.photo(PHOTO).pixels)
chances = softmax(network.model.predict(image[None], verbose=0)[0])
seen = int(chances.argmax())
name = network.class_name(seen)
print(f"{name}: {chances[seen]:.3f}")

# %% [markdown]
# ## The map
#
# Blocks of 32 x 32 pixels, 8 pixels apart, filled with the picture's mean colour. A pixel's value
# is the mean over the blocks that cover it. Red: without it, the class is less likely. Blue:
# without it, *more* likely.

# %%
found = tfnets.occlude(
    network.model, image[None], seen, size=SIZE, stride=SIZE // 4, fill="mean",
    read="probability", progress=False,
)  # fmt: skip
figure = figures.heat_overlay(image, found.heat[0], label=f"drop of p({name})", title=name)
figures.Shown(figures.save_png(figure, out / "map.png"))

# %% [markdown]
# ## Is the map right?
#
# A map is easily drawn and easily believed. So test it: take blocks away, those first which the map
# calls important, and follow the probability. Then take them away in random order. If the map is
# worth something, its line falls first.

# %%
block, size = SIZE // 2, image.shape[:2]
orders = np.concatenate([map_ranks(found.heat[0], block)[None], random_ranks(size, block, 9, 0)])
curves = tfnets.deletion(network.model, image[None], orders[None], seen, steps=24, progress=False)
chance = curves.scores[0, 1:]
lines = {
    "by the map": (curves.shares[0, 0], curves.scores[0, 0]),
    "in random order (mean, all of 9)": (curves.shares[0, 1], chance.mean(axis=0)),
}
figure = figures.curves(
    lines, xlabel="share of the picture taken away", ylabel=f"p({name})",
    bands={"in random order (mean, all of 9)": (chance.min(axis=0), chance.max(axis=0))},
)  # fmt: skip
print(
    f"area under the map's line {curves.areas[0, 0]:.3f}, random {curves.areas[0, 1:].mean():.3f}"
)
figures.Shown(figures.save_png(figure, out / "deletion.png"))

# %% [markdown]
# ## Change
#
# - `SIZE = 16`, then 64: what does a small block see that a large one does not?
# - `fill="zero"`, then `"blur"`. A black square is something to see, too. Does the map change?
# - Ask for a class that is *not* in the picture: `network.class_index("mink")` for `seen`.
