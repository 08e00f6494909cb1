"""`clarify chat`: the declaration; the work is in assistant.chat."""

from __future__ import annotations

import click

from assistant.commands.options import ask_option, model_options

_EPILOG = """\b
Without a terminal, each line of stdin is a request or a /command (one that ends
in a backslash or opens a fence goes on in the next line). Replies go to stdout,
all else to stderr, and nothing is asked.

\b
Exit codes:
  0  done
  3  clarification needed: without a terminal, a question was left open
  1  error; without a terminal, also when one of the requests failed
  2  wrong usage"""


@click.command(epilog=_EPILOG)
@click.option(
    "--resume",
    metavar="[ID]",
    is_flag=False,
    flag_value="",
    help="Go on with a session: its id, the name of a save, or the newest one.",
)
@ask_option
@model_options
def chat(resume: str | None, **flags: str | float | None) -> int:
    """Talk about code: requests, questions where something is open, code, and edits that can be undone.

    Every event is saved as it happens, so `clarify chat --resume` goes on where a chat ended, however it did.
    """
    from assistant.chat.run import run

    return run(resume, flags)
