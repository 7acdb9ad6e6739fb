"""Measures of generated images and of repeated runs: NumPy arrays in, floats out.

Sample measures work on features (n, d) that a judge network computed once; each result carries the
sample size, because Frechet distances and neighbour measures depend on it.
"""

from tfnets.metrics.frechet import frechet_distance
from tfnets.metrics.intervals import Estimate, mean_ci95, paired_test, verdict
from tfnets.metrics.labels import label_histogram
from tfnets.metrics.latent_quality import knn_accuracy, pca_explained, probe_accuracy
from tfnets.metrics.neighbours import Prdc, prdc
from tfnets.metrics.sample_quality import sample_quality

__all__ = [
    "Estimate",
    "Prdc",
    "frechet_distance",
    "knn_accuracy",
    "label_histogram",
    "mean_ci95",
    "paired_test",
    "pca_explained",
    "prdc",
    "probe_accuracy",
    "sample_quality",
    "verdict",
]
