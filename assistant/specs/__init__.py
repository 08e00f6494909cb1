"""Requests taken from files and text, with their context."""
