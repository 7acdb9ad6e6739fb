import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.errors import InputError
from tfnets.models.autoencoders import build
from tfnets.models.heads import HEADS, finetuned_head, parallel_heads

RNG = np.random.default_rng(0)


def test_the_heads_are_those_of_the_report():
    assert HEADS == {
        "softmax": (),
        "relu32": (("relu", 32),),
        "sigmoid32": (("sigmoid", 32),),
        "sigmoid64": (("sigmoid", 64),),
        "sigmoid64x2": (("sigmoid", 64), ("sigmoid", 64)),
    }


@pytest.mark.parametrize("name", HEADS)
def test_each_draw_is_a_plain_dense_network(name):
    draws = 3
    model = parallel_heads(name, draws, 8, 0, classes=4)
    model.set_weights([RNG.normal(size=w.shape) for w in model.get_weights()])
    x = RNG.normal(size=(5, draws, 8)).astype(np.float32)
    found = model(x).numpy()
    for draw in range(draws):
        sizes = [*HEADS[name], ("linear", 4)]
        alone = keras.Sequential(
            [keras.Input((8,))] + [keras.layers.Dense(n, activation=a) for a, n in sizes]
        )
        alone.set_weights([w[draw] for w in model.get_weights()])
        np.testing.assert_allclose(found[:, draw], alone(x[:, draw]), rtol=1e-4, atol=1e-5)


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 6), st.integers(1, 60), st.integers(0, 9))
def test_each_draw_starts_glorot_uniform(draws, features, seed):
    model = parallel_heads("sigmoid64x2", draws, features, seed)
    for kernel, bias in zip(model.weights[::2], model.weights[1::2], strict=True):
        (_, fan_in, fan_out), values = kernel.shape, kernel.numpy()
        limit = np.sqrt(6 / (fan_in + fan_out))
        largest = np.abs(values).max(axis=(1, 2))
        assert (largest <= limit * (1 + 1e-6)).all()
        # Of m uniform values, the largest is below a share s of the limit with probability s^m.
        share = 0.97 if fan_in * fan_out > 600 else 0.8
        assert (largest > share * limit).all()
        assert not bias.numpy().any()
        assert len({draw.tobytes() for draw in values}) == draws


def test_unknown_heads_are_refused():
    with pytest.raises(InputError, match="called 'tanh'; choose from softmax, relu32"):
        parallel_heads("tanh", 1, 8, 0)


def test_a_finetuned_head_is_the_head_on_the_encoder_s_latents():
    encoder = build("deep", 6, 0).encoder
    encoder.set_weights([abs(w + 0.1) for w in encoder.get_weights()])
    head = parallel_heads("sigmoid32", 1, 6, 0)
    images = RNG.random((4, 28, 28, 1), np.float32)
    whole = finetuned_head(encoder, head)
    expected = head(encoder(images).numpy()[:, None])
    np.testing.assert_allclose(whole(images), expected, rtol=1e-4, atol=1e-5)
    order = [tuple(w.shape) for w in (*encoder.weights, *head.weights)]
    assert [tuple(w.shape) for w in whole.weights] == order


def test_finetuning_trains_the_head_and_a_copy_of_the_encoder():
    encoder, head = build("origin", 6, 0).encoder, parallel_heads("softmax", 1, 6, 0)
    before = [part.get_weights() for part in (encoder, head)]
    whole = finetuned_head(encoder, head)
    whole.set_weights([w + 1 for w in whole.get_weights()])
    for a, b in zip(encoder.get_weights(), before[0], strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(head.get_weights(), before[1], strict=True):
        np.testing.assert_array_equal(a, b + 1)
