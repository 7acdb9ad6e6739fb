"""Covering parts of a picture, and what a network's answer makes of it."""
