import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg


def drawn(figure):
    """The figure as uint8 pixels, drawn once as `savefig` does, which also lays it out."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def random_images(n, height=5, width=4, channels=1, seed=0):
    shape = (n, height, width, channels)
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def texts_of(legend):
    return [text.get_text() for text in legend.get_texts()]


def outside(figure, axes):
    """Artists of the axes that the figure's edge cuts off."""
    drawn(figure)
    artists = [*axes.texts, axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label]
    artists += [*axes.get_xticklabels(), *axes.get_yticklabels(), *axes.figure.legends]
    boxes = [artist.get_window_extent() for artist in artists if artist.get_visible()]
    edge = figure.bbox
    return [
        box for box in boxes if box.width and not (edge.x0 <= box.x0 and box.x1 <= edge.x1 + 0.5)
    ]
