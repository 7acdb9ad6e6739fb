"""Frechet distance between two sets of features."""

import numpy as np


def frechet_distance(real: np.ndarray, fake: np.ndarray) -> float:
    """Squared Frechet (2-Wasserstein) distance of the Gaussians fitted to two feature sets.

    |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)) (Dowson & Landau 1982; Heusel et al. 2017). The
    trace of the root is the sum of the roots of the eigenvalues of S1^(1/2) S2 S1^(1/2), which
    stays exact where a covariance is singular. Biased upwards for small n: compare with the value
    between two real samples of the same n.

    Args:
        real: Features (n, d), n >= 2.
        fake: Features (m, d), m >= 2.

    Returns:
        The distance, at least 0.

    Raises:
        ValueError: Arrays that are not (n, d) with equal d and n >= 2, or not finite.
    """
    real, fake = check_features(real, fake)
    offset = real.mean(axis=0) - fake.mean(axis=0)
    root = _root(np.atleast_2d(np.cov(real, rowvar=False)))
    middle = root @ np.atleast_2d(np.cov(fake, rowvar=False)) @ root
    cross = np.sqrt(np.clip(np.linalg.eigvalsh((middle + middle.T) / 2), 0, None)).sum()
    traces = real.var(axis=0, ddof=1).sum() + fake.var(axis=0, ddof=1).sum()
    return float(max(offset @ offset + traces - 2 * cross, 0.0))


def check_features(real: np.ndarray, fake: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns both as float64, or raises ValueError naming the shapes."""
    real, fake = np.asarray(real, np.float64), np.asarray(fake, np.float64)
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1] != fake.shape[1]:
        raise ValueError(
            f"Features must be (n, d) with equal d, but are {real.shape} and {fake.shape}."
        )
    if min(len(real), len(fake)) < 2:
        raise ValueError("At least two rows of features are needed on each side.")
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        raise ValueError("Features must be finite; some are NaN or infinite.")
    return real, fake


def _root(matrix: np.ndarray) -> np.ndarray:
    """Symmetric square root of a positive semi-definite matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
