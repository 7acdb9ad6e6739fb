import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.metrics.paths import (
    NUMBERS,
    nearest_ratio,
    path_numbers,
    step_numbers,
    transition_width,
)

RNG = np.random.default_rng(0)
M = 21
PLACES = np.linspace(0, 1, M)


def moving(share, third=0.0):
    """One path (1, m, 3): `share` of what is not the third class's belongs to the last end."""
    share, third = (np.broadcast_to(value, M) for value in (share, third))
    return np.stack([(1 - third) * (1 - share), (1 - third) * share, third], axis=1)[None]


def numbers(probabilities, features=None):
    features = np.zeros((*probabilities.shape[:2], 2)) if features is None else features
    return {name: values[0] for name, values in path_numbers(probabilities, features).items()}


EVEN, JUMP = moving(PLACES), moving((PLACES > 0.5).astype(float))


def test_an_even_change_by_hand():
    found = numbers(EVEN)
    assert tuple(found) == NUMBERS
    between = PLACES[1:-1]
    largest = np.maximum(between, 1 - between)
    assert found["confidence"] == pytest.approx(largest.mean())
    assert found["sag"] == pytest.approx(1 - largest.mean())
    # 0.90 and 0.95 at either end are sure, with rounding on 0.90's side.
    assert found["unsure"] == pytest.approx((largest < 0.9).mean())
    assert found["unsure"] in (15 / 19, 16 / 19, 17 / 19)
    entropy = -(between * np.log(between) + (1 - between) * np.log(1 - between))
    assert found["entropy"] == pytest.approx(entropy.mean())
    assert found["third"] == 0
    assert found["width"] == pytest.approx(0.8)


def test_a_jump_by_hand():
    found = numbers(JUMP)
    assert found["confidence"] == 1
    assert found["sag"] == found["unsure"] == found["entropy"] == found["third"] == 0
    assert found["width"] == pytest.approx(0.8 / (M - 1))


def test_a_way_through_a_third_class_is_sure_but_wide():
    third = ((PLACES > 0.22) & (PLACES < 0.78)).astype(float)
    found = numbers(moving((PLACES > 0.5).astype(float), third))
    assert found["unsure"] == 0
    assert found["third"] == pytest.approx(11 / 19)
    # From a tenth of the step after 0.2 to a tenth before 0.8.
    assert found["width"] == pytest.approx((0.8 - 0.1 / 20) - (0.2 + 0.1 / 20))


def test_the_ends_do_not_count_as_between():
    unsure_ends = JUMP.copy()
    unsure_ends[0, [0, -1]] = [[0.6, 0.4, 0], [0.4, 0.6, 0]]
    found = numbers(unsure_ends)
    assert found["confidence"] == 1
    assert found["unsure"] == found["entropy"] == 0
    assert found["sag"] == pytest.approx(-0.4)
    assert found["width"] == 1


@pytest.mark.parametrize("end", [0.7, 0.85, 0.95])
def test_a_width_begins_where_the_first_class_is_left_for_the_first_time(end):
    share = np.where(PLACES <= 0.1, 0, np.where(PLACES < 0.2, 0.5, np.where(end > PLACES, 0, 1)))
    expected = (np.ceil(end * 20 - 1e-9) / 20 - 0.1 / 20) - (0.1 + 0.2 / 20)
    assert transition_width(moving(share))[0] == pytest.approx(expected)


def test_a_path_that_stays_has_no_width():
    assert transition_width(moving(np.zeros(M)))[0] == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 12), st.integers(2, 4), st.integers(0, 2**31 - 1))
def test_widths_read_backwards_are_the_same(m, classes, seed):
    rng = np.random.default_rng(seed)
    paths = rng.dirichlet(np.full(classes, 0.15), (6, m))
    widths = transition_width(paths)
    np.testing.assert_allclose(widths, transition_width(paths[:, ::-1]), atol=1e-9)
    assert ((widths >= 0) & (widths <= 1)).all()


def test_a_finer_grid_gives_the_width_of_the_same_change():
    logistic = {m: 1 / (1 + np.exp(-30 * (np.linspace(0, 1, m) - 0.5))) for m in (41, 401)}
    found = [
        transition_width(np.stack([1 - share, share], axis=1)[None])[0]
        for share in logistic.values()
    ]
    assert found[1] == pytest.approx(2 * np.log(9) / 30, abs=1e-4)
    assert found[0] == pytest.approx(found[1], abs=2e-3)


def test_steps_of_a_straight_line_and_of_a_jump():
    direction = RNG.normal(size=5)
    line = PLACES[:, None] * direction
    jump = (PLACES > 0.5)[:, None] * direction
    corner = np.zeros((M, 5))
    corner[:11, 0], corner[11:, 0] = np.arange(11), 10
    corner[11:, 1] = np.arange(1, 11)
    found = step_numbers(np.stack([line, jump, corner, np.zeros((M, 5))]))
    np.testing.assert_allclose(found["largest_step"], [1, M - 1, 1, 1])
    np.testing.assert_allclose(found["length"], [1, 1, 20 / np.hypot(10, 10), 1])


def test_a_round_trip_has_the_length_of_a_path_that_does_not_end_where_it_began():
    back = np.concatenate([np.arange(11), np.arange(10)[::-1]])[:, None].astype(float)
    back[-1] = 2
    assert step_numbers(back[None])["length"][0] == pytest.approx((10 + 9 + 1) / 2)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31 - 1), st.floats(0.01, 100))
def test_step_numbers_know_no_scale_and_no_direction(seed, scale):
    rng = np.random.default_rng(seed)
    paths = rng.normal(size=(3, 6, 4))
    turned = scale * paths @ np.linalg.qr(rng.normal(size=(4, 4)))[0] + 5
    for name, values in step_numbers(paths).items():
        np.testing.assert_allclose(values, step_numbers(turned)[name], rtol=1e-6)
    found = step_numbers(paths)
    assert (found["length"] >= 1).all()
    assert ((found["largest_step"] >= 1) & (found["largest_step"] <= 5)).all()


def test_paths_are_measured_each_alone():
    features = RNG.normal(size=(2, M, 3))
    both = path_numbers(np.concatenate([EVEN, JUMP]), features)
    for row, probabilities in enumerate((EVEN, JUMP)):
        alone = numbers(probabilities, features[row : row + 1])
        assert {name: values[row] for name, values in both.items()} == pytest.approx(alone)


def test_nearest_distances_are_means_over_a_path_in_units():
    known = np.array([[0.0, 0.0], [10.0, 0.0]])
    points = np.array([[[1.0, 0.0], [8.0, 0.0]], [[0.0, 3.0], [10.0, 0.0]]])
    np.testing.assert_allclose(nearest_ratio(points, known, unit=0.5), [3, 3], atol=1e-6)


@pytest.mark.parametrize(
    ("probabilities", "features", "sentence"),
    [
        (EVEN[0], EVEN[0], "must have the shape"),
        (EVEN[:, :2], EVEN[:, :2], "at least one path of 3"),
        (EVEN * 2, EVEN, "add up to 1"),
        (EVEN - 0.1, EVEN, "at least 0"),
        (EVEN, EVEN[:, 1:], "of the same paths"),
    ],
)
def test_what_is_no_path_is_refused(probabilities, features, sentence):
    with pytest.raises(ValueError, match=sentence):
        path_numbers(probabilities, features)


@pytest.mark.parametrize("level", [0.5, 1.0])
def test_a_level_that_two_classes_could_hold_is_refused(level):
    with pytest.raises(ValueError, match="level"):
        transition_width(EVEN, level)
