"""Frechet distance between two sets of features."""

import numpy as np


def frechet_distance(real: np.ndarray, fake: np.ndarray) -> float:
    """Squared Frechet (2-Wasserstein) distance of Gaussians fitted to features (n, d) and (m, d).

    |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)) (Dowson & Landau 1982; Heusel et al. 2017). With
    S = R^T R, the trace of the root is the sum of the singular values of R1 R2^T; no matrix root
    is taken, so it stays exact where a covariance is singular. Biased upwards for small n: compare
    with the value between two real samples of the same n.

    Raises:
        ValueError: Arrays that are not (n, d) with equal d >= 1 and n >= 2, or not finite.
    """
    real, fake = check_features(real, fake)
    offset = real.mean(axis=0) - fake.mean(axis=0)
    roots = [_covariance_root(features) for features in (real, fake)]
    traces = sum(np.square(root).sum() for root in roots)
    cross = np.linalg.svd(roots[0] @ roots[1].T, compute_uv=False).sum()
    return float(max(offset @ offset + traces - 2 * cross, 0.0))


def check_features(real: np.ndarray, fake: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns both as float64, or raises ValueError naming the shapes."""
    real, fake = np.asarray(real, np.float64), np.asarray(fake, np.float64)
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1:] != fake.shape[1:]:
        raise ValueError(
            f"Features must be (n, d) with equal d, but are {real.shape} and {fake.shape}."
        )
    if min(len(real), len(fake)) < 2:
        raise ValueError("At least two rows of features are needed on each side.")
    if real.shape[1] == 0:
        raise ValueError("Features must have at least one column.")
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        raise ValueError("Features must be finite; some are NaN or infinite.")
    return real, fake


def _covariance_root(features: np.ndarray) -> np.ndarray:
    """Triangular R (min(n, d), d) with R^T R the sample covariance of features (n, d)."""
    centred = features - features.mean(axis=0)
    return np.linalg.qr(centred, mode="r") / np.sqrt(len(features) - 1)
