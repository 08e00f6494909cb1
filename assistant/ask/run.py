"""Runs `clarify ask`: gathers the specs, opens the model, solves them, shows and writes the result."""

from __future__ import annotations

import io
import json
import logging
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from assistant.ask.answers import Answers, load_answers, pair
from assistant.ask.report import Report, SpecReport
from assistant.ask.screen import AskScreen, has_terminal
from assistant.ask.solve import Solver
from assistant.ask.write import refuse_impossible, write
from assistant.config import Settings
from assistant.decision.code_reply import Stopped, Unusable
from assistant.decision.decider import build_decider
from assistant.decision.outcome import Ask
from assistant.setup import backend_choice, decision_settings, untuned_note
from assistant.specs.spec import Spec
from assistant.specs.take import take
from models.backends.base import TextBackend
from models.backends.failures import ServiceError
from models.backends.select import open_backend
from models.errors import UserError
from models.reply import Answer

_log = logging.getLogger(__name__)

CLARIFICATION_NEEDED = 3


@dataclass(frozen=True, slots=True)
class Options:
    """The flags that are about this call alone; all others are Settings."""

    argument: str
    function: str | None = None
    answers: Path | None = None
    apply: bool = False
    output: Path | None = None
    as_json: bool = False
    decide: bool = False


def run(options: Options, settings: Settings) -> int:
    """Run one call.

    Returns:
        0 when there is code for every spec, 3 when a question is open, 1 when a spec came to nothing.

    Raises:
        UserError: what went wrong with all of it; nothing was written.
    """
    # A closed stdin is None.
    stdin = sys.stdin.buffer if sys.stdin else io.BytesIO()
    specs = take(options.argument, stdin=stdin, function=options.function)
    refuse_impossible(specs, apply_flag=options.apply, output=options.output)
    given = load_answers(options.answers, [spec.name for spec in specs]) if options.answers else {}
    interactive = has_terminal() and not options.as_json and not options.decide
    screen = AskScreen(quiet=options.as_json)
    with screen.busy("loading the model"):
        backend = open_backend(backend_choice(settings))
    with closing(backend):
        if interactive:
            from assistant.ask.dialog import terminal_dialog

            screen.dialog = terminal_dialog(backend.identity, settings.threshold)
        if note := untuned_note(backend, settings):
            screen.note(note)
        reports = _solve_all(options, settings, specs, given, backend, screen)
    if options.as_json:
        sys.stdout.write(Report(specs=reports).model_dump_json(indent=2) + "\n")
    if any(report.error for report in reports):
        return 1
    if any(report.decision == "ask" for report in reports):
        return CLARIFICATION_NEEDED
    writes = options.apply or options.output is not None
    if not options.decide and (writes or not options.as_json):
        write(
            specs,
            reports,
            screen,
            output=options.output,
            without_asking=options.apply,
            may_ask=interactive,
        )
    return 0


def print_schema() -> int:
    """Print the JSON schema of the document that --json prints."""
    sys.stdout.write(json.dumps(Report.model_json_schema(mode="serialization"), indent=2) + "\n")
    return 0


def _solve_all(
    options: Options,
    settings: Settings,
    specs: tuple[Spec, ...],
    given: Answers,
    backend: TextBackend,
    screen: AskScreen,
) -> tuple[SpecReport, ...]:
    def answer(spec: Spec, asked: Ask) -> tuple[Answer, ...] | None:
        replayed = pair(asked.questions, given[spec.name]) if spec.name in given else None
        if replayed is None and spec.name in given:
            screen.note(f"{spec.name}: {len(asked.questions)} questions and {len(given[spec.name])} answers")
        return screen.answers(spec, asked) if replayed is None else replayed

    solver = Solver(build_decider(backend), backend.identity, decision_settings(settings), answer)
    reports: list[SpecReport] = []
    for spec in specs:
        with screen.busy(f"{spec.place} {spec.name}") as on_text:
            try:
                report = solver.decide(spec) if options.decide else solver.solve(spec, on_text)
            except Stopped as stopped:
                screen.partial(stopped.completion)
                raise
            except UserError as error:
                # What the other specs yield is not lost with this one.
                _log.debug("%s came to nothing", spec.name, exc_info=True)
                if isinstance(error, Unusable):
                    screen.partial(error.completion)
                report = solver.failed(spec, error)
                reports.append(report)
                screen.report(spec, report)
                if isinstance(error, ServiceError):
                    break  # the next spec would only wait for the same service
                continue
        screen.report(spec, report)
        reports.append(report)
    return tuple(reports)
