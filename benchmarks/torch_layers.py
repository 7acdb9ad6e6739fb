"""PyTorch layers that remember how their features lie in a plane, for `torch_weights`."""

import torch
from torch import nn

Shape = tuple[int, int, int]


class Rescale(nn.Module):
    """`x * scale + offset`, as Keras's Rescaling."""

    def __init__(self, scale: float, offset: float) -> None:
        """Takes the two numbers."""
        super().__init__()
        self.scale, self.offset = scale, offset

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Any shape to the same shape."""
        return x * self.scale + self.offset


class Plane(nn.Module):
    """Features (n, height * width * channels) to planes (n, channels, height, width)."""

    def __init__(self, height: int, width: int, channels: int) -> None:
        """Takes the shape as Keras writes it."""
        super().__init__()
        self.shape = (channels, height, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Reshapes; copies nothing."""
        return x.view(-1, *self.shape)


def linear(
    inputs: int,
    outputs: int,
    *,
    reads: Shape | None = None,
    writes: Shape | None = None,
    bias: bool = True,
) -> nn.Linear:
    """A dense layer that reads a flattened plane, or writes one that is shaped afterwards.

    Args:
        inputs: Features in.
        outputs: Features out.
        reads: (height, width, channels) of the plane before flattening.
        writes: (height, width, channels) of the plane after shaping.
        bias: Whether it has a bias.
    """
    layer = nn.Linear(inputs, outputs, bias=bias)
    layer.reads, layer.writes = reads, writes
    return layer


def norm(features: int, *, writes: Shape | None = None) -> nn.BatchNorm1d:
    """Batch normalisation of features, with momentum 0.9 and epsilon 1e-3 in Keras's terms."""
    layer = nn.BatchNorm1d(features, eps=1e-3, momentum=0.1)
    layer.writes, layer.pixels = writes, 1
    return layer


def plane_norm(channels: int, *, pixels: int) -> nn.BatchNorm2d:
    """The same over planes of so many pixels."""
    layer = nn.BatchNorm2d(channels, eps=1e-3, momentum=0.1)
    layer.writes, layer.pixels = None, pixels
    return layer
