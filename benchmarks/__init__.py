"""Measurements of whole features, run by hand with `make bench`."""
