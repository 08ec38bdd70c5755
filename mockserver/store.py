"""Collections by name, and the relations between them; O(1) fork and snapshot. Knows no HTTP, no OpenAPI and no files."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from mockserver.collection import Collection, Layout, OnDelete, Relation
from mockserver.exchange import Record
from mockserver.kept import Kept, KeptRecords


class Change(NamedTuple):
    """One write: the collection, the record before (None: created) and after (None: deleted)."""

    collection: str
    before: Record | None
    after: Record | None


T = TypeVar("T")
Snapshot = Mapping[str, Collection]


class Store:
    """Collections by name, and the relations between them. Forks and snapshots in O(1): all records are shared until they change."""

    __slots__ = ("_collections", "_kept", "_kept_is_shared", "_read", "_referrers")

    def __init__(self, layouts: Iterable[Layout]) -> None:
        self._collections: Mapping[str, Collection] = {layout.name: Collection(layout) for layout in layouts}
        self._kept = Kept()
        self._kept_is_shared = False
        self._read: dict[str, Collection] | None = None
        referrers: dict[str, list[tuple[str, Relation]]] = {name: [] for name in self._collections}
        for name, collection in self._collections.items():
            for relation in collection.layout.relations.values():
                for target in dict.fromkeys(relation.targets.values()):
                    referrers[target].append((name, relation))
        self._referrers: Mapping[str, list[tuple[str, Relation]]] = referrers

    def __getitem__(self, name: str) -> Collection:
        collection = self._collections[name]
        if self._read is not None:
            self._read[name] = collection
        return collection

    @property
    def collections(self) -> Mapping[str, Collection]:
        """All collections: another mapping after every write."""
        return self._collections

    def __iter__(self) -> Iterator[str]:
        return iter(self._collections)

    def fork(self) -> Store:
        """Return a store with the same records; writes to either are unseen by the other."""
        made = Store.__new__(Store)
        made._collections = self._collections
        made._kept = self._kept
        made._kept_is_shared = self._kept_is_shared = True
        made._read = None
        made._referrers = self._referrers
        return made

    def snapshot(self) -> Snapshot:
        """Return a token for `restore`."""
        return self._collections

    def restore(self, snapshot: Snapshot) -> None:
        """Undo every write since the snapshot, given keys included."""
        self._collections = snapshot

    # --- what is made of records ---

    def kept(self, place: Hashable) -> dict[int, KeptRecords]:
        """Return what is kept for lookers from this place, by number of the schema; shared with forks until one of them is written."""
        return self._kept.at(place)

    def reading(self, make: Callable[[], T]) -> tuple[T, Mapping[str, Collection]]:
        """Return what `make` returns, and the collections that it read."""
        outer, self._read = self._read, {}
        try:
            return make(), self._read
        finally:
            self._read = outer

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
        if self._kept_is_shared:
            self._kept = self._kept.copy()
            self._kept_is_shared = False
