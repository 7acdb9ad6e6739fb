"""What can be set in the study `few_labels`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Counts, Names, count, one_of, rate, setting, some_of
from tfnets.methods import autoencoders
from tfnets.methods.labels.classifiers import METHODS
from tfnets.methods.labels.plan import Plan
from tfnets.models.heads import HEADS

SPREADING = "spreading"
SPACES = {"spreading_latents": "latents", SPREADING: "contrastive"}
"""Spreading alone, by the space of its graph."""

NAMES = (*SPACES, *METHODS)  # the methods, in the order of the report
KINDS = {"balanced": True, "uniform": False}
"""Kinds of draws: the same number of each class, or simply random."""

PIXELS = "mlp"  # the column without an encoder


def _repeated(name: str, value: int) -> None:
    if value < 2:
        raise InputError(f"One draw gives no interval; set {name} to 2 or more.")


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = lab.dataset()
    heads: Names = some_of(HEADS, tuple(HEADS), "The heads.")
    labels: int = count(50, "Labelled images per draw; a multiple of 10 for balanced draws.")
    draws: int = setting(40, "Draws of the labelled images, at least 2.", _repeated)
    encoders: Names = some_of(
        autoencoders.VARIANTS,
        ("origin", "denoising", "masked", "deep"),
        "Variants of study 3.1; the first is the `transfer` column.",
    )
    curve: Counts = count((10, 20, 50, 100, 500), "Numbers of labels of the curve.")
    curve_head: str = one_of(
        HEADS, "sigmoid64", "Head of the curve and of the fine-tuned encoders."
    )
    finetune_steps: int = count(100, "Updates of encoder and head together.")
    steps: int = count(500, "Whole-batch Adam updates of a head.")
    learning_rate: float = rate(3e-3, "Adam's learning rate of heads.")
    finetune_rate: float = rate(1e-3, "Adam's learning rate of fine-tuning.")
    methods: Names = some_of(
        NAMES,
        NAMES,
        "Methods that use all unlabelled images; none leaves them out.",
        may_be_empty=True,
    )
    efficient_draws: int = setting(10, "Draws of each kind for these, at least 2.", _repeated)
    contrastive_updates: int = count(2_800, "Updates of their encoder.")
    classifier_steps: int = count(600, "Updates of each of their classifiers.")
    latent: int = count(100, "Size of the latent vector.")
    encoder_epochs: int = count(6, "Epochs of the autoencoders.")
    encoder_batch: int = count(128, "Images per step of the autoencoders.")
    encoder_rate: float = rate(2e-3, "Adam's first learning rate of the autoencoders.")
    train_images: int = count(
        60_000, "Training images: unlabelled for the encoder, the draws' pool."
    )
    test_images: int = lab.first_test_images(10_000)

    def require(self) -> None:
        """Refuses encoders that are named twice, and labels that cannot be drawn."""
        for name in self.encoders:
            if self.encoders.count(name) > 1:
                raise InputError(f"The encoder {name} is asked for twice; name each one once.")
        for labels in (self.labels, *self.curve):
            if labels % 10 or labels > self.train_images:
                raise InputError(
                    f"{labels} labels cannot be drawn evenly from ten classes of "
                    f"{self.train_images} images; give a multiple of 10, at most that many."
                )

    @property
    def rows(self) -> list[tuple[str, str, int]]:
        """Kind of draws, head and number of labels of all that heads are trained on, once each."""
        table = [(kind, head, self.labels) for kind in KINDS for head in self.heads]
        curve = [(kind, self.curve_head, labels) for kind in KINDS for labels in self.curve]
        return list(dict.fromkeys(table + curve))

    @property
    def autoencoder(self) -> autoencoders.Recipe:
        """How the autoencoders are trained."""
        return autoencoders.Recipe(
            self.latent, self.encoder_epochs, self.encoder_batch, self.encoder_rate, self.dataset,
            self.train_images,
        )  # fmt: skip

    @property
    def plan(self) -> Plan:
        """How classifiers are made that use all unlabelled images."""
        return Plan(updates=self.contrastive_updates, steps=self.classifier_steps)


SCALES = {
    "tiny": Settings(
        heads=("softmax", "sigmoid64"), draws=3, labels=20, encoders=("origin",), curve=(10, 20),
        finetune_steps=3, steps=10, latent=8, encoder_epochs=1, train_images=512, test_images=128,
        methods=(),
    ),
    "quick": Settings(
        draws=20, encoders=("origin",), curve=(10, 50, 100), finetune_steps=50, steps=300,
        encoder_epochs=2, encoder_batch=32, encoder_rate=5e-3, train_images=20_000, methods=(),
    ),
    "full": Settings(),
}  # fmt: skip
