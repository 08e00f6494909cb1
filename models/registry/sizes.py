"""Sizes as people read them."""

from __future__ import annotations


def readable(size_bytes: int) -> str:
    """A size in MiB, or in GiB from 1 GiB on."""
    mebibytes = size_bytes / 2**20
    return f"{mebibytes:.0f} MiB" if mebibytes < 1024 else f"{mebibytes / 1024:.2f} GiB"


def readable_count(count: int) -> str:
    """A number of weights, in billions or millions."""
    return f"{count / 1e9:.2f}B" if count >= 1e9 else f"{count / 1e6:.0f}M"
