"""What holds for every method."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.inputs.attacks.tiny import SIZE, curved, linear, pictures, random_linear
from tfnets.errors import InputError
from tfnets.inputs.attacks import PGD, Attacker, CarliniWagner, EightBit, Origin, attack

METHODS = {
    "origin": Origin(2_000.0, 0.2, 12),
    "linf": PGD("linf", 3 / 255, 12, 1.3 / 255, momentum=0.5, random_start=True),
    "l2": PGD("l2", 0.1, 12, 0.03, random_start=True),
    "carlini_wagner": CarliniWagner(steps=12, searches=3, c=1.0),
    "eight_bit": EightBit(levels=16, steps=12),
}


@pytest.fixture(scope="module")
def attackers():
    model = curved()
    return {name: Attacker(model, method, batch_size=8) for name, method in METHODS.items()}


@pytest.mark.parametrize("name", METHODS)
class TestEveryMethod:
    def test_images_do_not_affect_each_other(self, attackers, name):
        images, targets = pictures(5), np.array([0, 1, 2, 3, 1])
        together = attackers[name](images, target=targets, progress=False)
        small = Attacker(curved(), METHODS[name], batch_size=2)
        apart = small(images, target=targets, progress=False)
        np.testing.assert_allclose(together.unrounded, apart.unrounded, atol=1e-5)
        assert (together.images == apart.images).all()
        np.testing.assert_allclose(together.trace, apart.trace, atol=1e-4)

    def test_same_seed_same_numbers(self, attackers, name):
        results = [
            attackers[name](pictures(2), target=1, seed=seed, progress=False) for seed in (7, 7, 8)
        ]
        assert (results[0].unrounded == results[1].unrounded).all()
        assert (results[0].trace == results[1].trace).all()
        random = getattr(METHODS[name], "random_start", False)
        assert (results[0].trace != results[2].trace).any() == random

    def test_numbers_are_those_of_the_pictures(self, attackers, name):
        found = attackers[name](pictures(4), target=[0, 1, 2, 3], frames=4, progress=False)
        logits = np.asarray(curved()(found.images))
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        p = powers / powers.sum(axis=1, keepdims=True)
        assert found.p_target_after == pytest.approx(p[range(4), range(4)], abs=1e-5)
        assert found.p_source_after == pytest.approx(p[range(4), found.source], abs=1e-5)
        assert (found.success == (logits.argmax(axis=1) == range(4))).all()
        change = np.rint((found.images - found.originals) * 255)
        assert found.linf == pytest.approx(np.abs(change).max(axis=(1, 2, 3)) / 255)
        assert found.frames.shape == (4, 4, *pictures(1).shape[1:])
        if not getattr(METHODS[name], "random_start", False):
            assert (found.frames[0] == found.originals).all()
            assert found.trace[0] == pytest.approx(found.p_target_before, abs=1e-5)
        assert (np.rint(found.frames * 255) / 255).astype(np.float32) == pytest.approx(found.frames)

    def test_untargeted_leaves_the_class_that_is_seen(self, attackers, name):
        images = pictures(6)
        found = attackers[name](images, progress=False)
        seen = np.asarray(curved()(images)).argmax(axis=1)
        now = np.asarray(curved()(found.images)).argmax(axis=1)
        assert (found.source == seen).all()
        assert (found.target == now).all()
        assert (found.success == (now != seen)).all()
        assert found.success.any()
        assert (found.p_source_after <= found.p_source_before + 1e-6).all()

    def test_grey_images(self, name):
        images = pictures(2, shape=(5, 4, 1))
        found = attack(curved(shape=(5, 4, 1)), images, METHODS[name], target=2, progress=False)
        assert found.images.shape == images.shape
        assert (found.p_target_after >= found.p_target_before).all()


BOUNDED = ("linf", "l2")
LEVELS = st.lists(st.integers(0, 255), min_size=SIZE, max_size=SIZE)


@pytest.mark.parametrize("norm", BOUNDED)
@settings(max_examples=30, deadline=None)
@given(LEVELS, st.integers(0, 3), st.integers(0, 1000))
def test_no_result_leaves_the_ball_or_the_unit_interval(attackers, norm, levels, target, seed):
    image = (np.array(levels) / 255).astype(np.float32).reshape(1, 4, 5, 3)
    found = attackers[norm](image, target=target, seed=seed, progress=False)
    epsilon, order = METHODS[norm].epsilon, {"linf": np.inf, "l2": 2}[norm]
    free = (found.unrounded.astype(np.float64) - image).ravel()
    whole = np.rint(found.images * 255.0).ravel() - levels
    assert np.linalg.norm(free, order) <= epsilon
    assert np.linalg.norm(whole, order) <= epsilon * 255 * (1 + 1e-6)
    for values in (found.images, found.unrounded):
        assert values.min() >= 0
        assert values.max() <= 1


def half_level_model():
    """Sees class 1 when the sum of all values has grown by a fifth of a level each."""
    images = pictures(1)
    bias = -images.sum() - 0.2 * SIZE / 255
    return linear(np.stack([np.zeros(SIZE), np.full(SIZE, 100)], 1), [0, 100 * bias]), images


def test_success_is_decided_after_rounding():
    model, images = half_level_model()
    found = attack(model, images, PGD("linf", 0.4 / 255, 4, 0.1 / 255), target=1, progress=False)
    assert found.p_target_unrounded[0] > 0.9
    assert not found.success[0]
    assert (found.images == images).all()
    assert found.changed_values[0] == 0


def test_success_is_decided_after_the_round_trip():
    model, images = half_level_model()
    trips = []

    def forgetful(pictures):
        trips.append(pictures)
        return images

    method = PGD("linf", 1 / 255, 4, 1 / 255)
    assert attack(model, images, method, target=1, progress=False).success[0]
    found = attack(model, images, method, target=1, progress=False, round_trip=forgetful)
    assert np.abs(trips[0] - images).max() == pytest.approx(1 / 255)
    assert not found.success[0]
    assert found.p_target_after[0] < 0.1


def test_originals_between_two_levels_are_rounded_first():
    images = pictures(1) + np.float32(0.3 / 255)
    found = attack(random_linear()[0], images, PGD(steps=2), target=1, progress=False)
    assert (found.originals == pictures(1)).all()


def test_an_image_that_is_sure_enough_is_left_alone_while_others_go_on():
    model, _ = random_linear(classes=2, scale=0.3)
    images = pictures(8)
    method = PGD("linf", 40 / 255, 40, 1 / 255, probability=0.9)
    found = attack(model, images, method, target=1, progress=False)
    assert (found.trace[-1] >= 0.9).all()
    assert found.iterations[0] < 40
    first = (found.trace >= 0.9).argmax(axis=0)
    assert len(set(first)) > 1
    for column, start in enumerate(first):
        assert (found.trace[start:, column] == found.trace[start, column]).all()
    assert found.linf == pytest.approx(first / 255)


def test_frames_are_spread_over_the_whole_attack():
    model, _ = random_linear(classes=2)
    method = PGD("linf", 20 / 255, 20, 1 / 255)
    found = attack(model, pictures(2), method, target=1, frames=5, progress=False)
    moved = np.abs(found.frames - found.originals).max(axis=(1, 2, 3, 4))
    assert moved == pytest.approx(np.array([0, 5, 10, 15, 20]) / 255, abs=1e-6)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"target": 3}, r"target 3 is out of range.*3 classes"),
        ({"target": -1}, "target -1 is out of range"),
        ({"target": [0, 1]}, "one whole number"),
        ({"target": 0.5}, "one whole number"),
        ({"source": 9, "target": 0}, "source 9 is out of range"),
        ({"target": 0, "frames": -1}, "frames is -1"),
        ({"target": 0, "seed": -1}, "seed is -1"),
        ({"target": 0, "batch_size": 0}, "batch size is 0"),
    ],
)
def test_bad_arguments_are_one_sentence(arguments, sentence):
    with pytest.raises(InputError, match=sentence):
        attack(random_linear()[0], pictures(1), PGD(steps=1), progress=False, **arguments)


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        (pictures(1)[0], r"shape \(4, 5, 3\)"),
        (pictures(1)[:, :3], "resize them"),
        (pictures(1)[:0], "n >= 1"),
        (pictures(1) * 255, r"\[0, 1\]"),
        (pictures(1) - 1, r"\[0, 1\]"),
        (pictures(1) * np.nan, r"\[0, 1\]"),
        ((pictures(1) * 255).astype(np.uint8), "8-bit images divided by 255"),
    ],
)
def test_bad_images_are_one_sentence(images, sentence):
    with pytest.raises(InputError, match=sentence):
        attack(random_linear()[0], images, PGD(steps=1), target=0, progress=False)


def test_bad_networks_are_one_sentence():
    model, _ = random_linear()
    probabilities = keras.Sequential([model, keras.layers.Softmax()])
    probabilities.build((None, 4, 5, 3))
    broken = linear(np.full((SIZE, 2), np.nan), [0, 0])
    plane = keras.Sequential([keras.Input((4, 5, 3)), keras.layers.Conv2D(2, 1)])
    for wrong, sentence in (
        (probabilities, "puts out probabilities"),
        (broken, "no finite numbers"),
        (plane, "logits of two or more"),
    ):
        with pytest.raises(InputError, match=sentence):
            attack(wrong, pictures(1), PGD(steps=1), target=0, progress=False)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: PGD("l1"), "norm 'l1'"),
        (lambda: PGD(epsilon=0), "epsilon is 0"),
        (lambda: PGD(epsilon=float("nan")), "epsilon is nan"),
        (lambda: PGD(steps=0), "steps is 0"),
        (lambda: PGD(step_size=-1), "step_size is -1"),
        (lambda: PGD(momentum=-0.1), "momentum is -0.1"),
        (lambda: PGD(probability=1.1), "probability is 1.1"),
        (lambda: Origin(weight=0), "weight is 0"),
        (lambda: CarliniWagner(kappa=-1), "kappa is -1"),
        (lambda: CarliniWagner(c=0), "c is 0"),
        (lambda: EightBit(levels=0), "levels is 0"),
        (lambda: EightBit(probability=1), "below 1"),
        (lambda: EightBit(decay=1.5), "decay is 1.5"),
        (lambda: attack(random_linear()[0], pictures(1), "pgd"), "'pgd' is no attack"),
    ],
)
def test_bad_methods_are_one_sentence(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()
