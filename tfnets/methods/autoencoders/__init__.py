"""Autoencoders that studies train, restore and adopt."""

from tfnets.methods.autoencoders.training import VARIANTS, Recipe, Training, load

__all__ = ["VARIANTS", "Recipe", "Training", "load"]
