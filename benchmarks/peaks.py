"""The arithmetic peak of this machine, as a library reaches it: 10^9 operations per second.

A multiply-accumulate is two operations. Each size is timed several times and the best one counts:
a peak is what the machine can do, not what it does on average.
"""

import time
from collections.abc import Callable

SQUARES = (256, 512, 1024, 2048)
"""Edges of the square matrices that are multiplied."""

CONVOLUTIONS = (
    (32, 32, 64, 64, 3),
    (64, 14, 32, 64, 5),
    (128, 7, 256, 128, 5),
    (128, 14, 128, 64, 5),
    (16, 32, 128, 128, 3),
)
"""Batch, edge of the image, channels in and out, edge of the kernel; valid, stride 1."""

SECONDS = 0.25
"""Time spent on each size."""


def measure(library: str, threads: int) -> dict[str, float]:
    """Returns the best of all sizes as `matmul` and `convolution`.

    Args:
        library: `tensorflow` or `torch`.
        threads: Threads for arithmetic; 0 leaves the library's own choice.
    """
    matmul, convolution = (_tensorflow if library == "tensorflow" else _torch)(threads)
    products = [(2 * n**3, matmul(n)) for n in SQUARES]
    convolutions = [
        (2 * n * (edge - k + 1) ** 2 * k * k * inputs * outputs, convolution(shape))
        for shape in CONVOLUTIONS
        for n, edge, inputs, outputs, k in [shape]
    ]
    return {
        "matmul": max(_gflops(*pair) for pair in products),
        "convolution": max(_gflops(*pair) for pair in convolutions),
    }


def _gflops(operations: int, run: Callable[[], object]) -> float:
    run()
    best, end = float("inf"), time.perf_counter() + SECONDS
    while (start := time.perf_counter()) < end:
        run()
        best = min(best, time.perf_counter() - start)
    return operations / best / 1e9


def _tensorflow(threads: int) -> tuple[Callable, Callable]:
    import tensorflow as tf

    from benchmarks.threads import set_threads

    set_threads("tensorflow", threads)

    def matmul(n: int) -> Callable[[], object]:
        a = tf.random.normal((n, n))
        return lambda: tf.matmul(a, a)

    def convolution(shape: tuple[int, ...]) -> Callable[[], object]:
        n, edge, inputs, outputs, k = shape
        x, w = tf.random.normal((n, edge, edge, inputs)), tf.random.normal((k, k, inputs, outputs))
        return lambda: tf.nn.conv2d(x, w, 1, "VALID")

    return matmul, convolution


def _torch(threads: int) -> tuple[Callable, Callable]:
    import torch

    from benchmarks.threads import set_threads

    set_threads("torch", threads)

    def matmul(n: int) -> Callable[[], object]:
        a = torch.randn(n, n)
        return lambda: a @ a

    def convolution(shape: tuple[int, ...]) -> Callable[[], object]:
        n, edge, inputs, outputs, k = shape
        last = torch.channels_last
        x = torch.randn(n, inputs, edge, edge).to(memory_format=last)
        w = torch.randn(outputs, inputs, k, k).to(memory_format=last)
        return lambda: torch.nn.functional.conv2d(x, w)

    return matmul, convolution
