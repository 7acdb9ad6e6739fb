"""Numbers of study 4.2: means over seeds."""

from typing import Any

from tfnets.lab.seeds import estimates
from tfnets.methods.gans import quality


def over_seeds(seeds: list[dict[str, Any]]) -> dict[str, Any]:
    """Means over seeds of one variant: quality at each point, of reconstructions, of latents."""
    first = seeds[0]
    return quality.summary([seed["points"] for seed in seeds]) | {
        "reconstructed": {
            images: estimates([seed["reconstructed"][images] for seed in seeds], quality.NUMBERS)
            for images in first["reconstructed"]
        },
        "latents": estimates([seed["latents"] for seed in seeds], first["latents"]),
        "restored": first["restored"],
        "parameters": {
            name: first[f"{name}_parameters"] for name in ("generator", "discriminator")
        },
    }
