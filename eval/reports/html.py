"""A report as one page that needs nothing else: no network, no other file.

Texts of models are shown as texts: the template escapes them, the browser of conversations sets them as
text, and the page's policy runs no script but its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.reports.charts import COLOURS
from eval.reports.conversations import browsable
from eval.reports.report import Report
from eval.schema import UNCLEAR_CATEGORIES

_FOLDER = Path(__file__).parent


def page(report: Report) -> str:
    """The whole page."""
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style, script = (_part(name) for name in ("page.css", "page.js"))
    text = environment.get_template("page.html.jinja").render(
        report=report,
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        data=Markup(_as_json(browsable(report.results))),
        svg=Markup,
        colours=COLOURS,
        categories=("original", *UNCLEAR_CATEGORIES),
        marks=MARKS,
    )
    return text.encode("utf-8", "replace").decode("utf-8")  # half surrogates of a log


MARKS: Sequence[str] = (
    "asks",
    "does not ask",
    "good questions",
    "fair questions",
    "false ask",
    "missed",
    "solved",
    "failed",
    "error",
)
"""What conversations can be filtered by; see `conversations.marks`."""


def _part(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing is loaded, and no style or script but these two counts."""
    return f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'"


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _as_json(data: dict[str, Any]) -> str:
    """JSON that cannot end the element it stands in."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
