"""Each method against what it must give on networks whose answer is known."""

import numpy as np
import pytest

from tests.inputs.attacks.tiny import SIZE, linear, pictures, random_linear, softmax
from tfnets.inputs.attacks import PGD, Attacker, CarliniWagner, EightBit, Origin, attack


def log_odds_gradient(x, weights, biases, label):
    """log p / (1 - p) of a linear network, and its gradient, in float64."""
    logits = x.ravel() @ weights + biases
    others = np.delete(np.arange(len(biases)), label)
    shares = softmax(logits[others])
    value = logits[label] - np.log(np.exp(logits[others]).sum())
    return value, (weights[:, label] - weights[:, others] @ shares).reshape(x.shape)


def linear_parts(model):
    return [np.asarray(w, np.float64) for w in model.get_layer("logits").get_weights()]


def test_one_full_step_is_fgsm():
    model, weights = random_linear(classes=2)
    images = pictures(3)
    found = attack(model, images, PGD("linf", 4 / 255, 1, 4 / 255), target=1, progress=False)
    wanted = images + 4 / 255 * np.sign(weights[:, 1] - weights[:, 0]).reshape(images[0].shape)
    np.testing.assert_allclose(found.unrounded, wanted, atol=1e-7)
    np.testing.assert_allclose(found.images, wanted, atol=1e-7)


@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("momentum", [0.0, 0.8])
@pytest.mark.parametrize("sign", [1, -1])
def test_pgd_is_the_published_formula(norm, momentum, sign):
    """Madry et al. 2018 and Dong et al. 2018, written out for one image in float64."""
    model, _ = random_linear(classes=4, scale=0.3)
    weights, biases = linear_parts(model)
    image = pictures(1, low=0, high=1)
    epsilon, size = (6 / 255, 1.7 / 255) if norm == "linf" else (0.5, 0.11)
    x, velocity, seen = image[0].astype(np.float64), 0, []
    for _ in range(9):
        value, gradient = log_odds_gradient(x, weights, biases, 2)
        seen.append((sign * value, x))
        velocity = momentum * velocity + sign * gradient / np.abs(gradient).sum()
        step = np.sign(velocity) if norm == "linf" else velocity / np.linalg.norm(velocity)
        change = x + size * step - image[0]
        if norm == "linf":
            change = np.clip(change, -epsilon, epsilon)
        else:
            change *= min(1, epsilon / np.linalg.norm(change))
        x = np.clip(image[0] + change, 0, 1)
    seen.append((sign * log_odds_gradient(x, weights, biases, 2)[0], x))
    aim = {"target": 2} if sign == 1 else {"source": 2}
    found = attack(model, image, PGD(norm, epsilon, 9, size, momentum), progress=False, **aim)
    np.testing.assert_allclose(found.unrounded[0], max(seen, key=lambda s: s[0])[1], atol=3e-6)
    traced = [1 / (1 + np.exp(-value)) for value, _ in seen[:-1]]
    np.testing.assert_allclose(found.trace[:, 0], traced, atol=1e-5)


def test_the_origin_is_plain_descent_on_its_loss_in_pixels_of_255():
    image = pictures(1)[0]
    weights = np.random.default_rng(0).standard_normal((SIZE, 3))
    model = linear(weights, [0.0, -2.0, 0.5] - image.ravel() @ weights)
    weights, biases = linear_parts(model)
    factor, rate = 30_000.0, 0.2
    x, best = 255 * image.astype(np.float64), (np.inf, None)
    for step in range(31):
        logits = (x / 255).ravel() @ weights + biases
        p = softmax(logits)
        loss = -factor * p[1] + np.sum((x - 255 * image) ** 2)
        best = min(best, (loss, step, x / 255))
        towards = p[1] * (weights[:, 1] - weights @ p).reshape(image.shape) / 255
        x = np.clip(x - rate * (-factor * towards + 2 * (x - 255 * image)), 0, 255)
    assert 0.02 < np.abs(best[2] - image).max() < 0.4
    found = attack(model, image[None], Origin(factor, rate, 30), target=1, progress=False)
    np.testing.assert_allclose(found.unrounded[0], best[2], atol=2e-5)


def test_carlini_wagner_comes_within_three_percent_of_the_nearest_point():
    """The nearest point of a half-space is its foot: |f(x)| / ||w||."""
    rng = np.random.default_rng(3)
    w = rng.standard_normal(SIZE)
    images = pictures(4, low=0.4, high=0.6)
    values = images.reshape(4, -1) @ w
    # One bias: the four images lie at different distances from one plane.
    model = linear(np.stack([np.zeros(SIZE), w], 1), [0, -values.max() - 0.3])
    nearest = (values.max() + 0.3 - values) / np.linalg.norm(w)
    assert nearest.max() > 3 * nearest.min()
    method = CarliniWagner(steps=300, searches=8, rounding=False)
    found = attack(model, images, method, target=1, progress=False)
    reached = np.linalg.norm((found.unrounded - images).reshape(4, -1), axis=1)
    assert (reached >= nearest * (1 - 1e-4)).all()
    assert (reached <= nearest * 1.03).all()
    assert (found.p_target_unrounded >= 0.5 - 1e-6).all()


