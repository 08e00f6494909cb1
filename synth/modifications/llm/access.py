"""What a machine brings: addresses, keys, rate limits. Nothing of it changes the data, or is in a recipe."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.backends.base import TextBackend
from models.backends.failures import RetryPolicy
from models.errors import UserError
from models.paths import cache_dir
from synth.modifications.llm.settings import LlmSettings


@dataclass(frozen=True, slots=True)
class Access:
    """How the model is reached.

    Args:
        base_url: of an OpenAI-compatible server, or what stands in for Google's with a `gemini:` model.
        server_key: for base_url; no other key goes there.
        openai_key: for OpenAI alone.
        gemini_key: for Gemini.
        requests_per_minute: most requests in any minute; None for no limit.
        tokens_per_minute: most tokens in any minute, of prompts and replies; None for no limit.
        replies: folder in which replies are kept, so that none is paid twice; None keeps none.
        attempts: most tries of a call that fails in a way that may pass.
        patience: seconds after which no further try is made.
        first_pause: seconds before the second try.
        give_up: drop what fails in all tries, instead of stopping so that a later run goes on with it.
    """

    base_url: str | None = None
    server_key: str | None = field(default=None, repr=False)
    openai_key: str | None = field(default=None, repr=False)
    gemini_key: str | None = field(default=None, repr=False)
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    replies: Path | None = None
    attempts: int = 8
    patience: float = 900.0
    first_pause: float = 0.5
    give_up: bool = False


def from_environment(environment: Mapping[str, str] = os.environ) -> Access:
    """What the variables CLARIFY_… and the services' own say.

    Raises:
        UserError: a limit is not a positive whole number.
    """

    def first(*names: str) -> str | None:
        return next((value for name in names if (value := environment.get(name))), None)

    return Access(
        base_url=first("CLARIFY_BASE_URL"),
        server_key=first("CLARIFY_SERVER_API_KEY"),
        openai_key=first("CLARIFY_OPENAI_API_KEY", "OPENAI_API_KEY"),
        gemini_key=first("CLARIFY_GEMINI_API_KEY", "GEMINI_API_KEY"),
        requests_per_minute=_limit(environment, "CLARIFY_SYNTH_REQUESTS_PER_MINUTE"),
        tokens_per_minute=_limit(environment, "CLARIFY_SYNTH_TOKENS_PER_MINUTE"),
        replies=cache_dir() / "synth-replies",
        give_up=first("CLARIFY_SYNTH_GIVE_UP") in {"1", "true", "yes"},
    )


def _limit(environment: Mapping[str, str], name: str) -> int | None:
    text = environment.get(name)
    if not text:
        return None
    if not text.isdecimal() or int(text) == 0:
        raise UserError(f"{name} is not a positive whole number", do=f"write it like {name}=60")
    return int(text)


def is_local(settings: LlmSettings, access: Access) -> bool:
    """Whether the model is a file on this machine, which is loaded once and answers one call at a time."""
    return not access.base_url and settings.model.partition(":")[0] not in {"gemini", "openai"}


def open_backend(settings: LlmSettings, access: Access, retries: RetryPolicy) -> TextBackend:
    """Open the model; safety filters are off where a request can turn them off, as in the paper.

    Raises:
        UserError: no key, no such model, or it cannot be loaded.
    """
    service, _, name = settings.model.partition(":")
    if service == "gemini":
        from models.backends.gemini import GeminiBackend

        return GeminiBackend(
            name,
            api_key=access.server_key if access.base_url else access.gemini_key,
            base_url=access.base_url,
            safety_filters=False,
            retries=retries,
            whole_replies=True,  # no one watches them
        )
    if is_local(settings, access):
        from models.backends.select import BackendChoice
        from models.backends.select import open_backend as open_chosen

        return open_chosen(BackendChoice(model=settings.model, adapter="none"))
    from models.backends.openai import OpenAIBackend

    return OpenAIBackend(
        name if service == "openai" else settings.model,
        base_url=access.base_url,
        api_key=access.server_key if access.base_url else access.openai_key,
        retries=retries,
        whole_replies=True,
    )
