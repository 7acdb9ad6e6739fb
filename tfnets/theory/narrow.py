"""A shallow ReLU network as a deep narrow one (study 6.3).

f(x) = sum over i of a_i relu(w_i x + b_i), with N neurons side by side, becomes a network of N + 1
hidden layers of d + 2 neurons (d inputs, one output): three for functions of one number. For m
outputs the width is d + 1 + m. Both are the same function on a box of inputs:

- one input and one output: for every x from the interval's left end on. Left of it the deep
  network stays at its value there, because x passes through ReLU as x - low.
- otherwise: on the whole box low <= x <= high. Outside, x may be cut off at low, and a sum may
  become negative and be cut off at 0.

That any continuous function of d numbers is approached by networks of width d + 1, and of no
smaller one, is shown by Hanin and Sellke (2017, "Approximating continuous functions by ReLU nets
of minimal width", arXiv:1710.11278); here a given network is rewritten, not approximated.
`tfnets.theory.channels` has the weights.
"""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers
from numpy.typing import ArrayLike

from tfnets.errors import InputError
from tfnets.theory.channels import Box, Layer, collect, collect_terms


@dataclass(frozen=True, eq=False)
class Shallow:
    """The function f(x) = relu(x weights + biases) coefficients + offset.

    Attributes:
        weights: Shape (d, N): one column per neuron.
        biases: Shape (N,).
        coefficients: Shape (N, m): one column per output.
        offset: Shape (m,).
        dtype: Precision that a network made of it computes in.
    """

    weights: np.ndarray
    biases: np.ndarray
    coefficients: np.ndarray
    offset: np.ndarray
    dtype: str = "float32"

    def __post_init__(self) -> None:
        """Makes the arrays float64 and refuses those that do not fit together."""
        for name in ("weights", "biases", "coefficients", "offset"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.float64))
        arrays = self.weights, self.biases, self.coefficients, self.offset
        shapes = [array.shape for array in arrays]
        if [len(shape) for shape in shapes] != [2, 1, 2, 1] or (
            shapes[0][1:] != shapes[1]
            or shapes[2] != shapes[1] + shapes[3]
            or not all(np.isfinite(array).all() and array.size for array in arrays)
        ):
            raise InputError(
                f"The weights, biases, coefficients and offset have the shapes {shapes}; give "
                "finite arrays of shapes (d, N), (N,), (N, m) and (m,)."
            )

    def __call__(self, x: ArrayLike) -> np.ndarray:
        """Evaluates f in float64 at points (n, d); returns (n, m)."""
        terms = np.maximum(np.asarray(x, np.float64) @ self.weights + self.biases, 0)
        return terms @ self.coefficients + self.offset


def read(model: keras.Model) -> Shallow:
    """Reads f from a built model of exactly Dense(N, relu) and Dense(m); InputError for others."""
    stack = [layer for layer in model.layers if not isinstance(layer, layers.InputLayer)]
    kinds = [(type(layer), getattr(layer, "activation", None)) for layer in stack]
    wanted = [(layers.Dense, keras.activations.relu), (layers.Dense, keras.activations.linear)]
    ends = [*getattr(model, "inputs", []), *getattr(model, "outputs", [])]
    if kinds != wanted or [len(tensor.shape) for tensor in ends] != [2, 2]:
        raise _not_shallow(model)
    hidden, output = stack
    if (ends[0].shape[1], hidden.units) != (hidden.kernel.shape[0], output.kernel.shape[0]):
        raise _not_shallow(model)
    arrays = hidden.kernel, _bias(hidden), output.kernel, _bias(output)
    shallow = Shallow(*arrays, dtype=hidden.variable_dtype)
    _require_same(model, shallow)
    return shallow


def narrow(shallow: keras.Model | Shallow, interval: tuple[ArrayLike, ArrayLike]) -> keras.Model:
    """Rewrites a shallow ReLU network of N neurons as a deep one, d + 2 neurons wide.

    With one input and one output, the three neurons of each hidden layer pass x on, collect the
    positive terms, and collect the negative ones; the output is their difference. With d inputs,
    d neurons pass them on, one computes a term, and one per output collects (see
    `tfnets.theory.channels`).

    Args:
        shallow: Dense(N, relu) followed by Dense(m), or the function itself.
        interval: (low, high) of the inputs on which the two are to be equal: numbers, or arrays
            (d,).

    Returns:
        Functional model (n, d) -> (n, m) of N + 1 layers `collect1`, `collect2`, ... of
        d + 1 + m neurons with ReLU, and the layer `difference`; in the precision of `shallow`.

    Raises:
        InputError: Another kind of model, or bounds that are not finite with low < high.
    """
    function = shallow if isinstance(shallow, Shallow) else read(shallow)
    inputs, outputs = len(function.weights), len(function.offset)
    box = Box.of(interval, inputs)
    arrays = function.weights, function.biases, function.coefficients, function.offset
    scalar = inputs == outputs == 1
    chain = collect(*arrays, box) if scalar else collect_terms(*arrays, box)
    return _model(chain, inputs, function.dtype)


def narrow_error(deep: keras.Model, shallow: keras.Model | Shallow, points: np.ndarray) -> float:
    """Compares a deep narrow network with the shallow function, in float64 at points (n, d).

    Returns:
        max |deep - f| over the points, relative to max |f| over them; at least 0, and max |deep|
        itself if f is 0 everywhere.

    Raises:
        InputError: As in `read`.
    """
    function = shallow if isinstance(shallow, Shallow) else read(shallow)
    # The points as the network sees them: rounding them is not the network's error.
    points = np.asarray(points, function.dtype)
    values = function(points)
    size = np.abs(values).max()
    difference = np.abs(np.asarray(deep(points), np.float64) - values).max()
    return float(difference / size) if size else float(difference)


def _bias(layer: layers.Dense) -> np.ndarray:
    return np.asarray(layer.bias) if layer.use_bias else np.zeros(layer.units)


def _not_shallow(model: keras.Model) -> InputError:
    return InputError(
        f"The network {model.name!r} is not a shallow ReLU network; give a built model of exactly "
        "Dense(N, activation='relu') and Dense(m) on inputs of shape (n, d)."
    )


def _require_same(model: keras.Model, shallow: Shallow) -> None:
    """Finds a layer that is used twice, or other than one after the other."""
    points = np.random.default_rng(0).standard_normal((64, len(shallow.weights)))
    points = points.astype(shallow.dtype)
    terms = np.maximum(points @ shallow.weights + shallow.biases, 0) @ np.abs(shallow.coefficients)
    difference = np.abs(np.asarray(model(points, training=False)) - shallow(points))
    if not np.all(difference <= 1e-3 * (terms.max() + np.abs(shallow.offset).max())):
        raise _not_shallow(model)


def _model(chain: list[Layer], inputs: int, dtype: str) -> keras.Model:
    x = start = keras.Input((inputs,), name="x", dtype=dtype)
    made = []
    for number, (kernel, _) in enumerate(chain, start=1):
        last = number == len(chain)
        name, activation = ("difference", None) if last else (f"collect{number}", "relu")
        options = {"kernel_initializer": "zeros", "dtype": dtype, "name": name}
        made.append(layers.Dense(kernel.shape[1], activation, **options))
        x = made[-1](x)
    for layer, (kernel, bias) in zip(made, chain, strict=True):
        layer.set_weights([kernel, bias])
    return keras.Model(start, x, name="narrow")
