"""The paths of one seed of study `interpolation`: their ends, their numbers, and which count."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.artifacts.run import Run
from tfnets.inputs.inversion import Inverted
from tfnets.methods.gans.judges import seen
from tfnets.studies.interpolation.networks import Networks
from tfnets.studies.interpolation.pairs import Ends, Measure, Pairs, Spaces, curves, sureness
from tfnets.studies.interpolation.settings import STRIPS

COMPARED = {
    "autoencoder-gan": ("autoencoder_linear", "gan_linear"),
    "autoencoder-gan, spherical": ("autoencoder_spherical", "gan_spherical"),
    "autoencoder-pixels": ("autoencoder_linear", "pixels"),
    "gan, linear-spherical": ("gan_linear", "gan_spherical"),
}
"""Differences taken pair by pair: the first method's number minus the second's."""

SHOWN = 2
"""Pairs in the figure of strips."""


@dataclass(frozen=True)
class Walker:
    """Goes all paths between pairs with one seed of networks; `real` is `measure.real(pairs)`."""

    networks: Networks
    pairs: Pairs
    measure: Measure
    real: Mapping[str, float]
    seed: int

    def spaces(self, found: Inverted, centre: np.ndarray) -> Spaces:
        """The ends of all paths: the GAN's were `found`, encoded arcs turn around `centre`."""
        encoded = self.networks.autoencoder.encode(self.pairs.images)
        ends = {
            "autoencoder": Ends(*np.split(encoded, 2), centre),
            "gan": Ends(*np.split(found.latents, 2)),
            "draws": self._draws(len(self.pairs.first)),
        }
        return Spaces(self.networks, ends)

    def _draws(self, count: int) -> Ends:
        """As many pairs of draws whose images the judge takes for different classes."""
        drawn = self.networks.prior(4 * count, (self.seed, 4)).numpy()
        classes = seen(self.measure.judged(self.networks.draw(drawn)))
        first, last = np.split(np.arange(4 * count), 2)
        order = np.argsort(classes[first] == classes[last], kind="stable")[:count]
        return Ends(drawn[first[order]], drawn[last[order]])

    def ends(self, found: Inverted) -> dict[str, float]:
        """How well both networks give the images of the pairs, and how sure samples are."""
        images, labels = self.pairs.images, self.pairs.labels.T.ravel()
        encoded = self.networks.autoencoder
        shown = {
            "autoencoder": encoded.decode(encoded.encode(images)),
            "gan": self.networks.draw(found.latents),
            "samples": self.networks.samples(len(labels), (self.seed, 5)),
        }
        judged = {name: self.measure.judged(v) for name, v in shown.items()}
        sure = sureness(judged["samples"]["probabilities"])
        return {
            "autoencoder_error": float(np.mean((shown["autoencoder"] - images) ** 2)),
            "autoencoder_right": float((seen(judged["autoencoder"]) == labels).mean()),
            "search_error": float(found.errors.mean()),
            "search_right": float((seen(judged["gan"]) == labels).mean()),
            **{f"samples_{name}": value for name, value in sure.items()},
        }

    def paths(self, spaces: Spaces, points: int) -> "Paths":
        """Walks all paths."""
        found = Paths({}, {}, {}, self.pairs.labels)
        for method, images in spaces.paths(self.pairs, np.linspace(0, 1, points)):
            judged = self.measure.judged(images)
            found.numbers[method] = self.measure.path(images, judged, self.real)
            found.probabilities[method] = judged["probabilities"]
            if method in STRIPS:
                found.shown[method] = images[:, ::2]
        return found


@dataclass(frozen=True)
class Paths:
    """What the paths of all methods show: numbers (n,) and probabilities (n, m, classes).

    `shown` has every other image of the methods of the figure, `labels` the ends' classes (n, 2).
    """

    numbers: dict[str, dict[str, np.ndarray]]
    probabilities: dict[str, np.ndarray]
    shown: dict[str, np.ndarray]
    labels: np.ndarray

    @property
    def right(self) -> np.ndarray:
        """Which pairs (n,) have the right digits at both ends, in the images and both networks."""
        methods = ("pixels", "autoencoder_linear", "gan_linear")
        seen = [self.probabilities[m][:, [0, -1]].argmax(axis=2) for m in methods]
        return np.all([each == self.labels for each in seen], axis=(0, 2))

    def counted(self, method: str) -> np.ndarray:
        """The paths (n,) over which a method's means are taken.

        Between images those that are `right`; between draws those whose ends are of two classes;
        all where fewer than two are, which give no interval.
        """
        chosen = self.right
        if method.startswith("draws"):
            first, last = (self.probabilities[method][:, e].argmax(axis=1) for e in (0, -1))
            chosen = first != last
        return chosen if chosen.sum() > 1 else np.ones_like(chosen)

    def summary(self) -> dict[str, Any]:
        """Means over paths, as JSON values.

        `right` (how many), `methods`, `curves` and `differences` (by name to numbers), and
        `intervals`, the differences with their 95 % intervals over pairs.
        """
        counted = {method: self.counted(method) for method in self.numbers}
        return {
            "right": int(self.right.sum()),
            "methods": {
                method: {name: float(v[counted[method]].mean()) for name, v in values.items()}
                for method, values in self.numbers.items()
            },
            "curves": {m: curves(p[counted[m]]) for m, p in self.probabilities.items()},
            **self._differences(),
        }

    def strips(self, run: Run) -> dict[str, Any]:
        """Saves the first pairs' images (pairs, methods, points, ...) and says what they show."""
        few = np.flatnonzero(self.counted(STRIPS[0]))[:SHOWN]
        run.save_array("strips", np.stack([self.shown[m][few] for m in STRIPS], axis=1))
        seen = np.stack([self.probabilities[m][few, ::2] for m in STRIPS], axis=1)
        return {"classes": seen.argmax(axis=-1).tolist(), "sure": seen.max(axis=-1).tolist()}

    def _differences(self) -> dict[str, Any]:
        found: dict[str, dict[str, Any]] = {"differences": {}, "intervals": {}}
        for title, (a, b) in COMPARED.items():
            kept, ours, theirs = self.counted(a), self.numbers[a], self.numbers[b]
            apart = {name: (ours[name] - theirs[name])[kept] for name in ours}
            found["differences"][title] = {n: float(v.mean()) for n, v in apart.items()}
            found["intervals"][title] = {
                n: metrics.mean_ci95(v).as_json() for n, v in apart.items()
            }
        return found
