"""Drawn eyes with a dark pupil, and the same eyes with the red pupil of a flash.

Everything is drawn from a seed: skin, lids, lashes, white, iris, pupil, highlight, light. Both
pictures of an eye are equal outside the pupil, so what a restoration should have made is known.
"""

from dataclasses import dataclass

import numpy as np

HEIGHT, WIDTH = 32, 48

_SKINS = np.array([[0.96, 0.80, 0.70], [0.86, 0.65, 0.52], [0.62, 0.42, 0.30], [0.36, 0.23, 0.17]])
_IRISES = np.array(
    [[0.30, 0.18, 0.10], [0.42, 0.28, 0.14], [0.38, 0.40, 0.22], [0.32, 0.46, 0.58],
     [0.45, 0.50, 0.52]]
)  # fmt: skip
_WHITE = np.array([0.93, 0.91, 0.89])
_LASHES = np.array([0.10, 0.07, 0.06])
_REDS = np.array([[0.62, 0.06, 0.08], [0.98, 0.30, 0.20]])
"""Darkest and brightest colour of light that the back of an eye throws back."""


@dataclass(frozen=True, eq=False)
class Eyes:
    """Drawn eyes.

    Attributes:
        clean: float32 in [0, 1], shape (n, `HEIGHT`, `WIDTH`, 3).
        flash: The same with red pupils.
        pupils: Whether a pixel is pupil, bool (n, `HEIGHT`, `WIDTH`).
    """

    clean: np.ndarray
    flash: np.ndarray
    pupils: np.ndarray


@dataclass(frozen=True)
class _Shape:
    """Where the parts of one eye are, in pixels; v grows downwards.

    Attributes:
        u: Columns from the middle of the eye, turned with it (`HEIGHT`, `WIDTH`); `v`: rows.
        half: Half the width of the opening.
        upper: Height of the upper lid's arch; `lower`: depth of the lower lid's.
        gaze: Middle of iris and pupil, whose radii are `iris` and `pupil`.
    """

    u: np.ndarray
    v: np.ndarray
    half: float
    upper: float
    lower: float
    gaze: tuple[float, float]
    iris: float
    pupil: float

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "_Shape":
        rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(float)
        y = rows - HEIGHT / 2 + 0.5 - rng.uniform(-1.5, 2.5)
        x = columns - WIDTH / 2 + 0.5 - rng.uniform(-2.5, 2.5)
        angle = rng.uniform(-0.18, 0.18)
        iris = rng.uniform(6.2, 8.2)
        return cls(
            u=x * np.cos(angle) + y * np.sin(angle),
            v=y * np.cos(angle) - x * np.sin(angle),
            half=rng.uniform(17, 21),
            upper=rng.uniform(6.5, 9.5),
            lower=rng.uniform(5, 7.5),
            gaze=(rng.uniform(-4, 4), rng.uniform(-1.2, 1.0)),
            iris=iris,
            pupil=iris * rng.uniform(0.36, 0.62),
        )

    @property
    def arch(self) -> np.ndarray:
        """1 in the middle of the opening, 0 in its corners, below 0 beyond."""
        return 1 - (self.u / self.half) ** 2

    @property
    def from_middle(self) -> np.ndarray:
        """Distance from the middle of the pupil."""
        return np.hypot(self.u - self.gaze[0], self.v - self.gaze[1])

    @property
    def opening(self) -> np.ndarray:
        """Share of each pixel between the lids."""
        above, below = self.v + self.upper * self.arch, self.lower * self.arch - self.v
        return _inside(np.minimum(above, below))


def draw_eyes(count: int, seed: int) -> Eyes:
    """Draws `count` eyes; eye i is a function of (seed, i) alone, so 20 are the first 20 of 100."""
    drawn = [_eye(np.random.default_rng((seed, place))) for place in range(count)]
    clean, flash, pupils = map(np.stack, zip(*drawn, strict=True))
    return Eyes(clean.astype(np.float32), flash.astype(np.float32), pupils)


