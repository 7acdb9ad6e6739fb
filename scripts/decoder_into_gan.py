# %% [markdown]
# # A trained decoder becomes a generator
#
# A decoder turns 100 numbers into a digit. A generator does the same, only that its numbers are
# drawn at random. We restore a decoder's weights into one, all but the first layer's, which was
# made for the encoder's latents. Then two GANs train alike: from scratch, and restored.

# %%
import argparse
import sys
from pathlib import Path

import keras
import numpy as np

import tfnets
from tfnets import datasets, figures, latents
from tfnets.methods.gans.quality import Quality
from tfnets.models import autoencoders, generators
from tfnets.models.discriminators import image_discriminator

parser = argparse.ArgumentParser(description="A decoder's weights restored into a generator.")
parser.add_argument("--out", type=Path, default=Path("runs/decoder_into_gan"))
parser.add_argument("--tiny", action="store_true", help="does it run? seconds, worthless pictures")
given = parser.parse_args([] if "ipykernel" in sys.modules else None)
TINY, out = given.tiny, given.out

keras.utils.set_random_seed(0)
ARCHITECTURE, LATENT = "origin", 100
IMAGES, EPOCHS, SAMPLES = (320, 1, 100) if TINY else (4_000, 3, 500)

# %% [markdown]
# ## The decoder
#
# An autoencoder as in `train_autoencoder.py`, trained for a moment, its decoder saved as a file.

# %%
data = datasets.load("mnist").first(IMAGES)
trained = autoencoders.build(ARCHITECTURE, latent=LATENT, seed=0)
whole = trained.joined()
whole.compile(keras.optimizers.Adam(2e-3), loss="mse")
whole.fit(data.x_train, data.x_train, batch_size=16, epochs=EPOCHS, verbose=0)
out.mkdir(parents=True, exist_ok=True)
trained.decoder.save(out / "decoder.keras")

# %% [markdown]
# ## Restore
#
# Weights are found by layer name and shape. What does not fit is an error, unless `skip` names it.
# The table says what was done with each weight.

# %%
names = ("from scratch", "restored")
made = {name: generators.decoder_generator(ARCHITECTURE, latent=LATENT, seed=1) for name in names}
print(tfnets.restore_weights(made["restored"], out / "decoder.keras", skip=["decoder_dense1"]))

# %% [markdown]
# ## Train both, and measure
#
# After each epoch 500 samples are compared with 500 test images by what an independent classifier
# sees in them (Frechet distance). Lower is better; the dashed line is what real images reach. After
# so few steps nothing draws well, but one of the two draws strokes.

# %%
quality = Quality(data, samples=SAMPLES)


def trained_gan(generator: keras.Model) -> tuple[tfnets.GAN, list[float]]:
    """Trains a GAN around a generator, and measures it after each epoch."""
    gan = tfnets.GAN(generator, image_discriminator(seed=1), latents.Uniform(LATENT), seed=1)
    adam = [keras.optimizers.Adam(4e-4, beta_1=0.5) for _ in range(2)]
    gan.compile(generator_optimizer=adam[0], discriminator_optimizer=adam[1], average=0.99)
    course = []
    for _ in range(EPOCHS):
        gan.fit(data.x_train, batch_size=16, verbose=0)
        course.append(quality(np.clip(gan.sample(SAMPLES, seed=2), 0, 1))["frechet"])
    return gan, course


gans = {name: trained_gan(generator) for name, generator in made.items()}
lines = {name: (range(1, EPOCHS + 1), course) for name, (_, course) in gans.items()}
print({name: f"Frechet distance {course[-1]:.0f}" for name, (_, course) in gans.items()})
floor = (quality.ceiling["frechet_real"], "real images")
figure = figures.curves(lines, xlabel="epoch", ylabel="Frechet distance", reference=floor)
figures.Shown(figures.save_png(figure, out / "course.png"))

# %%
samples = np.concatenate([np.clip(gan.sample(10, seed=2), 0, 1) for gan, _ in gans.values()])
figure = figures.image_grid(samples, columns=10, row_labels=names)
figures.Shown(figures.save_png(figure, out / "samples.png"))

# %% [markdown]
# ## Export
#
# A SavedModel needs neither Keras nor tfnets. It is loaded by a fresh process and compared before
# the folder gets its name.

# %%
print(tfnets.export_saved_model(gans["restored"][0].sampler, out / "generator", force=True))

# %% [markdown]
# ## Change
#
# - Restore everything: without `skip`. Does it begin better? Does it end better?
# - `EPOCHS = 12`. Does the network from scratch catch up?
# - `ARCHITECTURE = "deep"`, our own: does restoring still matter? Then `"one_dense"`: a good
#   decoder, a useless generator.
