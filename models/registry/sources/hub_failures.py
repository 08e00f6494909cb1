"""What went wrong with the Hub, in a clause for people."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from models.registry.entry import HubFile

_ERRNO = re.compile(r"^\[Errno -?\d+\] ")


def client() -> Any:
    """The official client's own tools; untyped, since it exports them without saying so.

    Its `httpx` is the module of its transport, which is httpx2 from version 2 on.
    """
    from huggingface_hub import utils

    return utils


def refusal(error: Exception, place: HubFile) -> str | None:
    """Why the Hub does not give a file that it could be asked for; None for other errors."""
    from huggingface_hub import errors

    if isinstance(error, errors.GatedRepoError):
        return f"{place.repo_id} asks for consent to its licence on its page, and for HF_TOKEN"
    if isinstance(error, errors.RepositoryNotFoundError):
        return f"there is no {place.repo_id} on the Hub, or it needs HF_TOKEN"
    if isinstance(error, errors.RevisionNotFoundError | errors.RemoteEntryNotFoundError):
        return f"{place.repo_id} has no {place.filename} at {place.revision}"
    return None


def reason(error: Exception, url: str) -> str:
    """Why a request came to nothing."""
    from huggingface_hub.errors import HfHubHTTPError

    httpx = client().httpx
    if isinstance(error, HfHubHTTPError):
        return f"{host(url)} answers {error.response.status_code}"
    if isinstance(error, httpx.ConnectError):
        return f"{host(url)} cannot be reached ({_ERRNO.sub('', str(error))})"
    if isinstance(error, httpx.TimeoutException):
        return f"{host(url)} does not answer in time"
    return f"the connection to {host(url)} broke ({error})"


def host(url: str) -> str:
    """The part of an address that people know it by; a password in it is left out."""
    parts = urlsplit(url)
    name = parts.hostname or url
    return f"{name}:{parts.port}" if parts.port else name
