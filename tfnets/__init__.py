"""tfnets: classic experiments on neural networks for images, rebuilt and measured.

Importing the package imports no TensorFlow; its parts (`tfnets.models`, `tfnets.training`, ...) do.
What people look for first can be had from here, and is imported when it is asked for:

    import tfnets
    gan = tfnets.GAN(generator, discriminator, latent, seed=0)
    tfnets.restore_weights(generator, "runs/autoencoder/deep-0_decoder.keras")
"""

from importlib import import_module
from typing import Any

from tfnets import moved

__version__ = "0.1.0"

moved.register()

_PUBLIC = {
    "AnomalyDetector": "methods.estimators.AnomalyDetector",
    "ConditionalGAN": "training.conditional.ConditionalGAN",
    "CycleGAN": "training.cycle_gan.CycleGAN",
    "FewLabelClassifier": "methods.estimators.FewLabelClassifier",
    "GAN": "training.gan.GAN",
    "InputError": "errors.InputError",
    "Translation": "training.translation.Translation",
    "attack": "inputs.attacks.attack",
    "build_report": "report.build_report",
    "cost": "tracing.cost.cost",
    "deletion": "inputs.covering.faithfulness.deletion",
    "export_model": "artifacts.export.export_model",
    "export_saved_model": "artifacts.export.export_saved_model",
    "frechet": "metrics.frechet.frechet_distance",
    "learn": "methods.labels.learning.learn",
    "load": "models.load",
    "maximize": "inputs.maximize.maximize",
    "occlude": "inputs.covering.occlusion.occlude",
    "receptive_field": "tracing.receptive_field.field",
    "restore_weights": "artifacts.weights.restore_weights",
    "resume_study": "execute.resume",
    "run_study": "execute.start",
}
"""Name -> where it is defined; `__init__.pyi` says the same to type checkers."""


def __getattr__(name: str) -> Any:
    """Imports what is asked for."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PUBLIC[name].rsplit(".", 1)
    return getattr(import_module(f"{__name__}.{module}"), attribute)


def __dir__() -> list[str]:
    """All names, those that are not imported yet included."""
    return sorted({*globals(), *_PUBLIC})
