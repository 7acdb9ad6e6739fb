import itertools

import numpy as np
import pytest

from tfnets.metrics import rank_test
from tfnets.metrics.ranks import rank_correlation


def test_p_values_are_shares_of_all_permutations():
    a, b = np.array([1.0, 2, 3, 4, 5]), np.array([2.0, 1, 4, 3, 5])
    found = rank_test(a, b)
    every = np.array([rank_correlation(a, p) for p in itertools.permutations(b)])
    assert found.rho == pytest.approx(0.8)
    assert found.p_greater == pytest.approx((every >= 0.8 - 1e-9).mean())
    assert found.p_less == pytest.approx((every <= 0.8 + 1e-9).mean())
    assert found.p_value == pytest.approx(2 * found.p_greater)
    assert found.low < 0.8 < found.high


def test_eight_pairs_in_order_have_the_least_p_value():
    found = rank_test(np.arange(8), np.exp(np.arange(8)))
    assert found.rho == pytest.approx(1)
    assert found.p_greater == pytest.approx(1 / 40_320)
    assert found.p_less == pytest.approx(1)
    turned = rank_test(np.arange(8), -np.arange(8))
    assert (turned.rho, turned.p_less) == (pytest.approx(-1), pytest.approx(1 / 40_320))


def test_without_an_order_nothing_is_found():
    found = rank_test(np.arange(6), np.zeros(6))
    assert (found.rho, found.p_value) == (0, 1)


def test_three_pairs_are_refused():
    with pytest.raises(ValueError, match="needs 4 pairs"):
        rank_test(np.arange(3), np.arange(3))
