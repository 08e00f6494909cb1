"""Runs a system over a benchmark: responses are kept one by one, so that a run that was stopped goes on."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.decision.decider import build_decider
from assistant.decision.request import DecisionSettings
from assistant.setup import backend_choice, decision_settings
from eval.benchmarks import humanevalcomm
from eval.benchmarks.catalogue import open_benchmark
from eval.crew import Crew
from eval.protocol.answerer import SILENT, SPANS, Answerer, SilentAnswerer, SpanAnswerer
from eval.protocol.meter import Meter
from eval.protocol.progress import on_stderr
from eval.protocol.rounds import Protocol
from eval.rivals.base import System, Tools
from eval.rivals.catalogue import OURS, entry, make
from eval.schema import UNCLEAR_CATEGORIES, Category, Response, RunInfo, Variant, View
from eval.store import RunFolder, append, read
from models.backends.base import Identity, Interruptible, TextBackend
from models.backends.select import BackendChoice, open_backend
from models.errors import UsageError, UserError
from models.sandbox.policy import Choice
from models.sandbox.runner import open_sandbox

if TYPE_CHECKING:
    from assistant.config import Settings

CATEGORIES: tuple[Category, ...] = ("original", *(one for one in UNCLEAR_CATEGORIES if one != "3acp"))
"""Those that are run unless others are named; `3acp` has a dozen texts, which published figures leave out."""

LLM = "llm"


@dataclass(frozen=True, slots=True)
class Options:
    """What is run, beside the settings.

    Args:
        benchmark: a name, or a JSONL file.
        view: of its texts.
        system: which way to decide.
        categories: of the texts.
        limit: only the first tasks; None for all.
        samples: of each text.
        instruction: a file whose text replaces the system's first instruction.
        answerer: `spans`, `silent`, or `llm:MODEL`.
        p_ask_only: decide and generate nothing.
        unclarified: also write code without asking where questions were asked.
        sandbox: for systems that run code.
        parallel: texts that are worked on at a time.
        out: the run's folder; None for one under `runs/`.
        command: the command line, for the record.
    """

    benchmark: str = humanevalcomm.V2
    view: View = "neutral"
    system: str = OURS
    categories: tuple[Category, ...] = CATEGORIES
    limit: int | None = None
    samples: int = 1
    instruction: Path | None = None
    answerer: str = SPANS
    p_ask_only: bool = False
    unclarified: bool = True
    sandbox: Choice = "auto"
    parallel: int = 1
    out: Path | None = None
    command: str = ""


def run(options: Options, settings: Settings) -> RunFolder:
    """Run a system over a benchmark, or go on with a run that was stopped.

    Args:
        options: what to run.
        settings: which model, and how it decides and decodes.

    Returns:
        The run's folder, with a response for every text and sample.

    Raises:
        UserError: the benchmark, the model or the folder cannot be used, or a service failed; what was done
            stays.
        UsageError: the options do not go together.
    """
    _check(options, settings)
    variants = select(open_benchmark(options.benchmark, options.view), options.categories, options.limit)
    instruction = _text_of(options.instruction) if options.instruction else None
    choice = dataclasses.replace(backend_choice(settings), parallel=options.parallel)
    with closing(open_backend(choice)) as backend, _answerer(options.answerer, choice) as answerer:
        sandbox = functools.cache(lambda: open_sandbox(options.sandbox))
        decision = _decision(options, settings)

        def member() -> tuple[System, Protocol]:
            meter = Meter(backend)
            ours = build_decider(meter, sandbox)
            system = make(options.system, Tools(meter, ours, instruction, sandbox))
            return system, Protocol(
                system=options.system,
                decider=system.decider,
                assistant=ours,
                answerer=answerer,
                settings=decision,
                meter=meter,
                unclarified=options.unclarified,
            )

        members = [member() for _ in range(options.parallel)]
        system = members[0][0]
        model_sha256, adapter_sha256 = hashes(choice, backend.identity)
        info = RunInfo(
            benchmark=variants[0].benchmark,
            view=options.view,
            system=options.system,
            p_ask_only=options.p_ask_only,
            answerer="" if options.p_ask_only else answerer.name,
            model=backend.identity.model,
            model_sha256=model_sha256,
            adapter=backend.identity.adapter,
            adapter_sha256=adapter_sha256,
            code_by=backend.identity.code_by if _writes_code(options, decision) else None,
            instruction_sha256=hashlib.sha256(system.instruction.encode()).hexdigest(),
            threshold=decision.threshold,
            effort=decision.effort,
            temperature=decision.sampling.temperature,
            seed=decision.sampling.seed,
            samples=options.samples,
            max_tokens=decision.sampling.max_tokens,
            parallel=options.parallel,
            version=version("clarifycoder"),
            command=options.command,
            sandbox=str(sandbox().isolation) if _runs_code(options, system, decision) else "",
        )
        respond = _decides if options.p_ask_only else _responds
        folder = RunFolder(options.out or default_folder(info))
        crew = Crew([functools.partial(respond, protocol) for _, protocol in members], _stopper(backend))
        with claimed(folder, info):
            work(folder, variants, options.samples, crew)
    return folder


def _decision(options: Options, settings: Settings) -> DecisionSettings:
    """How the system decides; an effort is the assistant's own, and no matter of its rivals."""
    effort = settings.effort if options.system == OURS else "low"
    return decision_settings(settings.model_copy(update={"ask": "auto", "effort": effort}))


def _writes_code(options: Options, decision: DecisionSettings) -> bool:
    """Whether code is written at all: as a reply, or as drafts to decide by."""
    return not options.p_ask_only or decision.effort != "low"


