"""The numbers of study 2.2: means of each arm, differences in pairs, and spectra."""

import numpy as np

from tfnets.artifacts.run import Run
from tfnets.inputs.spectrum import Spectrum, amplitudes, radial_profile
from tfnets.lab.seeds import estimate

ArmRows = dict[str, list[dict[str, list[float]]]]
"""Arm -> one row per seed -> measure -> one number per class."""

Lines = dict[str, tuple[np.ndarray, np.ndarray]]
"""Photographs (`natural`) or arm -> frequencies and amplitudes."""


def values(rows: ArmRows, arm: str, key: str) -> np.ndarray:
    """A measure of all images of an arm, seed by seed, shape (seeds * classes,)."""
    return np.concatenate([row[key] for row in rows[arm]])


def summary(rows: ArmRows) -> dict[str, dict]:
    """Means of each arm, and the paired differences without minus with."""
    numbers: dict[str, dict] = {}
    for arm in rows:
        numbers[arm] = {key: estimate(values(rows, arm, key)) for key in rows[arm][0]}
        numbers[arm]["smallest_probability"] = float(values(rows, arm, "probability").min())
    numbers["without_minus_with"] = {
        key: estimate(values(rows, "without", key) - values(rows, "with", key))
        for key in rows["with"][0]
    }
    return numbers


def profiles(run: Run, rows: ArmRows) -> Lines:
    """Frequencies and amplitudes of the photographs and of each arm's images, by arm."""
    natural = Spectrum.load(run.path / "natural.npz")
    found = {"natural": radial_profile(natural.amplitude)}
    for arm, seeds in rows.items():
        arrays = np.concatenate([run.load_array(f"{arm}-{seed}") for seed in run.seeds(len(seeds))])
        found[arm] = radial_profile(amplitudes(arrays).mean(axis=0))
    return found


def slopes(lines: Lines) -> dict[str, float]:
    """Exponents s of amplitude ~ f^s, by least squares on logarithms."""
    return {
        name: float(np.polyfit(np.log(frequency), np.log(amplitude), 1)[0])
        for name, (frequency, amplitude) in lines.items()
    }
