"""PyTorch layers that remember how their features lie in a plane, for `torch_weights`."""

import torch
from numpy.typing import ArrayLike
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


class PerChannel(nn.Module):
    """`x * scale + offset` with numbers of their own for each channel of a plane."""

    def __init__(self, scale: ArrayLike, offset: ArrayLike) -> None:
        """Takes two arrays (channels,)."""
        super().__init__()
        for name, values in (("scale", scale), ("offset", offset)):
            values = torch.tensor(values, dtype=torch.float32)
            self.register_buffer(name, values.reshape(-1, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (n, channels, height, width) to the same shape."""
        return x * self.scale + self.offset


def convolution(
    inputs: int, outputs: int, size: int, *, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    """A convolution, padded on both sides alike, and ReLU6."""
    layer = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, groups=groups)
    return [layer, nn.ReLU6(inplace=True)]


class Residual(nn.Module):
    """`x + layers(x)`."""

    def __init__(self, layers: nn.Module) -> None:
        """Takes the layers, which keep the shape."""
        super().__init__()
        self.layers = layers

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Any shape to the same shape."""
        return x + self.layers(x)


def inverted_residual(inputs: int, outputs: int, expansion: int, stride: int) -> nn.Module:
    """A block of MobileNetV2 (Sandler et al. 2018), 3 x 3 in the middle."""
    inner = inputs * expansion
    expand = convolution(inputs, inner, 1) if expansion > 1 else []
    depthwise = convolution(inner, inner, 3, stride=stride, groups=inner)
    layers = nn.Sequential(*expand, *depthwise, nn.Conv2d(inner, outputs, 1))
    return Residual(layers) if stride == 1 and inputs == outputs else layers
