"""Opens a judge by its name."""

from __future__ import annotations

from eval.judges.base import Judge
from models.errors import UserError, nearest

RULE, REFERENCE, EMBEDDED, LLM = "rule", "reference", "reference-embedded", "llm"
PAPERS_MODEL = "openai:gpt-4o-mini"
"""The judge of the paper: what `llm` alone means."""

NAMES = (RULE, REFERENCE, EMBEDDED, LLM, f"{LLM}:MODEL")


def open_judge(named: str, base_url: str | None = None) -> Judge:
    """Open a judge; close it when done.

    Args:
        named: `rule`; `reference`, which is the lexical one, whatever is installed; `reference-embedded`;
            `llm`, or `llm:MODEL` with what `--model` takes: openai:NAME, gemini:NAME, a local model's name or
            file, or with base_url the name that the server knows.
        base_url: of an OpenAI-compatible server, for `llm:MODEL`.

    Raises:
        UserError: there is no such judge, what it needs is missing, or its model cannot be opened.
    """
    kind, _, model = named.partition(":")
    if kind == LLM:
        return _llm(model or PAPERS_MODEL, base_url)
    if base_url is not None:
        raise UserError("an address goes with a model that judges", do=f"give --judge {LLM}:MODEL")
    if named == RULE:
        from eval.judges.rule import RuleJudge

        return RuleJudge()
    if named not in {REFERENCE, EMBEDDED}:
        raise UserError(f"there is no judge `{named}`", do=nearest(named, list(NAMES)))
    from eval.judges.embeddings import Embeddings
    from eval.judges.reference import ReferenceJudge

    return ReferenceJudge(Embeddings() if named == EMBEDDED else None)


def _llm(model: str, base_url: str | None) -> Judge:
    import os

    from eval.judges.llm import LlmJudge
    from models.backends.select import BackendChoice, open_backend

    choice = BackendChoice(
        model=model,
        adapter="none",
        base_url=base_url or os.environ.get("CLARIFY_BASE_URL"),
        server_api_key=os.environ.get("CLARIFY_SERVER_API_KEY"),
        openai_api_key=os.environ.get("CLARIFY_OPENAI_API_KEY"),
        gemini_api_key=os.environ.get("CLARIFY_GEMINI_API_KEY"),
    )
    return LlmJudge(open_backend(choice))
