"""Trained networks by name, file or model, their weights read safely."""
