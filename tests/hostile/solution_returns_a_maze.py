"""Attacks: the encoding, by values without an end.

Must hold: no test passes.
"""


def answer(number):
    if number % 2:
        maze = []
        maze.append(maze)
        return maze
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep
