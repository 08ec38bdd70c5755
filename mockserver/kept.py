"""What was made of records and may be shown again: kept as long as the record, and every collection that was read for it, is still the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from mockserver.exchange import Record

_PLACES = 64
"""From how many places (base URL, zone, selection, caller) records are kept before all is begun anew."""

_RECORDS = 2000
"""How many records one schema keeps before it begins anew."""

Collections = Mapping[str, Any]
"""The collections of a store by name: another mapping after every write, another collection after every write to it."""

_Entry = tuple[Record, Collections, tuple[tuple[str, Any], ...], Any]
"""The record, the collections when this was last found true, those that were read, and what was made."""


class KeptRecords:
    """What one schema made of records, looked at from one place."""

    __slots__ = ("_entries",)

    def __init__(self, entries: dict[int, _Entry] | None = None) -> None:
        self._entries: dict[int, _Entry] = {} if entries is None else entries

    def copy(self) -> KeptRecords:
        """Return the same for a store that will differ."""
        return KeptRecords(dict(self._entries))

    def find(self, records: Iterable[Record], now: Collections) -> list[Any]:
        """Return for each record what was made of it, None where that is not known or no longer true."""
        entries = self._entries
        found: list[Any] = []
        for record in records:
            entry = entries.get(record["id"])
            if entry is None or entry[0] is not record:
                found.append(None)
            elif entry[1] is now:
                found.append(entry[3])
            else:
                found.append(self._still(record, entry, now))
        return found

    def _still(self, record: Record, entry: _Entry, now: Collections) -> Any:
        _, _, read, made = entry
        if any(now[name] is not collection for name, collection in read):
            return None
        self._entries[record["id"]] = (record, now, read, made)
        return made

    def keep(self, record: Record, now: Collections, read: Mapping[str, Any], made: Any) -> None:
        """Keep what was made of the record, for which these collections were read."""
        if len(self._entries) >= _RECORDS:
            self._entries.clear()
        self._entries[record["id"]] = (record, now, tuple(read.items()), made)


class Kept:
    """What is kept of one store's records, by place and schema."""

    __slots__ = ("_places",)

    def __init__(self) -> None:
        self._places: dict[Hashable, dict[int, KeptRecords]] = {}

    def at(self, place: Hashable) -> dict[int, KeptRecords]:
        """Return what is kept for lookers from this place, by number of the schema."""
        found = self._places.get(place)
        if found is None:
            if len(self._places) >= _PLACES:
                self._places.clear()
            found = self._places[place] = {}
        return found

    def copy(self) -> Kept:
        """Return the same for a store that will differ."""
        made = Kept()
        made._places = {place: {number: records.copy() for number, records in known.items()} for place, known in self._places.items()}
        return made

    def __len__(self) -> int:
        return len(self._places)
