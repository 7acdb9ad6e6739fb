import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import log_softmax

from tfnets.errors import InputError
from tfnets.training.evaluation import Evaluation, check_data

RNG = np.random.default_rng(0)
IMAGES = RNG.random((23, 4, 5, 2), np.float32)
LABELS = RNG.integers(0, 3, 23).astype(np.int32)


def network(classes=3, dropout=0.0):
    inputs = keras.Input((4, 5, 2), name="image")
    x = keras.layers.Flatten()(inputs)
    x = keras.layers.Dropout(dropout, seed=1)(x)
    x = keras.layers.Dense(
        classes, kernel_initializer=keras.initializers.RandomNormal(stddev=2, seed=1)
    )(x)
    return keras.Model(inputs, x, name="a_net")


def expected(model, images=IMAGES, labels=LABELS):
    """Loss and accuracy in NumPy, in double precision."""
    flat = images.reshape(len(images), -1).astype(np.float64)
    kernel, bias = (weight.astype(np.float64) for weight in model.get_weights())
    logits = flat @ kernel + bias
    losses = -log_softmax(logits, axis=1)[np.arange(len(labels)), labels]
    return {
        "loss": pytest.approx(losses.mean(), rel=1e-5),
        "accuracy": float(np.mean(logits.argmax(axis=1) == labels)),
    }


@pytest.mark.parametrize("batch_size", [1, 7, 22, 23, 24, 500])
def test_loss_and_accuracy_are_those_of_numpy_whatever_the_batches(batch_size):
    model = network()
    found = Evaluation(model, IMAGES, LABELS, batch_size)()
    assert found == expected(model)
    assert 0 < found["accuracy"] < 1


def test_it_measures_the_weights_as_they_are_now():
    model = network()
    evaluation = Evaluation(model, IMAGES, LABELS, 10)
    first = evaluation()
    model.set_weights([2 * weight + 1 for weight in model.get_weights()])
    assert evaluation() == expected(model)
    assert evaluation() != first


def test_labels_of_any_whole_type_and_dropout_off():
    model = network(dropout=0.9)
    for kind in (np.int8, np.uint8, np.int64):
        assert Evaluation(model, IMAGES, LABELS.astype(kind))() == expected(model)


def test_later_changes_of_the_arrays_do_not_count():
    images, labels, model = IMAGES.copy(), LABELS.copy(), network()
    evaluation = Evaluation(model, images, labels)
    images[:], labels[:] = 0, 0
    assert evaluation() == expected(model)


class Measure(keras.callbacks.Callback):
    """Measures after every step, with `Evaluation` or with Keras's own `evaluate`."""

    def __init__(self, evaluate):
        super().__init__()
        self._evaluate = evaluate

    def on_train_batch_end(self, batch, logs=None):
        self._evaluate()


def history(make_measure):
    model = network()
    model.compile(
        keras.optimizers.SGD(0.05),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    fitted = model.fit(
        IMAGES, LABELS, batch_size=5, epochs=2, shuffle=False, verbose=0,
        callbacks=[Measure(make_measure(model))],
    )  # fmt: skip
    return fitted.history


def test_a_running_fit_keeps_its_metrics():
    untouched = history(lambda model: lambda: None)
    assert history(lambda model: Evaluation(model, IMAGES[:6], LABELS[:6])) == untouched
    # The reason for the class: Keras's own way resets them.
    other = history(lambda model: lambda: model.evaluate(IMAGES[:6], LABELS[:6], verbose=0))
    assert other != untouched


@pytest.mark.parametrize(
    ("images", "labels", "sentence"),
    [
        (IMAGES[:, :3], LABELS, "have shape 3x5x2, but the network 'a_net' takes 4x5x2; resize"),
        (IMAGES[..., :1], LABELS, "have shape 4x5x1, but the network"),
        (IMAGES[..., 0], LABELS, "have shape 4x5, but the network"),
        (IMAGES, LABELS[:-1], r"shape \(22,\) and type int32; give one whole number for each of"),
        (IMAGES, LABELS[:, None], r"shape \(23, 1\)"),
        (IMAGES, LABELS.astype(np.float32), "type float32; give one whole number for each of the"),
        (IMAGES, LABELS == 1, "type bool"),
        (IMAGES, LABELS + 1, "A label is 3, but the network 'a_net' has 3 classes; .* 0 to 2"),
        (IMAGES, LABELS - 1, "A label is -1"),
        (IMAGES[:0], LABELS[:0], "There are no images"),
    ],
)
def test_data_that_do_not_fit_are_one_sentence(images, labels, sentence):
    for refuse in (check_data, Evaluation):
        with pytest.raises(InputError, match=sentence) as refused:
            refuse(network(), images, labels)
        assert "\n" not in str(refused.value)


def test_fitting_data_pass_also_through_a_network_of_open_size():
    check_data(network(), IMAGES, LABELS)
    inputs = keras.Input((None, None, 2))
    pooled = keras.layers.GlobalAveragePooling2D()(inputs)
    anywhere = keras.Model(inputs, keras.layers.Dense(3)(pooled))
    check_data(anywhere, IMAGES, LABELS)
    with pytest.raises(InputError, match="takes anyxanyx2"):
        check_data(anywhere, IMAGES[..., :1], LABELS)


def test_it_is_traced_once(monkeypatch):
    model = network()
    evaluation = Evaluation(model, IMAGES, LABELS, 5)
    evaluation()
    monkeypatch.setattr(tf.nn, "sparse_softmax_cross_entropy_with_logits", None)
    assert evaluation() == expected(model)
