from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import softmax

from tests.inputs import zoo
from tfnets.errors import InputError
from tfnets.inputs.maximize import Maximizer, maximize, start_image
from tfnets.inputs.objectives import channel, class_logit, class_probability, neuron
from tfnets.inputs.parametrizations import fourier, pixels
from tfnets.inputs.priors import l2, total_variation
from tfnets.inputs.recipes import ORIGIN, STRONG, Recipe, gentle, strong
from tfnets.inputs.transformations import jitter, pad, rotate, scale
from tfnets.tracing.receptive_field import unit_pixels

PLAIN = Recipe(pixels(0.05), learning_rate=0.02, steps=12)
RECIPES = {
    "plain": PLAIN,
    "origin": replace(ORIGIN, steps=12),
    "strong": replace(strong((28, 28, 3)), steps=12),
    "gentle": replace(gentle((28, 28, 3)), steps=12),
    "priors": replace(PLAIN, priors=(l2(0.01, around=0.5), total_variation(0.01))),
    "padded": replace(
        PLAIN, transformations=(pad(2), jitter(1), scale(1, 1.1), rotate(3)), steps=30
    ),
}


def run(model, objectives, recipe, seed=0, **options):
    return maximize(model, objectives, recipe, seed=seed, progress=False, **options)


@pytest.mark.parametrize("name", RECIPES)
def test_scores_rise_and_are_those_of_the_returned_images(name):
    model, recipe = zoo.branched(), RECIPES[name]
    found = run(model, [class_logit(1), class_logit(3)], recipe)
    start = model(start_image(model, recipe, 0)[None]).numpy()[0]
    logits = model(found.images, training=False).numpy()
    np.testing.assert_allclose(found.scores, [logits[0, 1], logits[1, 3]], rtol=1e-5)
    assert (found.scores > start[[1, 3]]).all()
    assert found.images.dtype == np.float32
    assert found.images.min() >= 0
    assert found.images.max() <= 1
    assert found.history.shape == (recipe.steps, 2)
    assert found.frames.shape[0] == 0


@pytest.mark.parametrize("name", zoo.ALL)
@pytest.mark.parametrize("recipe", ["plain", "strong"])
def test_every_kind_of_model_grey_and_not_square(name, recipe):
    model = zoo.ALL[name]()
    found = run(model, [class_logit(0)], RECIPES[recipe])
    assert found.images.shape == (1, *model.input_shape[1:])
    assert found.history[-1, 0] > found.history[0, 0]


def test_without_transformation_the_history_starts_at_the_start_image_and_ends_before_the_last():
    model = zoo.branched()
    found = run(model, [class_logit(1)], PLAIN)
    start = model(start_image(model, PLAIN, 0)[None]).numpy()[0, 1]
    assert found.history[0, 0] == pytest.approx(start, rel=1e-5)
    shorter = run(model, [class_logit(1)], replace(PLAIN, steps=11))
    assert found.history[-1, 0] == pytest.approx(shorter.scores[0], rel=1e-4)


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_gradient_descent_is_the_formula(steps):
    """On an affine network: p <- clip(p + rate * scale * w - rate * 2 * weight * (p - grey))."""
    model = zoo.affine()
    recipe = Recipe(pixels(0.1), (l2(0.5, around=0.3),), (), "gradient_descent", 0.2, steps, 1.5)
    found = run(model, [class_logit(2)], recipe).images[0]
    w = model.get_layer("logits").kernel.numpy()[:, 2].reshape(found.shape)
    p = start_image(model, recipe, 0)
    for _ in range(steps):
        p = np.clip(p + 0.2 * (1.5 * w - 2 * 0.5 * (p - 0.3)), 0, 1)
    np.testing.assert_allclose(found, p, atol=1e-5)


def test_pixels_are_clipped_at_every_step():
    """Where the gradient depends on the pixels, values left outside would lead elsewhere."""
    model = zoo.affine()
    found = run(
        model, [class_probability(0)], Recipe(pixels(0.3), (), (), "gradient_descent", 9, 8)
    )
    kernel = model.get_layer("logits").kernel.numpy()
    p = start_image(model, Recipe(pixels(0.3)), 0)
    for _ in range(8):
        chances = softmax(p.ravel() @ kernel)
        slope = chances[0] * (kernel[:, 0] - kernel @ chances)
        p = np.clip(p + 9 * slope.reshape(p.shape), 0, 1)
    np.testing.assert_allclose(found.images[0], p, atol=1e-4)
    assert ((p == 0) | (p == 1)).mean() > 0.2


def test_the_origins_recipe_is_the_reports_in_its_own_units():
    """x in 0..255 minus the mean, loss -1000 f + ||x||^2, rate 0.33, on an affine network."""
    model = zoo.affine()
    found = run(model, [class_logit(0)], replace(ORIGIN, steps=5)).images[0]
    grey = 255 * float(np.mean([104.007, 116.669, 122.679]) / 255)
    w = model.get_layer("logits").kernel.numpy()[:, 0].reshape(found.shape) / 255
    x = 255 * start_image(model, ORIGIN, 0) - grey
    for _ in range(5):
        x = np.clip(x - 0.33 * (-1000 * w + 2 * x), -grey, 255 - grey)
    np.testing.assert_allclose(255 * found - grey, x, atol=0.02)


def test_each_step_is_moved_otherwise_and_the_score_is_of_the_image_at_rest():
    model = zoo.branched()
    recipe = replace(PLAIN, learning_rate=1e-9, transformations=(jitter(3),))
    found = run(model, [class_logit(1)], recipe)
    assert len(np.unique(found.history.round(5))) > 6
    start = model(start_image(model, recipe, 0)[None]).numpy()[0, 1]
    assert found.scores[0] == pytest.approx(start, rel=1e-4)


