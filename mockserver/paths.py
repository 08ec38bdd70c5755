"""Paths over declared relations, as the document writes them: `contact.firstName`, `stages`, `deals.count`. Compiled once, then asked per record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.exchange import Record
from mockserver.store import Layout, Relation, Store, order_key

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


def compile_path(text: str, collection: str, layouts: Mapping[str, Layout], fields: Mapping[str, frozenset[str]]) -> Path:
    """Return the compiled path from records of the collection.

    Args:
        fields: the stored fields of each collection.

    Raises:
        UnknownPath: a step names neither a stored field, a relation nor a way back.
    """
    steps = text.split(".")
    back = inverses(layouts)
    reach: Reach = _itself
    here, many = collection, False
    for step in steps[:-1]:
        reach, here, widens = _follow(reach, here, step, layouts, back)
        many = many or widens
    last = steps[-1]
    if last == "count" and len(steps) > 1:
        kept = back[collection].get(steps[0]) if len(steps) == 2 else None
        values = _counting_kept(*kept, layouts[collection].key) if kept and _counts_are_kept(*kept, layouts) else _counting(reach)
        return Path(text, None, False, None, values, None, (here, None))
    relation = layouts[here].relations.get(last)
    if relation is not None or last in back[here]:
        own = last if len(steps) == 1 and relation is not None else None
        records, target, widens = _follow(reach, here, last, layouts, back)
        key = layouts[target].key
        values = _reading_keys(reach, relation) if relation is not None else _reading(records, key)
        return Path(text, own, many or widens, target, values, records, (here, last) if relation is not None else (target, key))
    if last not in fields[here]:
        raise UnknownPath(f"{text!r}: {here} has no stored field, relation or way back {last!r}")
    return Path(text, last if len(steps) == 1 else None, many, None, _reading(reach, last), None, (here, last))


def _itself(store: Store, record: Record) -> list[Record]:
    return [record]


def _follow(
    reach: Reach, here: str, step: str, layouts: Mapping[str, Layout], back: Mapping[str, Mapping[str, tuple[str, Relation]]]
) -> tuple[Reach, str, bool]:
    relation = layouts[here].relations.get(step)
    if relation is not None:
        own = next(iter(relation.targets.values()))
        return _forward(reach, relation, own), own, relation.many
    if step in back[here]:
        referrer, relation = back[here][step]
        return _backward(reach, here, layouts[here].key, referrer, relation, layouts[referrer].key), referrer, True
    raise UnknownPath(f"{here} has no relation or way back {step!r}")


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


def _counting(reach: Reach) -> Values:
    return lambda store, record: [len(reach(store, record))]


def _counts_are_kept(referrer: str, relation: Relation, layouts: Mapping[str, Layout]) -> bool:
    return relation.by is None and relation.field in layouts[referrer].indexed


def _counting_kept(referrer: str, relation: Relation, key: str) -> Values:
    def count(store: Store, record: Record) -> list[Any]:
        keys = store[referrer].keys_where(relation.field, record[key])
        return [0 if keys is None else len(keys)]

    return count
