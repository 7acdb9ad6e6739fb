from dataclasses import replace

import pytest

from benchmarks.rows import best_peer, gflops, ratios, row, table
from tests.benchmarks.tiny import CLASSIFIER

TIMES = {
    "ours": [2.0, 4.0, 1.0],
    "slow": [9.0, 9.0, 9.0],
    # Once slower than `slow`, but not in the median.
    "fast": [3.0, 20.0, 2.5],
}
CHECK = {"early": 0.0, "update": 0.0, "late": 0.0}


def made(passed=True, macs=50_000_000):
    checks = {"slow": CHECK | {"passed": True}, "fast": CHECK | {"passed": passed}}
    threads = {"ours": 1, "slow": 2, "fast": 2}
    peak = {"matmul": 80.0, "convolution": 100.0}
    workload = replace(CLASSIFIER, name="some")
    return row(workload, TIMES, threads, macs, peak, checks)


def test_the_best_peer_has_the_lowest_median():
    assert best_peer(TIMES) == "fast"
    assert best_peer({"ours": [1.0], "a": [3.0], "b": [2.0]}) == "b"


def test_ratios_are_paired_by_repeat():
    assert ratios(TIMES, "fast") == [1.5, 5.0, 2.5]


def test_gigaflops_by_hand():
    # 5e7 multiply-accumulates are 1e8 operations; in 2 ms, 5e10 a second.
    assert gflops(50_000_000, 2.0) == pytest.approx(50)


def test_a_row_has_medians_ratio_spread_and_share():
    found = made()
    assert found["workload"] == "some"
    assert found["unit"] == "step"
    assert found["ours_ms"] == 2.0
    assert found["peers"] == {"slow": 9.0, "fast": 3.0}
    assert found["best_peer"] == "fast"
    assert found["ratio_best_peer"] == 2.5
    assert found["ratio_spread"] == [1.5, 5.0]
    assert found["spread_ms"] == {"ours": [1.0, 4.0], "slow": [9.0, 9.0], "fast": [2.5, 20.0]}
    assert found["peak_share"] == pytest.approx(0.5)
    assert found["repeats"] == 3
    assert found["passed"] is True


def test_one_differing_peer_fails_the_row():
    assert made(passed=False)["passed"] is False


def test_repeats_must_pair_up():
    with pytest.raises(ValueError, match="longer"):
        ratios({"ours": [1.0, 2.0], "fast": [1.0]}, "fast")


def test_without_a_count_there_is_no_share():
    found = made(macs=None)
    assert (found["peak_share"], found["gflops"], found["macs"]) == (None, None, None)
    assert found["ratio_best_peer"] == 2.5
    assert table([found]).splitlines()[0].endswith("operations not counted")


def test_the_table_says_which_sides_differ():
    lines = table([made(passed=False)]).splitlines()
    assert lines[0] == (
        "some: 2.50 x fast [1.50, 5.00] in 3 repeats, 50% of the peak (50.0 of 100.0 GFLOP/s)"
    )
    assert [line.split()[0] for line in lines[1:]] == ["ours", "slow", "fast"]
    assert lines[2].endswith("2 threads  the same")
    assert lines[3].endswith("2 threads  DIFFERS")
