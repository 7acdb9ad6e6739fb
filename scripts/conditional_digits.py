# %% [markdown]
# # Ask for a digit, get one
#
# In a conditional GAN both networks see the label. The generator gets random numbers and "7"; the
# discriminator gets an image and "7", and says whether it is a real seven (Mirza and Osindero
# 2014). We train one and watch the same random numbers become digits.

# %%
import argparse
import sys
from pathlib import Path

import keras
import numpy as np

import tfnets
from tfnets import datasets, figures, latents
from tfnets.datasets.batches import batches
from tfnets.methods.gans.judges import Judge, seen
from tfnets.models.conditional import CONDITIONAL
from tfnets.training.mismatches import wrong_labels

parser = argparse.ArgumentParser(description="A conditional GAN, and a GIF of its training.")
parser.add_argument("--out", type=Path, default=Path("runs/conditional_digits"))
parser.add_argument("--tiny", action="store_true", help="does it run? seconds, worthless pictures")
given = parser.parse_args([] if "ipykernel" in sys.modules else None)
TINY, out = given.tiny, given.out

NETWORK = "complex"
IMAGES, FRAMES, STEPS = (320, 2, 5) if TINY else (20_000, 14, 70)

# %% [markdown]
# ## The GAN
#
# `wrong_labels` also shows the discriminator real images with a wrong label, and it has to reject
# them. `average` draws from a running mean of the generator's weights, which is steadier.

# %%
make_generator, make_discriminator = CONDITIONAL[NETWORK]
gan = tfnets.ConditionalGAN(
    make_generator(100, seed=0), make_discriminator(seed=0), latents.Uniform(100), seed=0
)
gan.compile(
    generator_optimizer=keras.optimizers.Adam(8e-4, beta_1=0.5),
    discriminator_optimizer=keras.optimizers.Adam(8e-4, beta_1=0.5),
    mismatch=wrong_labels(10),
    average=0.99,
)

# %% [markdown]
# ## Train, and keep a frame now and then
#
# Two rows, each asks for 0 to 9. The random numbers stay the same, so that one sees the *same*
# image become clearer. Between two frames the networks see 70 batches of 60 images.

# %%
data = datasets.load("mnist").first(IMAGES)
asked = np.tile(np.arange(10), 2)
frames = [gan.sample(asked, seed=1)]
watch = keras.callbacks.LambdaCallback(
    on_epoch_end=lambda epoch, logs: frames.append(gan.sample(asked, seed=1))
)
order = batches((data.x_train, data.y_train), batch_size=60, seed=0)
gan.fit(order, epochs=FRAMES, steps_per_epoch=STEPS, shuffle=False, callbacks=[watch], verbose=0)
titles = [f"after {60 * STEPS * done:,} images" for done in range(len(frames))]
film = figures.sample_frames(frames, columns=10, titles=titles)
film = np.concatenate([film, np.repeat(film[-1:], 4, axis=0)])  # rests on the last frame
figures.Shown(figures.save_gif(film, out / "training.gif", 0.4))

# %% [markdown]
# ## Does it draw what is asked for?
#
# An independent classifier, trained on real digits, reads 100 images of each digit. The grid shows
# one column per digit.

# %%
asked = np.repeat(np.arange(10), 10 if TINY else 100)
images = gan.sample(asked, seed=2).numpy()
read = seen(Judge(data).judged(images))
print(f"The digit asked for: {np.mean(read == asked):.3f} of {len(asked):,} images")
for digit in range(10):
    print(f"  {digit}: {np.mean(read[asked == digit] == digit):.2f}")
gan.sampler.save(out / "generator.keras")

# %%
each = images.reshape(10, -1, 28, 28, 1)[:, :6].swapaxes(0, 1).reshape(-1, 28, 28, 1)
figure = figures.image_grid(each, columns=10, column_labels=data.class_names)
figures.Shown(figures.save_png(figure, out / "digits.png"))

# %% [markdown]
# ## Change
#
# - `NETWORK = "simple"`, then `"paper"`: which one draws readable digits first?
# - Leave `mismatch` out. Are the images worse, or only the labels?
# - `datasets.load("fashion_mnist")`: ask for a shoe.
