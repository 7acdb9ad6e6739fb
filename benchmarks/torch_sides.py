"""PyTorch's sides: eager, channels last, compiled; tensors in memory, batches by index."""

import math
import time as clock
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks import torch_weights
from benchmarks.task import EARLY, WINDOW, Task, load_arrays, save_arrays, warm_up
from benchmarks.training import SGD, Training

Losses = dict[str, torch.Tensor]


def time(task: Task, workload: Training) -> dict[str, float]:
    """Milliseconds per step, after a warm-up."""
    trainer = build(task, workload)
    batches = _shuffled(trainer.size, workload.batch_size)
    total = torch.zeros(())
    for _ in range(warm_up(task.steps)):
        trainer.step(next(batches))
    start = clock.perf_counter()
    for _ in range(task.steps):
        # A training reports its mean loss; Keras's side does, too.
        total += sum(trainer.step(next(batches)).values())
    return {"ms": (clock.perf_counter() - start) / task.steps * 1e3}


def check(task: Task, workload: Training) -> dict[str, list[float]]:
    """The losses' means over windows of steps; writes the weights after `EARLY` steps."""
    trainer = build(task, workload)
    order = torch.from_numpy(np.load(task.file("order.npy"))).long()
    latents = [None] * len(order)
    if workload.latent:
        latents = torch.from_numpy(np.load(task.file("latents.npy")))
    steps = []
    for step, (rows, given) in enumerate(zip(order, latents, strict=True), start=1):
        steps.append({name: float(x) for name, x in trainer.step(rows, given).items()})
        if step == EARLY:
            save_arrays(task.file(f"{task.side}.npz"), trainer.weights())
    curves = {name: np.array([step[name] for step in steps]) for name in steps[0]}
    return {name: x.reshape(-1, WINDOW).mean(axis=1).tolist() for name, x in curves.items()}


def build(task: Task, workload: Training) -> "Trainer":
    """The trainer of a side, with the weights of the prepared file."""
    networks = workload.torch_networks()
    left = load_arrays(task.file("initial.npz"))
    for network in networks:
        count = sum(1 for _ in torch_weights.tensors(network))
        torch_weights.load(network, left[:count], mirrored=workload.mirrored)
        left = left[count:]
    kind = Adversarial if workload.loss == "gan" else Supervised
    return kind(workload, networks, task.side)


def optimizer(workload: Training, network: nn.Module) -> torch.optim.Optimizer:
    """A new optimiser with the workload's numbers, in PyTorch's fused version."""
    made, weights = workload.optimizer, network.parameters()
    if isinstance(made, SGD):
        return torch.optim.SGD(weights, made.rate, momentum=made.momentum, fused=True)
    return KerasAdam(weights, made.rate, (made.beta_1, made.beta_2), made.epsilon, fused=True)


class KerasAdam(torch.optim.Adam):
    """Adam with Keras's epsilon, which is not divided by the root's bias correction."""

    def step(self, closure: Callable[[], float] | None = None) -> Any:
        """One update; only a number per group is set before PyTorch's own."""
        self.updates = getattr(self, "updates", 0) + 1
        for group in self.param_groups:
            corrected = math.sqrt(1 - group["betas"][1] ** self.updates)
            group["eps"] = self.defaults["eps"] / corrected
        return super().step(closure)


