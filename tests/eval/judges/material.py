"""Variants of our own tasks, and replies to them."""

from __future__ import annotations

from pathlib import Path

from eval.benchmarks import humanevalcomm
from eval.schema import Category, Response, Variant
from tests.eval.tasks import TASKS

VARIANTS = {(one.name, one.category): one for one in humanevalcomm.variants(TASKS, "raw", benchmark="own")}


def variant(name: str, category: Category) -> Variant:
    return VARIANTS[name, category]


def response(name: str, category: Category, reply: str, **more: object) -> Response:
    return Response.model_validate({"name": name, "category": category, "reply": reply, **more})


def write_log(path: Path, *responses: Response) -> Path:
    lines = (one.model_dump_json(exclude_defaults=True) for one in responses)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path
