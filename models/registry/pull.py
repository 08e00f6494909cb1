"""Fetches a model: from the first source that works, resumed, checked, put in place at once.

The bytes grow in one partial file per model and hash, which every source goes on from, so that a pull that
was killed, or whose source went away, loses nothing that was right.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from models.errors import UserError
from models.registry import index, merged, records, store
from models.registry.entry import AdapterEntry, FileEntry, ModelEntry
from models.registry.hashes import hash_file, hash_part, remember
from models.registry.index import Known
from models.registry.progress import Progress, Silent
from models.registry.sizes import readable
from models.registry.sources.base import SOURCES, Offer, SourceFailed, ask, places

_FULL = {errno.ENOSPC, errno.EDQUOT}
_HEADROOM = 2**24  # the disk should not be full to the last byte afterwards


class PullFailed(UserError):
    """No source gave the file."""


class NoSpace(UserError):
    """The disk cannot take the file."""

    def __init__(self, known: Known[FileEntry], missing: int | None) -> None:
        folder = known.path.parent
        free = readable(shutil.disk_usage(folder).free)
        wanted = f"{readable(missing)} more" if missing is not None else "more"
        super().__init__(
            f"no space for {known.entry.name}: it needs {wanted}, and {free} are free",
            where=str(folder),
            do="free some and run the command again; what arrived is kept",
        )


def pull(
    name: str | None = None, *, source: str = "auto", relock: bool = False, progress: Progress | None = None
) -> Path:
    """Make sure that a model, and the adapter that belongs to it, are on this machine, and right.

    Where the registry says so, the two are also merged, into a file that runs faster.

    Args:
        name: of a model or an adapter; None for the default model.
        source: a name of SOURCES, or `auto` for the first of them that works.
        relock: see pull_file.
        progress: told of every step; None tells nothing.

    Returns:
        Where the file is.

    Raises:
        UserError: the name is unknown, or as pull_file raises.
    """
    progress = progress or Silent()
    sources = tuple(SOURCES) if source == "auto" else (source,)
    known = index.model_or_adapter(name)
    place = pull_file(known, progress, sources=sources, relock=relock)
    if isinstance(known.entry, ModelEntry) and known.entry.adapter is not None:
        adapter = index.adapter(known.entry.adapter)
        pull_file(adapter, progress)
        if adapter.entry.merge:
            _merge(index.model(known.entry.name), adapter, progress)
    return place


def _merge(base: Known[ModelEntry], adapter: Known[AdapterEntry], progress: Progress) -> None:
    """Merge the two; when that fails they work as they are, only slower."""
    try:
        merged.make(base, adapter, progress)
    except UserError as error:
        progress.note(f"{adapter.entry.name} is not merged, and will be attached: {error}")


def pull_file(
    known: Known[FileEntry],
    progress: Progress,
    *,
    sources: Sequence[str] = tuple(SOURCES),
    relock: bool = False,
) -> Path:
    """Make sure that one file is on this machine, and right.

    Args:
        known: the model or adapter.
        progress: told of every step.
        sources: names of SOURCES to try, in this order.
        relock: take the hash that the source states now, instead of the one of the first pull.

    Returns:
        Where the file is.

    Raises:
        NoSpace: the disk cannot take it.
        PullFailed: no source gave it; says why each did not.
        UserError: it is not a file that can be pulled.
    """
    if known.origin != "catalogue":
        if known.path.is_file():
            progress.note(f"{known.entry.name} is here already")
            return known.path
        raise UserError(f"{known.entry.name} is a file of your own and is gone", where=str(known.path))
    if relock:
        known = _unlocked(known)
    with store.sole(known, progress):
        try:
            return _pull(known, progress, sources)
        except KeyboardInterrupt:
            progress.note("interrupted; what arrived is kept, and the same command goes on from there")
            raise
        except OSError as error:
            raise UserError(
                f"cannot write: {error.strerror or error}", where=str(known.path.parent)
            ) from error


def _unlocked(known: Known[FileEntry]) -> Known[FileEntry]:
    if known.entry.sha256 is not None and not known.locked:
        raise UserError(f"the SHA-256 of {known.entry.name} is in the catalogue and cannot be taken anew")
    entry = known.entry.model_copy(update={"sha256": None, "size_bytes": None})
    return replace(known, entry=entry, locked=False)


def _pull(known: Known[FileEntry], progress: Progress, sources: Sequence[str]) -> Path:
    if known.path.is_file() and known.entry.sha256 is not None:
        if store.verify(known, progress).ok:
            progress.note(f"{known.entry.name} is here already")
            return known.path
        _put_aside(known.path, known, progress)
    candidates = places(known.entry, sources)
    if not candidates:
        raise PullFailed(f"{known.entry.name} cannot be had from: {', '.join(sources)}")
    failures: list[tuple[str, SourceFailed]] = []
    for source, following in zip_longest(candidates, candidates[1:]):
        try:
            return _take(known, ask(source, known.entry), progress)
        except SourceFailed as failure:
            failures.append((source, failure))
            if following is not None:
                progress.note(f"{source}: {failure.what}; trying: {following}")
    raise _failed(known, failures)


def _take(known: Known[FileEntry], offer: Offer, progress: Progress) -> Path:
    """Fetch what a source offers, check it, lock its hash if it was not known."""
    expected = _expected(known, offer)
    if known.path.is_file():
        if hash_file(known.path) == expected:
            _lock(known, offer, expected)
            return known.path
        _put_aside(known.path, known, progress)
    partial = store.partial_file(known, expected)
    _fetch(known, offer, partial, progress)
    with progress.bar(f"checking {known.entry.name}", partial.stat().st_size) as bar:
        found = hash_part(partial, 0, None, bar.at)
    if found != expected:
        kept = _put_aside(partial, known, progress=None)
        raise SourceFailed(
            f"the file from {offer.origin} has SHA-256 {found[:12]}… and should have {expected[:12]}…; "
            f"it is kept as {kept}",
            do="run the command again; if it comes out the same, report it, and try another --source",
        )
    store.put_in_place(partial, known)
    remember(known.path, found)
    _lock(known, offer, expected)
    progress.note(f"{known.entry.name} is in place, and its SHA-256 is right")
    return known.path


def _expected(known: Known[FileEntry], offer: Offer) -> str:
    """The hash that the file must have.

    Raises:
        SourceFailed: nobody states it, or the source states another one.
    """
    name, wanted = known.entry.name, known.entry.sha256
    if wanted is None:
        if offer.sha256 is None:
            raise SourceFailed(f"{offer.origin} states no SHA-256, and none is known for {name}")
        return offer.sha256
    if offer.sha256 not in {None, wanted}:
        change = (
            f"{offer.origin} now has another file: SHA-256 {str(offer.sha256)[:12]}…, where {wanted[:12]}…"
        )
        if known.locked:
            raise SourceFailed(
                f"{change} was locked at the first pull",
                do=f"run `clarify models pull {name} --relock` if the new one is wanted",
            )
        raise SourceFailed(
            f"{change} is in the catalogue", do="try another --source, or a newer version of clarify"
        )
    return wanted


def _fetch(known: Known[FileEntry], offer: Offer, partial: Path, progress: Progress) -> None:
    size = known.entry.size_bytes or offer.size_bytes

    def missing() -> int | None:
        return None if size is None else size - (partial.stat().st_size if partial.exists() else 0)

    ahead = missing()
    if ahead:
        needed = ahead + offer.spare_bytes + _HEADROOM
        if shutil.disk_usage(known.path.parent).free < needed:
            raise NoSpace(known, needed)
    try:
        offer.fetch(partial, progress)
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpace(known, missing()) from error
        raise


def _lock(known: Known[FileEntry], offer: Offer, sha256: str) -> None:
    """Record the hash of a file for which the catalogue gives none."""
    if known.entry.sha256 is not None:
        return
    lock = records.Lock(sha256=sha256, size_bytes=known.path.stat().st_size, origin=offer.origin)
    name = known.entry.name
    records.change(lambda record: record.model_copy(update={"locks": {**record.locks, name: lock}}))


def _put_aside(path: Path, known: Known[FileEntry], progress: Progress | None) -> Path:
    kept = store.rejected_file(known)
    path.replace(kept)
    if progress is not None:
        progress.note(f"the file of {known.entry.name} had another SHA-256; it is kept as {kept}")
    return kept


def _failed(known: Known[FileEntry], failures: Sequence[tuple[str, SourceFailed]]) -> PullFailed:
    reasons = "; ".join(f"{source}: {failure.what}" for source, failure in failures)
    advice = [failure.do for _, failure in failures if failure.do]
    return PullFailed(
        f"cannot fetch {known.entry.name} ({reasons})",
        do=advice[-1] if advice else f"try again with a network, or put the file at {known.path}",
    )
