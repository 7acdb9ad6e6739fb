"""Study 1.2: what is left of a convolutional network without its non-linearities?"""

QUESTION = "How far does a CIFAR-10 network come when every ReLU and max-pooling is taken out?"
TITLE = "A convolutional network without non-linearities"
IN_SHORT = (  # question and answer of the README; numbers come from the reference run
    "How far does a network come without non-linearities?",
    "At most {metrics[networks][linear_average_pooling][test_accuracy][mean]:.3f} right; "
    "each folds into one matrix",
)
DATA = ("cifar10",)  # what it learns from, where no setting says so
