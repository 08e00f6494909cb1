"""Recipes: what a data set is built from, as TOML files, and the typed form that they are read into."""
