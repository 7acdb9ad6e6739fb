"""The fused optimisers are Keras's own: same numbers, same state, same settings."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfnets.training import optimizers

SHAPES = ((3, 3, 2, 4), (4,), (10, 6))
STEPS = 30
DECAY = keras.optimizers.schedules.CosineDecay(0.05, STEPS)
SGD_SETTINGS = {
    "plain": {"learning_rate": 0.1},
    "momentum": {"learning_rate": 0.1, "momentum": 0.9},
    "nesterov": {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True},
    "schedule": {"learning_rate": DECAY, "momentum": 0.5},
    "weight decay": {"learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.01},
    "clipped": {"learning_rate": 0.1, "nesterov": True, "momentum": 0.9, "clipnorm": 0.5},
    "all clipped": {"learning_rate": 0.1, "global_clipnorm": 0.5},
    "averaged": {"learning_rate": 0.1, "use_ema": True, "ema_overwrite_frequency": 10},
    "accumulated": {"learning_rate": 0.1, "momentum": 0.9, "gradient_accumulation_steps": 3},
}
ADAM_SETTINGS = {
    "plain": {"learning_rate": 0.01},
    "gan": {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
    "schedule": {"learning_rate": DECAY},
    "weight decay": {"learning_rate": 0.01, "weight_decay": 0.01},
    "clipped": {"learning_rate": 0.01, "clipnorm": 0.5},
    "averaged": {"learning_rate": 0.01, "use_ema": True, "ema_overwrite_frequency": 10},
    "accumulated": {"learning_rate": 0.01, "gradient_accumulation_steps": 3},
    "amsgrad": {"learning_rate": 0.01, "amsgrad": True},
}
EACH = [("SGD", name) for name in SGD_SETTINGS] + [("Adam", name) for name in ADAM_SETTINGS]


def make(kind, setting, *, fused):
    settings = (SGD_SETTINGS if kind == "SGD" else ADAM_SETTINGS)[setting]
    return getattr(optimizers if fused else keras.optimizers, kind)(**settings, name="optimizer")


def weights(dtype="float32"):
    rng = np.random.default_rng(0)
    return [
        keras.Variable(rng.normal(size=shape), dtype=dtype, name=f"weight{i}")
        for i, shape in enumerate(SHAPES)
    ]


def gradients(first=0, dtype="float32"):
    """Made-up gradients of all sizes, one list per step."""
    for step in range(first, STEPS):
        rng = np.random.default_rng([1, step])
        size = 10 ** rng.uniform(-3, 1)
        yield [tf.constant(size * rng.normal(size=shape), dtype) for shape in SHAPES]


def trained(optimizer, compiled=False):
    """The weights and the optimiser's state after `STEPS` steps."""
    variables = weights()
    optimizer.build(variables)

    def step(*grads):
        optimizer.apply(list(grads), variables)

    if compiled:
        step = tf.function(step, jit_compile=False, autograph=False)
    for grads in gradients():
        step(*grads)
    return values(variables), values(optimizer.variables)


def values(variables):
    return [np.array(variable) for variable in variables]


def assert_same(ours, theirs, exact):
    for a, b in zip(ours, theirs, strict=True):
        if exact:
            np.testing.assert_array_equal(a, b)
        else:
            # 1 - 0.999 in float32 is 5e-5 off; Keras takes the difference in Python.
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5 * max(np.abs(b).max(), 1e-9))


@pytest.mark.parametrize(("kind", "setting"), EACH)
def test_many_steps_end_where_those_of_keras_end(kind, setting):
    (ours, our_state), (theirs, their_state) = (
        trained(make(kind, setting, fused=fused)) for fused in (True, False)
    )
    exact = kind == "SGD" or setting == "amsgrad"
    assert_same(ours, theirs, exact)
    assert_same(our_state, their_state, exact)
    assert all((a != b).any() for a, b in zip(ours, values(weights()), strict=True))


@pytest.mark.parametrize(
    ("kind", "setting"),
    [("SGD", "schedule"), ("SGD", "accumulated"), ("Adam", "schedule"), ("Adam", "accumulated")],
)
def test_a_compiled_step_is_the_eager_one(kind, setting):
    ends = [trained(make(kind, setting, fused=True), compiled) for compiled in (True, False)]
    for ours, theirs in zip(*ends, strict=True):
        assert_same(ours, theirs, exact=False)


