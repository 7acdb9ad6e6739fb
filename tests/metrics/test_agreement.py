import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.metrics import coverage_per_class, label_agreement, prdc

RNG = np.random.default_rng(0)


def wilson(k, n, z=1.959963984540054):
    """Wilson (1927) written out."""
    centre = (k / n + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(k / n * (1 - k / n) / n + z**2 / (4 * n**2))
    return centre - half, centre + half


def test_a_small_case_counted_by_hand():
    found = label_agreement(np.array([0, 0, 0, 0, 2, 2]), np.array([0, 0, 0, 1, 2, 1]))
    assert found["mean"] == pytest.approx(4 / 6)
    assert found["n"] == 6
    assert found["ci95"] == pytest.approx(wilson(4, 6))
    assert [(row["label"], row["mean"], row["n"]) for row in found["per_class"]] == [
        (0, 0.75, 4), (2, 0.5, 2),
    ]  # fmt: skip
    assert found["per_class"][0]["ci95"] == pytest.approx(wilson(3, 4))


def test_an_interval_of_the_literature():
    """81 of 263: Newcombe (1998), table 1, method 3."""
    asked = np.zeros(263, np.int32)
    judged = (np.arange(263) >= 81).astype(np.int32)
    low, high = label_agreement(asked, judged)["ci95"]
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


@pytest.mark.parametrize("judged", [0, 1])
def test_the_interval_has_a_width_where_all_or_none_agree(judged):
    found = label_agreement(np.zeros(50, np.int32), np.full(50, judged))
    low, high = found["ci95"]
    assert 0 <= low < high <= 1
    assert found["mean"] == pytest.approx(low if judged else high)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60))
def test_the_whole_is_the_mean_of_the_classes_weighted_by_their_size(pairs):
    asked, judged = np.array(pairs).T
    found = label_agreement(asked, judged)
    rows = found["per_class"]
    assert [row["label"] for row in rows] == sorted(set(asked.tolist()))
    assert sum(row["n"] for row in rows) == found["n"] == len(pairs)
    assert sum(row["mean"] * row["n"] for row in rows) / found["n"] == pytest.approx(found["mean"])
    assert found["ci95"][0] <= found["mean"] <= found["ci95"][1]


@pytest.mark.parametrize(
    ("asked", "judged"),
    [([], []), ([0.0], [0.0]), ([0, 1], [0]), ([-1], [0]), ([[0]], [[0]])],
)
def test_labels_that_are_none_are_refused(asked, judged):
    with pytest.raises(ValueError, match=r"whole numbers|one label"):
        label_agreement(np.array(asked), np.array(judged))


def classes(n=12):
    """Two classes far apart, each a cloud of n points."""
    labels = np.repeat([3, 7], n)
    return RNG.normal(size=(2 * n, 4)) + 100 * labels[:, None], labels


def test_the_same_images_cover_each_class_whole():
    features, labels = classes()
    rows = coverage_per_class(features, labels, features, labels)
    assert rows == [
        {"label": 3, "coverage": 1.0, "real": 12, "fake": 12},
        {"label": 7, "coverage": 1.0, "real": 12, "fake": 12},
    ]


def test_images_of_the_wrong_class_cover_nothing():
    features, labels = classes()
    rows = coverage_per_class(features, labels, features, labels[::-1])
    assert [row["coverage"] for row in rows] == [0, 0]


def test_a_collapsed_class_covers_only_the_neighbourhood_of_its_one_image():
    line = np.arange(20.0)[:, None]
    features, labels = np.concatenate([line, line]), np.repeat([0, 1], 20)
    fake = np.concatenate([np.full((20, 1), 10.0), line])
    rows = coverage_per_class(features, labels, fake, labels, k=2)
    # A ball of k = 2 reaches 1 to either side: the images at 9, 10 and 11 see the one at 10.
    assert [row["coverage"] for row in rows] == [3 / 20, 1.0]


def test_each_class_is_the_coverage_of_prdc_on_that_class_alone():
    features, labels = classes(30)
    fake, asked = classes(20)
    rows = coverage_per_class(features, labels, fake, asked, k=3)
    for row in rows:
        alone = prdc(features[labels == row["label"]], fake[asked == row["label"]], 3)
        assert row["coverage"] == alone.coverage
    assert len({row["coverage"] for row in rows} | {0.0, 1.0}) > 2


def test_a_class_with_too_few_images_is_named():
    features, labels = classes()
    with pytest.raises(ValueError, match="Class 3 has 12 real and 0 generated"):
        coverage_per_class(features, labels, features[12:], labels[12:])
    with pytest.raises(ValueError, match="one label"):
        coverage_per_class(features, labels[1:], features, labels)
