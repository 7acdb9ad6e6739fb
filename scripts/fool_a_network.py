# %% [markdown]
# # Fool a network
#
# A photograph of a jellyfish. We change it so little that nobody sees it, until a network that
# knows a thousand classes is sure that it is a mink.

# %%
import argparse
import sys
from pathlib import Path

import numpy as np
from scipy.special import softmax

import tfnets
from tfnets import figures
from tfnets.datasets import pictures
from tfnets.inputs.attacks import PGD, EightBit, Origin

parser = argparse.ArgumentParser(description="A picture that a network takes for something else.")
parser.add_argument("--out", type=Path, default=Path("runs/fool_a_network"))
parser.add_argument("--tiny", action="store_true", help="does it run? seconds, worthless pictures")
given = parser.parse_args([] if "ipykernel" in sys.modules else None)
TINY, out = given.tiny, given.out

STEPS = 3 if TINY else 120
NETWORK, PHOTO, TARGET = (
    ("cifar10", "chelsea", "ship") if TINY else ("efficientnet_lite0", "jellyfish", "mink")
)

# %% [markdown]
# ## Before
#
# What the network sees, and how sure it is.

# %%
network = tfnets.load(NETWORK)
image = network.prepare(pictures.photo(PHOTO).pixels)


def seen(image: np.ndarray) -> np.ndarray:
    """Returns the probability of each class."""
    return softmax(network.model.predict(image[None], verbose=0)[0])


before = seen(image)
source, target = int(before.argmax()), network.class_index(TARGET)
print(f"{network.class_name(source)}: {before[source]:.4f}, {TARGET}: {before[target]:.2g}")

# %% [markdown]
# ## Three attacks
#
# - `Origin`, the report's loss: -500,000 p(mink) + the squared distance from the photograph. The
#   slope of p is about p itself. Where p is almost 0, nothing moves.
# - `PGD` follows the log of p, whose slope does not vanish, at most one step of 255 for each value.
# - `EightBit` changes values by one step of 255, too, and looks for the fewest that do it.
#
# Each result is written as a PNG file and read again, as anyone would whom we send it. Its
# difference from the photograph is enlarged until it can be seen; grey is no change.

# %%
methods = {
    "report's loss": Origin(steps=STEPS),
    "log of p": PGD(epsilon=1 / 255, steps=STEPS, step_size=0.1 / 255),
    "fewest values": EightBit(steps=STEPS),
}
shown, changes, titles = [], [], []
for number, (name, method) in enumerate(methods.items(), start=1):
    attacked = tfnets.attack(network.model, image[None], method, target=target, progress=False)
    path = pictures.write_picture(out / f"fooled_{number}.png", attacked.images[0])
    fooled = pictures.read_picture(path).pixels
    after, change = seen(fooled), fooled - image
    print(
        f"{name}: {network.class_name(source)} {after[source]:.4f}, {TARGET} {after[target]:.4f}; "
        f"{np.count_nonzero(change):,} of {change.size:,} values changed, "
        f"by at most {255 * np.abs(change).max():.0f}/255"
    )
    shown.append(fooled)
    changes.append(np.clip(0.5 + 100 * change, 0, 1))
    titles.append(f"{name}\n{TARGET} {after[target]:.2f}")
titles += ["its difference x 100"] * 3

# %%
figure = figures.image_grid(np.stack(shown + changes), columns=3, titles=titles)
figures.Shown(figures.save_png(figure, out / "fooled.png"))

# %% [markdown]
# ## Change
#
# - `TARGET = "goldfish"`. Which targets are easy?
# - Your own photograph: `pictures.read_picture("cat.jpg").pixels`.
# - Show `fooled_2.png` to another network: `tfnets.load("mobilenet_v2")`. Is it fooled, too?
