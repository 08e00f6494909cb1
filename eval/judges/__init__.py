"""Judges: whether a first-round reply asks, and whether its questions are about what was changed."""
