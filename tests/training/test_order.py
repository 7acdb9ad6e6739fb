"""No compiled step reads a weight while it is written, whatever TensorFlow makes of its graph."""

import pytest
import tensorflow as tf

from tests.training.order import graphs, unordered
from tests.training.test_contract import FAMILIES, arrays, build
from tfnets import execute, startup
from tfnets.datasets.batches import batches
from tfnets.studies import STUDIES


def training(network, stabiliser, steps=2):
    """A whole `fit` of two epochs, with several steps per compiled call."""
    trainer = build(network, stabiliser, steps_per_execution=steps)
    data = batches(arrays(network), batch_size=4, seed=0)
    return lambda: trainer.fit(data, epochs=2, steps_per_epoch=4, shuffle=False, verbose=0)


@pytest.mark.parametrize("stabiliser", ["gradient penalty", "all"])
@pytest.mark.parametrize("network", FAMILIES)
def test_every_read_and_write_of_a_weight_is_ordered(network, stabiliser):
    traced, ran = graphs(training(network, stabiliser))
    assert any(node.op == "ResourceApplyAdam" for nodes in ran for node in nodes)
    assert [pair for nodes in traced + ran for pair in unordered(nodes)] == []


def test_tensorflow_as_it_comes_loses_the_order_of_a_read():
    """Where this fails, TensorFlow was mended, and `startup.keep_order` may go."""
    program = training("toy plain", "r1")
    tf.config.optimizer.set_experimental_options({"dependency_optimization": True})
    try:
        traced, ran = graphs(program)
    finally:
        startup.keep_order()
    assert [pair for nodes in traced for pair in unordered(nodes)] == []
    ((write, read),) = {pair for nodes in ran for pair in unordered(nodes)}
    assert "ResourceApplyAdam" in write
    assert "BiasAdd/ReadVariableOp" in read


def test_an_unordered_pair_is_found():
    weight = tf.Variable(1.0)

    @tf.function
    def program():
        old = weight.read_value()
        weight.assign_add(2.0)
        return old + weight.read_value()

    (nodes,) = (n for n in graphs(program)[1] if any("Assign" in node.op for node in n))
    assert unordered(nodes) == []
    for node in nodes:
        kept = [name for name in node.input if not name.startswith("^")]
        del node.input[:]
        node.input.extend(kept)
    assert len(unordered(nodes)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_every_program_of_every_study_is_ordered(name, digits, tmp_path):
    _, ran = graphs(lambda: execute.start(name, tmp_path / "run", scale="tiny", seed=3, jobs=1))
    assert [pair for nodes in ran for pair in unordered(nodes)] == []
