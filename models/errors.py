"""Errors for people: what is wrong, where, what to do next, and the exit code that belongs to it.

Exit codes of the `clarify` command: 0 done, 1 error, 2 usage, 3 clarification needed, 130 interrupted.
"""

from __future__ import annotations


class UserError(Exception):
    """An error that its reader can act on; shown as one line, with a traceback only under --debug.

    Args:
        what: what is wrong, as a clause without a full stop.
        do: what to do next, as an imperative clause; empty when nothing helps.
        where: the file, line or address that the error is about; empty when `what` says it.
    """

    exit_code = 1

    def __init__(self, what: str, *, do: str = "", where: str = "") -> None:
        self.what = what
        self.do = do
        self.where = where
        super().__init__(what)

    def __str__(self) -> str:
        """The whole line: `where: what; do`."""
        line = f"{self.where}: {self.what}" if self.where else self.what
        line = f"{line}; {self.do}" if self.do else line
        return " ".join(line.split())


class UsageError(UserError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class ContextOverflow(UserError):
    """A prompt does not fit the model's context window."""

    def __init__(self, prompt_tokens: int, context_tokens: int, *, where: str = "") -> None:
        self.prompt_tokens = prompt_tokens
        self.context_tokens = context_tokens
        super().__init__(
            f"the prompt has {prompt_tokens} tokens and the context holds {context_tokens}",
            do="shorten the request or the file, or give a larger --context",
            where=where,
        )


def nearest(name: str, known: list[str]) -> str:
    """The clause that names the most similar known name, for a mistyped one.

    Returns:
        ``did you mean `x`?`` or, with nothing similar, the list of known names.
    """
    import difflib

    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"known are: {', '.join(known)}" if known else "none is known"
