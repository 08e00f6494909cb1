"""The flags that commands share: when to ask, and which model answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

ask_option = click.option(
    "--ask", type=click.Choice(["auto", "always", "never"]), help="When to ask.  [default: auto]"
)

_OPTIONS = (
    click.option(
        "--threshold",
        type=click.FloatRange(0, 1),
        help="In auto, ask when p_ask is at least this.  [default: 0.5]",
    ),
    click.option(
        "--effort",
        type=click.Choice(["low", "normal", "high"]),
        help="For the decision in auto. Above low it runs drafts in the sandbox: up to 3 within 5 s, up to 8 "
        "within 30 s.  [default: low]",
    ),
    click.option("--model", help="A name of `clarify models list`, a GGUF file, openai:NAME or gemini:NAME."),
    click.option("--adapter", help="A GGUF LoRA file or a known adapter; `none` for the bare model."),
    click.option(
        "--code-by",
        type=click.Choice(["base", "adapter"]),
        help="Who writes code: the model with its adapter, or without it.  [default: as the adapter says]",
    ),
    click.option("--base-url", metavar="URL", help="An OpenAI-compatible server (vLLM, llama.cpp, Ollama)."),
    click.option("--context", type=click.IntRange(256), help="Context window in tokens."),
    click.option("--threads", type=click.IntRange(1), help="CPU threads of the local model."),
    click.option("--max-tokens", type=click.IntRange(1), help="Most tokens of one reply.  [default: 1024]"),
)


def model_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare the shared flags on a command, in this order."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function