def test_carlini_wagner_with_rounding_in_the_loop_fools_as_a_picture():
    w = np.random.default_rng(3).standard_normal(SIZE)
    images = pictures(4, low=0.4, high=0.6)
    bias = -(images.reshape(4, -1) @ w).max() - 0.02
    model = linear(np.stack([np.zeros(SIZE), w], 1), [0, bias])
    methods = [CarliniWagner(0.0, 100, 7, rounding=rounding) for rounding in (True, False)]
    ours, paper = (attack(model, images, m, target=1, progress=False) for m in methods)
    assert ours.success.all()
    np.testing.assert_allclose(ours.images, ours.unrounded, atol=1e-6)
    assert ours.p_target_unrounded == pytest.approx(ours.p_target_after, abs=1e-5)
    assert not paper.success.all()
    assert (paper.p_target_unrounded >= 0.5 - 1e-6).all()


def test_c_is_multiplied_by_ten_until_it_succeeds_and_then_bisected():
    """Image 0 succeeds with any c, image 1 with none: its network does not look at images."""
    images = pictures(2)
    reachable = linear(np.stack([np.zeros(SIZE), np.full(SIZE, 50.0)], 1), [0, -60 * 25])
    blind = linear(np.zeros((SIZE, 2)), [2, 0])
    for model, wanted in ((reachable, 0.01 * 0.5**3), (blind, 0.01 * 10**3)):
        attacker = Attacker(model, CarliniWagner(steps=30, searches=4, learning_rate=0.1))
        found = attacker(images[:1], target=1, progress=False)
        assert found.success[0] == (model is reachable)
        assert attacker._program._c.numpy()[0] == pytest.approx(wanted)


def test_kappa_is_the_margin_that_is_reached():
    model, _ = random_linear(classes=3)
    method = CarliniWagner(kappa=2.0, steps=100, searches=7)
    found = attack(model, pictures(3), method, target=1, progress=False)
    logits = np.asarray(model(found.images))
    margin = logits[:, 1] - np.delete(logits, 1, axis=1).max(axis=1)
    assert (margin >= 2).all()
    assert (margin <= 2.5).all()


@pytest.mark.parametrize("pixels", [False, True])
def test_eight_bit_changes_as_few_as_a_linear_network_allows(pixels):
    """The optimum is known: the largest |w| first, until the log-odds suffice."""
    shape = (16, 16, 3)
    w = np.random.default_rng(5).standard_normal(768)
    images = pictures(1, shape=shape).repeat(3, axis=0)
    for image, further in zip(images, (0, 60, 120), strict=True):
        image.reshape(-1)[:further] -= np.sign(w[:further]) / np.float32(255)
    gains = np.abs(w).reshape(256, 3).sum(axis=1) if pixels else np.abs(w)
    gained = np.cumsum(np.sort(gains)[::-1]) / 255
    values = images.reshape(3, -1) @ w
    bias = -values[0] - 0.35 * gained[-1]
    model = linear(np.stack([np.zeros(768), w], 1), [0, bias], shape)
    fewest = np.searchsorted(gained, np.log(0.55 / 0.45) - values - bias) + 1
    assert len(set(fewest)) == 3
    assert (fewest > 0.1 * len(gains)).all()
    assert (fewest < 0.7 * len(gains)).all()
    method = EightBit(probability=0.55, steps=80, pixels=pixels)
    found = attack(model, images, method, target=1, progress=False)
    count = found.changed_pixels if pixels else found.changed_values
    assert (found.p_target_after >= 0.55).all()
    assert (count >= fewest - 1).all()
    assert (count <= fewest + np.maximum(2, 0.02 * fewest)).all()
    assert (found.linf == 1 / 255).all()


def test_eight_bit_takes_several_levels_where_one_is_not_enough():
    w = np.random.default_rng(2).standard_normal(SIZE)
    images = pictures(1)
    reach = np.abs(w).sum() / 255
    model = linear(np.stack([np.zeros(SIZE), w], 1), [0, -images.ravel() @ w - 2.5 * reach])
    for allowed, fools in ((1, False), (2, False), (4, True)):
        method = EightBit(levels=allowed, probability=0.52, steps=60)
        found = attack(model, images, method, target=1, progress=False)
        assert (found.p_target_after >= 0.52).all() == fools
        assert (found.linf == allowed / 255).all()


def test_eight_bit_that_cannot_fool_returns_what_comes_nearest():
    model, weights = random_linear(classes=2, scale=0.01)
    image = pictures(1)
    target = int(np.asarray(model(image)).argmin())
    found = attack(model, image, EightBit(steps=5), target=target, progress=False)
    direction = np.sign(weights[:, target] - weights[:, 1 - target]).reshape(image.shape)
    np.testing.assert_allclose(found.images, image + direction / 255, atol=1e-7)


def test_one_compiled_program_serves_batches_of_any_size():
    attacker = Attacker(random_linear()[0], PGD("linf", 2 / 255, 25, 1 / 255), batch_size=4)
    for n in (1, 3, 6):
        attacker(pictures(n), target=1, frames=3, progress=False)
    assert attacker._program._advance.experimental_get_tracing_count() == 1
    assert attacker._program.predict.experimental_get_tracing_count() == 1
