"""Claims of study 3.6."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tfnets.lab import findings
from tfnets.report.content import Claim
from tfnets.studies.gan_stabilisers.numbers import FLOOR, Found

SCALED = ("plain", "best")
"""The variants whose noise is scaled."""

ONE_OUTPUT = 1e-5
"""Samples that differ by no more than this are one: rounding of equal rows in one batch."""

LABELS = ("two_sided", "one_sided")
SATURATING = ("sigmoid", "tanh")
SPREADING = ("richer", "augmentation", "minibatch")
NAMED = {"one_sided", "gradient_penalty", *SATURATING, *SPREADING}
"""What the origin names, to use or (saturating) to avoid; its "label smoothing" is noise on the
labels of real images, which is not `two_sided`."""


def claims(subject: str, found: Found, scales: Sequence[float]) -> list[Claim]:
    """All claims on one subject; those of variants that were not trained are left out."""
    return [
        *_coverage_claims(subject, found),
        *(
            findings.decided(
                f"{subject}: {variant} spreads the samples more evenly over the modes",
                found.values("plain", "kl") - found.values(variant, "kl"),
                whose="origin" if variant in NAMED else "ours",
                note=f"KL divergence of plain minus {variant}, nats",
            )
            for variant in (*SPREADING, "best")
            if found.has("plain", variant)
        ),
        *_gradient_claims(subject, found),
        *_noise_claims(subject, found, scales),
    ]


def _coverage_claims(subject: str, found: Found) -> list[Claim]:
    texts = {
        "plain": ("The plain GAN loses modes", False),
        "best": ("The combination covers every mode", True),
    }
    modes = {
        variant: [row["modes"] for row in found.rows[variant]]
        for variant in texts
        if found.has(variant)
    }
    return [
        findings.agreed(
            f"{subject}: {texts[variant][0]}",
            [(count == found.classes) == texts[variant][1] for count in counts],
            ours=", ".join(f"{count}/{found.classes}" for count in counts),
            note="modes covered by each seed",
        )
        for variant, counts in modes.items()
    ]


def _gradient_claims(subject: str, found: Found) -> list[Claim]:
    wanted = [(name, "plain", "gradient_late") for name in (*LABELS, "gradient_penalty")]
    wanted += [("plain", name, "gradient_late") for name in SATURATING]
    wanted += [("plain", "minimax", when) for when in ("gradient_early", "gradient_late")]
    return [
        _larger(subject, found, larger, smaller, when)
        for larger, smaller, when in wanted
        if found.has(larger, smaller)
    ]


def _larger(subject: str, found: Found, a: str, b: str, when: str) -> Claim:
    ratios = np.log10(
        np.maximum(found.values(a, when), FLOOR) / np.maximum(found.values(b, when), FLOOR)
    )
    epoch = "first" if when == "gradient_early" else "last"
    return findings.decided(
        f"{subject}: in the {epoch} epoch the generator's gradient is larger with {a} than with "
        f"{b}",
        ratios,
        whose="origin" if NAMED & {a, b} else "ours",
        note="log10 of the ratio of the norms",
    )


def _noise_claims(subject: str, found: Found, scales: Sequence[float]) -> list[Claim]:
    worst = max(row["zero_noise"] for rows in found.rows.values() for row in rows)
    decided = [
        findings.agreed(
            f"{subject}: without noise there is one output",
            [row["zero_noise"] <= ONE_OUTPUT for rows in found.rows.values() for row in rows],
            ours=worst,
            whose="origin",
            note="largest difference of 100 samples at z = 0, all networks",
            certain=True,
        )
    ]
    decided += [
        _scaled(subject, found, scales, variant, factor)
        for variant in SCALED
        for factor in (0.5, 2.0)
        if found.has(variant) and {factor, 1.0} <= set(scales)
    ]
    if found.has("plain", "uniform"):
        decided.append(_distribution(subject, found))
    return decided


def _scaled(
    subject: str, found: Found, scales: Sequence[float], variant: str, factor: float
) -> Claim:
    """The claim that less noise than in training gives less diversity, and more gives more."""
    rows = np.array([row["diversity"] for row in found.rows[variant]])
    ratios = rows[:, scales.index(factor)] / rows[:, scales.index(1.0)] - 1
    more = factor > 1
    return findings.decided(
        f"{subject}: noise scaled by {factor:g} gives {'more' if more else 'less'} diverse samples "
        f"({variant})",
        ratios if more else -ratios,
        whose="origin",
        note=f"relative {'gain' if more else 'loss'} of diversity",
    )


def _distribution(subject: str, found: Found) -> Claim:
    """The two-sided claim that uniform and normal noise differ in diversity."""
    ratios = found.values("uniform", "spread") / found.values("plain", "spread") - 1
    claim = findings.decided(
        f"{subject}: uniform noise of the same variance changes the diversity",
        ratios,
        whose="origin",
        note="diversity of uniform over that of normal, minus 1; two-sided",
    )
    below = claim.ci95 is not None and claim.ci95[1] < 0
    return claim if not below else replace(claim, verdict="confirmed")
