"""Measures of generated images and of repeated runs: NumPy arrays in, floats out.

Sample measures work on features (n, d) that a judge network computed once; each result carries the
sample size, because Frechet distances and neighbour measures depend on it.
"""

from tfnets.metrics.agreement import coverage_per_class, label_agreement
from tfnets.metrics.detection import conformal_p, detection
from tfnets.metrics.distances import diversity, nearest_distances, partner_match
from tfnets.metrics.frechet import frechet_distance
from tfnets.metrics.intervals import Estimate, Paired, mean_ci95, paired_test, proportion, verdict
from tfnets.metrics.kid import KernelDistance, kernel_distance
from tfnets.metrics.latent_quality import knn_accuracy, pca_explained, probe_accuracy
from tfnets.metrics.modes import label_histogram, mode_coverage
from tfnets.metrics.neighbours import Prdc, prdc
from tfnets.metrics.paths import path_numbers
from tfnets.metrics.ranks import RankTest, rank_correlation, rank_test
from tfnets.metrics.sample_quality import ceiling, sample_numbers, sample_quality
from tfnets.metrics.steadiness import steadiness

__all__ = [
    "Estimate", "KernelDistance", "Paired", "Prdc", "RankTest", "ceiling", "conformal_p",
    "coverage_per_class", "detection", "diversity", "frechet_distance", "kernel_distance",
    "knn_accuracy", "label_agreement", "label_histogram", "mean_ci95", "mode_coverage",
    "nearest_distances", "paired_test", "partner_match", "path_numbers", "pca_explained", "prdc",
    "probe_accuracy", "proportion", "rank_correlation", "rank_test", "sample_numbers",
    "sample_quality", "steadiness", "verdict",
]  # fmt: skip
