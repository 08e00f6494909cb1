"""Text of a reply with its colours: lines of code as their place in the whole gives them, and prose."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

THEME = "ansi_dark"
"""Only the terminal's own 16 colours, so that it is readable on a light background too."""

_STYLES = {"strong_open": "bold", "em_open": "italic"}


def code_lines(code: str, language: str) -> list[Text]:
    """Each line of a piece of code, coloured by a lexer that saw all of it."""
    from rich.syntax import Syntax

    syntax = Syntax("", language or "text", theme=THEME, background_color="default")
    text = syntax.highlight(code.expandtabs(4))
    return list(text.split("\n", allow_blank=True))[: code.count("\n") + 1]


def prose(line: str) -> Text:
    """One line of Markdown: headings, strong, emphasis and code spans; all other marks stay as they are."""
    from markdown_it import MarkdownIt
    from rich.text import Text

    body = line.lstrip("#").lstrip() if line.startswith("#") else line
    text = Text(style="bold" if body != line else "")
    indent = body[: len(body) - len(body.lstrip())]
    text.append(indent)
    styles: list[str] = []
    for block in MarkdownIt("zero").enable(["emphasis", "backticks"]).parseInline(body[len(indent) :]):
        for token in block.children or ():
            if token.nesting > 0:
                styles.append(_STYLES[token.type])
            elif token.nesting < 0:
                styles.pop()
            else:
                style = "cyan" if token.type == "code_inline" else ""
                text.append(token.content, " ".join([*styles, style]).strip() or None)
    return text
