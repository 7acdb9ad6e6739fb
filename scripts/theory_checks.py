# %% [markdown]
# # Theory one can run
#
# The reports answered questions about networks on paper. Here each answer is computed. Some were
# right, some were not.

# %%
import argparse
import sys
from pathlib import Path

import keras
import numpy as np

import tfnets
from tfnets import figures
from tfnets.datasets import pictures
from tfnets.theory import linearity, operators
from tfnets.theory.gibbs import disc_conditionals, disc_test, gibbs
from tfnets.theory.narrow import Shallow, narrow
from tfnets.theory.transport import Analytic, match_histogram, transport

parser = argparse.ArgumentParser(description="Answers on paper, computed.")
parser.add_argument("--out", type=Path, default=Path("runs/theory_checks"))
parser.add_argument("--tiny", action="store_true", help="does it run? seconds, worthless pictures")
given = parser.parse_args([] if "ipykernel" in sys.modules else None)
TINY, out = given.tiny, given.out

CHAINS = 200 if TINY else 100_000
rng = np.random.default_rng(0)

# %% [markdown]
# ## What a unit sees, and what it costs
#
# One 7x7 convolution, three of 3x3, a 5x5 and a 3x3, four of 3x3, on 32 x 32 pixels. Layers run one
# after the other, so their multiplications are *added*. The report multiplies them.

# %%
for sizes in ((7,), (3, 3, 3), (5, 3), (3, 3, 3, 3)):
    stack = [keras.layers.Conv2D(1, size, use_bias=False) for size in sizes]
    network = keras.Sequential([keras.Input((32, 32, 1)), *stack])
    field, cost = tfnets.receptive_field(network, stack[-1]), tfnets.cost(network)
    print(f"{sizes}: sees {field.width} pixels, {cost.multiplications:,} multiplications")

# %% [markdown]
# ## Which operators are convolutions?
#
# Those that are linear and commute with shifts. An error near 0 says yes; a large one comes with a
# counterexample.

# %%
kernel = rng.standard_normal((3, 3, 1, 1)).astype(np.float32)
tried = {
    "ReLU": operators.relu,
    "max pooling": operators.max_pool(2),
    "adding 1": operators.add_constant(1.0),
    "average pooling, stride 2": operators.average_pool(2, 2),
    "convolution": linearity.as_convolution(kernel, "wrap"),
}
for name, operator in tried.items():
    linear = linearity.check_linearity(operator, (8, 8, 1))
    shifts = linearity.check_shift_equivariance(operator, (8, 8, 1))
    print(f"{name:26} linear: {linear.passes!s:6} commutes with shifts: {shifts.passes}")

# %% [markdown]
# ## Wide or deep?
#
# A shallow ReLU network of 20 neurons becomes 21 layers of *three*: one passes x on, one collects
# the positive terms, one the negative ones. On an interval both are the same function.

# %%
wide = Shallow(*(rng.standard_normal(shape) for shape in ((1, 20), 20, (20, 1), 1)))
deep = narrow(wide, (-2.0, 2.0))
x = np.linspace(-2, 2, 400)[:, None].astype(np.float32)
print(f"{len(deep.layers) - 2} layers of 3 neurons, off by {np.abs(deep(x) - wide(x)).max():.1g}")

# %% [markdown]
# ## Moving one distribution to another
#
# From even numbers to the density 1/2 + s: the map is (-1 + sqrt(1 + 8 x)) / 2, so 3/8 goes to 1/2.
# The same map, from histogram to histogram, gives one photograph the colours of another.

# %%
even = Analytic(lambda x: x, 0, 1)
print("3/8 goes to", transport(even, Analytic(lambda s: (s + s**2) / 2, 0, 1))(3 / 8))
coffee, chelsea = (pictures.photo(name).pixels[:300, :400] for name in ("coffee", "chelsea"))
mixed = match_histogram(chelsea, coffee, channel_axis=-1)
titles = ["a photograph", "another", "the first in the other's colours"]
figure = figures.image_grid(np.stack([chelsea, coffee, mixed]), columns=3, titles=titles)
figures.Shown(figures.save_png(figure, out / "colours.png"))

# %% [markdown]
# ## Gibbs sampling on a disc
#
# Draw x given y, then y given x, again and again. Given y, x lies between -sqrt(1 - y^2) and
# sqrt(1 - y^2). The report forgets the root. Its points stay in the disc, but they do not fill it,
# and crowd in two corners. On the disc r^2 is even; p is how well the draws agree with that.

# %%
maps, titles = [], []
for wrong in (False, True):
    draws = gibbs(
        disc_conditionals(wrong=wrong), np.zeros((CHAINS, 2)), sweeps=1, burn_in=50, seed=0
    )
    counts = np.histogram2d(*draws[:, 0].T, bins=40, range=((-1, 1), (-1, 1)))[0]
    maps.append(counts.T[::-1] / counts.max())
    p = disc_test(draws[:, 0])
    titles.append(f"{'without' if wrong else 'with'} the root\np = {p:.2g}")
figure = figures.image_grid(np.stack(maps)[..., None], columns=2, titles=titles)
figures.Shown(figures.save_png(figure, out / "disc.png"))

# %% [markdown]
# ## Change
#
# - Strides: `Conv2D(1, size, strides=2, ...)`. Why is the field of a stack larger now?
# - An operator of your own in `tried`: a blur, a median, a flip.
