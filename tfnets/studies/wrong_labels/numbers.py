"""Numbers of study 3.5: what logits say of pairs, and means over seeds."""

from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.lab.seeds import curve, estimate, estimates
from tfnets.methods.gans.label_quality import LabelQuality
from tfnets.methods.gans.quality import Seeds

NAMES = (
    "auroc_wrong", "auroc_fake", "auroc_wrong_above_fake", "accuracy", "logit_right",
    "logit_wrong", "logit_fake", "real_right", "real_wrong", "real_fake", "agreement", "frechet",
)  # fmt: skip


def over_seeds(rows: Seeds, judge: LabelQuality) -> dict[str, Any]:
    """Means over seeds with intervals, the values of each seed, and the differences by seed."""
    variants = {
        variant: estimates(seeds, NAMES)
        | {
            "auroc_wrong_each": values(seeds, "auroc_wrong"),
            "curve": curve(
                [seed["curve"] for seed in seeds], ("auroc_wrong", "auroc_fake"), ("step", "n")
            ),
        }
        for variant, seeds in rows.items()
    }
    result = {"variants": variants, "n": judge.samples, "judge": judge.agreement_real}
    if len(rows) < 2:
        return result
    differences = {name: estimate(list(difference(rows, name))) for name in NAMES}
    return result | {"matching_minus_plain": differences}


def difference(rows: Seeds, name: str) -> np.ndarray:
    """A number with matching-aware training minus that without, by seed."""
    return np.subtract(*(values(rows[variant], name) for variant in ("matching", "plain")))


def values(seeds: list[dict[str, Any]], name: str) -> list[float]:
    """A number of each seed."""
    return [seed[name] for seed in seeds]


def of_logits(scores: np.ndarray, labels: np.ndarray, fakes: np.ndarray) -> dict[str, float]:
    """What the logits say of right, wrong and generated pairs.

    Args:
        scores: Logits (n, classes) of real images under every label.
        labels: Their own labels (n,).
        fakes: Logits (m,) of generated images under the labels that they were made for.

    Returns:
        `auroc_wrong` and `auroc_fake` (right pairs against wrong ones and against generated
        images; 0.5 is chance, 1 perfect), `auroc_wrong_above_fake` (wrong pairs against generated
        images: below 0.5, wrong pairs are rejected more clearly than generated images), `accuracy`
        (share of images whose own label has the highest logit), and for each kind the mean `logit`
        and the share called `real`.
    """
    right, wrong = right_and_wrong(scores, labels)
    kinds = {"right": right, "wrong": wrong, "fake": fakes}
    return {
        "auroc_wrong": auroc(right, wrong),
        "auroc_fake": auroc(right, fakes),
        "auroc_wrong_above_fake": auroc(wrong, fakes),
        "accuracy": float(np.mean(scores.argmax(axis=1) == labels)),
        **{f"logit_{kind}": float(np.mean(logits)) for kind, logits in kinds.items()},
        **{f"real_{kind}": float(np.mean(logits > 0)) for kind, logits in kinds.items()},
    }


def right_and_wrong(scores: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Splits logits (n, classes) into those of own labels (n,) and all others, (n, classes - 1)."""
    own = np.arange(scores.shape[1]) == np.asarray(labels)[:, None]
    return scores[own], scores[~own].reshape(len(scores), -1)


def auroc(above: np.ndarray, below: np.ndarray) -> float:
    """Probability that a value of the first kind is larger than one of the second (ties: half)."""
    return metrics.detection(np.ravel(below), np.ravel(above))["auroc"]
