"""The assistant itself, as it is and made to ask or to code: what all rivals are measured against."""

from __future__ import annotations

from eval.rivals.base import Forced, System, Tools


def ours(tools: Tools, argument: str) -> System:
    """As `clarify ask` decides."""
    return System(tools.ours)


def always(tools: Tools, argument: str) -> System:
    """Asks whatever is requested."""
    return System(Forced(tools.ours, "always"))


def never(tools: Tools, argument: str) -> System:
    """Codes whatever is requested."""
    return System(Forced(tools.ours, "never"))
