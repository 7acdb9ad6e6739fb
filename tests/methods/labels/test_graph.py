import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.semi_supervised import LabelSpreading
from threadpoolctl import threadpool_limits

from tfnets.datasets.draws import UNKNOWN
from tfnets.errors import InputError
from tfnets.methods.labels.graph import Neighbours, smoothed_prior


def clouds(n=60, seed=0, noise=0.25):
    """Three directions in space with noise, and which is which."""
    rng = np.random.default_rng(seed)
    kinds = np.arange(n) % 3
    return np.eye(3)[kinds] + rng.normal(0, noise, (n, 3)), kinds


def some(kinds, each=2):
    labels = np.full(len(kinds), UNKNOWN)
    for kind in np.unique(kinds):
        chosen = np.flatnonzero(kinds == kind)[:each]
        labels[chosen] = kind
    return labels


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.3, 0.9, 0.99]), st.integers(3, 12))
def test_spreading_is_what_scikit_learn_iterates_to(seed, alpha, k):
    points, kinds = clouds(seed=seed)
    graph = Neighbours.of(points, k)
    labels = some(kinds)
    peer = LabelSpreading(
        kernel=lambda x, y: graph.weights.copy(), alpha=alpha, max_iter=20_000, tol=1e-12
    ).fit(points, labels)
    shares = graph.spread(labels, 3, alpha, tolerance=1e-12)
    reached = peer.label_distributions_.sum(axis=1) > 0
    np.testing.assert_allclose(shares[reached], peer.label_distributions_[reached], atol=1e-5)
    np.testing.assert_allclose(shares[~reached], 1 / 3)


def test_the_graph_is_symmetric_without_loops_and_has_the_nearest():
    points, _ = clouds()
    graph = Neighbours.of(points, 5)
    dense = graph.weights.toarray()
    np.testing.assert_array_equal(dense, dense.T)
    assert (np.diag(dense) == 0).all()
    assert ((dense > 0).sum(axis=1) >= 5).all()
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    distance = np.linalg.norm(unit[0] - unit, axis=1)
    nearest = np.argsort(distance)[1:6]
    assert (dense[0, nearest] > 0).all()
    squares = np.sort(np.linalg.norm(unit[:, None] - unit[None], axis=2) ** 2, axis=1)
    scale = squares[:, 5].mean()
    np.testing.assert_allclose(dense[0, nearest], np.exp(-(distance[nearest] ** 2) / scale))


def test_the_number_of_threads_changes_no_bit():
    """Every point lies there twice, so that neighbours at equal distance abound."""
    points, kinds = clouds(2000, noise=0.1)
    points, kinds = np.tile(points, (2, 1)), np.tile(kinds, 2)
    found = []
    for threads in (1, 3):
        with threadpool_limits(threads):
            graph = Neighbours.of(points, 5)
            shares = graph.spread(some(kinds), 3)
            found.append((graph.weights.toarray(), shares, graph.answers(-points, shares)))
    for one, three in zip(*found, strict=True):
        np.testing.assert_array_equal(one, three)


def test_lengths_of_features_do_not_count():
    points, kinds = clouds()
    stretched = points * np.linspace(0.1, 9, len(points))[:, None]
    one, other = (Neighbours.of(p, 5).spread(some(kinds), 3) for p in (points, stretched))
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_part_without_labels_gets_even_shares():
    points = np.array([[1, 0], [1, 0.1], [1, 0.2], [-1, 0], [-1, 0.1], [-1, 0.2]], float)
    labels = np.array([0, 1, -1, -1, -1, -1])
    shares = Neighbours.of(points, 2).spread(labels, 2, alpha=0.5)
    np.testing.assert_array_equal(shares[3:], 0.5)
    assert shares[0, 0] > 0.5 > shares[1, 0]


def test_a_prior_sets_each_class_s_mass_before_rows_are_scaled():
    points, kinds = clouds()
    graph, labels = Neighbours.of(points, 5), some(kinds)
    prior = np.array([0.6, 0.3, 0.1])
    root = np.sqrt(graph.weights.sum(axis=1))
    system = np.eye(60) - 0.9 * graph.weights.toarray() / root / root[:, None]
    raw = np.linalg.solve(system, np.eye(3)[labels] * (labels >= 0)[:, None])
    expected = raw * prior / raw.sum(axis=0)
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(graph.spread(labels, 3, 0.9, prior), expected, atol=1e-6)


def test_a_class_without_labels_gets_nothing_whatever_its_prior():
    points, _ = clouds()
    labels = np.full(60, UNKNOWN)
    labels[:2] = [0, 1]
    shares = Neighbours.of(points, 30).spread(labels, 3, 0.9, np.full(3, 1 / 3))
    np.testing.assert_array_equal(shares[:, 2], 0)


def test_the_smoothed_prior_lies_between_the_labels_and_even_shares():
    labels = np.array([0, 0, 0, 1, -1, -1])
    np.testing.assert_allclose(smoothed_prior(labels, 3, 0), [0.75, 0.25, 0])
    np.testing.assert_allclose(smoothed_prior(labels, 3, 2), [0.5, 0.3, 0.2])


def test_points_outside_the_graph_get_what_their_neighbours_say():
    points, kinds = clouds(300)
    graph = Neighbours.of(points, 8)
    shares = graph.spread(some(kinds, 5), 3)
    others, truth = clouds(300, seed=1)
    answers = graph.answers(others, shares)
    np.testing.assert_allclose(answers.sum(axis=1), 1)
    assert (answers.argmax(axis=1) == truth).mean() > 0.9
    alone = Neighbours.of(points, 1)
    np.testing.assert_allclose(alone.answers(points, np.eye(3)[kinds]), np.eye(3)[kinds])


def test_an_image_far_from_all_others_is_joined_and_answered_like_its_nearest():
    points = np.vstack([np.tile([1.0, 0, 0], (40, 1)), [[1, 1e-4, 0], [1, 0, 1e-4], [0, 0, -1]]])
    labels = np.full(43, UNKNOWN)
    labels[[0, 41]] = [0, 1]
    graph = Neighbours.of(points, 3)
    shares = graph.spread(labels, 2, 0.9)
    assert np.isfinite(shares).all()
    assert np.isfinite(graph.answers(-points, shares)).all()


def test_equal_images_do_not_break_the_graph():
    shares = Neighbours.of(np.ones((6, 3)), 2).spread(np.array([0, 1, -1, -1, -1, -1]), 2)
    assert np.isfinite(shares).all()


@pytest.mark.parametrize(
    ("labels", "alpha", "sentence"),
    [
        ([-1] * 6, 0.9, "at least one"),
        ([0, 3, -1, -1, -1, -1], 0.9, "from 0 to 1"),
        ([0, 1], 0.9, "one per image"),
        ([0, 1, -1, -1, -1, -1], 1.0, "between 0 and 1"),
    ],
)
def test_bad_labels_are_one_sentence(labels, alpha, sentence):
    graph = Neighbours.of(np.random.default_rng(0).normal(size=(6, 3)), 2)
    with pytest.raises(InputError, match=sentence):
        graph.spread(np.array(labels), 2, alpha)


def test_more_neighbours_than_images_are_refused():
    with pytest.raises(InputError, match="more images than neighbours"):
        Neighbours.of(np.ones((5, 2)), 5)
