"""Autoencoders of digits: trained, adopted from a run, as a source of latents."""
