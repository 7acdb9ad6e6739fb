"""Import paths that were documented once and go on working: old names of the same modules."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_FOLDERS = {
    "tfnets.labels -> tfnets.methods.labels": (
        "classifiers", "graph", "halves", "learning", "plan", "representation", "space",
    ),
    "tfnets.inputs -> tfnets.inputs.covering": (
        "calls", "faithfulness", "fills", "locality", "occlusion", "orders", "recompute", "stages",
        "windows",
    ),
    "tfnets.theory -> tfnets.tracing": (
        "cost", "graph", "measured", "paths", "readings", "receptive_field", "regions", "rules",
        "stand_ins", "tracing",
    ),
    "tfnets.datasets -> tfnets.datasets.sources": (
        "asset_catalog", "assets", "cache", "catalog", "commands", "fetch", "formats", "loading",
        "mirrors", "official", "photo_catalog", "source_archive",
    ),
    "tfnets.models -> tfnets.models.trained": (
        "alexnet", "applications", "efficientnet_lite", "imagenet", "inverted_residuals", "logits",
        "mobilenet", "networks", "pickled_objects", "pickles", "pretrained",
    ),
}  # fmt: skip
"""Modules that moved from one folder into another and kept their names."""

MOVED = {
    "tfnets.inputs.attacks.carlini": "tfnets.inputs.attacks.programs",
    "tfnets.inputs.attacks.descent": "tfnets.inputs.attacks.programs",
    "tfnets.inputs.attacks.eight_bit": "tfnets.inputs.attacks.programs",
    "tfnets.labels": "tfnets.methods.labels",
    "tfnets.latents.encoded": "tfnets.latents.prior",
    "tfnets.latents.mixture": "tfnets.latents.prior",
    "tfnets.latents.simple": "tfnets.latents.prior",
    "tfnets.models.spectral": "tfnets.models.blocks",
    "tfnets.studies.execute": "tfnets.execute",
    "tfnets.studies.findings": "tfnets.lab.findings",
    "tfnets.studies.fitting": "tfnets.lab.fit",
    "tfnets.studies.gan_quality": "tfnets.methods.gans.quality",
    "tfnets.studies.generating": "tfnets.jobs.generate",
    "tfnets.studies.picture_denoising": "tfnets.jobs.denoise",
    "tfnets.studies.picture_translation": "tfnets.jobs.translate",
    "tfnets.studies.restored_autoencoder": "tfnets.methods.autoencoders.adopted",
    "tfnets.studies.saved_generator": "tfnets.methods.gans.saved",
} | {
    f"{old}.{name}": f"{new}.{name}"
    for (old, new), names in ((way.split(" -> "), names) for way, names in _FOLDERS.items())
    for name in names
}
"""Old path of a module -> new path."""


class Moved(MetaPathFinder, Loader):
    """Answers an import of an old path with the module at the new one."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Knows the old paths only."""
        return ModuleSpec(name, self) if name in MOVED else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module itself; what it is called by its own spec is kept for `exec_module`."""
        module = import_module(MOVED[spec.name])
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Gives the module its own spec back, which importing has replaced."""
        module.__spec__ = module.__spec__.loader_state


def register() -> None:
    """Puts the old paths before the search on disk, where a moved folder has its modules too."""
    if not any(isinstance(finder, Moved) for finder in sys.meta_path):
        sys.meta_path.insert(0, Moved())
