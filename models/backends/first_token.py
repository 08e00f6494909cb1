"""How likely a reply starts with each opener, judged by the likeliest first tokens that a service lists."""

from __future__ import annotations

from collections.abc import Sequence

Alternative = tuple[str, float]
"""A token's text and its probability in [0, 1]."""


def first_token_mass(top: Sequence[Alternative], openers: Sequence[str]) -> tuple[tuple[float, ...], bool]:
    """Add up the first tokens that start each opener.

    A service lists alternatives for one token, not for a sequence, so what is known of an opener depends on
    how the vocabulary cuts it. Blank space at a token's start is passed over. Then

    - a token that starts with an opener covers it in full (`1. `, or "```python" for "```") and counts for
      it, the longest such opener when there are several;
    - a token that is the beginning of exactly one opener (`1` for `1.`) counts for that one. The reply may
      still go on otherwise (`10`), so the sum is then an upper bound;
    - any other token counts for none: blank space alone or the beginning of two openers tells nothing.

    An opener that no listed token begins gets 0.0: its tokens are less likely than the last one listed.

    Args:
        top: the alternatives for the first token.
        openers: the texts to look for, none of them empty.

    Returns:
        A probability per opener, in their order; and whether each was covered in full by listed tokens only.
    """
    mass = [0.0] * len(openers)
    covered = [False] * len(openers)
    bounded = False
    for token, probability in top:
        text = token.lstrip()
        whole = [i for i, opener in enumerate(openers) if text.startswith(opener)]
        begun = [i for i, opener in enumerate(openers) if text and opener.startswith(text)]
        if whole:
            longest = max(whole, key=lambda i: len(openers[i]))
            mass[longest] += probability
            covered[longest] = True
        elif len(begun) == 1:
            mass[begun[0]] += probability
            bounded = True
    return tuple(min(1.0, value) for value in mass), all(covered) and not bounded
