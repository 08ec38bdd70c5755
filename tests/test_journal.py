"""A journal holds what happened in a world, the oldest first, and forgets the oldest at its bounds."""

from datetime import UTC, datetime, timedelta

import pytest

from mockserver.journal import Journal

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)


def test_entries_come_in_the_order_in_which_they_were_added_with_kind_and_moment() -> None:
    journal = Journal()
    journal.add("mail", NOW, {"to": "a@b.example"})
    journal.add("call", NOW + timedelta(hours=1), {"url": "http://localhost/"})
    assert journal.entries() == [
        {"kind": "mail", "at": "2024-03-25T15:00:00+00:00", "to": "a@b.example"},
        {"kind": "call", "at": "2024-03-25T16:00:00+00:00", "url": "http://localhost/"},
    ]
    assert [one["kind"] for one in journal.entries("call")] == ["call"]
    assert journal.entries("fax") == []


def test_at_the_bound_of_entries_the_oldest_goes_and_is_counted() -> None:
    journal = Journal(entries=3)
    for number in range(5):
        journal.add("mail", NOW, {"number": number})
    assert [one["number"] for one in journal.entries()] == [2, 3, 4]
    assert (len(journal), journal.forgotten) == (3, 2)


@pytest.mark.parametrize(("sizes", "kept"), [([40, 40], [40, 40]), ([40, 40, 40], [40, 40]), ([40, 500], [500]), ([500, 40, 40], [40, 40])])
def test_at_the_bound_of_size_the_oldest_go_but_never_the_newest(sizes: list[int], kept: list[int]) -> None:
    journal = Journal(size=120)
    for size in sizes:
        journal.add("mail", NOW, {"text": "x" * size})
    assert [len(one["text"]) for one in journal.entries()] == kept
    assert journal.forgotten == len(sizes) - len(kept)


def test_an_emptied_journal_has_room_again() -> None:
    journal = Journal(entries=2, size=100)
    for _ in range(3):
        journal.add("mail", NOW, {"text": "x" * 60})
    journal.clear()
    assert (journal.entries(), journal.forgotten) == ([], 0)
    journal.add("mail", NOW, {"text": "y" * 30})
    journal.add("mail", NOW, {"text": "z" * 30})
    assert (len(journal), journal.forgotten) == (2, 0)
