"""A sorted sequence does what a sorted list does, across the borders of its chunks, and never changes."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver import sequence
from mockserver.sequence import EMPTY, SortedSequence

BORDERS = (0, 1, 255, 256, 257, 511, 512, 513, 1300)
items = st.integers(0, 30)


def grown(size: int) -> SortedSequence:
    """Return the even numbers below twice the size, added one by one, so that chunks are split."""
    made = EMPTY
    for item in range(size):
        made = made.add(2 * item)
    return made


@pytest.mark.parametrize("size", BORDERS)
def test_a_sequence_of_any_size_is_the_sorted_list(size: int) -> None:
    for made in (SortedSequence(range(2 * size - 2, -1, -2)), SortedSequence.presorted(range(0, 2 * size, 2)), grown(size)):
        assert list(made) == list(range(0, 2 * size, 2))
        assert list(reversed(made)) == list(range(2 * size - 2, -1, -2))
        assert len(made) == size


@pytest.mark.parametrize("size", BORDERS)
def test_adding_and_removing_at_each_border_of_a_chunk_keeps_the_order(size: int) -> None:
    made = grown(size)
    for spot in sorted({place for border in BORDERS for place in (border - 1, border, border + 1)}):
        added = made.add(2 * spot + 1)
        assert list(added) == sorted([*made, 2 * spot + 1])
        assert list(added.remove(2 * spot + 1)) == list(made)
        assert list(made.remove(2 * spot)) == [item for item in made if item != 2 * spot]


@pytest.mark.parametrize("size", BORDERS)
def test_a_cut_is_a_slice(size: int) -> None:
    made, whole = grown(size), list(range(0, 2 * size, 2))
    offsets = sorted({place for border in BORDERS for place in (border - 1, border, border + 1) if place >= 0})
    for offset, limit in product(offsets, (0, 1, 2, 255, 256, 257, 2000)):
        assert made.cut(offset, limit) == whole[offset : offset + limit]
        assert made.cut_reversed(offset, limit) == whole[::-1][offset : offset + limit]


@given(st.lists(st.tuples(st.sampled_from(["add", "remove"]), items), max_size=60), st.sets(items))
def test_any_additions_and_removals_leave_the_sorted_distinct_items(steps: list[tuple[str, int]], start: set[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequence, "_CHUNK", 3)
        made, wanted = SortedSequence(start), set(start)
        for verb, item in steps:
            before, kept = made, list(made)
            made = made.add(item) if verb == "add" else made.remove(item)
            (wanted.add if verb == "add" else wanted.discard)(item)
            assert list(before) == kept, "an earlier sequence has changed"
            assert list(made) == sorted(wanted)
            assert len(made) == len(wanted)
            assert all(0 < len(chunk) <= 6 for chunk in made._chunks)


@given(st.sets(items), st.integers(0, 35), st.integers(0, 35))
def test_a_cut_of_any_sequence_is_a_slice(start: set[int], offset: int, limit: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequence, "_CHUNK", 3)
        made, whole = SortedSequence(start), sorted(start)
        assert made.cut(offset, limit) == whole[offset : offset + limit]
        assert made.cut_reversed(offset, limit) == whole[::-1][offset : offset + limit]


def test_what_changes_nothing_makes_no_new_sequence() -> None:
    made = SortedSequence([1, 3])
    assert made.add(3) is made
    assert made.remove(2) is made
    assert made.remove(4) is made
    assert EMPTY.remove(1) is EMPTY
    assert list(EMPTY) == []
