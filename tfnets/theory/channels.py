"""The weights of the deep narrow network, layer by layer, in float64 (study 6.3).

Two constructions. `collect`, for one input and one output, is three neurons wide as in the report.
The terms a relu(w x + b) are sorted by the place where they bend. x itself then need not be kept:
the first neuron holds relu(x - bend), which is the current term and all that later ones need. Terms
that fall to the right are turned around first: relu(-z) = relu(z) - z.

`collect_terms`, for d inputs, cannot sort: its terms bend along hyperplanes in all directions. It
passes the d inputs on, computes one term per layer in a neuron of its own, and adds it to one sum
per output in the next layer. A positive and a negative sum would need d + 3 neurons; one sum is
enough if a negative term -|a| t is collected as |a| (top - t), with `top` the largest value of t in
the box, and the output takes all |a| top off again. Each sum so stays non-negative, and ReLU does
not touch it. (Channels that pass the input on and collect are those of Daubechies, DeVore, Foucart,
Hanin and Petrova, "Nonlinear approximation and (deep) ReLU networks".)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tfnets.errors import InputError

Layer = tuple[np.ndarray, np.ndarray]
"""Kernel (inputs, units) and bias (units,) of a dense layer."""

_FAR = 1e30  # a bend beyond it is never reached, and must not become infinite in float32


@dataclass(frozen=True, eq=False)
class Box:
    """The inputs for which two networks shall agree: bounds `low` and `high`, shape (d,)."""

    low: np.ndarray
    high: np.ndarray

    @classmethod
    def of(cls, interval: tuple[ArrayLike, ArrayLike], inputs: int) -> "Box":
        """Makes a box of finite (low, high), numbers or (inputs,); InputError if not low < high."""
        try:
            low, high = (np.broadcast_to(np.asarray(end, float), (inputs,)) for end in interval)
            if not (np.isfinite([low, high]).all() and (low < high).all()):
                raise ValueError
        except (TypeError, ValueError) as error:
            raise InputError(
                f"The interval is {interval}; give (low, high) with low < high, each a finite "
                f"number or an array of {inputs}."
            ) from error
        return cls(low, high)


def collect(
    weights: np.ndarray, biases: np.ndarray, coefficients: np.ndarray, offset: np.ndarray, box: Box
) -> list[Layer]:
    """Three channels: relu(x - bend), the positive sum, the negative sum; output: the difference.

    Shapes as in `collect_terms`, for d = m = 1; only the left end of the box matters. The N + 1
    hidden layers and the output layer are equal to f for every x >= low.
    """
    low, w, a = box.low, weights[0], coefficients[:, 0]
    start = w * low + biases
    # Right of low, f is f(low), a line, and a change of slope at each bend.
    level = np.maximum(start, 0) @ a + offset
    line = np.sum((a * w)[(start > 0) | ((start == 0) & (w > 0))])
    distances = _distances(start, w)
    order = np.argsort(distances, kind="stable")
    changes = np.where(distances > 0, a * np.abs(w), 0)[order]
    gaps = np.diff(distances[order], prepend=0, append=distances.max())
    rise = np.array([1, *_signed(line)])
    chain = [(rise[None], -low * rise - [gaps[0], 0, 0])]
    for change, gap in zip(changes, gaps[1:], strict=True):
        kernel = np.eye(3)
        kernel[0, 1:] = _signed(change)
        chain.append((kernel, np.array([-gap, 0, 0])))
    return [*chain, (np.array([[0.0], [1], [-1]]), level)]


def collect_terms(
    weights: np.ndarray, biases: np.ndarray, coefficients: np.ndarray, offset: np.ndarray, box: Box
) -> list[Layer]:
    """Channels: the d inputs as x - low, one term, one sum per output.

    Args:
        weights: Shape (d, N).
        biases: Shape (N,).
        coefficients: Shape (N, m).
        offset: Shape (m,).
        box: Where the networks are to be equal.

    Returns:
        N + 1 hidden layers and the output layer. Equal to f in the whole box.
    """
    (inputs, terms), outputs = weights.shape, coefficients.shape[1]
    start = box.low @ weights + biases
    widths = (box.high - box.low)[:, None]
    tops = np.maximum(start + np.sum(np.maximum(weights * widths, 0), axis=0), 0)
    raised = np.maximum(-coefficients, 0) * tops[:, None]  # what keeps each sum above 0
    first = np.concatenate([np.eye(inputs), weights[:, :1], np.zeros((inputs, outputs))], axis=1)
    chain = [(first, np.concatenate([-box.low, biases[:1], np.zeros(outputs)]))]
    for i in range(terms):
        kernel = np.eye(inputs + 1 + outputs)
        kernel[inputs, inputs] = 0
        kernel[inputs, inputs + 1 :] = coefficients[i]
        bias = np.concatenate([np.zeros(inputs + 1), raised[i]])
        if i + 1 < terms:
            kernel[:inputs, inputs], bias[inputs] = weights[:, i + 1], start[i + 1]
        chain.append((kernel, bias))
    last = np.concatenate([np.zeros((inputs + 1, outputs)), np.eye(outputs)])
    return [*chain, (last, offset - raised.sum(axis=0))]


def _distances(start: np.ndarray, w: np.ndarray) -> np.ndarray:
    """How far right of low each term bends; 0 for those that do not bend there."""
    bending = start * np.sign(w) < 0
    with np.errstate(over="ignore"):
        far = np.abs(np.divide(start, w, out=np.zeros_like(start), where=bending))
    return np.minimum(far, _FAR)


def _signed(slope: float) -> list[float]:
    """What a slope adds to the positive and to the negative sum."""
    return [max(slope, 0.0), max(-slope, 0.0)]
