"""The benchmark of few labels on scikit-learn's digits, at a scale that says nothing."""

import numpy as np
import pytest

from benchmarks import few_label_digits as bench
from tfnets.metrics import paired_test


def test_accuracy_is_that_on_the_images_without_a_label():
    seen = []

    class Knowing(bench.LogisticRegression):
        def predict(self, rows):
            seen.append(len(rows))
            return super().predict(rows)

    draws = bench.drawn(2, seed=3)
    found = bench.accuracies(lambda place: Knowing(C=10.0 * (place + 1), max_iter=5000), draws)
    assert seen == [1797 - bench.LABELS] * 2
    assert all(0.7 < accuracy < 0.95 for accuracy in found)
    assert found[0] != found[1]


def test_the_reported_splits_are_not_those_of_the_choice():
    reported, chosen = bench.drawn(bench.SPLITS, bench.SEED), bench.drawn(**bench.CHOOSING)
    assert reported.shape == (20, 50)
    assert not {tuple(sorted(draw)) for draw in reported} & {tuple(sorted(d)) for d in chosen}


@pytest.mark.parametrize("name", bench.PEERS)
def test_the_chosen_settings_are_among_those_tried(name):
    make, chosen, grid = bench.PEERS[name]
    assert set(chosen) == set(grid)
    assert all(value in grid[key] for key, value in chosen.items())
    assert make(**chosen).get_params()


def test_the_table_compares_with_the_first_row():
    ours, other = [0.9, 0.96, 0.93], [0.8, 0.9, 0.85]
    rows = bench.table([("ours", ours, 30.0), ("other", other, 0.25)]).splitlines()
    difference = paired_test(np.array(ours), np.array(other)).difference
    assert rows[2] == f"| ours | {bench.metrics.mean_ci95(ours):.4f} | 0.9000 | - | 30.0 |"
    assert rows[3].endswith(f"| 0.8000 | {difference:.4f} | 0.2 |")