@pytest.mark.parametrize(("beta_1", "beta_2", "epsilon"), [(0.9, 0.999, 1e-7), (0.5, 0.9, 1e-2)])
def test_adam_is_the_formula_of_the_paper(beta_1, beta_2, epsilon):
    """Kingma & Ba 2015, the end of section 2, in double precision."""
    optimizer = optimizers.Adam(0.01, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon)
    ours, _ = trained(optimizer)
    weight = np.array(weights()[0], np.float64)
    m, v = np.zeros_like(weight), np.zeros_like(weight)
    for t, (g, *_) in enumerate(gradients(), start=1):
        g = g.numpy().astype(np.float64)
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        rate = 0.01 * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        weight -= rate * m / (np.sqrt(v) + epsilon)
    np.testing.assert_allclose(ours[0], weight, atol=1e-5)


@pytest.mark.parametrize("nesterov", [False, True])
def test_sgd_is_the_formula_of_its_docstring(nesterov):
    ours, _ = trained(optimizers.SGD(0.1, momentum=0.9, nesterov=nesterov))
    weight = np.array(weights()[0], np.float64)
    m = np.zeros_like(weight)
    for g, *_ in gradients():
        m = 0.9 * m - 0.1 * g.numpy().astype(np.float64)
        weight += 0.9 * m - 0.1 * g.numpy() if nesterov else m
    np.testing.assert_allclose(ours[0], weight, rtol=1e-5, atol=1e-5)


def applied(monkeypatch, kind, setting, gradient):
    """Which of TensorFlow's fused kernels a step calls."""
    called = []
    for name in ("GradientDescent", "KerasMomentum", "Adam"):
        real = getattr(tf.raw_ops, f"ResourceApply{name}")

        def noted(*args, _name=name, _real=real, **kwargs):
            called.append(_name)
            return _real(*args, **kwargs)

        monkeypatch.setattr(tf.raw_ops, f"ResourceApply{name}", noted)
    variable = keras.Variable(np.ones((4, 2), np.float32))
    optimizer = make(kind, setting, fused=True)
    optimizer.build([variable])
    optimizer.apply([gradient], [variable])
    return called


@pytest.mark.parametrize(
    ("kind", "setting", "kernel"),
    [
        ("SGD", "plain", ["GradientDescent"]),
        ("SGD", "nesterov", ["KerasMomentum"]),
        ("Adam", "plain", ["Adam"]),
        ("Adam", "amsgrad", []),
    ],
)
def test_a_dense_gradient_takes_one_fused_operation(monkeypatch, kind, setting, kernel):
    assert applied(monkeypatch, kind, setting, tf.ones((4, 2))) == kernel


@pytest.mark.parametrize(
    ("kind", "setting"), [("SGD", "plain"), ("SGD", "momentum"), ("Adam", "plain")]
)
def test_a_sparse_gradient_takes_the_way_of_keras(monkeypatch, kind, setting):
    sparse = tf.IndexedSlices(tf.ones((1, 2)), tf.constant([2]), tf.constant([4, 2]))
    assert applied(monkeypatch, kind, setting, sparse) == []


@pytest.mark.parametrize(
    ("kind", "setting"), [("SGD", "plain"), ("SGD", "momentum"), ("Adam", "plain")]
)
def test_an_embedding_learns_as_with_keras(kind, setting):
    """Its gradient holds the rows that were looked up, some of them twice."""
    ends = []
    for fused in (True, False):
        embedding = keras.layers.Embedding(6, 3, embeddings_initializer=constant())
        embedding.build()
        optimizer = make(kind, setting, fused=fused)
        optimizer.build(embedding.trainable_variables)
        for words in ([1, 1, 4], [0, 4, 5], [1, 2, 2]):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(embedding(tf.constant(words)) ** 2)
            grads = tape.gradient(loss, embedding.trainable_variables)
            assert isinstance(grads[0], tf.IndexedSlices)
            optimizer.apply(grads, embedding.trainable_variables)
        ends.append(values([*embedding.weights, *optimizer.variables]))
    assert_same(*ends, exact=True)
    before = constant()((6, 3)).numpy()
    moved = (ends[0][0] != before).any(axis=1)
    assert list(moved) == [True, True, True, False, True, True]


