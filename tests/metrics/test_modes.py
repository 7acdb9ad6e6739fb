import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.metrics import mode_coverage

CENTRES = np.array([[0.0, 0], [10, 0], [0, 10], [10, 10]])


def at(*counts, offset=(0.0, 0.0)):
    """So many points at each centre, all moved by one offset."""
    return np.repeat(CENTRES[: len(counts)], counts, axis=0) + offset


def test_an_even_sample_on_the_centres_is_perfect():
    found = mode_coverage(at(5, 5, 5, 5), CENTRES, 0.1)
    assert found == {
        "modes": 4, "modes_hit": 4, "kl": 0.0, "high_quality": 1.0, "histogram": [0.25] * 4,
        "n": 20,
    }  # fmt: skip


@pytest.mark.parametrize("modes", [1, 2, 3])
def test_kl_of_an_even_sample_of_some_modes(modes):
    found = mode_coverage(at(*[6] * modes), CENTRES, 0.1)
    assert found["kl"] == pytest.approx(np.log(4 / modes))
    assert (found["modes"], found["modes_hit"]) == (modes, modes)


def test_kl_counts_all_points_and_is_of_the_sample_from_the_even_share():
    sample = np.concatenate([at(3), at(0, 1, offset=(2.0, 2.0))])
    found = mode_coverage(sample, CENTRES, 0.1)
    assert found["kl"] == pytest.approx(0.75 * np.log(3) + 0.25 * np.log(1))
    assert found["high_quality"] == 0.75
    assert found["modes_hit"] == 1


@pytest.mark.parametrize(("offset", "share"), [(0.2999, 1.0), (0.3001, 0.0)])
def test_high_quality_ends_at_three_standard_deviations(offset, share):
    assert mode_coverage(at(4, 4, offset=(0, offset)), CENTRES, 0.1)["high_quality"] == share


def test_the_distance_is_euclidean():
    diagonal = at(1, offset=(0.25, 0.25))
    assert mode_coverage(diagonal, CENTRES, 0.1)["high_quality"] == 0


@pytest.mark.parametrize(("few", "modes"), [(9, 3), (10, 4)])
def test_a_mode_needs_a_tenth_of_its_even_share_but_is_hit_by_one_point(few, modes):
    found = mode_coverage(at(200, 100, 100 - few, few), CENTRES, 0.1)
    assert (found["modes"], found["modes_hit"]) == (modes, 4)


def test_points_between_the_modes_cover_none():
    found = mode_coverage(at(3, 3, 3, 3, offset=(1.0, 0)), CENTRES, 0.1)
    assert (found["modes"], found["modes_hit"], found["high_quality"]) == (0, 0, 0.0)
    assert found["histogram"] == [0.25] * 4


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.integers(0, 2**31))
def test_the_order_of_points_and_centres_does_not_matter(modes, seed):
    rng = np.random.default_rng(seed)
    sample = CENTRES[modes] + rng.normal(0, 0.2, (len(modes), 2))
    found = mode_coverage(sample, CENTRES, 0.1)
    moved = mode_coverage(rng.permutation(sample), CENTRES[[2, 0, 3, 1]], 0.1)
    assert moved["histogram"] == [found["histogram"][i] for i in (2, 0, 3, 1)]
    for name in ("modes", "modes_hit", "kl", "high_quality", "n"):
        assert moved[name] == pytest.approx(found[name])


@pytest.mark.parametrize(
    ("points", "stddev", "sentence"),
    [
        (np.zeros((3, 3)), 0.1, r"\(3, 3\) and \(4, 2\)"),
        (np.zeros((0, 2)), 0.1, "n, k >= 1"),
        (np.full((2, 2), np.nan), 0.1, "finite"),
        (np.zeros((3, 2)), 0.0, "above 0"),
    ],
)
def test_what_cannot_be_counted_is_refused(points, stddev, sentence):
    with pytest.raises(ValueError, match=sentence):
        mode_coverage(points, CENTRES, stddev)
