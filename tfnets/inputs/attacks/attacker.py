"""Running an attack on a batch of images, and judging the pictures that come out of it."""

from collections.abc import Callable

import keras
import numpy as np
from scipy.special import softmax
from tqdm import tqdm

from tfnets.errors import InputError
from tfnets.inputs.attacks import goals, levels
from tfnets.inputs.attacks.attacked import Attacked, joined
from tfnets.inputs.attacks.methods import Method
from tfnets.inputs.attacks.program import Program
from tfnets.inputs.attacks.programs import PROGRAMS
from tfnets.inputs.checks import require_logits

_CHUNK = 10  # steps per call of the compiled loop: the bar moves, and Ctrl-C is heard


RoundTrip = Callable[[np.ndarray], np.ndarray]
Labels = int | np.ndarray | None


class Attacker:
    """One attack on one network, compiled once and used for as many images as wanted."""

    def __init__(
        self,
        model: keras.Model,
        method: Method,
        *,
        batch_size: int = 64,
        round_trip: RoundTrip = levels.to_8bit_grid,
    ) -> None:
        """Takes what is fixed; arguments and errors as `attack`."""
        if type(method) not in PROGRAMS:
            names = ", ".join(kind.__name__ for kind in PROGRAMS)
            raise InputError(f"{method!r} is no attack; give one of {names}.")
        if batch_size < 1:
            raise InputError(f"The batch size is {batch_size}; give a number of at least 1.")
        self._classes = goals.require_classifier(model)
        self._model, self._batch, self._round_trip = model, batch_size, round_trip
        self._program: Program = PROGRAMS[type(method)](model, method)

    def __call__(
        self,
        images: np.ndarray,
        *,
        target: Labels = None,
        source: Labels = None,
        seed: int = 0,
        frames: int = 0,
        progress: bool = True,
    ) -> Attacked:
        """Attacks images; see `attack`."""
        images = goals.require_images(self._model, images)
        n = len(images)
        if target is not None:
            target = goals.require_labels("target", target, n, self._classes)
        if source is not None:
            source = goals.require_labels("source", source, n, self._classes)
        if frames < 0:
            raise InputError(f"The number of frames is {frames}; give 0 or more.")
        if seed < 0:
            raise InputError(f"The seed is {seed}; give 0 or more.")
        firsts = range(0, n, self._batch)
        steps, shown = self._program.steps * len(firsts), {"leave": False, "disable": not progress}
        parts = []
        with tqdm(total=steps, desc="attack", unit="step", **shown) as bar:
            for some in (slice(first, first + self._batch) for first in firsts):
                given = [None if labels is None else labels[some] for labels in (source, target)]
                seeds = [(seed, index) for index in range(n)[some]]
                parts.append(self._attack(images[some], *given, seeds, frames, bar))
        return joined(parts)

    def _attack(
        self,
        images: np.ndarray,
        source: np.ndarray | None,
        target: np.ndarray | None,
        seeds: list[tuple[int, int]],
        frames: int,
        bar: tqdm,
    ) -> Attacked:
        originals = levels.to_8bit_grid(images)
        before = self._logits(originals)
        require_logits(before)
        source = before.argmax(axis=1).astype(np.int32) if source is None else source
        aimed = (source, -1.0) if target is None else (target, 1.0)
        self._program.start(originals, *aimed, seeds)
        trace, shots = _run(self._program, frames, bar)
        left = self._program.steps - len(trace)
        unrounded = self._program.finish()
        result = self._round_trip(self._program.rounded(unrounded, originals))
        after = self._logits(result)
        seen = after.argmax(axis=1).astype(np.int32)
        aim = seen if target is None else target
        change = levels.Change.between(originals, result)
        return Attacked(
            originals=originals,
            images=result,
            unrounded=unrounded,
            source=source,
            target=aim,
            success=seen != source if target is None else seen == target,
            p_source_before=_p(before, source),
            p_source_after=_p(after, source),
            p_target_before=_p(before, aim),
            p_target_after=_p(after, aim),
            p_target_unrounded=_p(self._logits(unrounded), aim),
            linf=change.linf,
            l2=change.l2,
            changed_pixels=change.pixels,
            changed_values=change.values,
            iterations=np.full(len(images), len(trace)),
            trace=np.concatenate([trace, np.repeat(trace[-1:], left, axis=0)]),
            frames=shots,
        )

    def _logits(self, images: np.ndarray) -> np.ndarray:
        return self._program.predict(images).numpy()


def attack(
    model: keras.Model,
    images: np.ndarray,
    method: Method,
    *,
    target: Labels = None,
    source: Labels = None,
    seed: int = 0,
    frames: int = 0,
    progress: bool = True,
    round_trip: RoundTrip = levels.to_8bit_grid,
    batch_size: int = 64,
) -> Attacked:
    """Changes images until the network sees another class in them.

    The images are rounded to 8 bits first, and the new ones last; success is decided on pictures
    that can be saved. Images do not affect each other. For several calls with one network and one
    method make an `Attacker`, which compiles once.

    Args:
        model: Images in [0, 1], (n, height, width, channels) -> logits (n, classes).
        images: Such images, floats.
        method: `Origin`, `PGD`, `CarliniWagner` or `EightBit`.
        target: The class to be seen, one for all images or one for each (n,); None for an
            untargeted attack: any class but the source.
        source: The images' classes; None for those that the network sees.
        seed: Seed of random starting points; same seed, same numbers.
        frames: How many images of the attack's course to return, the first is the original.
        progress: Whether to show a bar.
        round_trip: Takes 8-bit images through a file format, such as
            `tfnets.datasets.pictures.png_round_trip`.
        batch_size: Images at a time.

    Raises:
        InputError: Images or classes that do not fit the network, a network that puts out
            probabilities, or is no classifier of images.
    """
    attacker = Attacker(model, method, batch_size=batch_size, round_trip=round_trip)
    given = {"target": target, "source": source, "seed": seed, "frames": frames}
    return attacker(images, **given, progress=progress)


def _run(program: Program, frames: int, bar: tqdm) -> tuple[np.ndarray, np.ndarray]:
    """Takes all steps in chunks; returns the trace (steps taken, n) and the frames."""
    shown = np.rint(np.linspace(0, program.steps, frames)).astype(int)
    rows, shots, done = [], [], 0
    # A chunk ends every few steps, and wherever a frame is wanted.
    for stop in sorted({0, program.steps, *range(_CHUNK, program.steps, _CHUNK), *shown.tolist()}):
        if stop > done:
            rows.append(program.advance(stop - done))
            bar.update(stop - done)
            done = stop
        shots += [program.current()] * int(np.count_nonzero(shown == stop))
    pictures = np.stack(shots) if shots else np.zeros((0, *program.current().shape), np.float32)
    return np.concatenate(rows), pictures


def _p(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Softmax probability (n,) of each image's label, float64."""
    return softmax(logits.astype(np.float64), axis=1)[np.arange(len(labels)), labels]
