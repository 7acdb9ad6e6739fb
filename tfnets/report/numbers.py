"""Numbers as a reader wants them: four significant digits, intervals with equal decimals."""

import math
from collections.abc import Sequence

from tfnets.report.content import Cell, Claim

NONE = "\N{EN DASH}"


def cell(value: Cell) -> str:
    """Formats a value: text as it is, whole numbers with thousands separators, None as a dash."""
    if value is None:
        return NONE
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return together([value])[0]


def together(values: Sequence[float]) -> list[str]:
    """Formats values that stand side by side with the same number of decimals.

    The largest gets four significant digits; zeros that all end with are dropped. Very large and
    very small numbers are written with an exponent.
    """
    finite = [value for value in values if math.isfinite(value)]
    largest = max(map(abs, finite), default=0.0)
    if largest and not 1e-4 <= largest < 1e7:
        return [f"{value:z.4g}" for value in values]
    decimals = max(0, 3 - math.floor(math.log10(largest))) if largest else 0
    while decimals and all(f"{value:.{decimals}f}".endswith("0") for value in finite):
        decimals -= 1
    return [f"{value:z,.{decimals}f}" for value in values]


def measured(claim: Claim) -> str:
    """Formats our number with its interval and N: "0.741 [0.730, 0.752], N = 20"."""
    if claim.ours is None:
        return NONE
    text, interval = cell(claim.ours), ""
    if claim.ci95 is not None:
        if isinstance(claim.ours, str | bool):
            low, high = together(claim.ci95)
        else:
            text, low, high = together([claim.ours, *claim.ci95])
        interval = f" [{low}, {high}]"
    unit = f" {claim.unit}" if claim.unit else ""
    count = f", N = {claim.n:,}" if claim.n is not None else ""
    return f"{text}{unit}{interval}{count}"
