"""Records in memory: collections with indexes, relations between them, O(1) fork and snapshot. Knows no HTTP, no OpenAPI and no files."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from rpds import HashTrieMap

from mockserver.exchange import Record
from mockserver.sequence import EMPTY, SortedSequence


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


class Change(NamedTuple):
    """One write: the collection, the record before (None: created) and after (None: deleted)."""

    collection: str
    before: Record | None
    after: Record | None


class Tally(NamedTuple):
    """How many records, and the sum of one of their fields."""

    count: int  # type: ignore[assignment]  # tuple.count, which nobody asks of a tally
    total: int


def sort_key(value: Any) -> tuple[int, Any]:
    """Return a key under which stored values of one type compare: nulls first, texts without regard to case."""
    if value is None:
        return (0, 0)
    return (1, value.casefold()) if isinstance(value, str) else (1, value)


@dataclass(frozen=True, slots=True)
class Descending:
    """A sort key turned round."""

    key: Any

    def __lt__(self, other: Descending) -> bool:
        return bool(other.key < self.key)


def order_key(fields: tuple[str, ...], key: str) -> Callable[[Record], tuple[Any, ...]]:
    """Return a function from record to its place in the order of the fields (`-` in front: descending), ties by key, descending after a `-` field."""
    signs = [(name.removeprefix("-"), name.startswith("-")) for name in fields]
    if not any(name == key for name, _ in signs):
        signs.append((key, bool(signs) and signs[-1][1]))

    def place(record: Record) -> tuple[Any, ...]:
        return tuple(Descending(sort_key(record[name])) if down else sort_key(record[name]) for name, down in signs)

    return place


def _index_values(value: Any) -> Iterable[Any]:
    if isinstance(value, (list, tuple)):
        return value
    return () if value is None else (value,)


class Collection:
    """The records of one kind, as an immutable value: every write returns a new collection that shares nearly all of the old."""

    __slots__ = ("_indexes", "_place", "_sequence", "_sorted", "_tallies", "layout", "next_key", "records")

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.records: HashTrieMap[int, Record] = HashTrieMap()
        self.next_key = 1
        self._indexes: dict[str, HashTrieMap[Any, SortedSequence]] = {name: HashTrieMap() for name in sorted(layout.indexed)}
        self._tallies: dict[str, HashTrieMap[Any, Tally]] = {name: HashTrieMap() for name in layout.tallies}
        self._sequence = EMPTY
        self._sorted: dict[tuple[str, bool], SortedSequence] = {}
        ordered = layout.order and layout.order != (layout.key,)
        self._place: Callable[[Record], tuple[Any, ...]] | None = order_key(layout.order, layout.key) if ordered else None

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.page(0, len(self)))

    def get(self, key: int) -> Record | None:
        """Return the record with this key, None without one."""
        return self.records.get(key)

    def page(self, offset: int, limit: int) -> list[Record]:
        """Return at most `limit` records from the offset on, in the default order."""
        keys = self._sequence.cut(offset, limit)
        return [self.records[key] for key in keys] if self._place is None else [self.records[item[1]] for item in keys]

    def page_by(self, name: str, descending: bool, offset: int, limit: int) -> list[Record]:
        """Return at most `limit` records from the offset on, ordered by a field, ties in the default order.

        The order is worked out when it is first asked for, and kept while records change.
        """
        sequence = self._sorted.get((name, descending))
        if sequence is None:
            ordered = sorted(self, key=lambda record: sort_key(record[name]), reverse=descending)
            sequence = SortedSequence.presorted([self._sorted_item(name, descending, record) for record in ordered])
            self._sorted[name, descending] = sequence
        return [self.records[item[-1]] for item in sequence.cut(offset, limit)]

    def _sorted_item(self, name: str, descending: bool, record: Record) -> tuple[Any, ...]:
        key = record[self.layout.key]
        place = sort_key(record[name])
        tie = () if self._place is None else (self._place(record),)
        return (Descending(place) if descending else place, *tie, key)

    def keys_where(self, name: str, value: Any) -> SortedSequence | None:
        """Return the keys of the records whose field has this value, in ascending order; None where the field has no index."""
        index = self._indexes.get(name)
        return None if index is None else index.get(value, EMPTY)

    def where(self, name: str, value: Any) -> list[Record]:
        """Return the records whose field has this value (or a list with it), by ascending key."""
        keys = self.keys_where(name, value)
        if keys is None:
            return [record for record in self if value in _index_values(record[name])]
        return [self.records[key] for key in keys]

    def in_order(self, keys: Iterable[int]) -> list[Record]:
        """Return the records with these ascending keys, in the default order."""
        found = [self.records[key] for key in keys]
        if self._place is not None:
            found.sort(key=self._place)
        return found

    def tally(self, name: str) -> Mapping[Any, Tally]:
        """Return the kept count and sum for each value of a tallied field."""
        return self._tallies[name]

    def with_record(self, record: Record) -> Collection:
        """Return the collection with this record in the place of the one with its key."""
        key = record[self.layout.key]
        before = self.records.get(key)
        made = self._copy()
        made.records = self.records.insert(key, record)
        made.next_key = max(self.next_key, key + 1)
        made._follow(key, before, record)
        return made

    def without(self, key: int) -> Collection:
        """Return the collection without the record with this key."""
        made = self._copy()
        before = self.records[key]
        made.records = self.records.remove(key)
        made._follow(key, before, None)
        return made

    def _copy(self) -> Collection:
        made = Collection.__new__(Collection)
        made.layout = self.layout
        made.next_key = self.next_key
        made._indexes = dict(self._indexes)
        made._tallies = dict(self._tallies)
        made._sequence = self._sequence
        made._sorted = dict(self._sorted)
        made._place = self._place
        return made

    def _follow(self, key: int, before: Record | None, after: Record | None) -> None:
        for name, index in self._indexes.items():
            old, new = before and before[name], after and after[name]
            if old != new or before is None or after is None:
                self._indexes[name] = _moved(index, key, _index_values(old), _index_values(new))
        for name, summed in self.layout.tallies.items():
            self._tallies[name] = _counted(self._tallies[name], name, summed, before, after)
        for (name, descending), old in self._sorted.items():
            rest = old if before is None else old.remove(self._sorted_item(name, descending, before))
            self._sorted[name, descending] = rest if after is None else rest.add(self._sorted_item(name, descending, after))
        self._resequence(key, before, after)

    def _resequence(self, key: int, before: Record | None, after: Record | None) -> None:
        if self._place is None:
            if before is None:
                self._sequence = self._sequence.add(key)
            elif after is None:
                self._sequence = self._sequence.remove(key)
            return
        if before is not None:
            self._sequence = self._sequence.remove((self._place(before), key))
        if after is not None:
            self._sequence = self._sequence.add((self._place(after), key))


def _moved(index: HashTrieMap[Any, SortedSequence], key: int, old: Iterable[Any], new: Iterable[Any]) -> HashTrieMap[Any, SortedSequence]:
    for value in old:
        rest = index.get(value, EMPTY).remove(key)
        index = index.insert(value, rest) if len(rest) else index.discard(value)
    for value in new:
        index = index.insert(value, index.get(value, EMPTY).add(key))
    return index


def _counted(tally: HashTrieMap[Any, Tally], name: str, summed: str, before: Record | None, after: Record | None) -> HashTrieMap[Any, Tally]:
    for record, sign in ((before, -1), (after, 1)):
        if record is None:
            continue
        count, total = tally.get(record[name], Tally(0, 0))
        now = Tally(count + sign, total + sign * (record[summed] or 0))
        tally = tally.insert(record[name], now) if now.count else tally.discard(record[name])
    return tally


Snapshot = tuple[Mapping[str, Collection], dict[Hashable, dict[Any, Any]]]

_KEPT_PLACES = 64


class Store:
    """Collections by name, and the relations between them. Forks and snapshots in O(1): all records are shared until they change."""

    __slots__ = ("_collections", "_kept", "_referrers")

    def __init__(self, layouts: Iterable[Layout]) -> None:
        self._collections: Mapping[str, Collection] = {layout.name: Collection(layout) for layout in layouts}
        self._kept: dict[Hashable, dict[Any, Any]] = {}
        referrers: dict[str, list[tuple[str, Relation]]] = {name: [] for name in self._collections}
        for name, collection in self._collections.items():
            for relation in collection.layout.relations.values():
                for target in dict.fromkeys(relation.targets.values()):
                    referrers[target].append((name, relation))
        self._referrers: Mapping[str, list[tuple[str, Relation]]] = referrers

    def __getitem__(self, name: str) -> Collection:
        return self._collections[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._collections)

    def fork(self) -> Store:
        """Return a store with the same records; writes to either are unseen by the other."""
        made = Store.__new__(Store)
        made._collections = self._collections
        made._kept = self._kept
        made._referrers = self._referrers
        return made

    def snapshot(self) -> Snapshot:
        """Return a token for `restore`."""
        return self._collections, self._kept

    def kept(self, key: Hashable) -> dict[Any, Any]:
        """Return a place for what was derived from these very records under this key; shared with forks, and left behind by the next write."""
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _KEPT_PLACES:
                self._kept.clear()
            found = self._kept[key] = {}
        return found

    def restore(self, snapshot: Snapshot) -> None:
        """Undo every write since the snapshot, given keys included."""
        self._collections, self._kept = snapshot

    def insert(self, name: str, fields: Record) -> Record:
        """Return the new record: the fields with a key of its own, unless they bring one."""
        collection = self._collections[name]
        key = collection.layout.key
        record = fields if fields.get(key) is not None else {**fields, key: collection.next_key}
        self._put(name, collection.with_record(record))
        return record

    def update(self, name: str, key: int, changes: Record) -> Change:
        """Return the change that replaces the record by one with these fields changed.

        Raises:
            KeyError: there is no record with this key.
        """
        collection = self._collections[name]
        before = collection.records[key]
        after = {**before, **changes}
        self._put(name, collection.with_record(after))
        return Change(name, before, after)

    def delete(self, name: str, key: int) -> list[Change]:
        """Return the changes that deleting the record made: its own first, then what its relations ask of others.

        Raises:
            KeyError: there is no record with this key.
        """
        collection = self._collections[name]
        gone = collection.records[key]
        self._put(name, collection.without(key))
        changes = [Change(name, gone, None)]
        for referrer, relation in self._referrers[name]:
            if relation.on_delete is not OnDelete.KEEP:
                changes += self._release(referrer, relation, name, key)
        return changes

    def _release(self, referrer: str, relation: Relation, target: str, key: int) -> list[Change]:
        changes: list[Change] = []
        own_key = self._collections[referrer].layout.key
        for record in self._collections[referrer].where(relation.field, key):
            present = self._collections[referrer].get(record[own_key])
            if present is None or relation.target_of(present) != target:
                continue
            if relation.on_delete is OnDelete.CASCADE:
                changes += self.delete(referrer, record[own_key])
            elif relation.on_delete is OnDelete.REMOVE:
                changes.append(self.update(referrer, record[own_key], {relation.field: [one for one in present[relation.field] if one != key]}))
            else:
                changes.append(self.update(referrer, record[own_key], {relation.field: None}))
        return changes

    def _put(self, name: str, collection: Collection) -> None:
        self._collections = {**self._collections, name: collection}
        self._kept = {}
