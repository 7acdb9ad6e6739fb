"""Networks in the functional API, every layer named by its role: shapes in, `keras.Model` out.

Names are the interface: features, partial restoring and input optimisation find layers by them.
Each builder takes a `seed`; the initial weights are a function of (seed, layer name) alone.
`load` brings trained networks, for everything that looks into one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

    from tfnets.models.trained.networks import Network


def load(
    network: str | Path | keras.Model,
    *,
    bounds: tuple[float, float] = (0.0, 1.0),
    class_names: Sequence[str] = (),
    size: Sequence[int] | None = None,
    data_dir: Path | str | None = None,
) -> Network:
    """Loads a network; see `tfnets.models.trained.pretrained.load`.

    Importing `tfnets.models` does not import TensorFlow; calling this does.
    """
    from tfnets.models.trained import pretrained

    given = {"bounds": bounds, "class_names": class_names, "size": size, "data_dir": data_dir}
    return pretrained.load(network, **given)


__all__ = ["load"]
