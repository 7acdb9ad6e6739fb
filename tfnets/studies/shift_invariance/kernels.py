"""Kernels of study 6.2: made, composed, and recovered from answers to single pixels."""

from functools import partial

import keras
import numpy as np

from tfnets.artifacts.run import Run
from tfnets.theory import linearity, operators


def edge_filters(size: int, channels: int, filters: int, seed: int) -> np.ndarray:
    """Oriented, coloured edge filters: kernel (size, size, channels, filters), float32."""
    rng = np.random.default_rng(seed)
    places = (np.arange(size) - size // 2) / max(1, size // 2)
    rows, columns = np.meshgrid(places, places, indexing="ij")
    angles = np.pi * (np.arange(filters) + rng.uniform()) / filters
    waves = np.sin(2 * (rows[..., None] * np.sin(angles) + columns[..., None] * np.cos(angles)))
    bumps = waves * np.exp(-(rows**2 + columns**2))[..., None]
    colours = rng.uniform(-1, 1, (channels, filters))
    return (bumps[:, :, None] * colours).astype(np.float32)


def _recover_layer(run: Run, photos: np.ndarray, size: int) -> dict[str, float]:
    """A Keras layer, its kernel recovered, and a second layer made of that kernel."""
    kernel = edge_filters(size, photos.shape[-1], 4, run.config.seed)
    layer = _stack([kernel], photos.shape[1:], "same")
    recovered = linearity.impulse_response(layer, photos.shape[1:], "same")
    run.save_model("convolution", layer)
    run.save_model("rebuilt", _stack([recovered], photos.shape[1:], "same"))
    return _compare(run, "layer", (layer, "same"), (kernel, recovered), photos)


def _recover_two(run: Run, photos: np.ndarray, size: int) -> dict[str, float]:
    """Two layers without ReLU are one convolution with a larger kernel."""
    first = edge_filters(size, photos.shape[-1], 3, run.config.seed)
    second = edge_filters(size, 3, 4, run.config.seed + 1)
    layers = _stack([first, second], photos.shape[1:], "valid")
    recovered = linearity.impulse_response(layers, photos.shape[1:], "valid")
    run.save_model("two_layers", layers)
    kernels = compose(first, second), recovered
    return _compare(run, "two_layers", (layers, "valid"), kernels, photos)


def _recover_pooling(run: Run, photos: np.ndarray, size: int) -> dict[str, float]:
    """Average pooling with stride 1 is a convolution with equal weights."""
    del size
    pool = operators.average_pool(2)
    recovered = linearity.impulse_response(pool, photos.shape[1:], "wrap")
    channels = photos.shape[-1]
    kernel = np.tile(np.eye(channels, dtype=np.float32) / 4, (2, 2, 1, 1))
    return _compare(run, "average_pool", (pool, "wrap"), (kernel, recovered), photos)


RECOVERIES = {  # operators whose kernel is recovered from single pixels and is known from elsewhere
    "layer": _recover_layer,
    "two_layers": _recover_two,
    "average_pool": _recover_pooling,
}


def compose(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The kernel of two convolutions one after the other: a sum over the channels between."""
    rows, columns = (a + b - 1 for a, b in zip(first.shape[:2], second.shape[:2], strict=True))
    whole = np.zeros((rows, columns, first.shape[2], second.shape[3]))
    for row, column in np.ndindex(second.shape[:2]):
        place = slice(row, row + first.shape[0]), slice(column, column + first.shape[1])
        whole[place] += first.astype(np.float64) @ second[row, column]
    return whole.astype(np.float32)


def _stack(kernels: list[np.ndarray], shape: tuple[int, ...], padding: str) -> keras.Model:
    x = image = keras.Input(shape, name="image")
    for number, kernel in enumerate(kernels, start=1):
        plain = {"padding": padding, "use_bias": False, "kernel_initializer": "zeros"}
        filters, size = kernel.shape[3], kernel.shape[:2]
        layer = keras.layers.Conv2D(filters, size, name=f"conv{number}", **plain)
        x = layer(x)
        layer.set_weights([kernel])
    return keras.Model(image, x, name="convolutions")


def _compare(
    run: Run,
    name: str,
    operator: tuple[linearity.Operator, str],
    kernels: tuple[np.ndarray, np.ndarray],
    photos: np.ndarray,
) -> dict[str, float]:
    true, recovered = kernels
    run.save_array(f"{name}_true", true)
    run.save_array(f"{name}_recovered", recovered)
    function, boundary = operator
    check = partial(
        linearity.check_convolution, function, photos.shape[1:], boundary=boundary,
        seed=run.config.seed,
    )  # fmt: skip
    return {
        "rows": recovered.shape[0],
        "columns": recovered.shape[1],
        "kernel_error": float(np.abs(true - recovered).max() / np.abs(true).max()),
        "rebuilt_noise": check().error,
        "rebuilt_photos": check(images=photos).error,
    }
