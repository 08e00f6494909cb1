"""What an engine is made of, in the order of making and freeing; the owner thread alone calls it.

It is not the engine itself, so that an engine that nobody holds any more can be told from its parts.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.backends.base import OpenerMass, Sampling, Usage
from models.errors import UserError
from models.runtime.adapter import Adapter
from models.runtime.batches import Batch, plan, within
from models.runtime.context import Context
from models.runtime.generation import Generated, Reply, Writing, write
from models.runtime.library import library, version
from models.runtime.logits import log_softmax, opener_masses
from models.runtime.machine import default_context, memory_bytes
from models.runtime.model import Model, ModelInfo
from models.runtime.owner import Aborted, AbortFlag
from models.runtime.sampling import chooser
from models.runtime.session import Session
from models.runtime.state import PrefixStore
from models.runtime.streaming import ReplyText

if TYPE_CHECKING:
    from models.runtime.logits import LogProbabilities


class Parts:
    """A model, its sessions, its adapter, and the disk cache of fixed instructions.

    Args:
        abort: stops what is computed while it is set.
    """

    info: ModelInfo
    context_tokens: int
    threads: int

    def __init__(self, abort: AbortFlag) -> None:
        self._abort = abort
        self._library: Any = None
        self._model: Model | None = None
        self._context: Context | None = None
        self.sessions: tuple[Session, ...] = ()
        self._adapter: Adapter | None = None
        self._store: PrefixStore | None = None
        self._store_place: tuple[Path, tuple[str, ...]] | None = None

    @property
    def model(self) -> Model:
        """The loaded model."""
        assert self._model is not None
        return self._model

    @property
    def session(self) -> Session:
        """Its first sequence."""
        return self.sessions[0]

    def load(
        self, path: Path, *, name: str, context_tokens: int | None, threads: int, sequences: int = 1
    ) -> None:
        """Make model and sessions; see `Engine.load`. What was made when it fails, `free` frees."""
        self._library = library()
        self._model = Model(self._library, path, name, self._abort)
        self.info = self._model.info()
        self.threads = threads
        self.context_tokens = _context(self.info, context_tokens)
        self._context = Context(
            self._library,
            self._model,
            context_tokens=self.context_tokens,
            threads=threads,
            abort=self._abort,
            sequences=sequences,
        )
        self.sessions = tuple(Session(self._context, number) for number in range(sequences))

    def keep_prefixes(self, folder: Path, model: str) -> None:
        """Keep what is read of fixed instructions in this folder, under this name of the model."""
        key = (version(), model, f"{self.threads} threads", f"{self.context_tokens} tokens")
        self._store_place = (folder, key)
        self._rekey(None)

    def score(self, prompt: Sequence[int]) -> LogProbabilities:
        """See `Engine.log_probabilities`."""
        self._read(self.session, self.plan(prompt), 0)
        return log_softmax(self.session.row())

    def opener_mass(
        self, session: Session, prompt: Sequence[int], openers: Sequence[Sequence[int]], fixed: int
    ) -> OpenerMass:
        """See `Engine.opener_mass`."""
        started = time.perf_counter()
        batches = self.plan(prompt)
        cached = self._read(session, batches, fixed)
        first = log_softmax(session.row())
        prefilled = time.perf_counter()

        def after(beginning: tuple[int, ...]) -> LogProbabilities:
            if not beginning:
                return first
            # What the last opener left in the cache goes here, and at the latest with the next prompt.
            session.evaluate([*batches, *((token,) for token in beginning)])
            return log_softmax(session.row())

        mass = opener_masses(openers, after)
        usage = Usage(
            prompt_tokens=len(prompt),
            cached_tokens=cached,
            prefill_seconds=prefilled - started,
            decode_seconds=time.perf_counter() - prefilled,
        )
        return OpenerMass(mass=mass, exact=True, usage=usage)

    def generate(
        self,
        prompt: Sequence[int],
        prefix: Sequence[int],
        fixed: int,
        sampling: Sampling,
        emit: Callable[[str], None],
    ) -> Generated:
        """See `Engine.generate`; stopped by the flag, it returns what it has."""
        reply = Reply(len(prompt) + len(prefix), ReplyText(sampling.stop, emit))
        with (
            contextlib.suppress(Aborted),
            self.writing(self.session, prompt, prefix, fixed, sampling, reply) as writing,
        ):
            reply.finish = write(writing)
        return reply.generated()

    @contextlib.contextmanager
    def writing(
        self,
        session: Session,
        prompt: Sequence[int],
        prefix: Sequence[int],
        fixed: int,
        sampling: Sampling,
        reply: Reply,
    ) -> Iterator[Writing]:
        """Read a prompt in a session, and give what writes the reply to it.

        Raises:
            Aborted: the flag was set.
        """
        # The prefix is a batch of its own, so that the prompt's batches are those of `opener_mass`.
        batches = (*self.plan(prompt), *(self.plan(prefix) if prefix else ()))
        reply.prefilled(self._read(session, batches, fixed))
        with chooser(self._library, session.context.handle, sampling) as choose:
            yield Writing(session, self.model.vocabulary, choose, reply.text, sampling.max_tokens)

    def attach(self, path: Path) -> None:
        """See `Engine.attach`."""
        adapter = Adapter(self._library, self.model, path)
        try:
            adapter.check_effect(self.session)
            digest = _sha256(path)
        except BaseException:
            self.session.use_adapter(self._adapter.handle if self._adapter else None)
            adapter.free()
            raise
        self._forget()
        self._free_adapter()
        self._adapter = adapter
        self._rekey(digest)

    def detach(self) -> None:
        """See `Engine.detach`."""
        if self._adapter is None:
            return
        self.session.use_adapter(None)
        self._forget()
        self._free_adapter()
        self._rekey(None)

    def free(self) -> None:
        """Give all memory back, in the order that the library needs."""
        if self._context is not None:
            self._context.free()
            self._context = None
        self._free_adapter()
        if self._model is not None:
            self._model.free()
            self._model = None

    def plan(self, tokens: Sequence[int]) -> tuple[Batch, ...]:
        """The batches in which a prompt is read."""
        if not tokens:
            raise ValueError("a prompt has at least one token")
        return plan(tokens, self.model.vocabulary.is_control)

    def _forget(self) -> None:
        """What was read was read by another adapter."""
        for session in self.sessions:
            session.clear()

    def _read(self, session: Session, batches: Sequence[Batch], fixed: int) -> int:
        """Read the batches; the instruction at their start comes from the disk where that is faster.

        Returns:
            Tokens that did not have to be computed.
        """
        head = batches[: within(batches, fixed)]
        if self._store is not None and head and session.shared(head) < len(head):
            state = self._store.load(head)
            if state is None or not session.restore(head, state):
                cached = session.read(head)
                self._store.save(head, session.state())
                session.evaluate(batches)
                return cached
        return session.evaluate(batches)

    def _free_adapter(self) -> None:
        if self._adapter is not None:
            self._adapter.free()
            self._adapter = None

    def _rekey(self, adapter: str | None) -> None:
        if self._store_place is not None:
            folder, key = self._store_place
            self._store = PrefixStore(folder, (*key, adapter or ""))


def _context(info: ModelInfo, wanted: int | None) -> int:
    if wanted is None:
        return default_context(info.trained_context, info.token_bytes, memory_bytes())
    if not 1 <= wanted <= info.trained_context:
        raise UserError(
            f"a context of {wanted} tokens is not possible: the model was trained for {info.trained_context}",
            do=f"give a --context from 1 to {info.trained_context}",
        )
    return wanted


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
