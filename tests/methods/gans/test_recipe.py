"""A GAN's recipe: what it takes of settings, and how the learning rate falls."""

from dataclasses import dataclass

import numpy as np
import pytest

from tests.training import tiny
from tfnets.artifacts.run import Config, Run
from tfnets.lab.trial import Work
from tfnets.latents import Normal
from tfnets.methods.gans.conditional import ConditionalRecipe
from tfnets.methods.gans.recipe import Recipe
from tfnets.studies.conditional_gan.settings import Settings
from tfnets.training.gan import GAN


class Unnamed(Work):
    """Where a test trains."""

    def do(self):
        raise NotImplementedError


def gan():
    return GAN(tiny.generator(), tiny.discriminator(), Normal(2), seed=0)


def test_it_takes_the_settings_that_are_called_as_its_fields():
    settings = Settings(epochs=4, batch_size=7, prior="normal")
    assert Recipe.of(settings) == Recipe(4, 7, settings.learning_rate)
    assert Recipe.of(settings, epochs=9, falls=True).epochs == 9
    found = ConditionalRecipe.of(settings, network="simple")
    assert (found.prior, found.network, found.flatness) == ("normal", "simple", 0)
    assert found.matching == settings.matching


def test_without_a_field_that_has_no_default_there_is_none():
    @dataclass
    class Nothing:
        epochs: int = 1

    with pytest.raises(TypeError, match="batch_size"):
        Recipe.of(Nothing())


def test_a_rate_falls_to_zero_at_the_last_step():
    trainer = gan()
    Recipe(3, 10, 1e-2, falls=True).compile(trainer, 40)
    for optimizer in (trainer.generator_optimizer, trainer.discriminator_optimizer):
        assert [float(optimizer._learning_rate(step)) for step in (0, 6, 12)] == pytest.approx(
            [1e-2, 5e-3, 0], abs=1e-9
        )


def test_the_trace_has_both_losses_at_every_compiled_call(tmp_path):
    run = Run.create(tmp_path / "run", Config.of("decoder_gan", "tiny", 0, {}))
    trainer, recipe = gan(), Recipe(2, 10, 1e-3, execution=2)
    images = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    recipe.compile(trainer, len(images))
    trace = recipe.trace(trainer, len(images))
    recipe.fit(
        Unnamed(None, "a", 0, run=run), trainer, (images,), callbacks=[trace], tracked=trace.state
    )
    assert trace.steps == [2, 4, 6, 8]
    ours = np.array(trace.curves["discriminator_loss"]).reshape(2, 2).mean(axis=1)
    np.testing.assert_allclose(ours, [row["discriminator_loss"] for row in run.history], rtol=1e-5)
