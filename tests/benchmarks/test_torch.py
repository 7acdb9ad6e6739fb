from dataclasses import replace

import numpy as np
import pytest

from benchmarks import keras_sides
from benchmarks.check import TOLERANCE, compare
from benchmarks.training import Training
from benchmarks.workloads import WORKLOADS, mobilenet
from tests.benchmarks.tiny import (
    CLASSIFIER,
    TINY_GAN,
    checked,
    labelled,
    ours,
    task,
    torch_classifier,
    torch_gan,
    wrong_settings,
)

torch = pytest.importorskip("torch")
torch_sides = pytest.importorskip("benchmarks.torch_sides")
torch_weights = pytest.importorskip("benchmarks.torch_weights")
RNG = np.random.default_rng(0)
TRAININGS = [each for each in WORKLOADS.values() if isinstance(each, Training)]
TINY = (CLASSIFIER, TINY_GAN)
EACH = pytest.mark.parametrize("workload", [*TRAININGS, *TINY], ids=lambda w: w.name)
EACH_TINY = pytest.mark.parametrize("workload", TINY, ids=lambda w: w.name)


def pairs(workload, seed=0):
    networks = workload.torch_networks()
    return list(zip(workload.keras_networks(seed), networks, strict=True))


def random_weights(model):
    """Also biases and moving averages are not what they start as."""
    return [
        (RNG.random(w.shape) + 0.5 if "variance" in w.path else RNG.normal(size=w.shape) * 0.1)
        for w in model.weights
    ]


def turned(array, workload):
    return torch.from_numpy(torch_weights.images(array, mirrored=workload.mirrored))


@EACH
@pytest.mark.parametrize("training", [False, True])
def test_outputs_are_those_of_keras(workload, training):
    for model, network in pairs(workload):
        model.set_weights(random_weights(model))
        torch_weights.load(network, model.get_weights(), mirrored=workload.mirrored)
        x = RNG.random((3, *model.input.shape[1:]), np.float32)
        network.train(training)
        found = network(turned(x, workload)).detach()
        expected = turned(model(x, training=training).numpy(), workload)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@EACH
def test_saving_is_the_reverse_of_loading(workload):
    for model, network in pairs(workload):
        model.set_weights(random_weights(model))
        torch_weights.load(network, model.get_weights(), mirrored=workload.mirrored)
        saved = torch_weights.save(network, batch_size=3, mirrored=workload.mirrored)
        for a, b in zip(saved, model.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6)


