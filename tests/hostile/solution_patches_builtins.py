"""Attacks: the harness, by replacing the built-in functions it may use.

Must hold: no test passes.
"""

import builtins

for name in ("all", "any", "isinstance", "issubclass", "type", "repr", "len", "compile", "eval"):
    setattr(builtins, name, lambda *arguments, **options: True)


def answer(number):
    return None
