"""Arrays in, `matplotlib.figure.Figure` out; no display, no global state.

Every figure function takes plain arrays and returns a figure that nobody else holds. `save_png` and
`save_gif` write files whole. A wrong shape, an empty array or a value out of range is a
`ValueError` that says what was expected.
"""

from tfnets.figures.bars import bars
from tfnets.figures.clouds import clouds
from tfnets.figures.curves import curve_panels, curves
from tfnets.figures.gif import sample_frames, save_gif
from tfnets.figures.grid import image_grid, reconstruction_rows, tile
from tfnets.figures.heat import heat_overlay
from tfnets.figures.histogram import histogram
from tfnets.figures.intervals import intervals
from tfnets.figures.save import save_png
from tfnets.figures.scatter import scatter, scatter_panels
from tfnets.figures.sheet import sheet
from tfnets.figures.trends import trends

__all__ = [
    "bars",
    "clouds",
    "curve_panels",
    "curves",
    "heat_overlay",
    "histogram",
    "image_grid",
    "intervals",
    "reconstruction_rows",
    "sample_frames",
    "save_gif",
    "save_png",
    "scatter",
    "scatter_panels",
    "sheet",
    "tile",
    "trends",
]
