"""Inputs for functions that come without examples: guessed from types, names and defaults, or by a model."""
