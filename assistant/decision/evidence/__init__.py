"""Pieces of evidence about whether a request is unclear, one file each."""
