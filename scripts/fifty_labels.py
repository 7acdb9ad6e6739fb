# %% [markdown]
# # Fifty labels
#
# Only 50 digits are labelled. A small classifier learns from them, once from the pixels and once
# from the latents of an autoencoder, which has seen many images and no label. Which is better? One
# draw of 50 images can answer wrongly, so we draw 20 times, the same 50 images for both.

# %%
import argparse
import sys
from pathlib import Path

import keras
import numpy as np

from tfnets import datasets, figures
from tfnets.metrics import mean_ci95
from tfnets.models import autoencoders
from tfnets.models.heads import HEADS, parallel_heads
from tfnets.training.parallel import parallel_accuracy, train_parallel

parser = argparse.ArgumentParser(description="Classifiers from 50 labels.")
parser.add_argument("--out", type=Path, default=Path("runs/fifty_labels"))
parser.add_argument("--tiny", action="store_true", help="does it run? seconds, worthless pictures")
given = parser.parse_args([] if "ipykernel" in sys.modules else None)
TINY, out = given.tiny, given.out

keras.utils.set_random_seed(0)
LABELS, LATENT = 50, 64
IMAGES, EPOCHS, TEST, DRAWS, STEPS = (600, 1, 100, 3, 5) if TINY else (20_000, 3, 2_000, 20, 300)

# %% [markdown]
# ## The encoder
#
# It learns from 20,000 images to make 64 numbers from which the image can be drawn again.

# %%
data = datasets.load("mnist").first(IMAGES, TEST)
trained = autoencoders.build("origin", latent=LATENT, seed=0)
whole = trained.joined()
whole.compile(keras.optimizers.Adam(2e-3), loss="mse")
whole.fit(data.x_train, data.x_train, batch_size=64, epochs=EPOCHS, verbose=0)
spaces = {
    "pixels": [images.reshape(len(images), -1) for images in (data.x_train, data.x_test)],
    "latents": [trained.encode(images) for images in (data.x_train, data.x_test)],
}

# %% [markdown]
# ## The labels
#
# The first draw, five of each digit. Would you know a 4 from a 9 after these?

# %%
draws = datasets.few_label_draws(data.y_train, LABELS, draws=DRAWS, seed=0, balanced=True)
first = draws[0][np.argsort(data.y_train[draws[0]], kind="stable")]
figure = figures.image_grid(data.x_train[first], columns=LABELS // 5)
figures.Shown(figures.save_png(figure, out / "fifty.png"))

# %% [markdown]
# ## The heads
#
# Five classifiers, as in the report: a softmax, or hidden layers before it. All 20 draws of a head
# train at once, as one model with an axis of draws.

# %%
series = {name: [] for name in spaces}
for head in HEADS:
    found = {}
    for name, (known, test) in spaces.items():
        model = parallel_heads(head, draws=DRAWS, features=known.shape[1], seed=0)
        given = known[draws.T], data.y_train[draws.T]
        train_parallel(model, *given, steps=STEPS, learning_rate=3e-3)
        found[name] = parallel_accuracy(model, test, data.y_test)
        series[name].append(mean_ci95(found[name]).bar)
    gain = mean_ci95(found["latents"] - found["pixels"])
    print(f"{head:12} latents better by {gain:.3f}")

# %%
reported = {
    "softmax": (0.6404, 0.5928),
    "relu32": (0.6172, 0.6363),
    "sigmoid32": (0.6443, 0.6862),
    "sigmoid64": (0.6501, 0.7295),
    "sigmoid64x2": (0.5948, 0.6649),
}
references = {name: [reported[head][place] for head in HEADS] for place, name in enumerate(spaces)}
figure = figures.bars(
    list(HEADS), series, ylabel="accuracy (mean of the draws, 95 % interval)",
    references=references, reference_label="the report's one draw",
)  # fmt: skip
figures.Shown(figures.save_png(figure, out / "heads.png"))

# %% [markdown]
# The difference is taken draw by draw, because a lucky draw is lucky in both columns. An interval
# that leaves 0 out says that latents are better, whatever the draw.
#
# ## Change
#
# - `LABELS = 10`, then 500. Where do the two columns meet?
# - `balanced=False`: digits may be missing. How much does that cost?
# - `tfnets.FewLabelClassifier` learns from the unlabelled images, too; see docs/few_labels.md.
