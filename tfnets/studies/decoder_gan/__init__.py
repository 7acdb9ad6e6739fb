"""Study 3.3: a GAN whose generator is a trained autoencoder's decoder."""

QUESTION = "Does a generator learn faster when its weights come from a trained decoder?"
TITLE = "A decoder as generator"
