"""Study 1.2: what is left of a convolutional network without its non-linearities?"""

QUESTION = "How far does a CIFAR-10 network come when every ReLU and max-pooling is taken out?"
TITLE = "A convolutional network without non-linearities"
