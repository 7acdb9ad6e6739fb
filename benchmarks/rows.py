"""Times into rows: medians, ratios with their spread, shares of the peak."""

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.workload import OURS, Workload

Times = Mapping[str, Sequence[float]]


def best_peer(times: Times) -> str:
    """The side with the lowest median, ours apart."""
    return min((side for side in times if side != OURS), key=lambda side: median(times[side]))


def ratios(times: Times, peer: str) -> list[float]:
    """The peer's time over ours, repeat by repeat: above 1 where ours is faster.

    The two of a repeat ran close to each other, so that slow minutes of the machine cancel.
    """
    return [theirs / ours for theirs, ours in zip(times[peer], times[OURS], strict=True)]


def gflops(macs: int, milliseconds: float) -> float:
    """10^9 operations per second; a multiply-accumulate is two operations."""
    return 2 * macs / milliseconds / 1e6


def row(
    workload: Workload,
    times: Times,
    threads: Mapping[str, int],
    macs: int | None,
    peak: Mapping[str, float],
    check: Mapping[str, Mapping],
) -> dict:
    """One row of the result.

    Args:
        workload: What was timed.
        times: Milliseconds per step or job of each side, one per repeat.
        threads: Threads that each side ran with.
        macs: Multiply-accumulates of one step or job; None if they were not counted.
        peak: 10^9 operations per second that matrix products and convolutions reach with as many
            threads as our side; empty where macs were not counted.
        check: For each peer its differences from our side, with `passed`.
    """
    best = best_peer(times)
    found = ratios(times, best)
    ours = median(times[OURS])
    reached = gflops(macs, ours) if macs else None
    return {
        "workload": workload.name,
        "unit": workload.unit,
        "ours_ms": ours,
        "peers": {side: median(values) for side, values in times.items() if side != OURS},
        "ratio_best_peer": median(found),
        "peak_share": reached / max(peak.values()) if reached else None,
        "repeats": len(found),
        "best_peer": best,
        "ratio_spread": [min(found), max(found)],
        "spread_ms": {side: [min(values), max(values)] for side, values in times.items()},
        "threads": dict(threads),
        "macs": macs,
        "gflops": reached,
        "peak_gflops": dict(peak),
        "check": dict(check),
        "passed": all(found["passed"] for found in check.values()),
    }


def table(rows: Sequence[Mapping]) -> str:
    """The rows for people, one block of lines per workload."""
    return "\n\n".join(_block(row) for row in rows)


def _block(row: Mapping) -> str:
    low, high = row["ratio_spread"]
    lines = [
        f"{row['workload']}: {row['ratio_best_peer']:.2f} x {row['best_peer']} "
        f"[{low:.2f}, {high:.2f}] in {row['repeats']} repeats, {_peak(row)}"
    ]
    medians = {OURS: row["ours_ms"], **row["peers"]}
    for side, value in medians.items():
        fastest, slowest = row["spread_ms"][side]
        check = row["check"].get(side)
        same = "" if check is None else f"  {'the same' if check['passed'] else 'DIFFERS'}"
        lines.append(
            f"  {side:20}{value:10.3f} ms/{row['unit']}  [{fastest:.3f}, {slowest:.3f}]  "
            f"{row['threads'][side]} threads{same}"
        )
    return "\n".join(lines)


def _peak(row: Mapping) -> str:
    if row["peak_share"] is None:
        return "operations not counted"
    best = f"{max(row['peak_gflops'].values()):.1f} GFLOP/s"
    return f"{row['peak_share']:.0%} of the peak ({row['gflops']:.1f} of {best})"
