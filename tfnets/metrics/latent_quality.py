"""What a latent space knows of the classes: neighbours, a linear probe, principal components."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def knn_accuracy(
    train: np.ndarray,
    train_labels: np.ndarray,
    test: np.ndarray,
    test_labels: np.ndarray,
    k: int = 5,
) -> float:
    """Test accuracy in [0, 1] of k nearest neighbours on latents (n, d), Euclidean distance."""
    model = KNeighborsClassifier(k, algorithm="brute").fit(train, train_labels)
    return float(model.score(test, test_labels))


def probe_accuracy(
    train: np.ndarray, train_labels: np.ndarray, test: np.ndarray, test_labels: np.ndarray
) -> float:
    """Test accuracy in [0, 1] of logistic regression on standardised latents (n, d)."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, tol=1e-3))
    return float(model.fit(train, train_labels).score(test, test_labels))


def pca_explained(latents: np.ndarray, components: int = 2) -> tuple[np.ndarray, float]:
    """Principal components of latents (n, d): points (n, components), share of variance in [0, 1].

    Raises:
        ValueError: More components than rows or columns, or latents that are all the same.
    """
    if np.ptp(latents, axis=0).max() == 0:
        raise ValueError("All latents are the same; principal components need some variance.")
    pca = PCA(components, svd_solver="full")
    return pca.fit_transform(latents), float(pca.explained_variance_ratio_.sum())
