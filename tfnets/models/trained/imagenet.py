"""What networks of ImageNet share: the names of its 1,000 classes, and how pixels are scaled."""

import functools
from pathlib import Path

MEAN = (0.485, 0.456, 0.406)
"""Mean of the red, green and blue of ImageNet's training images, for pixels in [0, 1]."""

DEVIATION = (0.229, 0.224, 0.225)
"""Standard deviation of the same."""

STANDARD_SCALE = tuple(1 / deviation for deviation in DEVIATION)
"""What pixels in [0, 1] are multiplied by to have variance 1."""

STANDARD_OFFSET = tuple(-mean / deviation for mean, deviation in zip(MEAN, DEVIATION, strict=True))
"""What is added then to have mean 0."""

BGR_MEAN = (104.00698793, 116.66876762, 122.67891434)
"""Mean of blue, green and red as Caffe's AlexNet subtracts it, for pixels in [0, 255]."""

CROP = 0.875
"""Edge of the centre crop as a part of the picture's shorter edge (224 of 256)."""


@functools.cache
def class_names() -> tuple[str, ...]:
    """Returns a short name for each class of ImageNet (ILSVRC 2012), in the order of the outputs.

    The order is that of the WordNet numbers, which torch, Keras and Caffe share: 107 is the
    jellyfish, 299 the meerkat and 357 the mink. Every name is given once; where WordNet has two
    classes of one name, the sense stands in brackets.
    """
    path = Path(__file__).with_name("imagenet_classes.txt")
    return tuple(path.read_text(encoding="utf-8").splitlines())
