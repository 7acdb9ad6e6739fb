"""Times into rows: medians, ratios with their spread, shares of the peak."""

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.workload import OURS

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
    name: str,
    times: Times,
    threads: Mapping[str, int],
    macs: int,
    peak: Mapping[str, float],
    loss_check: Mapping[str, Mapping],
) -> dict:
    """One row of the result.

    Args:
        name: The workload.
        times: Milliseconds per step of each side, one per repeat.
        threads: Threads that each side ran with.
        macs: Multiply-accumulates of one step.
        peak: 10^9 operations per second that matrix products and convolutions reach with as many
            threads as our side.
        loss_check: For each peer its differences from our side, with `passed`.
    """
    best = best_peer(times)
    found = ratios(times, best)
    ours = median(times[OURS])
    return {
        "workload": name,
        "ours_ms": ours,
        "peers": {side: median(values) for side, values in times.items() if side != OURS},
        "ratio_best_peer": median(found),
        "peak_share": gflops(macs, ours) / max(peak.values()),
        "repeats": len(found),
        "best_peer": best,
        "ratio_spread": [min(found), max(found)],
        "spread_ms": {side: [min(values), max(values)] for side, values in times.items()},
        "threads": dict(threads),
        "macs": macs,
        "gflops": gflops(macs, ours),
        "peak_gflops": dict(peak),
        "loss_check": dict(loss_check),
        "passed": all(found["passed"] for found in loss_check.values()),
    }


def table(rows: Sequence[Mapping]) -> str:
    """The rows for people, one block of lines per workload."""
    return "\n\n".join(_block(row) for row in rows)


def _block(row: Mapping) -> str:
    low, high = row["ratio_spread"]
    lines = [
        f"{row['workload']}: {row['ratio_best_peer']:.2f} x {row['best_peer']} "
        f"[{low:.2f}, {high:.2f}] in {row['repeats']} repeats, "
        f"{row['peak_share']:.0%} of the peak ({row['gflops']:.1f} of "
        f"{max(row['peak_gflops'].values()):.1f} GFLOP/s)"
    ]
    medians = {OURS: row["ours_ms"], **row["peers"]}
    for side, value in medians.items():
        fastest, slowest = row["spread_ms"][side]
        check = row["loss_check"].get(side)
        losses = "" if check is None else f"  losses {'agree' if check['passed'] else 'DIFFER'}"
        lines.append(
            f"  {side:20}{value:9.3f} ms  [{fastest:.3f}, {slowest:.3f}]  "
            f"{row['threads'][side]} threads{losses}"
        )
    return "\n".join(lines)
