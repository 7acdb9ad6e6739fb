"""Classifiers that are trained several times and compared."""
