"""Where images come from: checked and cached data sets, batches, draws of few labels.

`tfnets.datasets.batches` is a module of its own, because it imports TensorFlow and the rest does
not.
"""

from tfnets.datasets.draws import few_label_draws
from tfnets.datasets.sources.catalog import class_names
from tfnets.datasets.sources.loading import ImageData, Status, Stored, get, load, status

__all__ = [
    "ImageData", "Status", "Stored", "class_names", "few_label_draws", "get", "load", "status",
]  # fmt: skip
