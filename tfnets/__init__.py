"""tfnets: classic experiments on neural networks for images, rebuilt and measured.

Importing the package imports no TensorFlow; its parts (`tfnets.models`, `tfnets.training`, ...) do.
"""

from tfnets import moved

__version__ = "0.1.0"

moved.register()
