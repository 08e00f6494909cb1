"""Renders a model's own chat template, as transformers does; the same code trains and answers.

A template comes out of a model file, so it is foreign code: it runs in jinja2's immutable sandbox. What a
user wrote is data: a control token's name inside a message stays text (`fragments`), so that no request can
close its own turn and open another.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.backends.base import Message
from models.errors import UserError

if TYPE_CHECKING:
    from jinja2 import Template


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a rendered conversation.

    Args:
        text: what it says.
        control: whether it is one control token that the template wrote, by its name; all other text is
            tokenised as plain text, whatever it contains.
    """

    text: str
    control: bool = False


def render(
    template: str,
    messages: Sequence[Message],
    *,
    bos: str = "",
    eos: str = "",
    add_generation_prompt: bool = True,
) -> str:
    """The conversation as one string, equal to what transformers renders.

    Args:
        template: jinja2 source, from the model file.
        messages: the conversation, oldest first.
        bos: the model's begin-of-text token by name; templates that want it write it themselves.
        eos: the model's end-of-text token by name.
        add_generation_prompt: end with the header of the assistant's next message.

    Raises:
        UserError: the template is empty or broken, or it refuses this conversation.
    """
    from jinja2 import TemplateError

    if not template.strip():
        raise UserError("the model file has no chat template", do="use an instruct model, which carries one")
    try:
        return _compiled(template).render(
            messages=[{"role": message.role, "content": message.content} for message in messages],
            tools=None,
            documents=None,
            add_generation_prompt=add_generation_prompt,
            bos_token=bos,
            eos_token=eos,
        )
    # A template can fail in any way that an expression can: a missing key, a number added to a text.
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise UserError(
            f"the model's chat template does not take this conversation: {error}", do="use another model"
        ) from error


def fragments(
    template: str,
    messages: Sequence[Message],
    *,
    controls: Collection[str],
    bos: str = "",
    eos: str = "",
    add_generation_prompt: bool = True,
) -> tuple[Fragment, ...]:
    """The rendered conversation, cut where the template itself wrote a control token.

    The fragments' texts, joined, are exactly `render`'s string. Text between two control tokens stays one
    fragment, the template's words and the message's together, since a tokeniser may join them.

    Args:
        template: as in `render`.
        messages: as in `render`.
        controls: names of the vocabulary's control tokens, `<|im_end|>` and the like.
        bos: as in `render`.
        eos: as in `render`.
        add_generation_prompt: as in `render`.

    Raises:
        UserError: as in `render`.
    """
    names = "|".join(map(re.escape, sorted(filter(None, controls), key=len, reverse=True))) or "(?!)"
    left, right = _unused_characters(messages)
    marked = [
        Message(message.role, re.sub(names, rf"{left}\g<0>{right}", message.content)) for message in messages
    ]
    rendered = render(template, marked, bos=bos, eos=eos, add_generation_prompt=add_generation_prompt)
    # A template may cut a message's text up, which leaves a mark without its partner.
    by_the_user = re.compile(f"{left}({names}){right}|[{left}{right}]")
    return tuple(_merged(_cut(rendered, by_the_user, re.compile(names))))


def _cut(rendered: str, by_the_user: re.Pattern[str], by_the_template: re.Pattern[str]) -> Iterator[Fragment]:
    position = 0
    for mark in by_the_user.finditer(rendered):
        yield from _cut_unmarked(rendered[position : mark.start()], by_the_template)
        yield Fragment(mark[1] or "")
        position = mark.end()
    yield from _cut_unmarked(rendered[position:], by_the_template)


def _cut_unmarked(text: str, by_the_template: re.Pattern[str]) -> Iterator[Fragment]:
    position = 0
    for control in by_the_template.finditer(text):
        yield Fragment(text[position : control.start()])
        yield Fragment(control[0], control=True)
        position = control.end()
    yield Fragment(text[position:])


def _merged(pieces: Iterator[Fragment]) -> Iterator[Fragment]:
    """Neighbouring plain texts as one fragment; empty ones vanish."""
    text = ""
    for piece in pieces:
        if not piece.control:
            text += piece.text
            continue
        if text:
            yield Fragment(text)
        yield piece
        text = ""
    if text:
        yield Fragment(text)


def _unused_characters(messages: Sequence[Message]) -> tuple[str, str]:
    """Two private-use characters that no message contains, so that nobody can forge a mark."""
    used = set().union(*(message.content for message in messages))
    unused = (chr(code) for code in range(0xF0000, 0xFFFFE) if chr(code) not in used)
    return next(unused), next(unused)


@functools.lru_cache(maxsize=8)
def _compiled(template: str) -> Template:
    """The environment of transformers' `render_jinja_template`: same options, filters and globals."""
    from jinja2 import nodes
    from jinja2.exceptions import SecurityError, TemplateError
    from jinja2.ext import Extension, loopcontrols
    from jinja2.parser import Parser
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from jinja2.utils import Namespace

    class GenerationBlock(Extension):
        """`{% generation %}` marks what the assistant wrote, for masks; rendering passes through it."""

        tags = {"generation"}

        def parse(self, parser: Parser) -> nodes.Node:
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            return nodes.Scope(body).set_lineno(line)

    class GuardedNamespace(Namespace):
        """A namespace without underscore names, which lead to Python's internals."""

        def __init__(*args: Any, **kwargs: Any) -> None:
            self, positional = args[0], args[1:]
            values = dict(*positional, **kwargs)
            for name in values:
                GuardedNamespace._check(name)
            Namespace.__init__(self, values)

        def __setitem__(self, name: str, value: Any) -> None:
            GuardedNamespace._check(name)
            super().__setitem__(name, value)

        @staticmethod
        def _check(name: object) -> None:
            if isinstance(name, str) and name.startswith("_"):
                raise SecurityError(f"a chat template cannot store {name!r} in a namespace")

    class GuardedDict:
        """`dict(...)` without the type's own attributes."""

        def __call__(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
            return dict(*args, **kwargs)

        def fromkeys(self, *args: Any) -> dict[Any, Any]:
            return dict.fromkeys(*args)

    def raise_exception(message: str) -> None:
        raise TemplateError(message)

    def tojson(
        value: Any,
        ensure_ascii: bool = False,
        indent: int | None = None,
        separators: tuple[str, str] | None = None,
        sort_keys: bool = False,
    ) -> str:
        # jinja2's own filter escapes for HTML.
        return json.dumps(
            value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
        )

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[GenerationBlock, loopcontrols]
    )
    environment.filters["tojson"] = tojson
    environment.globals.update(
        raise_exception=raise_exception,
        strftime_now=_strftime_now,
        dict=GuardedDict(),
        namespace=GuardedNamespace,
    )
    return environment.from_string(template)


def _strftime_now(format_: str) -> str:
    from datetime import datetime

    # The user's local time without a zone, as transformers has it.
    return datetime.now().astimezone().replace(tzinfo=None).strftime(format_)
