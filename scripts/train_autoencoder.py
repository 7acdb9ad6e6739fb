# %% [markdown]
# # An autoencoder: what do 100 numbers keep of a digit?
#
# An encoder turns an image of 784 pixels into 100 numbers, its *latents*. A decoder makes an image
# of them again. Both learn only that the image should come back. No label is used.
#
# We train two. `origin` decodes with dense layers and convolutions, `one_dense` with a single dense
# layer. Then we look at what comes back, and at where the digits lie among the latents.

# %%
import argparse
import sys
from pathlib import Path

import keras
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

from tfnets import datasets, figures
from tfnets.models import autoencoders

parser = argparse.ArgumentParser(description="Two autoencoders of digits.")
parser.add_argument("--out", type=Path, default=Path("runs/train_autoencoder"))
parser.add_argument("--tiny", action="store_true", help="does it run? seconds, worthless pictures")
given = parser.parse_args([] if "ipykernel" in sys.modules else None)
TINY, out = given.tiny, given.out

keras.utils.set_random_seed(0)
LATENT = 100
IMAGES, EPOCHS = (320, 1) if TINY else (10_000, 5)

# %% [markdown]
# ## Train
#
# The loss is the mean squared difference of a pixel. The network is `encoder`, then `decoder`; the
# two stay models of their own, so that each can be saved and used alone.

# %%
data = datasets.load("mnist").first(IMAGES, 2_000)
trained = {}
for name in ("origin", "one_dense"):
    trained[name] = model = autoencoders.build(name, latent=LATENT, seed=0)
    whole = model.joined()
    whole.compile(keras.optimizers.Adam(2e-3), loss="mse")
    whole.fit(data.x_train, data.x_train, batch_size=32, epochs=EPOCHS, verbose=0)
    error = whole.evaluate(data.x_test, data.x_test, verbose=0)
    print(f"{name}: {whole.count_params():,} weights, error on test images {error:.4f}")
    out.mkdir(parents=True, exist_ok=True)
    model.encoder.save(out / f"{name}_encoder.keras")
    model.decoder.save(out / f"{name}_decoder.keras")

# %% [markdown]
# ## Look
#
# Test images above, what each network makes of them below. Which strokes get lost?

# %%
shown = data.x_test[:10]
figure = figures.reconstruction_rows(
    shown, {name: model.reconstruct(shown) for name, model in trained.items()}
)
figures.Shown(figures.save_png(figure, out / "reconstructions.png"))

# %% [markdown]
# The 100 latents, projected to the plane in which they vary most. Each dot is a test image. Digits
# gather in clouds, although nobody told the network which is which. Clouds that overlap here may be
# apart in the other 98 directions: a classifier that looks at the five nearest neighbours knows.

# %%
latents = trained["origin"].encode(data.x_test)
figure = figures.scatter(PCA(2).fit_transform(latents), data.y_test, data.class_names)
figures.Shown(figures.save_png(figure, out / "latents.png"))

# %%
neighbours = KNeighborsClassifier(5).fit(trained["origin"].encode(data.x_train), data.y_train)
print(f"Five neighbours among the latents: {neighbours.score(latents, data.y_test):.3f} right")

# %% [markdown]
# ## Change
#
# - `LATENT = 2`, and draw the latents themselves. What is worse now, the images or the neighbours?
# - `datasets.load("fashion_mnist")`: which clothes overlap?
# - `"deep"` in place of `"one_dense"`: our own, larger network.
