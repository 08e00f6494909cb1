"""Fetches a file from the Hugging Face Hub, through the session of its official client.

The client's own `hf_hub_download` starts anew after a kill (2.x writes to a file of the process's own and
deletes it on failure), so the bytes are fetched here, by ranges, into a file that the next try goes on from.
HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE and HF_HUB_ETAG_TIMEOUT hold as they do for the client.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from models.registry.entry import FileEntry, HubFile
from models.registry.progress import Bar, Progress
from models.registry.sources.base import SourceFailed
from models.registry.sources.hub_failures import client, host, reason, refusal

if TYPE_CHECKING:
    from huggingface_hub import HfFileMetadata

T = TypeVar("T")

_LIBRARY = "clarifycoder"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LOOK_UP_SECONDS = 6.0  # without a network the next source is tried after at most this
_SILENCE_SECONDS = 30.0  # a connection that gives nothing for so long is given up
_WAITS = (0.5, 1.0, 2.0)  # seconds before the tries that follow one which brought nothing
_WRITE_BUFFER = 2**20


@dataclass(frozen=True, slots=True)
class HubOffer:
    """A file that the Hub has.

    Args:
        url: of the very version that was looked up.
        sha256: from the Hub's metadata; None for a file outside its large-file storage.
        size_bytes: from there too.
        origin: `hub:REPOSITORY@COMMIT`.
    """

    url: str
    sha256: str | None
    size_bytes: int | None
    origin: str
    spare_bytes: int = 0

    def fetch(self, partial: Path, progress: Progress) -> None:
        """See Offer; resumes by an HTTP range."""
        have = partial.stat().st_size if partial.exists() else 0
        with progress.bar("fetching (hub)", self.size_bytes, have) as bar:
            waits = iter(_WAITS)
            while (failure := self._try(partial, bar)) is not None:
                now = partial.stat().st_size if partial.exists() else 0
                if now > have:
                    have, waits = now, iter(_WAITS)
                wait = next(waits, None)
                if wait is None:
                    raise failure
                time.sleep(wait)

    def _try(self, partial: Path, bar: Bar) -> SourceFailed | None:
        """One connection; the failure when another may do better, None when all is here."""
        from huggingface_hub.errors import HfHubHTTPError

        try:
            self._stream(partial, bar)
        except HfHubHTTPError as error:
            if error.response.status_code < 500 and error.response.status_code not in {408, 429}:
                raise SourceFailed(reason(error, self.url)) from error
            return SourceFailed(reason(error, self.url))
        except client().httpx.HTTPError as error:
            return SourceFailed(reason(error, self.url))
        if self.size_bytes is not None and partial.stat().st_size < self.size_bytes:
            return SourceFailed(f"{host(self.url)} ended before the file did")
        return None

    def _stream(self, partial: Path, bar: Bar) -> None:
        from huggingface_hub import get_session

        have = partial.stat().st_size if partial.exists() else 0
        if have == self.size_bytes:
            return
        if self.size_bytes is None or have > self.size_bytes:
            have = 0  # without a size nobody can tell whether there is anything to go on with
        headers = {**client().build_hf_headers(library_name=_LIBRARY), "Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        timeout = client().httpx.Timeout(_SILENCE_SECONDS, connect=_LOOK_UP_SECONDS)
        # The Hub redirects to its storage; the session keeps the token from going there.
        with get_session().stream(
            "GET", self.url, headers=headers, timeout=timeout, follow_redirects=True
        ) as response:
            client().hf_raise_for_status(response)
            start = _start_of(response, asked=have)
            with partial.open("r+b" if partial.exists() else "wb", buffering=_WRITE_BUFFER) as file:
                if start < partial.stat().st_size:
                    file.truncate(start)
                file.seek(start)
                for chunk in response.iter_bytes():
                    file.write(chunk)
                    start += len(chunk)
                    bar.at(start)
                    if self.size_bytes is not None and start > self.size_bytes:
                        raise SourceFailed(
                            f"{host(self.url)} sends more than the {self.size_bytes} bytes it said"
                        )


def offer(entry: FileEntry) -> HubOffer:
    """Look a file up on the Hub.

    Raises:
        SourceFailed: no network, no such file, no access.
    """
    place = entry.sources.hub
    if place is None:
        raise SourceFailed(f"{entry.name} has no place on the Hub")
    # No telemetry: its collection would also cost a request of its own.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import hf_hub_url

    endpoint = _endpoint()
    url = hf_hub_url(place.repo_id, place.filename, revision=place.revision, endpoint=endpoint)
    found = _look_up(url, endpoint, place)
    commit = found.commit_hash or place.revision
    return HubOffer(
        url=hf_hub_url(place.repo_id, place.filename, revision=commit, endpoint=endpoint),
        sha256=found.etag if found.etag and _SHA256.fullmatch(found.etag) else None,
        size_bytes=found.size,
        origin=f"hub:{place.repo_id}@{commit}",
    )


def _endpoint() -> str | None:
    """HF_ENDPOINT as it is now; None for the client's default."""
    value = os.environ.get("HF_ENDPOINT", "").rstrip("/")
    try:
        parts = urlsplit(value)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        valid = False
    if value and not valid:
        raise SourceFailed("HF_ENDPOINT is not an http address")
    return value or None


def _look_up(url: str, endpoint: str | None, place: HubFile) -> HfFileMetadata:
    from huggingface_hub import get_hf_file_metadata
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    httpx = client().httpx
    seconds = _seconds_to_look_up()
    try:
        return _within(
            seconds,
            lambda: get_hf_file_metadata(url, timeout=seconds, library_name=_LIBRARY, endpoint=endpoint),
        )
    except TimeoutError as error:
        raise SourceFailed(f"{host(url)} does not answer within {seconds:g} s") from error
    except OfflineModeIsEnabled as error:
        raise SourceFailed("HF_HUB_OFFLINE is set") from error
    except HfHubHTTPError as error:
        raise SourceFailed(refusal(error, place) or reason(error, url)) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceFailed(reason(error, url)) from error


def _seconds_to_look_up() -> float:
    try:
        return float(os.environ["HF_HUB_ETAG_TIMEOUT"])
    except (KeyError, ValueError):
        return _LOOK_UP_SECONDS


def _within(seconds: float, call: Callable[[], T]) -> T:
    """The result of a call that may take so long.

    The client's time-outs do not cover name resolution, nor several addresses tried in turn; the thread of
    a call that hangs is left behind and ends with the process.

    Raises:
        TimeoutError: it takes longer.
    """
    outcome: dict[str, Any] = {}

    def run() -> None:
        try:
            outcome["value"] = call()
        except BaseException as error:
            outcome["error"] = error

    thread = threading.Thread(target=run, daemon=True, name="hub-look-up")
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError
    if "error" in outcome:
        raise outcome["error"]
    value: T = outcome["value"]
    return value


def _start_of(response: Any, asked: int) -> int:
    """The offset at which the body of a response starts: 0 when the server does not do ranges.

    Raises:
        SourceFailed: it is another part than the one that was asked for.
    """
    if response.status_code != 206:
        return 0
    if not response.headers.get("Content-Range", "").startswith(f"bytes {asked}-"):
        raise SourceFailed(f"{response.url.host} sends another part of the file than it was asked for")
    return asked
