"""The shapes of a request, one a file, and the table of them."""

from __future__ import annotations

from collections.abc import Callable

from synth.requests.shapes import bug, chat, classes, modules, script, stub, todo
from synth.requests.shapes.base import Parts
from synth.schema import Shape

SHAPES: dict[Shape, Callable[[Parts], str]] = {
    "stub": stub.render,
    "chat": chat.render,
    "todo": todo.render,
    "module": modules.render,
    "bug": bug.render,
    "change": bug.render_change,
    "class": classes.render,
    "script": script.render,
}
