"""Weights between the layouts of Keras and PyTorch, both ways.

Keras keeps images (height, width, channels) and convolution kernels (height, width, in, out), in a
transposed convolution (height, width, out, in), in a depthwise one (height, width, channels, 1);
PyTorch has the channels first. A dense layer that reads or writes a plane has its features in that
order, too.

With stride 2 and an odd remainder, Keras's "same" pads one pixel more behind than before; PyTorch's
`padding=2` does the opposite. Turned by 180 degrees, the one is the other: a `mirrored` network has
every kernel and plane turned, sees turned images, and then computes just what Keras's does, with
PyTorch's own plain layers.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import nn

from benchmarks.torch_layers import Shape

CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def load(network: nn.Module, arrays: Sequence[np.ndarray], *, mirrored: bool = False) -> None:
    """Copies Keras's `get_weights()` into the network, layer by layer.

    Args:
        network: Made of the layers of `torch_layers` and PyTorch's convolutions.
        arrays: The weights in Keras's order and layout.
        mirrored: Whether the network is the one turned by 180 degrees.

    Raises:
        ValueError: The number of arrays or a shape does not fit.
    """
    left = list(arrays)
    with torch.no_grad():
        for tensor, layer in tensors(network):
            value = _to_torch(left.pop(0), layer, mirrored) if left else np.zeros(0)
            if value.shape != tuple(tensor.shape):
                raise ValueError(f"{layer} has {tuple(tensor.shape)}, not {value.shape}.")
            tensor.copy_(torch.from_numpy(np.ascontiguousarray(value)))
            if isinstance(layer, NORMS) and tensor is layer.running_var:
                layer.start = value.copy()
    if left:
        raise ValueError(f"{len(left)} arrays are left over.")


def save(network: nn.Module, *, batch_size: int, mirrored: bool = False) -> list[np.ndarray]:
    """Returns the weights in Keras's order and layout, moving variances included.

    PyTorch averages variances with the divisor n - 1, Keras with n; that is taken back here.

    Args:
        network: One that `load` has filled, trained since or not.
        batch_size: Examples of each training batch so far.
        mirrored: As in `load`.
    """
    arrays = []
    for tensor, layer in tensors(network):
        value = tensor.detach().numpy()
        if isinstance(layer, NORMS) and tensor is layer.running_var:
            value = _biased(value, layer, batch_size * layer.pixels)
        arrays.append(_to_keras(value, layer, mirrored))
    return arrays


def images(array: np.ndarray, *, mirrored: bool = False) -> np.ndarray:
    """Images (n, h, w, c) as (n, c, h, w), turned if so; other arrays as they are."""
    if array.ndim != 4:
        return array
    turned = array[:, ::-1, ::-1] if mirrored else array
    return np.ascontiguousarray(turned.transpose(0, 3, 1, 2))


def planes(array: np.ndarray) -> torch.Tensor:
    """Images (n, h, w, c) as a tensor (n, c, h, w) that lies channels last; copies nothing."""
    return torch.from_numpy(np.ascontiguousarray(array)).permute(0, 3, 1, 2)


def array(images: torch.Tensor) -> np.ndarray:
    """The reverse of `planes`."""
    return images.detach().permute(0, 2, 3, 1).numpy()


def tensors(network: nn.Module) -> Iterator[tuple[torch.Tensor, nn.Module]]:
    """Weights and moving averages with their layers, in the order of Keras."""
    for layer in network.modules():
        if isinstance(layer, NORMS):
            named = (layer.weight, layer.bias, layer.running_mean, layer.running_var)
            yield from ((tensor, layer) for tensor in named)
        elif isinstance(layer, (*CONVOLUTIONS, nn.Linear)):
            yield layer.weight, layer
            if layer.bias is not None:
                yield layer.bias, layer


def _to_torch(array: np.ndarray, layer: nn.Module, mirrored: bool) -> np.ndarray:
    if isinstance(layer, CONVOLUTIONS):
        if array.ndim == 1:
            return array
        kernel = array[::-1, ::-1] if mirrored else array
        return kernel.transpose((2, 3, 0, 1) if layer.groups > 1 else (3, 2, 0, 1))
    if array.ndim == 1:
        return array[_order(layer.writes, len(array), mirrored)]
    rows = _order(layer.reads, array.shape[0], mirrored)
    columns = _order(layer.writes, array.shape[1], mirrored)
    return array[rows][:, columns].T


def _to_keras(array: np.ndarray, layer: nn.Module, mirrored: bool) -> np.ndarray:
    if isinstance(layer, CONVOLUTIONS):
        if array.ndim == 1:
            return array.copy()
        kernel = array.transpose((2, 3, 0, 1) if layer.groups > 1 else (2, 3, 1, 0))
        return (kernel[::-1, ::-1] if mirrored else kernel).copy()
    if array.ndim == 1:
        return array[np.argsort(_order(layer.writes, len(array), mirrored))]
    rows = np.argsort(_order(layer.reads, array.shape[1], mirrored))
    columns = np.argsort(_order(layer.writes, array.shape[0], mirrored))
    return array.T[rows][:, columns]


def _order(shape: Shape | None, size: int, mirrored: bool) -> np.ndarray:
    """For each feature of PyTorch, the number of the same feature in Keras."""
    if shape is None:
        return np.arange(size)
    numbers = np.arange(size).reshape(shape)
    return (numbers[::-1, ::-1] if mirrored else numbers).transpose(2, 0, 1).ravel()


def _biased(variance: np.ndarray, layer: nn.Module, population: int) -> np.ndarray:
    start = layer.start * (1 - layer.momentum) ** int(layer.num_batches_tracked)
    return start + (variance - start) * (population - 1) / population
