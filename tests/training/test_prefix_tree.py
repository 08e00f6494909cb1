"""The tree keeps every sequence, merges what is common, and shows a node its own sequence alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from training.prefix_tree import Tree, common, grow

SEQUENCES = st.lists(st.lists(st.integers(0, 3), max_size=9), max_size=6)


@given(SEQUENCES)
def test_every_sequence_is_the_path_to_its_last_node(sequences: list[list[int]]) -> None:
    tree = grow(sequences)
    for sequence, path in zip(sequences, tree.paths, strict=True):
        assert [tree.ids[node] for node in path] == sequence
        assert [tree.depths[node] for node in path] == list(range(len(sequence)))


@given(SEQUENCES)
def test_a_node_stands_for_one_beginning(sequences: list[list[int]]) -> None:
    tree = grow(sequences)
    beginnings = {tuple(sequence[: end + 1]) for sequence in sequences for end in range(len(sequence))}
    assert sorted(_beginning(tree, node) for node in range(len(tree.ids))) == sorted(beginnings)


@given(SEQUENCES)
def test_a_node_sees_its_own_sequence_up_to_itself(sequences: list[list[int]]) -> None:
    tree = grow(sequences)
    visible = tree.visible()
    assert visible.shape == (len(tree.ids), len(tree.ids))
    for node in range(len(tree.ids)):
        seen = tuple(tree.ids[other] for other in visible[node].nonzero()[0])
        assert seen == _beginning(tree, node)


def test_what_is_common_stands_once() -> None:
    tree = grow([[1, 2, 3, 4], [1, 2, 3, 5], [1, 2, 6]])
    assert tree.ids == (1, 2, 3, 4, 5, 6)
    assert tree.depths == (0, 1, 2, 3, 3, 2)
    assert tree.parents == (-1, 0, 1, 2, 2, 1)


@given(st.lists(st.integers(0, 2)), st.lists(st.integers(0, 2)))
def test_common_is_the_longest_equal_beginning(one: list[int], other: list[int]) -> None:
    length = common(one, other)
    assert one[:length] == other[:length]
    assert length == min(len(one), len(other)) or one[length] != other[length]


def _beginning(tree: Tree, node: int) -> tuple[int, ...]:
    path: list[int] = []
    while node >= 0:
        path.append(tree.ids[node])
        node = tree.parents[node]
    return tuple(reversed(path))
