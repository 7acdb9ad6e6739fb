import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfnets.lab.fit import EXECUTION, executed_steps, steps_per_execution
from tfnets.models import classifiers


@given(st.integers(1, 20_000), st.integers(1, 600))
def test_executions_divide_an_epoch_and_no_larger_one_would(steps, at_most):
    found = steps_per_execution(steps, at_most)
    assert steps % found == 0
    assert 1 <= found <= at_most
    assert not any(steps % size == 0 for size in range(found + 1, min(at_most, steps) + 1))


def test_an_execution_is_about_the_wanted_work():
    """Multiplications of (12, 32) by hand: 28x28 and 10x10 places, and the dense layer."""
    network = classifiers.two_convolutions((12, 32), 0)
    multiplications = 28 * 28 * 12 * 75 + 10 * 10 * 32 * 25 * 12 + 800 * 10
    for batch_size in (16, 64, 500):
        found = executed_steps(network, batch_size)
        assert found == int(EXECUTION / (3 * batch_size * multiplications))
        assert 1 < found < 500


@pytest.mark.parametrize(("batch_size", "steps"), [(4, 500), (1, 500), (10**5, 1)])
def test_an_execution_has_from_1_to_500_steps(batch_size, steps):
    assert executed_steps(classifiers.two_convolutions((12, 32), 0), batch_size) == steps
