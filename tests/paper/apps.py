"""Problems of our own in the layout in which APPS was published: a folder each, in two halves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Told:
    """A problem as APPS states it.

    Args:
        question: the text.
        solutions: programs that pass the tests, or functions where `tests` names one.
        tests: inputs and outputs.
        starter: what the solutions begin with.
    """

    question: str
    solutions: tuple[str, ...]
    tests: dict[str, Any]
    starter: str = ""


_FERRY = Told(
    """A ferry takes cars across a lake. Cars wait in a row, and each trip takes cars from the front of the
row as long as their lengths together are at most the length of the deck. No car is longer than the deck. How
many trips are needed until nobody waits?

-----Input-----
The first line holds the length of the deck. The second line holds the lengths of the cars, in the order in
which they wait.

-----Output-----
Print the number of trips.

-----Example-----
Input
10
4 5 3 9

Output
3
""",
    (
        "deck = int(input())\ntrips, left = 0, 0\nfor car in map(int, input().split()):\n"
        "    if car > left:\n        trips, left = trips + 1, deck\n    left -= car\nprint(trips)\n",
    ),
    {"inputs": ["10\n4 5 3 9\n", "5\n5\n", "6\n2 2 2 2\n"], "outputs": ["3\n", "1\n", "2\n"]},
)
_LANTERNS = Told(
    """Lanterns hang along a path, one every step. A lantern that is lit also lights the steps next to it.
Given which lanterns are lit, count the steps that stay dark.

-----Input-----
One line of the letters o (lit) and x (not lit).

-----Output-----
Print how many steps are dark.

-----Example-----
Input
oxxxo

Output
1
""",
    (
        "path = f'x{input().strip()}x'\n"
        "print(sum('o' not in path[at - 1 : at + 2] for at in range(1, len(path) - 1)))\n",
    ),
    {"inputs": ["oxxxo\n", "xx\n", "xxox\n"], "outputs": ["1\n", "2\n", "1\n"]},
)
_RECIPE = Told(
    "Return the amounts of a recipe for another number of guests. The amounts are whole grams for the given "
    "number of guests, and each new amount is rounded up to whole grams. There is at least one guest.",
    ("def scaled(amounts, guests, wanted):\n    return [-(-one * wanted // guests) for one in amounts]\n",),
    {
        "fn_name": "scaled",
        "inputs": [[[100, 30], 4, 6], [[7], 2, 1], [[], 3, 5]],
        "outputs": [[150, 45], [4], []],
    },
)
_LEFT_OUT = Told(
    "Return the initials of a name, each followed by a full stop. A name is words with blanks between.",
    ("def initials(name):\n    return ''.join(f'{word[0]}.' for word in name.split())\n",),
    {"fn_name": "initials", "inputs": [["Ida Berg"], ["Bo"]], "outputs": ["I.B.", "B."]},
)
_HEADER = "class Solution:\n    def longestQuiet(self, levels: List[int], most: int) -> int:\n        "
_QUIET = Told(
    "A microphone notes the noise of a street once a minute. Return the length in minutes of the longest "
    "stretch in which no level is above a given one; 0 if there is none.",
    (
        _HEADER
        + "best = run = 0\n        for level in levels:\n            run = run + 1 if level <= most else 0\n"
        "            best = max(best, run)\n        return best\n",
    ),
    {
        "fn_name": "longestQuiet",
        "inputs": [[[3, 1, 9, 2, 2, 2], 4], [[8], 4], [[], 1]],
        "outputs": [3, 0, 0],
    },
    starter=_HEADER,
)
_BEADS = Told(
    """Beads of several colours are threaded one after the other. Whenever two neighbours have the same
colour, both fall off, and the beads around them become neighbours. Which beads remain?

-----Input-----
A word whose letters are the colours.

-----Output-----
Print the letters that remain, or the word none.

-----Example-----
Input
abbac

Output
c
""",
    (
        "kept = []\nfor bead in input().strip():\n    if kept and kept[-1] == bead:\n        kept.pop()\n"
        "    else:\n        kept.append(bead)\nprint(''.join(kept) or 'none')\n",
    ),
    {"inputs": ["abbac\n", "aa\n", "abc\n"], "outputs": ["c\n", "none\n", "abc\n"]},
)
_TICKETS = Told(
    "Return the price of a group's tickets in cents. A ticket costs 450; for a child under 14 it costs half. "
    "From ten people on, the whole price is lowered by a tenth.",
    (
        "def price(ages):\n    full = sum(225 if age < 14 else 450 for age in ages)\n"
        "    return full * 9 // 10 if len(ages) >= 10 else full\n",
    ),
    {
        "fn_name": "price",
        "inputs": [[[30, 12]], [[20] * 10], [[]]],
        "outputs": [675, 4050, 0],
    },
)

HALVES = {"train": (_FERRY, _LANTERNS, _RECIPE, _LEFT_OUT), "test": (_QUIET, _BEADS, _TICKETS)}


def write_apps(root: Path) -> Path:
    """Write all problems."""
    for half, told in HALVES.items():
        for number, one in enumerate(told):
            folder = root / half / f"{number:04}"
            folder.mkdir(parents=True)
            files = {
                "question.txt": one.question,
                "solutions.json": json.dumps(one.solutions),
                "input_output.json": json.dumps(one.tests),
                "metadata.json": json.dumps({"difficulty": "interview"}),
                **({"starter_code.py": one.starter} if one.starter else {}),
            }
            for name, text in files.items():
                (folder / name).write_text(text, encoding="utf-8")
    return root
