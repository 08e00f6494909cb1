"""Three small tasks of our own, in the benchmark's form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SHELVES = '''def shelf_width(books):
    """Return the width of a shelf for books, given in millimetres.
    A book thinner than 5 counts as 5. Add 20 for the two ends.

    >>> shelf_width([30, 2])
    55
    >>> shelf_width([])
    20
    """
'''
GREETING = '''def greet(names):
    """Greet each guest by name, guests in alphabetical order, one greeting after the other in a list.

    >>> greet(["Ida", "Bo"])
    ['Hello Bo', 'Hello Ida']
    """
'''
LAPS = '''def laps(metres, track=400):
    """How many full laps of a track a runner has finished after some metres. Negative metres count as 0.

    >>> laps(1000)
    2
    """
'''

TASKS: list[dict[str, Any]] = [
    {
        "name": "Own/0",
        "prompt": SHELVES,
        "prompt1a": SHELVES.replace("thinner than 5 counts as 5", "thinner than a few counts as that many"),
        "prompt1c": SHELVES.replace("55", "32"),
        "prompt1p": SHELVES.replace(" Add 20 for the two ends.", "").replace("55", "35").replace(" 20", " 0"),
        "entry_point": "shelf_width",
        "solution": "def shelf_width(books):\n    return 20 + sum(max(5, one) for one in books)\n",
        "test_case": [
            {"input": "[30, 2]", "output": "55", "relation": "=="},
            {"input": "[]", "output": "20", "relation": "=="},
        ],
    },
    {
        "name": "Own/1",
        "prompt": GREETING,
        "prompt1a": GREETING.replace("in alphabetical order", "in order"),
        "prompt1p": GREETING.replace(", guests in alphabetical order", "").replace(
            "Bo', 'Hello Ida", "Ida', 'Hello Bo"
        ),
        "entry_point": "greet",
        "solution": "def greet(names):\n    return [f'Hello {name}' for name in sorted(names)]\n",
        "test_case": [{"input": "['Ida', 'Bo']", "output": "['Hello Bo', 'Hello Ida']", "relation": "=="}],
    },
    {
        "name": "Own/2",
        "prompt": LAPS,
        "prompt1p": LAPS.replace(" Negative metres count as 0.", ""),
        "prompt2ac": LAPS.replace("full laps", "laps").replace("    2\n", "    3\n"),
        "entry_point": "laps",
        "solution": "def laps(metres, track=400):\n    return max(0, metres) // track\n",
        "test_case": [{"input": "1000", "output": "2", "relation": "=="}],
    },
]


def write_tasks(path: Path, *, times: int = 1) -> Path:
    """Write the tasks as a benchmark file, several times under other names where many are wanted."""
    rows = [{**row, "name": f"{row['name']}{'x' * turn}"} for turn in range(times) for row in TASKS]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
