"""The studies: one module each, and the table of them all.

A study module has a docstring (question, the origin's result, command, cost), a frozen dataclass
`Settings`, a dict `SCALES` with its `tiny`, `quick` and `full` settings, and `run(run, settings,
data_dir)`, which reads from top to bottom: data, models, training, measures, figures, report.
Importing this package imports no TensorFlow.
"""

STUDIES = {
    "width_sweep": "Which of six widths of a small convolutional network underfits, fits or "
    "overfits CIFAR-10?",
    "linear_ablation": "How far does a CIFAR-10 network come when every ReLU and max-pooling is "
    "taken out?",
    "single_convolution": "Does one convolution with a large dense layer do as well as two "
    "convolutions with pooling?",
    "shuffled_pixels": "What does a network lose when every image has its pixels in the same other "
    "order?",
    "autoencoder": "What do small convolutional autoencoders keep of a digit, and how do the "
    "classes lie in their latents?",
    "gan_priors": "Does the prior of the latent vectors change how steadily a GAN trains and how "
    "good its digits are?",
    "decoder_gan": "Does a generator learn faster when its weights come from a trained decoder?",
    "conditional_gan": "Do conditional GANs draw the digit that they are asked for, and does the "
    "more complex network converge faster than the simple one?",
    "wrong_labels": "Does the discriminator of a conditional GAN check whether image and label "
    "fit?",
    "gan_stabilisers": "Which changes to a plain GAN keep its modes and its gradient, and what "
    "does the noise do?",
    "dcgan": "How good do the samples of a DCGAN get on a small budget, and does it need batch "
    "normalisation?",
    "caption_to_digit": "Does a GAN that is given sentences draw what they say: the digit, and "
    "how thick, slanted and large it is?",
    "latent_gan": "How good are digits that a GAN draws as latents of an autoencoder, and how much "
    "better can such a GAN get?",
    "interpolation": "What lies between two digits: does an autoencoder pass through gradual "
    "hybrids, and does a GAN commit to one digit at each step?",
    "digit_generator": "Does the GAN in the latent space, asked for a digit, draw that digit?",
    "few_labels": "With 50 labels, does a classifier on an autoencoder's latents beat the same "
    "classifier on pixels?",
    "neuron_images": "Which image does a unit of a trained network want to see?",
    "fourier_prior": "Does a prior on the Fourier amplitudes make the image that a class wants "
    "look more natural?",
    "fooling": "How small a change makes a network see another class in a photograph?",
    "occlusion": "Which part of a photograph does a network's answer depend on?",
    "laplace_noise": "Does restoring with the likelihood of the noise that is there beat restoring "
    "with another?",
    "anomaly": "Does an autoencoder that has seen normal images only tell which of new ones are of "
    "another kind?",
    "denoising": "How much of what noise and blur take from an image can a network give back, and "
    "more than classic denoisers do?",
    "red_eye": "Does an autoencoder of clean eyes replace the red pupil that it never saw, and "
    "leave the rest of the picture alone?",
    "gan_denoising": "Can a generator that must make noisy images look natural restore them, and "
    "what do staying near the input and the Fourier spectrum give?",
    "translation": "Does a GAN that is given an image, a CycleGAN or a paired conditional GAN find "
    "the image's partner in another domain, and more easily where the domains are close?",
    "joint_model": "Does P(h) P(I | h) P(c | I) give labelled images, the probability of each "
    "class, and for a wanted class a latent vector that draws it?",
    "receptive_field": "Which pixels does a unit of a network see, and are several small kernels "
    "cheaper than one large one?",
    "shift_invariance": "Which operators on images are linear, which commute with shifts, and are "
    "those that do both convolutions with their impulse response?",
    "narrow_network": "Can a shallow ReLU network be rewritten as a deep one three neurons wide, "
    "and for which inputs are the two equal?",
    "transport": "Does the map made of two cumulative functions turn draws of one distribution "
    "into draws of another?",
    "gibbs": "Do draws from the full conditionals give uniform points on the unit disc, and what "
    "do the report's conditionals give?",
    "gan_against_mcmc": "Does a GAN on the unit disc come to a point where its samples cannot be "
    "told from Gibbs samples?",
    "attention_as_convolution": "Can self-attention compute exactly what a convolution or a dense "
    "layer computes, and what does it cost?",
}
"""Name of each study and its question."""

JOBS = {
    "find_anomalies": "Which pictures of a folder are unlike all those of another?",
    "classify": "What does each picture of a folder show, given labels of a few?",
}
"""Work on a person's own data that is made like a study, with a command of its own."""
