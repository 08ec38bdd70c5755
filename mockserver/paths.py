"""Paths over declared relations, as the document writes them: `contact.firstName`, `stages`, `deals.count`. Compiled once, then asked per record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.collection import Layout, Relation
from mockserver.derived import order_key
from mockserver.exchange import Record
from mockserver.store import Store

Reach = Callable[[Store, Record], list[Record]]
Values = Callable[[Store, Record], list[Any]]


class UnknownPath(ValueError):
    """A path that no field or relation answers; the message names the step."""


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled path.

    Attributes:
        text: as the document writes it.
        field: the record's own field that the path names, None where it leaves the record.
        many: whether the path can reach several values.
        target: the collection whose records the path ends at, None where it ends at a plain field or a count.
        values: from store and record to the values reached: field values, keys of records, or one count.
        records: from store and record to the records reached, where `target` is not None.
        end: the collection and field at the end, for the stored type of the values.
    """

    text: str
    field: str | None
    many: bool
    target: str | None
    values: Values
    records: Reach | None
    end: tuple[str, str | None]


def inverses(layouts: Mapping[str, Layout]) -> dict[str, dict[str, tuple[str, Relation]]]:
    """Return for each collection the names of the ways back into it: name -> (referring collection, relation)."""
    found: dict[str, dict[str, tuple[str, Relation]]] = {name: {} for name in layouts}
    for name, layout in layouts.items():
        for relation in layout.relations.values():
            for target in relation.targets.values():
                if relation.inverse:
                    found[target][relation.inverse] = (name, relation)
    return found


class Paths:
    """Compiles the paths of one document, each once.

    Args:
        layouts: of every collection, by name.
        fields: the stored fields of each collection.
        aliases: of each collection the names by which other paths may begin too (`count` for `deals.count`).
    """

    def __init__(
        self, layouts: Mapping[str, Layout], fields: Mapping[str, frozenset[str]], aliases: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        self._layouts = layouts
        self._fields = fields
        self._aliases = aliases or {}
        self._back = inverses(layouts)
        self._made: dict[tuple[str, str], Path] = {}

    def compile(self, text: str, collection: str) -> Path:
        """Return the compiled path from records of the collection.

        Raises:
            UnknownPath: a step names neither a stored field, a relation nor a way back.
        """
        if (text, collection) not in self._made:
            first, dot, rest = text.partition(".")
            first = self._aliases.get(collection, {}).get(first, first)
            self._made[text, collection] = self._compile(first + dot + rest, collection)
        return self._made[text, collection]

    def _compile(self, text: str, collection: str) -> Path:
        *steps, last = text.split(".")
        reach: Reach = _itself
        here, many = collection, False
        for step in steps:
            reach, here, widens = self._follow(reach, here, step)
            many = many or widens
        if last == "count" and steps:
            return Path(text, None, False, None, self._count(reach, steps, collection), None, (here, None))
        relation = self._layouts[here].relations.get(last)
        if relation is not None or last in self._back[here]:
            own = None if steps or relation is None else last
            records, target, widens = self._follow(reach, here, last)
            key = self._layouts[target].key
            values = _reading(records, key) if relation is None else _reading_keys(reach, relation)
            return Path(text, own, many or widens, target, values, records, (target, key) if relation is None else (here, last))
        if last not in self._fields[here]:
            raise UnknownPath(f"{text!r}: {here} has no stored field, relation or way back {last!r}")
        return Path(text, None if steps else last, many, None, _reading(reach, last), None, (here, last))

    def _follow(self, reach: Reach, here: str, step: str) -> tuple[Reach, str, bool]:
        relation = self._layouts[here].relations.get(step)
        if relation is not None:
            own = next(iter(relation.targets.values()))
            return _forward(reach, relation, own), own, relation.many
        if step in self._back[here]:
            referrer, relation = self._back[here][step]
            return _backward(reach, here, self._layouts[here].key, referrer, relation, self._layouts[referrer].key), referrer, True
        raise UnknownPath(f"{here} has no relation or way back {step!r}")

    def _count(self, reach: Reach, steps: list[str], collection: str) -> Values:
        """Return what counts the records reached: from the index, where a single way back has one of its own."""
        back = self._back[collection].get(steps[0]) if len(steps) == 1 else None
        if back is None or back[1].by is not None or back[1].field not in self._layouts[back[0]].indexed:
            return lambda store, record: [len(reach(store, record))]
        return _counting_kept(*back, self._layouts[collection].key)


def _itself(store: Store, record: Record) -> list[Record]:
    return [record]


def _forward(reach: Reach, relation: Relation, own: str) -> Reach:
    """Follow a relation; of one with several targets only into its first, the collection that the path is typed by."""

    def follow(store: Store, record: Record) -> list[Record]:
        found = []
        for one in reach(store, record):
            target = relation.target_of(one)
            keys = one[relation.field]
            if target != own or keys is None:
                continue
            for key in keys if relation.many else (keys,):
                other = store[target].get(key)
                if other is not None:
                    found.append(other)
        return found

    return follow


def _backward(reach: Reach, here: str, key: str, referrer: str, relation: Relation, referrer_key: str) -> Reach:
    place = order_key(relation.inverse_order, referrer_key) if relation.inverse_order else None

    def follow(store: Store, record: Record) -> list[Record]:
        found = []
        for one in reach(store, record):
            records = store[referrer].where(relation.field, one[key])
            found += [other for other in records if relation.target_of(other) == here] if relation.by else records
        return sorted(found, key=place) if place else found

    return follow


def _reading(reach: Reach, field: str) -> Values:
    if reach is _itself:
        return lambda store, record: [record[field]]
    return lambda store, record: [one[field] for one in reach(store, record)]


def _reading_keys(reach: Reach, relation: Relation) -> Values:
    if relation.many:
        return lambda store, record: [key for one in reach(store, record) for key in one[relation.field] or ()]
    return _reading(reach, relation.field)


def _counting_kept(referrer: str, relation: Relation, key: str) -> Values:
    def count(store: Store, record: Record) -> list[Any]:
        keys = store[referrer].keys_where(relation.field, record[key])
        return [0 if keys is None else len(keys)]

    return count
