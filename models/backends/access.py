"""Addresses and keys of services: checked once, so that no message holds a secret and no key goes astray."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from models.errors import UserError

_HOST = re.compile(r"[\w.:-]+")  # names, also in other scripts, and addresses of both kinds


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service is.

    Args:
        url: scheme, host, port and path; no user, no password, no query.
        host: lower-cased.
        loopback: whether it is this machine, which no proxy can reach for us.
    """

    url: str
    host: str
    loopback: bool


def read_address(base_url: str) -> Address:
    """Check a base URL.

    Raises:
        UserError: it is not http(s)://host[:port][/path], or it holds credentials or a query.
    """
    try:
        parts = urlsplit(base_url.strip())
        host = parts.hostname
        _ = parts.port  # raises when it is no number
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not host or not _HOST.fullmatch(host):
        raise UserError(
            "the base URL is not an address of a server", do="write it like http://localhost:8000/v1"
        )
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UserError(
            "the base URL holds more than scheme, host, port and path",
            where=f"{parts.scheme}://{host}",
            do="give a key as the key's own setting, not in the address",
        )
    return Address(url=f"{parts.scheme}://{parts.netloc}{parts.path}", host=host, loopback=_is_loopback(host))


def read_key(api_key: str | None, setting: str) -> str:
    """Check a key: blank space around it is a copying slip, anything odd within it is an error.

    Args:
        api_key: as it was given.
        setting: how people call the setting that it comes from.

    Returns:
        The key; empty when there is none.

    Raises:
        UserError: it cannot stand in a header; the message does not show it.
    """
    key = (api_key or "").strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UserError("the key holds characters that no key has", do=f"check {setting}")
    return key


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
