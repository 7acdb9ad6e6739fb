"""Study 3.7: the deep convolutional GAN on MNIST and CIFAR-10."""

QUESTION = (
    "How good do the samples of a DCGAN get on a small budget, and does it need batch "
    "normalisation?"
)
TITLE = "DCGAN on digits and on colour images"
IN_SHORT = (
    "How good is a small DCGAN?",
    "All ten digits, but Frechet distance {metrics[mnist][paper][frechet]:.0f} (real 2)",
)
KEPT = ("mnist-paper-0_generator", "cifar10-paper-0_generator")
