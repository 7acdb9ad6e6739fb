"""Spoilt images, and networks and classic methods that restore them."""