class Trainer:
    """Data and networks of one side; a final class has the losses and the step.

    Attributes:
        size: Number of examples.
    """

    def __init__(self, workload: Training, networks: tuple[nn.Module, ...], side: str) -> None:
        """Takes the networks with their weights."""
        self._workload, self._networks = workload, networks
        self._last = side == "torch_channels_last"
        if self._last:
            for network in networks:
                network.to(memory_format=torch.channels_last)
        images, *others = workload.data()
        laid = torch_weights.images(images, mirrored=workload.mirrored)
        if self._last:
            # Rows of a plain (n, h, w, c) tensor, turned afterwards, are channels-last.
            laid = np.ascontiguousarray(laid.transpose(0, 2, 3, 1))
        self._images = torch.from_numpy(laid)
        self._others = [torch.from_numpy(array).long() for array in others]
        self.size = len(images)
        self._compiled = torch.compile if side == "torch_compile" else lambda function: function

    def step(self, rows: torch.Tensor, latents: torch.Tensor | None = None) -> Losses:
        """Trains on the examples `rows`; a GAN may be given the latents (2, n, dim)."""
        raise NotImplementedError

    def weights(self) -> list[np.ndarray]:
        """All weights in Keras's order and layout."""
        size, mirrored = self._workload.batch_size, self._workload.mirrored
        saved = (torch_weights.save(x, batch_size=size, mirrored=mirrored) for x in self._networks)
        return [array for arrays in saved for array in arrays]

    def _batch(self, rows: torch.Tensor) -> torch.Tensor:
        images = self._images.index_select(0, rows)
        return images.permute(0, 3, 1, 2) if self._last else images


class Supervised(Trainer):
    """Cross-entropy of logits, or squared error of the reconstruction."""

    def __init__(self, workload: Training, networks: tuple[nn.Module, ...], side: str) -> None:
        """Takes the one network with its weights."""
        super().__init__(workload, networks, side)
        (self._network,) = networks
        self._optimizer = optimizer(workload, self._network)
        self._loss = self._compiled(self._plain_loss)

    def step(self, rows: torch.Tensor, latents: torch.Tensor | None = None) -> Losses:
        """One update."""
        images = self._batch(rows)
        targets = self._others[0].index_select(0, rows) if self._others else images
        self._optimizer.zero_grad()
        loss = self._loss(images, targets)
        loss.backward()
        self._optimizer.step()
        return {"loss": loss.detach()}

    def _plain_loss(self, images: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        outputs = self._network(images)
        if self._workload.loss == "mse":
            return functional.mse_loss(outputs, targets)
        return functional.cross_entropy(outputs, targets)


class Adversarial(Trainer):
    """The passes of `tfnets.training.gan.GAN`: both updates, each with new latents."""

    def __init__(self, workload: Training, networks: tuple[nn.Module, ...], side: str) -> None:
        """Takes generator and discriminator with their weights."""
        super().__init__(workload, networks, side)
        self._generator, self._discriminator = networks
        self._optimizers = [optimizer(workload, network) for network in networks]
        self._generate = self._compiled(self._generator.forward)
        self._losses = (self._compiled(self._d_loss), self._compiled(self._g_loss))

    def step(self, rows: torch.Tensor, latents: torch.Tensor | None = None) -> Losses:
        """One discriminator and one generator update."""
        if latents is None:
            latents = torch.randn(2, len(rows), self._workload.latent)
        with torch.no_grad():
            fake = self._generate(latents[0])
        d_loss = self._update(1, self._losses[0], self._batch(rows), fake)
        # The generator's update needs no gradient of the discriminator's weights.
        self._discriminator.requires_grad_(False)
        g_loss = self._update(0, self._losses[1], latents[1])
        self._discriminator.requires_grad_(True)
        return {"discriminator_loss": d_loss, "generator_loss": g_loss}

    def _update(
        self, network: int, loss: Callable[..., torch.Tensor], *inputs: torch.Tensor
    ) -> torch.Tensor:
        self._optimizers[network].zero_grad()
        value = loss(*inputs)
        value.backward()
        self._optimizers[network].step()
        return value.detach()

    def _d_loss(self, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        of_real = functional.softplus(-self._discriminator(real)).mean()
        return of_real + functional.softplus(self._discriminator(fake)).mean()

    def _g_loss(self, latent: torch.Tensor) -> torch.Tensor:
        return functional.softplus(-self._discriminator(self._generator(latent))).mean()


def _shuffled(size: int, batch_size: int) -> Iterator[torch.Tensor]:
    """Rows of indices, each epoch in a new order."""
    while True:
        order = torch.randperm(size)
        yield from order[: size - size % batch_size].view(-1, batch_size)
