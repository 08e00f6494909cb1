"""Which licence a distribution has, as an SPDX name, and whether it lets its code into a data set."""

from __future__ import annotations

import re
from email.message import Message

UNSTATED = "LicenseRef-unstated"

PERMISSIVE = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "HPND", "ISC", "MIT", "MIT-0",
    "MIT-CMU", "NCSA", "PSF-2.0", "Python-2.0", "Unlicense", "WTFPL", "Zlib", "ZPL-2.1",
})  # fmt: skip

# How people write them where no SPDX expression is given; searched in order, in lower case.
_SPELLINGS: tuple[tuple[str, str], ...] = (
    (r"lgpl|lesser general public|library or lesser", "LGPL"),
    (r"agpl|affero", "AGPL"),
    (r"\bgpl|general public|gnu", "GPL"),
    (r"mpl|mozilla public", "MPL"),
    (r"eclipse|epl\b", "EPL"),
    (r"cc[- ]by|creative commons", "CC-BY"),
    (r"artistic", "Artistic"),
    (r"proprietary|commercial", "proprietary"),
    (r"apache", "Apache-2.0"),
    (r"bsd[- ]?2|2[- ]clause|simplified bsd", "BSD-2-Clause"),
    (r"bsd", "BSD-3-Clause"),
    (r"mit[- ]cmu|\bhpnd\b", "HPND"),
    (r"\bmit\b|expat", "MIT"),
    (r"\bisc\b", "ISC"),
    (r"psf|python software foundation", "PSF-2.0"),
    (r"unlicense", "Unlicense"),
    (r"zope|\bzpl\b", "ZPL-2.1"),
    (r"zlib", "Zlib"),
    (r"cc0|public domain", "CC0-1.0"),
    (r"wtfpl", "WTFPL"),
)
# How the texts of licences begin, for distributions that give nothing else.
_TEXTS: tuple[tuple[str, str], ...] = (
    (r"permission is hereby granted, free of charge, to any person obtaining a copy", "MIT"),
    (r"redistribution and use in source and binary forms", "BSD-3-Clause"),
    (r"apache license\s+version 2\.0", "Apache-2.0"),
    (r"permission to use, copy, modify, and(/or)? distribute this software for any purpose", "ISC"),
    (r"this is free and unencumbered software released into the public domain", "Unlicense"),
)


def is_permissive(expression: str) -> bool:
    """Whether an SPDX expression leaves a choice that is permissive in all its parts."""
    flat = expression.replace("(", " ").replace(")", " ")
    choices = re.split(r"\s+OR\s+", flat)
    return any(all(part.strip() in PERMISSIVE for part in re.split(r"\s+AND\s+", one)) for one in choices)


def from_metadata(metadata: Message | None, licence_text: str = "") -> str:
    """The licence that a distribution states.

    Args:
        metadata: its core metadata; None when there is none.
        licence_text: its licence file, for when the metadata says nothing.

    Returns:
        an SPDX expression, a plain name for one that is not permissive, or `UNSTATED`.
    """
    if metadata is not None:
        if expression := metadata.get("License-Expression"):
            return str(expression).strip()
        classifiers = metadata.get_all("Classifier") or []
        stated = [str(one).rpartition(" :: ")[2] for one in classifiers if str(one).startswith("License ::")]
        names = [name for name in map(_named, stated) if name]
        if names:
            return " AND ".join(dict.fromkeys(names))
        first_line = str(metadata.get("License") or "").strip().partition("\n")[0]
        if name := _named(first_line):
            return name
    return from_text(licence_text)


def from_text(licence_text: str) -> str:
    """The licence that a licence file holds, or `UNSTATED`."""
    flat = " ".join(licence_text.lower().split())
    if re.search(r"gnu (lesser |affero )?general public license|mozilla public license", flat):
        return "GPL"
    return next((name for pattern, name in _TEXTS if re.search(pattern, flat)), UNSTATED)


def _named(text: str) -> str | None:
    low = text.lower()
    if low in {"", "unknown", "osi approved"}:
        return None
    return next((name for pattern, name in _SPELLINGS if re.search(pattern, low)), None)
