"""Runs code that nobody has read in a process of its own, cut off from files, network and processes."""
