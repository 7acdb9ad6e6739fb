import numpy as np
import pytest

from tfnets.metrics import partner_match

RNG = np.random.default_rng(0)


def test_the_partners_themselves_match_exactly():
    partners = RNG.random((30, 4, 4, 1))
    assert partner_match(partners, partners) == {"distance": 0, "relative": 0, "rank": 0}


def test_shuffled_partners_are_chance():
    partners = RNG.random((200, 5, 5, 1)) > 0.5
    found = partner_match(np.roll(partners, 1, axis=0) * 1.0, partners * 1.0)
    assert found["relative"] == pytest.approx(1, abs=0.03)
    assert found["rank"] == pytest.approx(0.5, abs=0.05)


def test_numbers_by_hand():
    partners = np.array([0.0, 1.0, 3.0]).reshape(3, 1, 1, 1)
    made = np.array([0.0, 0.0, 2.0]).reshape(3, 1, 1, 1)
    found = partner_match(made, partners)
    # Distances to the true partners 0, 1, 1; of two partners (1 + 2 + 3) / 3 = 2.
    assert found["distance"] == pytest.approx(2 / 3)
    assert found["relative"] == pytest.approx(1 / 3)
    # The second is nearer to 0 than to 1; the third as near to 1 as to 3.
    assert found["rank"] == pytest.approx((0 + 0.5 + 0.25) / 3)


def test_one_output_for_all_has_no_information():
    partners = RNG.random((100, 3, 3, 1))
    found = partner_match(np.full_like(partners, 0.5), partners)
    assert found["rank"] == pytest.approx(0.5)


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="a partner each"):
        partner_match(np.zeros((2, 3)), np.zeros((2, 4)))
