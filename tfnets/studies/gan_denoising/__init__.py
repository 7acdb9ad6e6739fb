"""Study 5.4: denoising by a GAN that never sees a noisy image and its original together."""

QUESTION = (
    "Can a generator that must make noisy images look natural restore them, and what do staying "
    "near the input and the Fourier spectrum give?"
)
TITLE = "Denoising by a GAN"
IN_SHORT = (
    "Can a GAN denoise without pairs?",
    "Yes: {claims[0][ours]:.1f} dB gained; with pairs 3.8 more",
)