@EACH_TINY
def test_moving_averages_are_those_of_keras(workload):
    for model, network in pairs(workload):
        torch_weights.load(network, model.get_weights(), mirrored=workload.mirrored)
        for _ in range(3):
            x = RNG.random((4, *model.input.shape[1:]), np.float32)
            model(x, training=True)
            network(turned(x, workload))
        saved = torch_weights.save(network, batch_size=4, mirrored=workload.mirrored)
        for a, b in zip(saved, model.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_mobilenet_is_that_of_keras():
    model, network = mobilenet.keras_network(), mobilenet.torch_network().eval()
    for weight in model.weights:
        if weight.path.endswith("bias"):
            weight.assign(RNG.normal(size=weight.shape) * 0.01)
    torch_weights.load(network, model.get_weights())
    x = RNG.random((2, 224, 224, 3), np.float32)
    found = network(torch_weights.planes(x)).detach()
    np.testing.assert_allclose(found, model(x).numpy(), rtol=1e-4, atol=1e-5)
    saved = torch_weights.save(network, batch_size=1)
    assert all(map(np.array_equal, saved, model.get_weights()))


def test_planes_lie_channels_last_and_come_back():
    x = RNG.random((2, 5, 4, 3), np.float32)
    planes = torch_weights.planes(x)
    assert planes.is_contiguous(memory_format=torch.channels_last)
    assert planes[1, 2, 4, 3] == x[1, 4, 3, 2]
    np.testing.assert_array_equal(torch_weights.array(planes), x)


def test_weights_that_do_not_fit_are_refused():
    ((model, network),) = pairs(CLASSIFIER)
    arrays = model.get_weights()
    with pytest.raises(ValueError, match="1 arrays are left over"):
        torch_weights.load(network, [*arrays, arrays[0]])
    with pytest.raises(ValueError, match=r"Linear.*not \(0,\)"):
        torch_weights.load(network, arrays[:-1])
    with pytest.raises(ValueError, match="Conv2d"):
        torch_weights.load(network, arrays[::-1])


@pytest.fixture(scope="module", params=TINY, ids=lambda w: w.name)
def trained(request, tmp_path_factory):
    """A workload, its prepared folder, its initial weights and our trace."""
    folder = tmp_path_factory.mktemp(request.param.name)
    return request.param, folder, *ours(request.param, folder)


@pytest.mark.parametrize("side", ["torch_eager", "torch_channels_last"])
def test_the_training_is_ours(trained, side):
    workload, folder, initial, trace = trained
    assert compare(initial, trace, checked(workload, folder, side)).within(TOLERANCE)


def test_a_wrong_learning_rate_is_caught(trained):
    workload, folder, initial, trace = trained
    wrong = wrong_settings(workload)["rate"]
    assert not compare(initial, trace, checked(wrong, folder, "torch_eager")).within(TOLERANCE)


def test_a_wrong_batch_normalisation_momentum_is_caught(trained):
    workload, folder, initial, trace = trained
    networks = torch_classifier if workload is CLASSIFIER else torch_gan
    wrong = replace(workload, torch_networks=lambda: networks(momentum=0.12))
    assert not compare(initial, trace, checked(wrong, folder, "torch_eager")).within(TOLERANCE)


def test_reconstruction_is_ours(tmp_path):
    workload = replace(
        CLASSIFIER,
        name="tiny_reconstruction",
        loss="mse",
        data=lambda: (labelled()[0].reshape(-1, 36)[:, :5].copy(),),
        keras_networks=lambda seed: (_flat_keras(seed),),
        torch_networks=lambda: (_flat_torch(),),
    )
    initial, trace = ours(workload, tmp_path)
    assert compare(initial, trace, checked(workload, tmp_path, "torch_eager")).within(TOLERANCE)


def _flat_keras(seed):
    import keras

    from tfnets.models.blocks import dense

    x = inputs = keras.Input((5,), name="inputs")
    for index, units in enumerate((7, 5), start=1):
        x = dense(x, units, name=f"dense{index}", seed=seed, activation="sigmoid")
    return keras.Model(inputs, x, name="flat")


def _flat_torch():
    from benchmarks.torch_layers import linear

    sigmoid = torch.nn.Sigmoid
    return torch.nn.Sequential(linear(5, 7), sigmoid(), linear(7, 5), sigmoid())


def test_adams_epsilon_is_that_of_keras():
    import keras

    # Gradients as small as epsilon: PyTorch's own form would differ by a factor.
    gradients = np.array([1e-8, 1e-7, 1e-6, 1e-3], np.float32)
    ours = keras.Variable(np.zeros(4, np.float32))
    made = keras_sides.optimizer(TINY_GAN, "keras_fit")
    weight = torch.nn.Parameter(torch.zeros(4))
    holder = torch.nn.ParameterList([weight])
    theirs = torch_sides.optimizer(TINY_GAN, holder)
    for _ in range(3):
        made.apply([gradients], [ours])
        weight.grad = torch.from_numpy(gradients)
        theirs.step()
    np.testing.assert_allclose(weight.detach(), ours.numpy(), rtol=1e-4)


def test_timing(trained):
    workload, folder, *_ = trained
    assert torch_sides.time(task(workload, folder, "torch_eager", "time", 4), workload)["ms"] > 0


def test_each_epoch_shows_every_whole_batch_once():
    rows = torch_sides._shuffled(10, 3)
    epochs = [torch.stack([next(rows) for _ in range(3)]).ravel().tolist() for _ in range(2)]
    assert all(len(set(epoch)) == 9 for epoch in epochs)
    assert epochs[0] != epochs[1]