OBJECTIVES = [class_logit(1), channel("conv1", 2) - 0.5 * class_logit(0), neuron("wide", (4, 3, 1))]


@pytest.mark.parametrize("name", ["plain", "strong", "padded"])
def test_a_result_does_not_depend_on_the_others_in_the_batch(name):
    model, recipe = zoo.branched(), RECIPES[name]
    together = run(model, OBJECTIVES, recipe)
    for place, objective in enumerate(OBJECTIVES):
        alone = run(model, [objective], recipe)
        np.testing.assert_allclose(alone.images[0], together.images[place], atol=1e-3)
        np.testing.assert_allclose(alone.history[:, 0], together.history[:, place], atol=1e-3)
    assert np.abs(together.images[0] - together.images[1]).max() > 0.05


def test_same_seed_same_numbers_another_seed_others():
    model = zoo.branched()
    first, again = (run(model, OBJECTIVES, RECIPES["strong"], seed=4) for _ in range(2))
    for name in ("images", "scores", "history"):
        assert (getattr(first, name) == getattr(again, name)).all()
    other = run(model, OBJECTIVES, RECIPES["strong"], seed=5)
    assert (other.history != first.history).any()


@pytest.mark.parametrize("name", ["plain", "strong"])
def test_a_maximizer_gives_for_each_seed_what_maximize_gives(name):
    model = zoo.branched()
    maximizer = Maximizer(model, OBJECTIVES, RECIPES[name])
    for seed in (3, 8, 3):
        kept, anew = (
            maximizer(seed=seed, progress=False),
            run(model, OBJECTIVES, RECIPES[name], seed),
        )
        for field in ("images", "scores", "history"):
            assert (getattr(kept, field) == getattr(anew, field)).all()


def test_a_conv_neuron_changes_exactly_its_receptive_field():
    model = zoo.branched(shape=(14, 12, 3), activation="tanh")
    recipe = Recipe(pixels(0.1), (), (), "gradient_descent", 0.2, 3)
    units = [neuron("wide", (0, 0, 1)), neuron("wide", (6, 5, 2)), neuron("near", (11, 9, 0))]
    found = run(model, units, recipe)
    start = start_image(model, recipe, 0)
    for image, unit in zip(found.images, units, strict=True):
        (reading,) = unit.readings
        changed = (image != start).any(axis=-1)
        expected = unit_pixels(model, reading.layer, reading.index[:2])
        assert (changed == expected).all()


def test_frames_run_from_the_start_to_the_returned_images():
    model = zoo.branched()
    for frames in (2, 5, 30):
        found = run(model, OBJECTIVES, PLAIN, frames=frames)
        assert found.frames.shape == (frames, *found.images.shape)
        np.testing.assert_allclose(found.frames[0][0], start_image(model, PLAIN, 0), atol=1e-6)
        assert (found.frames[-1] == found.images).all()
    halfway = run(model, OBJECTIVES, replace(PLAIN, steps=6)).images
    third = run(model, OBJECTIVES, PLAIN, frames=3).frames[1]
    np.testing.assert_allclose(third, halfway, atol=1e-5)


def test_a_fourier_image_of_little_decay_has_more_high_frequencies():
    model = zoo.affine(shape=(16, 16, 1))

    def roughness(decay):
        recipe = replace(PLAIN, parametrization=fourier(decay))
        image = run(model, [class_logit(0)], recipe).images[0]
        return np.abs(np.diff(image, axis=0)).mean() / image.std()

    assert roughness(2.0) < roughness(1.0) < roughness(0.0)


def test_the_networks_weights_and_mode_do_not_change():
    model = zoo.sequential()
    before = [w.numpy() for w in model.weights]
    run(model, [class_logit(0)], RECIPES["strong"])
    assert all((w.numpy() == b).all() for w, b in zip(model.weights, before, strict=True))


def test_probability_and_negative_objectives():
    model = zoo.branched()
    up = run(model, [class_probability(2), -class_logit(2)], PLAIN)
    logits = model(up.images).numpy()
    assert up.scores[0] == pytest.approx(float(tf.nn.softmax(logits[0])[2]), rel=1e-5)
    assert up.scores[1] == pytest.approx(-logits[1, 2], rel=1e-5)
    assert up.scores[1] > up.history[0, 1]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"optimizer": "lbfgs"}, "choose from gradient_descent, adam"),
        ({"steps": 0}, "above 0"),
        ({"learning_rate": 0.0}, "above 0"),
        ({"objective_scale": -1.0}, "above 0"),
    ],
)
def test_bad_recipes_are_refused(change, sentence):
    with pytest.raises(InputError, match=sentence):
        replace(STRONG, **change)


def test_bad_requests_are_refused():
    model = zoo.branched()
    with pytest.raises(InputError, match="no unit 9"):
        run(model, [class_logit(9)], PLAIN)
    with pytest.raises(InputError, match="1 frames"):
        run(model, [class_logit(0)], PLAIN, frames=1)
    with pytest.raises(InputError, match="keep the size, or pad more"):
        run(model, [class_logit(0)], replace(PLAIN, transformations=(halve,)))
    wild = replace(PLAIN, priors=(l2(3e38),))
    with pytest.raises(InputError, match="not finite at step"):
        run(model, [class_logit(0)], wild)


def halve(images, seed):
    return images[:, ::2, ::2]
