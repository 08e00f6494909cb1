"""Refusals: where a model declined, or spoke about itself, instead of doing its work."""

from __future__ import annotations

import re

from synth.gate.reason import Reason
from synth.schema import Problem, Sample

_REFUSAL = re.compile(
    r"\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b"
    r"|\bi(?:'|’)?(?:\s+a)?m (?:sorry|afraid)\b.{0,40}\b(?:can(?:no|'|’)t|cannot|unable|not able|but)\b"
    r"|\bi (?:must|have to) (?:decline|refuse)\b"
    r"|\bi (?:can(?:no|'|’)t|cannot|can not|won(?:'|’)t|am (?:unable|not able) to) "
    r"(?:help|assist|comply|fulfil|fulfill|provide|generate|create|do that|answer|modify|rewrite|continue)\b"
    r"|\b(?:against|violates?) (?:my|our|the) (?:\w+ )?(?:guidelines|polic(?:y|ies))\b"
    r"|\bas requested, here is\b"
    r"|^(?:sure|certainly|of course|absolutely)[,!.] (?:here|i)\b",
    re.IGNORECASE,
)


def refusals(sample: Sample, source: Problem) -> Reason | None:
    """The request or the reply holds a refusal, or words to the person who ordered it.

    Args:
        sample: code in its reply is passed over.
        source: what its own text says is no refusal.
    """
    texts = [question.text for question in sample.questions]
    if sample.unclear:
        texts.append(sample.answer)
    if sample.change is not None:
        texts.append(sample.problem)
    for text in texts:
        found = _REFUSAL.search(text)
        if found and found[0].casefold() not in source.description.casefold():
            return Reason("refusal", f"it says “{' '.join(found[0].split())}”")
    return None