def _runs_code(options: Options, system: System, decision: DecisionSettings) -> bool:
    return decision.effort != "low" or (system.runs_code and not options.p_ask_only)


def _stopper(backend: TextBackend) -> Callable[[], None]:
    """What ends the calls of other threads at once, where a backend can."""
    return backend.interrupt if isinstance(backend, Interruptible) else lambda: None


def select(
    variants: Iterable[Variant], categories: Sequence[Category], limit: int | None = None
) -> tuple[Variant, ...]:
    """The variants of some categories, of the first tasks; those of one task stay together.

    Raises:
        UserError: there is none.
    """
    names: dict[str, None] = {}
    chosen = []
    for variant in variants:
        names.setdefault(variant.name)
        if limit is not None and len(names) > limit:
            break
        if variant.category in categories:
            chosen.append(variant)
    if not chosen:
        raise UserError("the benchmark has no text of these categories", do="name others with --categories")
    return tuple(chosen)


def default_folder(info: RunInfo) -> Path:
    """A name that tells runs apart, under `runs/`."""
    parts = [info.benchmark, info.view, info.model, info.adapter or "", info.system]
    parts += ["code-by-base" if info.code_by else "", "p-ask" if info.p_ask_only else ""]
    name = "-".join(part for part in parts if part)
    return Path("runs") / "".join(letter if letter.isalnum() or letter in "-._@" else "-" for letter in name)


@contextmanager
def claimed(folder: RunFolder, info: RunInfo) -> Iterator[None]:
    """Hold a run's folder for this process, and put down what the run is.

    Raises:
        UserError: it holds another run, or another process works on it.
    """
    from filelock import FileLock, Timeout

    folder.path.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.path / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UserError(
            "another process works on this run",
            where=str(folder.path),
            do="wait for it, or give another --out",
        ) from error
    with lock:
        if folder.info.exists():
            _ensure_same(folder, info)
        folder.write_info(info)
        yield


def work(folder: RunFolder, variants: Sequence[Variant], samples: int, crew: Crew) -> None:
    """Get the responses that are not there yet, each on the disk as soon as it is there.

    They are begun in the benchmark's order: texts of one task follow each other, so that a model reads what
    they have in common once.

    Raises:
        UserError: a response failed in a way that another try may mend.
    """
    rows = [(variant, sample) for variant in variants for sample in range(samples)]
    done = {one.key for one in read(folder.responses, Response)[0]} if folder.responses.exists() else set()
    left = [(variant, sample) for variant, sample in rows if f"{variant.key}|{sample}" not in done]
    with on_stderr(len(rows), len(rows) - len(left)) as advance, _told_where_it_stands(folder, left):
        for row, response in crew.responses(tuple(left)):
            append(folder.responses, [response])
            left.remove(row)
            advance()


@contextmanager
def _told_where_it_stands(folder: RunFolder, left: Sequence[object]) -> Iterator[None]:
    from models.console import err

    try:
        yield
    except BaseException:
        err().print(
            f"{len(left)} rows are left; the same command with --out {folder.path} goes on", soft_wrap=True
        )
        raise


def _responds(protocol: Protocol, variant: Variant, sample: int) -> Response:
    return protocol.run(variant, sample)


def _decides(protocol: Protocol, variant: Variant, sample: int) -> Response:
    return protocol.decide(variant)


def _check(options: Options, settings: Settings) -> None:
    entry(options.system)
    if options.samples > 1 and options.p_ask_only:
        raise UsageError("--samples and --p-ask-only do not go together: a decision is the same each time")
    if options.samples > 1 and settings.temperature == 0:
        raise UsageError("several samples are all alike at temperature 0", do="give a --temperature")


def _ensure_same(folder: RunFolder, info: RunInfo) -> None:
    """Refuse to mix two runs; more texts or samples of the same run are welcome."""
    before = folder.read_info()
    may_differ = {"command", "version", "samples", "sandbox", "parallel"}
    for field in RunInfo.model_fields.keys() - may_differ:
        old, new = getattr(before, field), getattr(info, field)
        if old != new:
            raise UserError(
                f"it holds a run with another {field.replace('_', ' ')} ({old}, not {new})",
                where=str(folder.path),
                do="give another --out",
            )


def _text_of(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("cannot be read as text", where=str(file)) from error
    if not text:
        raise UserError("there is no text in it", where=str(file))
    return text


@contextmanager
def _answerer(name: str, choice: BackendChoice) -> Iterator[Answerer]:
    """The answerer of a name; a model that answers is one of its own, beside the one that is measured."""
    kind, _, model = name.partition(":")
    if name == SPANS:
        yield SpanAnswerer()
    elif name == SILENT:
        yield SilentAnswerer()
    elif model and kind == LLM:
        from eval.protocol.llm_answerer import LlmAnswerer

        answering = dataclasses.replace(choice, model=model, adapter="none", code_by=None)
        with closing(open_backend(answering)) as backend:
            yield LlmAnswerer(backend)
    else:
        raise UsageError(f"there is no answerer `{name}`; known are: {SPANS}, {SILENT}, {LLM}:MODEL")


def hashes(choice: BackendChoice, identity: Identity) -> tuple[str | None, str | None]:
    """SHA-256 of the files of model and adapter; None where there is none, or a service holds it."""
    if choice.base_url or (choice.model or "").partition(":")[0] in {"openai", "gemini"}:
        return identity.sha256, None
    from models.registry.hashes import hash_file
    from models.registry.resolve import resolve, resolve_adapter

    model = resolve(choice.model)
    adapter = resolve_adapter(choice.adapter, model)
    of_model = identity.sha256 or hash_file(model.path)
    if adapter is None:
        return of_model, None
    return of_model, (adapter.entry.sha256 if adapter.entry else None) or hash_file(adapter.path)
