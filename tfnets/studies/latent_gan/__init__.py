"""Study 4.2: a GAN in the latent space of an autoencoder."""

QUESTION = (
    "How good are digits that a GAN draws as latents of an autoencoder, and how much better can "
    "such a GAN get?"
)
TITLE = "A GAN in the latent space of an autoencoder"
IN_SHORT = (
    "How good is a GAN in latent space?",
    "Ours: Frechet distance {metrics[networks][improved][frechet]:.1f}, all ten digits; "
    "the origin's loses digits",
)
KEPT = ("improved_gan-0_generator",)