def with_red_pupil(
    image: np.ndarray, row: float, column: float, radius: float, brightness: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    """Paints the pupil that a flash would make into a picture; what shines white stays.

    The image is (height, width, 3) in [0, 1], the radius in pixels, the brightness from 0 (dark
    red) to 1 (bright). Returned are the picture, float32, and whether a pixel is pupil.
    """
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    distance = np.hypot(rows - row, columns - column)
    share = _inside(radius - distance)
    shining = np.clip((image.min(axis=-1) - 0.5) * 4, 0, 1)
    red = _red(brightness, distance / radius)
    cover = (share * (1 - shining))[..., np.newaxis]
    return (image + cover * (red - image)).astype(np.float32), share > 0.5


def _eye(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    shape = _Shape.drawn(rng)
    skin = _skin(shape, rng)
    ball = _ball(shape, rng)
    pupil = _inside(shape.pupil - shape.from_middle)
    dark = np.full(3, rng.uniform(0.02, 0.07))
    red = _red(rng.uniform(), shape.from_middle / shape.pupil)
    highlight = _highlight(shape, rng)
    light, noise = _light(shape, rng), rng.normal(0, 0.008, (HEIGHT, WIDTH, 3))
    below = np.maximum(shape.v + shape.upper * shape.arch, 0)
    shade = (1 - 0.45 * np.exp(-below / 1.6))[..., np.newaxis]  # of the upper lid on the eyeball
    pictures = []
    for colour in (dark, red):
        x = _over(ball, colour, pupil)
        x = _over(x * shade, np.full(3, 0.97), highlight)
        x = _over(skin, x, shape.opening)
        x = _over(x, _LASHES, _lashes(shape))
        pictures.append(np.clip(x * light + noise, 0, 1))
    seen = (pupil * shape.opening > 0.5) & (highlight < 0.5) & (_lashes(shape) < 0.5)
    # Where only a trace of the pupil shows, both pictures are the clean one.
    clean, flash = pictures
    trace = (pupil * shape.opening > 0.02)[..., np.newaxis]
    return clean, np.where(trace, flash, clean), seen


def _skin(shape: _Shape, rng: np.random.Generator) -> np.ndarray:
    tone, share = rng.integers(len(_SKINS) - 1), rng.uniform()
    base = _SKINS[tone] + share * (_SKINS[tone + 1] - _SKINS[tone])
    # The lid casts a crease above itself, the socket is darker towards the nose.
    crease = np.exp(-(((shape.v + (shape.upper + 3) * shape.arch) / 0.9) ** 2))
    crease *= np.clip(shape.arch + 0.2, 0, 1)
    socket = 0.12 * np.exp(-(((shape.u - 19) / 9) ** 2) - (shape.v / 9) ** 2)
    bag = 0.06 * np.exp(-(((shape.v - shape.lower * np.maximum(shape.arch, 0) - 4) / 1.6) ** 2))
    rough = 1 + 0.03 * _smooth_noise(rng)
    return base * (rough * (1 - 0.28 * crease - socket - bag))[..., np.newaxis]


def _ball(shape: _Shape, rng: np.random.Generator) -> np.ndarray:
    """White and iris, without the pupil."""
    corner = np.clip(np.abs(shape.u) / shape.half, 0, 1)[..., np.newaxis] ** 3
    white = _WHITE * rng.uniform(0.88, 1.0) - corner * np.array([0.12, 0.24, 0.24])
    tone = _IRISES[rng.integers(len(_IRISES))] * rng.uniform(0.75, 1.25)
    distance = shape.from_middle / shape.iris
    angle = np.arctan2(shape.v - shape.gaze[1], shape.u - shape.gaze[0])
    waves = rng.integers(5, 14, 3)[:, None, None] * angle + rng.uniform(0, 6.28, (3, 1, 1))
    fibres = 1 + 0.16 * np.cos(waves).mean(axis=0) + 0.25 * (0.8 - distance)
    ring = 1 - 0.5 * np.exp(-(((distance - 0.97) / 0.10) ** 2))
    iris = np.clip(tone * (fibres * ring)[..., np.newaxis], 0, 1)
    return _over(white, iris, _inside(shape.iris - shape.from_middle))


def _highlight(shape: _Shape, rng: np.random.Generator) -> np.ndarray:
    """The light's mirror image, beside the middle of the pupil."""
    radius, side = rng.uniform(0.8, 1.4), rng.uniform(-1, 1)
    u, v = shape.gaze[0] + side * 2.2, shape.gaze[1] - rng.uniform(0.6, 2.4)
    return _inside(radius - np.hypot(shape.u - u, shape.v - v))


def _lashes(shape: _Shape) -> np.ndarray:
    """Share of each pixel that the upper lashes, and fainter the lower ones, cover."""
    arch = np.maximum(shape.arch, 0)
    near = shape.arch > 0
    upper = np.exp(-(((shape.v + shape.upper * arch + 0.4) / 0.9) ** 2)) * near
    lower = np.exp(-(((shape.v - shape.lower * arch - 0.3) / 0.7) ** 2)) * near
    return np.clip(0.9 * upper + 0.35 * lower, 0, 1)


def _light(shape: _Shape, rng: np.random.Generator) -> np.ndarray:
    """How bright and of which colour the light is at each pixel."""
    slope = rng.uniform(-0.006, 0.006) * shape.u + rng.uniform(-0.006, 0.006) * shape.v
    warmth = rng.uniform(-0.05, 0.05)
    colour = np.array([1 + warmth, 1.0, 1 - warmth])
    return rng.uniform(0.8, 1.08) * (1 + slope)[..., np.newaxis] * colour


def _red(brightness: float, distance: np.ndarray) -> np.ndarray:
    """Colour of a red pupil, brightest in its middle; distance is 1 at its edge."""
    glow = np.clip(brightness + 0.3 * (0.6 - distance), 0, 1)[..., np.newaxis]
    return _REDS[0] + glow * (_REDS[1] - _REDS[0])


def _smooth_noise(rng: np.random.Generator) -> np.ndarray:
    """A few waves of random direction, of mean square 1."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    fields = [
        np.cos(a * rows + b * columns + phase)
        for a, b, phase in rng.uniform([-0.7, -0.7, 0], [0.7, 0.7, 6.28], (6, 3))
    ]
    return np.sum(fields, axis=0) / np.sqrt(3)


def _inside(depth: np.ndarray) -> np.ndarray:
    """Share of a pixel inside a shape, by its depth below the edge in pixels."""
    return np.clip(depth + 0.5, 0, 1)


def _over(below: np.ndarray, colour: np.ndarray, share: np.ndarray) -> np.ndarray:
    return below + share[..., np.newaxis] * (colour - below)
