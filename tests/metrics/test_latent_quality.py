import numpy as np
import pytest

from tfnets.metrics import knn_accuracy, pca_explained, probe_accuracy


def blobs(seed, n=60, apart=30.0):
    labels = np.arange(n) % 3
    centres = apart * np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]])
    return np.random.default_rng(seed).normal(size=(n, 3)) + centres[labels], labels


@pytest.mark.parametrize("measure", [knn_accuracy, probe_accuracy])
def test_separate_classes_are_known_for_certain(measure):
    (train, labels), (test, test_labels) = blobs(0), blobs(1)
    assert measure(train, labels, test, test_labels) == 1.0
    assert measure(train, labels, test, (test_labels + 1) % 3) == 0.0


@pytest.mark.parametrize("measure", [knn_accuracy, probe_accuracy])
def test_latents_without_the_class_are_at_chance(measure):
    (train, labels), (test, test_labels) = blobs(0, 600, 0), blobs(1, 600, 0)
    assert measure(train, labels, test, test_labels) == pytest.approx(1 / 3, abs=0.1)


def test_neighbours_see_what_a_linear_probe_cannot():
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    train = np.repeat(corners, 10, axis=0) + np.random.default_rng(0).normal(0, 0.01, (40, 2))
    labels = np.repeat([0, 1, 1, 0], 10)
    assert knn_accuracy(train, labels, corners, labels[::10]) == 1.0
    assert probe_accuracy(train, labels, corners, labels[::10]) < 1.0


def test_k_neighbours_vote():
    train, labels = np.array([[0.0], [1], [2], [9]]), np.array([0, 1, 1, 0])
    test, test_labels = np.array([[0.1]]), np.array([1])
    assert knn_accuracy(train, labels, test, test_labels, k=1) == 0
    assert knn_accuracy(train, labels, test, test_labels, k=3) == 1


def test_the_probe_standardises():
    # Without, the regularisation would forbid the large weights that tiny latents need.
    (train, labels), (test, test_labels) = blobs(0), blobs(1)
    assert probe_accuracy(train * 1e-6, labels, test * 1e-6, test_labels) == 1.0
    assert probe_accuracy(train + 1e6, labels, test + 1e6, test_labels) == 1.0


def test_explained_variance_of_a_diagonal_covariance():
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    points, explained = pca_explained(corners * [1.0, 3.0, 2.0] + 7)
    assert explained == pytest.approx((9 + 4) / (9 + 4 + 1))
    assert points.shape == (8, 2)
    np.testing.assert_allclose(np.abs(points), [[3, 2]] * 8, atol=1e-12)
    assert pca_explained(corners * [1.0, 3.0, 2.0], components=3)[1] == pytest.approx(1)


def test_latents_in_a_plane_are_explained_by_two_components():
    rng = np.random.default_rng(0)
    assert pca_explained(rng.normal(size=(50, 2)) @ rng.normal(size=(2, 9)))[1] == pytest.approx(1)


def test_components_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match="All latents are the same"):
        pca_explained(np.full((5, 3), 0.1))
    with pytest.raises(ValueError, match="n_components"):
        pca_explained(np.eye(4)[:, :1], components=2)
