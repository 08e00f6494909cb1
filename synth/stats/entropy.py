"""Entropy of a text's own words, as the paper's table 6 has it."""

from __future__ import annotations

import math
import re
from collections import Counter

_TOKEN = re.compile(r"\w+(?:'\w+)?|[^\w\s]")


def word_entropy(text: str) -> float:
    """Shannon entropy, in nats, of the frequencies of a text's words, lower-cased.

    Punctuation marks count as words. H = -sum p(w) ln p(w), with p(w) the share of w among the text's words;
    0 for a text of one word or none. It grows with the number of different words, and so with length.
    """
    counts = Counter(_TOKEN.findall(text.lower()))
    total = counts.total()
    return -sum(count / total * math.log(count / total) for count in counts.values()) if total else 0.0
