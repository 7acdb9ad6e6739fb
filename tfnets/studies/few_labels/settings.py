"""What can be set in the study `few_labels`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import require_known, require_positive
from tfnets.methods.autoencoders.training import VARIANTS
from tfnets.methods.labels.classifiers import METHODS
from tfnets.models.heads import HEADS

SPREADING = "spreading"
SPACES = {"spreading_latents": "latents", SPREADING: "contrastive"}
"""Spreading alone, by the space of its graph."""

NAMES = (*SPACES, *METHODS)
"""The methods, in the order of the report."""


KINDS = {"balanced": True, "uniform": False}
"""Kinds of draws: the same number of each class, or simply random."""

PIXELS = "mlp"
"""The column without an encoder."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        heads: Names out of `tfnets.models.heads.HEADS`.
        labels: Labelled images per draw; a multiple of 10 for balanced draws.
        draws: Draws of the labelled images, at least 2.
        encoders: Variants of study 3.1; the first is the `transfer` column.
        curve: Numbers of labels of the curve.
        curve_head: Head of the curve and of the fine-tuned encoders.
        finetune_steps: Updates of encoder and head together.
        steps: Whole-batch Adam updates of a head.
        learning_rate: Adam's learning rate of heads.
        finetune_rate: Adam's learning rate of fine-tuning.
        methods: Names out of `tfnets.studies.few_labels.settings.NAMES`; none leaves them out.
        efficient_draws: Draws of each kind for these, at least 2.
        contrastive_updates: Updates of their encoder.
        classifier_steps: Updates of each of their classifiers.
        latent: Size of the latent vector.
        encoder_epochs: Epochs of the autoencoders.
        train_images: Training images: unlabelled for the encoder, the draws' pool.
        test_images: Test images.
    """

    dataset: str = "mnist"
    heads: tuple[str, ...] = tuple(HEADS)
    labels: int = 50
    draws: int = 40
    encoders: tuple[str, ...] = ("origin", "denoising", "masked", "deep")
    curve: tuple[int, ...] = (10, 20, 50, 100, 500)
    curve_head: str = "sigmoid64"
    finetune_steps: int = 100
    steps: int = 500
    learning_rate: float = 3e-3
    finetune_rate: float = 1e-3
    methods: tuple[str, ...] = NAMES
    efficient_draws: int = 10
    contrastive_updates: int = 2_800
    classifier_steps: int = 600
    latent: int = 100
    encoder_epochs: int = 6
    train_images: int = 60_000
    test_images: int = 10_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "heads", HEADS)
        require_known(self, "curve_head", HEADS)
        require_known(self, "encoders", VARIANTS)
        _require_once(self.encoders)
        require_known(self, "methods", NAMES, may_be_empty=True)
        require_positive(self, "contrastive_updates", "classifier_steps")
        require_positive(self, "labels", "draws", "curve", "steps", "finetune_steps", "latent")
        require_positive(self, "encoder_epochs", "train_images", "test_images")
        for labels in (self.labels, *self.curve):
            if labels % 10 or labels > self.train_images:
                raise InputError(
                    f"{labels} labels cannot be drawn evenly from ten classes of "
                    f"{self.train_images} images; give a multiple of 10, at most that many."
                )
        for name in ("draws", "efficient_draws"):
            if getattr(self, name) < 2:
                raise InputError(f"One draw gives no interval; set {name} to 2 or more.")


def _require_once(encoders: tuple[str, ...]) -> None:
    twice = [name for name in encoders if encoders.count(name) > 1]
    if twice:
        raise InputError(f"The encoder {twice[0]} is asked for twice; name each one once.")


SCALES = {
    "tiny": Settings(
        heads=("softmax", "sigmoid64"), draws=3, labels=20, encoders=("origin",), curve=(10, 20),
        finetune_steps=3, steps=10, latent=8, encoder_epochs=1, train_images=512, test_images=128,
        methods=(),
    ),
    "quick": Settings(
        draws=20, encoders=("origin",), curve=(10, 50, 100), finetune_steps=50, steps=300,
        encoder_epochs=2, methods=(),
    ),
    "full": Settings(),
}  # fmt: skip
