"""Arrays in, `matplotlib.figure.Figure` out; no display, no global state.

Every figure function takes plain arrays and returns a figure that nobody else holds. `save_png` and
`save_gif` write files whole. A wrong shape, an empty array, lists of lengths that do not fit or a
value out of range is a `ValueError` that says what was expected. Images are floats in [0, 1].
"""

from tfnets.figures.bars import bars as bars
from tfnets.figures.bars import histogram as histogram
from tfnets.figures.clouds import clouds as clouds
from tfnets.figures.curves import curve_panels as curve_panels
from tfnets.figures.curves import curves as curves
from tfnets.figures.gif import sample_frames as sample_frames
from tfnets.figures.gif import save_gif as save_gif
from tfnets.figures.grid import image_grid as image_grid
from tfnets.figures.grid import reconstruction_rows as reconstruction_rows
from tfnets.figures.grid import sheet as sheet
from tfnets.figures.grid import tile as tile
from tfnets.figures.intervals import intervals as intervals
from tfnets.figures.save import Shown as Shown
from tfnets.figures.save import save_png as save_png
from tfnets.figures.scatter import scatter as scatter
from tfnets.figures.scatter import scatter_panels as scatter_panels
from tfnets.figures.signed_maps import heat_overlay as heat_overlay
from tfnets.figures.trends import trends as trends