def constant():
    return keras.initializers.RandomUniform(seed=3)


@pytest.mark.parametrize(("kind", "setting"), EACH)
def test_same_state_and_settings(kind, setting):
    ours, theirs = (make(kind, setting, fused=fused) for fused in (True, False))
    for optimizer in (ours, theirs):
        optimizer.build(weights())
    assert [(v.path, v.shape, v.dtype) for v in ours.variables] == [
        (v.path, v.shape, v.dtype) for v in theirs.variables
    ]
    assert ours.get_config() == theirs.get_config()


@pytest.mark.parametrize("restored_is_fused", [True, False])
@pytest.mark.parametrize(
    ("kind", "setting"), [("SGD", "nesterov"), ("Adam", "plain"), ("Adam", "averaged")]
)
def test_a_checkpoint_of_one_goes_on_in_the_other(tmp_path, kind, setting, restored_is_fused):
    def half(optimizer, variables, first):
        for _, grads in zip(range(STEPS // 2), gradients(first), strict=False):
            optimizer.apply(grads, variables)

    def checkpoint(fused):
        variables, optimizer = weights(), make(kind, setting, fused=fused)
        optimizer.build(variables)
        tensors = [variable.value for variable in variables]
        return tf.train.Checkpoint(w=tensors, optimizer=optimizer), variables, optimizer

    begun, variables, optimizer = checkpoint(not restored_is_fused)
    half(optimizer, variables, 0)
    place = begun.save(str(tmp_path / "state"))
    resumed, variables, optimizer = checkpoint(restored_is_fused)
    resumed.restore(place).assert_consumed().assert_existing_objects_matched()
    half(optimizer, variables, STEPS // 2)
    theirs, their_state = trained(make(kind, setting, fused=False))
    assert_same(values(variables), theirs, exact=kind == "SGD")
    assert_same(values(optimizer.variables), their_state, exact=kind == "SGD")


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
def test_weights_in_other_precisions(kind):
    for weight_type, gradient_type in (("float64", "float64"), ("float32", "float16")):
        ends = []
        for fused in (True, False):
            variables, optimizer = weights(weight_type), make(kind, "plain", fused=fused)
            optimizer.build(variables)
            for grads in gradients(STEPS - 5, gradient_type):
                optimizer.apply(grads, variables)
            ends.append(values(variables))
        assert ends[0][0].dtype == weight_type
        assert_same(*ends, exact=False)


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@pytest.mark.parametrize("steps_per_execution", [1, pytest.param(4, marks=pytest.mark.slow)])
def test_fit_learns_as_with_keras(kind, steps_per_execution):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(32, 6)).astype(np.float32), np.arange(32) % 3
    histories, ends = [], []
    for fused in (True, False):
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [keras.Input((6,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(3)]
        )
        model.compile(
            make(kind, "plain", fused=fused),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=False,
            steps_per_execution=steps_per_execution,
        )
        fitted = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
        histories.append(fitted.history["loss"])
        ends.append(model.get_weights())
    assert histories[0] == pytest.approx(histories[1], rel=1e-5)
    assert histories[0][-1] < histories[0][0]
    assert_same(*ends, exact=False)


def test_frozen_weights_stay():
    variables = weights()
    optimizer = optimizers.SGD(0.1, momentum=0.9)
    optimizer.build(variables)
    before = values(variables)
    optimizer.apply([tf.ones(SHAPES[1])], [variables[1]])
    after = values(variables)
    assert [(a == b).all() for a, b in zip(before, after, strict=True)] == [True, False, True]


def test_several_replicas_take_the_way_of_keras():
    optimizer = optimizers.SGD(0.1)
    assert optimizers._can_fuse(optimizer, tf.ones(2))

    class Two:
        num_replicas_in_sync = 2

    optimizer._distribution_strategy = Two()
    assert not optimizers._can_fuse(optimizer, tf.ones(2))
