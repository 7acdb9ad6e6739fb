import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.inputs import zoo
from tfnets.errors import InputError
from tfnets.inputs.objectives import (
    Objective,
    Scorer,
    channel,
    class_logit,
    class_probability,
    neuron,
    parse,
)
from tfnets.inputs.reading import Reader

MODEL = zoo.branched()
IMAGES = np.random.default_rng(1).random((4, 12, 9, 3), np.float32)
BASIC = [
    class_logit(2),
    class_probability(1),
    neuron("wide", (3, 2, 4)),
    channel("conv1", 5),
    neuron("flatten", (17,)),
]


def scores(*objectives):
    n = len(objectives)
    return Scorer(MODEL, objectives)(tf.constant(IMAGES[:n])).numpy()


def test_each_kind_reads_what_it_says():
    logits, wide, conv1, flat = (
        t.numpy() for t in Reader(MODEL, [None, "wide", "conv1", "flatten"])(IMAGES)
    )
    probability = tf.nn.softmax(logits).numpy()
    np.testing.assert_allclose(
        scores(
            class_logit(2), class_probability(1), neuron("wide", (3, 2, 4)), channel("conv1", 5)
        ),
        [logits[0, 2], probability[1, 1], wide[2, 3, 2, 4], conv1[3, :, :, 5].mean()],
        rtol=1e-5,
    )
    np.testing.assert_allclose(scores(neuron("flatten", (17,))), flat[0, 17], rtol=1e-5)


weights = st.floats(-4, 4, width=32)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(BASIC), weights), min_size=1, max_size=4), weights)
def test_algebra_is_that_of_numbers(terms, factor):
    values = {objective: scores(objective)[0] for objective, _ in terms}
    whole = sum((w * o for o, w in terms[1:]), start=terms[0][1] * terms[0][0])
    expected = sum(w * values[o] for o, w in terms)
    np.testing.assert_allclose(scores(factor * whole)[0], factor * expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(
        scores(whole - factor * BASIC[0])[0],
        expected - factor * scores(BASIC[0])[0],
        rtol=1e-4,
        atol=1e-4,
    )
    np.testing.assert_allclose(scores(-whole)[0], -expected, rtol=1e-4, atol=1e-4)


def test_operands_never_change_and_weights_do_not_pile_up():
    a, b = class_logit(0), channel("conv1", 1)
    both = 2 * a + 3 * b
    again = 5 * both + both
    assert (a, b) == (class_logit(0), channel("conv1", 1))
    assert [r.weight for r in both.readings] == [2, 3]
    assert [r.weight for r in again.readings] == [10, 15, 2, 3]


@pytest.mark.parametrize("wrong", [1, None, "a"])
def test_only_objectives_add_up(wrong):
    with pytest.raises(TypeError):
        class_logit(0) + wrong
    with pytest.raises(TypeError):
        class_logit(0) - wrong
    with pytest.raises(TypeError):
        class_logit(0) * "2"
    with pytest.raises(TypeError):
        class_logit(0) * class_logit(1)


@pytest.mark.parametrize(
    ("text", "objective"),
    [
        ("107", class_logit(107)),
        ("conv2:7", channel("conv2", 7)),
        ("conv2:0,0,0", neuron("conv2", (0, 0, 0))),
        (" conv2 : 1, 22, 3", neuron("conv2", (1, 22, 3))),
        ("conv:2:7", channel("conv:2", 7)),
        ("body/conv_1:12", channel("body/conv_1", 12)),
    ],
)
def test_parse(text, objective):
    assert parse(text) == objective


@pytest.mark.parametrize(
    "text",
    ["", "jellyfish", "conv2", "conv2:", ":7", "1,2,3", "conv2:1,2", "conv2:-1", "conv:1,2,3,4"],
)
def test_parse_refuses_in_one_sentence(text):
    with pytest.raises(InputError, match=r"names no unit; write a class as 107"):
        parse(text)


@pytest.mark.parametrize(
    ("objective", "sentence"),
    [
        (class_logit(4), r"The network's output has no unit 4; it has 4 units"),
        (class_logit(-1), r"no unit -1"),
        (class_probability(9), r"no unit 9"),
        (neuron("wide", (10, 0, 0)), r"'wide' has no unit 10,0,0; it has 10 x 7 x 5 units"),
        (neuron("wide", (0, 0)), r"no unit 0,0"),
        (channel("conv1", 6), r"no unit 6; it has 6 channels"),
        (channel("flatten", 0), r"no plane"),
        (channel("conv3", 0), r"near names are conv1"),
    ],
)
def test_units_that_are_not_there_are_refused_before_anything_runs(objective, sentence):
    with pytest.raises(InputError, match=sentence):
        Scorer(MODEL, [class_logit(0), 2 * class_logit(1) + objective])


def test_no_objective_is_refused():
    with pytest.raises(InputError, match="at least one"):
        Scorer(MODEL, [])


def test_gradients_stay_with_their_image():
    scorer = Scorer(MODEL, [class_logit(0), 3 * class_logit(0) + channel("conv1", 2)])
    images = tf.constant(np.stack([IMAGES[0]] * 2))
    with tf.GradientTape() as tape:
        tape.watch(images)
        second = scorer(images)[1]
    gradient = tape.gradient(second, images).numpy()
    assert (gradient[0] == 0).all()
    assert (gradient[1] != 0).any()


def test_a_value_is_hashable_and_equal_by_content():
    assert len({class_logit(1), class_logit(1), 1.0 * class_logit(1)}) == 1
    assert isinstance(class_logit(1), Objective)
