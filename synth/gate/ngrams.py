"""Runs of words as hashes: a text is compared with a benchmark without the benchmark being there.

A hash is the first 8 bytes of a BLAKE2b digest of 8 normalised words. The text cannot be read back from the
file; whoever has the text can make the file again (`python -m synth.gate.make_ngrams`) and compare.
"""

from __future__ import annotations

import functools
import hashlib
import keyword
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError
from models.files import write_atomic
from synth.gate.words import words

WORDS = 8
"""In a run."""

LEAST_TELLING = 3
"""Different words in a run that are neither numbers, nor single letters, nor found in any Python file."""

FOLDER = Path(__file__).with_name("data")

_MAGIC = b"clarify-hashes-1\n"
_EVERYWHERE = frozenset(
    [word.casefold() for word in (*keyword.kwlist, *keyword.softkwlist)]
    + "typing tuple list dict set frozenset str int float bool bytes any optional union iterable "
    "iterator sequence callable mapping self cls len range print sorted sum max min abs enumerate zip "
    "map filter append extend join split items keys values isinstance notimplementederror valueerror "
    "typeerror object type string number numbers math re collections itertools functools args kwargs "
    "key value".split()
)


def runs(text: str) -> Iterator[int]:
    """The hashes of a text's runs of words, in their order.

    Left out are runs that say nothing: sequences of numbers, and lines as any code has them.
    """
    found = words(text)
    for at in range(len(found) - WORDS + 1):
        run = found[at : at + WORDS]
        if len({word for word in run if _tells(word)}) >= LEAST_TELLING:
            yield hashed(" ".join(run))


def _tells(word: str) -> bool:
    return len(word) > 1 and word.isalpha() and word not in _EVERYWHERE


def name_hash(name: str) -> int:
    """The hash of a function's name; case and underscores do not count."""
    return hashed("name " + name.replace("_", "").casefold())


def hashed(text: str) -> int:
    """64 bits that stand for a text."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class Hashes:
    """What is known of the benchmarks.

    Args:
        runs: of their texts.
        names: of their functions.
    """

    runs: frozenset[int]
    names: frozenset[int]

    def shared(self, text: str) -> int:
        """How many runs of a text are in a benchmark."""
        return sum(run in self.runs for run in runs(text))


@functools.cache
def committed() -> Hashes:
    """The hashes that come with this package: of HumanEval and HumanEvalComm.

    Raises:
        UserError: a file is missing or damaged.
    """
    return Hashes(*(frozenset(read(FOLDER / f"{part}.hashes")) for part in ("runs", "names")))


def write(path: Path, hashes: Iterable[int]) -> int:
    """Write hashes, sorted, each once; the same hashes always give the same bytes.

    Returns:
        How many there are.
    """
    ordered = array("Q", sorted(set(hashes)))
    write_atomic(path, _MAGIC + _big_endian(ordered).tobytes())
    return len(ordered)


def read(path: Path) -> array[int]:
    """Read what `write` wrote.

    Raises:
        UserError: it is missing or damaged.
    """
    again = "install the package again"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read: {error.strerror}", where=str(path), do=again) from error
    if not data.startswith(_MAGIC) or (len(data) - len(_MAGIC)) % 8:
        raise UserError("not a file of hashes", where=str(path), do=again)
    return _big_endian(array("Q", data[len(_MAGIC) :]))


def _big_endian(hashes: array[int]) -> array[int]:
    """From this machine's order of bytes to the file's, and back."""
    copy = array("Q", hashes)
    if sys.byteorder == "little":
        copy.byteswap()
    return copy
