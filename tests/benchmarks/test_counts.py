import keras
from keras import layers

from benchmarks.counts import gan_macs, layer_macs, step_macs, training_macs
from benchmarks.workloads import cifar, dcgan, latent_gan


def small():
    image = keras.Input((6, 6, 2), name="image")
    x = layers.Conv2D(3, 3, name="conv")(image)
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.Conv2DTranspose(5, 3, strides=2, padding="same", name="upconv")(x)
    x = layers.Flatten(name="flatten")(x)
    return keras.Model(image, layers.Dense(7, name="dense")(x), name="small")


SMALL = [16 * 9 * 2 * 3, 4 * 9 * 3 * 5, 4 * 4 * 5 * 7]


def test_each_kind_of_layer_by_hand():
    assert layer_macs(small()) == SMALL


def test_layers_of_nested_models_count():
    image = keras.Input((6, 6, 2), name="image")
    nested = keras.Model(image, layers.Dense(4, name="last")(small()(image)), name="nested")
    assert layer_macs(nested) == [*SMALL, 7 * 4]


def test_training_is_three_passes_without_the_first_gradient_by_inputs():
    assert training_macs([5, 11]) == (5 + 11) + (5 + 11) + 11
    assert step_macs([small()], 4) == 4 * (3 * sum(SMALL) - SMALL[0])


def test_a_gan_step_by_hand():
    g, d = [2, 30], [500, 7000]
    discriminator_update = 32 + 2 * (7500 + 7500 + 7000)
    generator_update = 32 + 7500 + 7500 + (32 + 30)
    assert gan_macs(g, d) == discriminator_update + generator_update


def test_cifar_by_hand():
    first, second, last = 28 * 28 * 25 * 3 * 12, 10 * 10 * 25 * 12 * 32, 800 * 10
    expected = 64 * (2 * first + 3 * (second + last))
    assert step_macs(cifar.keras_networks(0), 64) == expected


def test_gans_by_hand():
    g = [100 * 12544, 49 * 25 * 256 * 128, 49 * 25 * 128 * 64, 196 * 25 * 64]
    d = [196 * 25 * 64, 49 * 25 * 64 * 128, 6272]
    assert step_macs(dcgan.keras_networks(0), 128) == 128 * gan_macs(g, d)
    g = [64 * 256, 256 * 512, 512 * 512, 512 * 256, 256 * 64]
    d = [64 * 64, 64 * 128, 128 * 256, 256]
    assert step_macs(latent_gan.keras_networks(0), 128) == 128 * gan_macs(g, d)
