"""Records of one kind in memory, as an immutable value: its orders, indexes and sums catch up with the writes when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rpds import HashTrieMap

from mockserver.derived import Derived, Index, Net, Order, Sums, Tally, order_key, sort_key, values_of
from mockserver.exchange import Record
from mockserver.sequence import SortedSequence

_PENDING = 64
"""After so many writes, or a quarter as many as there are records, what is derived is forgotten: made anew it costs less than following them all."""


class OnDelete(StrEnum):
    """What becomes of a record when the record that it refers to is deleted."""

    CASCADE = "cascade"
    NULL = "null"
    REMOVE = "remove"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Relation:
    """A field that holds the key (or with `many` the keys) of records of other collections.

    Attributes:
        targets: the collection referred to; several by the value of the field `by`, else one under None.
        inverse: the way back, as paths name it.
        inverse_order: fields that order the way back.
    """

    field: str
    targets: Mapping[str | None, str]
    by: str | None = None
    many: bool = False
    inverse: str | None = None
    inverse_order: tuple[str, ...] = ()
    on_delete: OnDelete = OnDelete.KEEP

    def target_of(self, record: Record) -> str | None:
        """Return the collection that the record's field refers to, None where its type field says none of ours."""
        return self.targets.get(record.get(self.by) if self.by else None)


@dataclass(frozen=True, slots=True)
class Layout:
    """How one collection is kept: its key, relations, indexed fields, default order and kept sums."""

    name: str
    key: str = "id"
    relations: Mapping[str, Relation] = field(default_factory=dict)
    indexed: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()
    tallies: Mapping[str, str] = field(default_factory=dict)


_Write = tuple[Any, int, Record | None, Record | None]
"""A write: the one before it (None: nothing derived has seen what came before), the key, the record before and after."""


class Collection:
    """The records of one kind: every write returns a new collection that shares nearly all of the old."""

    __slots__ = ("_derived", "_pending", "_place", "_writes", "layout", "next_key", "records")

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.records: HashTrieMap[int, Record] = HashTrieMap()
        self.next_key = 1
        ordered = layout.order and layout.order != (layout.key,)
        self._place: Callable[[Record], tuple[Any, ...]] | None = order_key(layout.order, layout.key) if ordered else None
        self._writes: _Write | None = None
        self._pending = 0
        self._derived: dict[tuple[Any, ...], tuple[Derived, _Write | None]] = {}

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.page(0, len(self)))

    def get(self, key: int) -> Record | None:
        """Return the record with this key, None without one."""
        return self.records.get(key)

    def page(self, offset: int, limit: int) -> list[Record]:
        """Return at most `limit` records from the offset on, in the default order."""
        return [self.records[key] for key in self._current(("order",)).keys(offset, limit)]

    def page_by(self, name: str, descending: bool, offset: int, limit: int) -> list[Record]:
        """Return at most `limit` records from the offset on, ordered by a field, ties in the default order.

        The order is worked out when it is first asked for, and kept while records change.
        """
        return [self.records[key] for key in self._current(("order", name, descending)).keys(offset, limit)]

    def keys_where(self, name: str, value: Any) -> SortedSequence | None:
        """Return the keys of the records whose field has this value, in ascending order; None where the field has no index."""
        return self._current(("index", name)).keys(value) if name in self.layout.indexed else None

    def where(self, name: str, value: Any) -> list[Record]:
        """Return the records whose field has this value (or a list with it), by ascending key."""
        keys = self.keys_where(name, value)
        if keys is None:
            return [record for record in self if value in values_of(record[name])]
        return [self.records[key] for key in keys]

    def in_order(self, keys: Iterable[int]) -> list[Record]:
        """Return the records with these ascending keys, in the default order."""
        found = [self.records[key] for key in keys]
        if self._place is not None:
            found.sort(key=self._place)
        return found

    def tally(self, name: str) -> Mapping[Any, Tally]:
        """Return the kept count and sum for each value of a tallied field."""
        tallies: Mapping[Any, Tally] = self._current(("sums", name)).tallies
        return tallies

    def with_record(self, record: Record) -> Collection:
        """Return the collection with this record in the place of the one with its key."""
        key = record[self.layout.key]
        made = self._written(self.records.insert(key, record), key, self.records.get(key), record)
        made.next_key = max(self.next_key, key + 1)
        return made

    def without(self, key: int) -> Collection:
        """Return the collection without the record with this key."""
        return self._written(self.records.remove(key), key, self.records[key], None)

    def _written(self, records: HashTrieMap[int, Record], key: int, before: Record | None, after: Record | None) -> Collection:
        made = Collection.__new__(Collection)
        made.layout = self.layout
        made.records = records
        made.next_key = self.next_key
        made._place = self._place
        made._pending = self._pending + 1
        if made._pending > max(_PENDING, len(records) // 4):
            made._derived, made._writes, made._pending = {}, None, 0
        else:
            made._derived = dict(self._derived)
            made._writes = (self._writes, key, before, after)
        return made

    def _current(self, kind: tuple[Any, ...]) -> Any:
        """Return an order, an index or sums, after all writes."""
        derived, seen = self._derived.get(kind, (None, None))
        if derived is None:
            derived = self._made(*kind)
        elif seen is not self._writes:
            derived = derived.following(_net(self._writes, seen))
        else:
            return derived
        self._derived[kind] = (derived, self._writes)
        return derived

    def _made(self, kind: str, name: str = "", descending: bool = False) -> Derived:
        if kind == "order" and name:
            ordered = sorted(self, key=lambda record: sort_key(record[name]), reverse=descending)
            return Order.by_field(name, descending, self._place, self.layout.key, ordered)
        empty = Index(name) if kind == "index" else Sums(name, self.layout.tallies[name]) if kind == "sums" else Order(self._place)
        return empty.following({key: (None, record) for key, record in self.records.items()})


def _net(write: _Write | None, seen: _Write | None) -> Net:
    """Return what the writes since the one that was seen come to: by key the record before them and after."""
    net: dict[int, tuple[Record | None, Record | None]] = {}
    while write is not None and write is not seen:
        write, key, before, after = write
        net[key] = (before, net[key][1] if key in net else after)
    return net
