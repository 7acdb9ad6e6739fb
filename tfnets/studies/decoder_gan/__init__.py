"""Study 3.3: a GAN whose generator is a trained autoencoder's decoder."""

QUESTION = "Does a generator learn faster when its weights come from a trained decoder?"
TITLE = "A decoder as generator"
IN_SHORT = (
    "Does a trained decoder make a better generator?",
    "Yes: Frechet distance lower by {claims[3][ours]:.0f} at the end",
)
KEPT = ("deep_restored-0_generator",)
