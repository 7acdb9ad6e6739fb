"""Study 3.7: the deep convolutional GAN on MNIST and CIFAR-10."""

QUESTION = (
    "How good do the samples of a DCGAN get on a small budget, and does it need batch "
    "normalisation?"
)
TITLE = "DCGAN on digits and on colour images"
