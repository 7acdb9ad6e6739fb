"""How near made images come to their true partners, and nearer than to others."""

import numpy as np
from scipy.spatial.distance import cdist


def partner_match(made: np.ndarray, partners: np.ndarray) -> dict[str, float]:
    """Mean absolute distance to the true partner, beside that to the partners of others.

    Args:
        made: Images (n, ...), n >= 2; the i-th should be the i-th partner.
        partners: The true partners, of the same shape.

    Returns:
        `distance`: mean absolute difference from the true partner. `relative`: that, divided by the
        mean absolute difference of two true partners: 0 is exact, 1 what a partner drawn at random
        would give. `rank`: the share of the other partners that are nearer than the true one
        (ties by half): 0 where the true one is nearest, 0.5 is chance.

    Raises:
        ValueError: Shapes that differ, or fewer than two images.
    """
    if made.shape != partners.shape or len(made) < 2:
        raise ValueError(
            f"Two or more images need a partner each, but the shapes are {made.shape} and "
            f"{partners.shape}."
        )
    n = len(made)
    flat, others = (images.reshape(n, -1).astype(np.float64) for images in (made, partners))
    distances = cdist(flat, others, "cityblock") / flat.shape[1]
    true = np.diag(distances)
    nearer = (distances < true[:, None]).sum(axis=1)
    ties = (distances == true[:, None]).sum(axis=1) - 1
    chance = cdist(others, others, "cityblock").sum() / (n * (n - 1)) / flat.shape[1]
    return {
        "distance": float(true.mean()),
        "relative": float(true.mean() / chance) if chance else 0.0,
        "rank": float(((nearer + ties / 2) / (n - 1)).mean()),
    }
