"""Walks any Keras model: what its units see and what its layers cost."""
