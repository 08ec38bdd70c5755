"""Filters and orders as values: compiled per parameter at start, bound to a request, applied to a collection. Neither pages nor does HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from mockserver.collection import Collection
from mockserver.derived import Descending, Tally, sort_key
from mockserver.exchange import Record
from mockserver.paths import Path, Values
from mockserver.store import Store
from mockserver.stored import StoredType, parse_stored

Test = Callable[[Any], bool]


def _equals(wanted: Any, zone: tzinfo) -> Test:
    if isinstance(wanted, str):
        folded = wanted.casefold()
        return lambda value: isinstance(value, str) and value.casefold() == folded
    return lambda value: bool(value == wanted)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _contains(wanted: Any, zone: tzinfo) -> Test:
    folded = str(wanted).casefold()
    return lambda value: value is not None and folded in str(value).casefold()


def _any_of(wanted: Any, zone: tzinfo) -> Test:
    found = {_folded(one) for one in wanted}
    return lambda value: _folded(value) in found


def _same_day(wanted: datetime | date, zone: tzinfo) -> Test:
    day = _day(wanted, zone)
    return lambda value: value is not None and _day(value, zone) == day


def _day(value: datetime | date, zone: tzinfo) -> date:
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


OPERATORS: dict[str, Callable[[Any, tzinfo], Test]] = {
    "equals": _equals,
    "contains": _contains,
    "before": lambda wanted, zone: lambda value: value is not None and value < wanted,
    "after": lambda wanted, zone: lambda value: value is not None and value > wanted,
    "at-least": lambda wanted, zone: lambda value: value is not None and value >= wanted,
    "at-most": lambda wanted, zone: lambda value: value is not None and value <= wanted,
    "any-of": _any_of,
    "same-day": _same_day,
}
"""From a wanted value in stored form to a test of one stored value; `exists` asks whether anything is reached at all and stands apart."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """A filter bound to a request.

    Attributes:
        matches: whether a record is kept.
        equal: the record's own field and the values of which it must equal one, where an index can answer.
        keys: the keys of all records that can match, where they are known.
    """

    matches: Callable[[Record], bool]
    equal: tuple[str, Sequence[Any]] | None = None
    keys: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter parameter.

    Attributes:
        stored: the type in which the values at the end of the path are kept.
        scale: how many of the stored unit make one of the parameter's.
    """

    parameter: str
    path: Path
    operator: str
    stored: StoredType
    scale: int = 1

    def bind(self, store: Store, value: Any, zone: tzinfo) -> Predicate:
        """Return the predicate for a value that the request sent.

        Raises:
            Unparsable: the value does not stand for the stored type.
        """
        values = self.path.values
        if self.operator == "exists":
            wanted = str(value) not in ("0", "False")
            return Predicate(lambda record: any(one is not None for one in _each(values(store, record))) == wanted)
        wanted_value = self._parsed(value, zone)
        test = OPERATORS[self.operator](wanted_value, zone)
        if self.path.field is not None:
            equal = {"equals": [wanted_value], "any-of": wanted_value}.get(self.operator)
            exact = equal is not None and not any(isinstance(one, str) for one in equal)
            return Predicate(_own_field(self.path.field, test), (self.path.field, equal) if exact and equal is not None else None)
        return Predicate(_reached(store, values, test))

    def _parsed(self, value: Any, zone: tzinfo) -> Any:
        if self.operator == "any-of":
            parts = value if isinstance(value, Sequence) and not isinstance(value, str) else str(value).split(",")
            return [parse_stored(self.stored, str(part).strip(), zone) for part in parts if str(part).strip()]
        if self.operator == "contains":
            return str(value)
        parsed = parse_stored(self.stored, value, zone)
        return parsed * self.scale if self.scale != 1 else parsed


def _own_field(name: str, test: Test) -> Callable[[Record], bool]:
    def matches(record: Record) -> bool:
        value = record[name]
        return any(map(test, value)) if isinstance(value, list) else test(value)

    return matches


def _reached(store: Store, values: Values, test: Test) -> Callable[[Record], bool]:
    return lambda record: any(map(test, _each(values(store, record))))


def _each(values: Iterable[Any]) -> Iterator[Any]:
    """Yield the values, and those in a list one by one."""
    for value in values:
        if isinstance(value, list):
            yield from value
        else:
            yield value


@dataclass(frozen=True, slots=True)
class Order:
    """One order bound to a request: a sort key of a record, and the direction; `field` where it is that of one field of the record's own."""

    key: Callable[[Record], Any]
    descending: bool = False
    field: str | None = None


def path_key(store: Store, paths: Iterable[tuple[Path, bool]]) -> Callable[[Record], tuple[Any, ...]]:
    """Return the sort key over several paths, the first value of each; a turned path (True) sorts the other way round."""
    listed = [(path.field, path.values, turned) for path, turned in paths]

    def key(record: Record) -> tuple[Any, ...]:
        place = []
        for field, values, turned in listed:
            found = [record[field]] if field is not None else values(store, record)
            one = sort_key(found[0] if found else None)
            place.append(Descending(one) if turned else one)
        return tuple(place)

    return key


@dataclass(frozen=True, slots=True)
class Query:
    """What a list request asks of a collection: filter, then order; paging comes after."""

    predicates: tuple[Predicate, ...] = ()
    orders: tuple[Order, ...] = ()

    def select(self, collection: Collection) -> Selection:
        """Return the records that match every predicate, in order: the first order wins, ties go by the default order."""
        if not self.predicates and not self.orders:
            return Selection(collection, None)
        if not self.predicates and len(self.orders) == 1 and self.orders[0].field is not None:
            return Selection(collection, None, order=self.orders[0])
        records = self._matching(collection)
        for order in reversed(self.orders):
            records.sort(key=order.key, reverse=order.descending)
        return Selection(collection, records, filtered=bool(self.predicates))

    def _matching(self, collection: Collection) -> list[Record]:
        rest = list(self.predicates)
        for at, predicate in enumerate(rest):
            keys = _known_keys(predicate, collection)
            if keys is not None:
                del rest[at]
                found = collection.in_order(keys)
                return [record for record in found if all(one.matches(record) for one in rest)] if rest else found
        return [record for record in collection if all(one.matches(record) for one in rest)]


def _known_keys(predicate: Predicate, collection: Collection) -> Iterable[int] | None:
    """Return the ascending keys of the records that match, None where only a look at each record tells."""
    if predicate.keys is not None:
        return sorted(key for key in predicate.keys if collection.get(key) is not None)
    if predicate.equal is None:
        return None
    name, values = predicate.equal
    found = [keys for value in values if (keys := collection.keys_where(name, value)) is not None]
    if len(found) != len(values):
        return None
    return found[0] if len(found) == 1 else sorted(set().union(*found))


class Selection:
    """The records that a query selected: a whole collection, or a list."""

    __slots__ = ("_collection", "_order", "_records", "filtered")

    def __init__(self, collection: Collection, records: list[Record] | None, *, filtered: bool = False, order: Order | None = None) -> None:
        self._collection = collection
        self._records = records
        self._order = order
        self.filtered = filtered

    def __len__(self) -> int:
        return len(self._collection) if self._records is None else len(self._records)

    def cut(self, offset: int, limit: int | None) -> list[Record]:
        """Return at most `limit` (None: all) of the records, from the offset on."""
        size = max(len(self) - offset, 0) if limit is None else limit
        if self._records is not None:
            return self._records[offset : offset + size]
        if self._order is not None and self._order.field is not None:
            return self._collection.page_by(self._order.field, self._order.descending, offset, size)
        return self._collection.page(offset, size)

    def tally(self, name: str) -> Mapping[Any, Tally]:
        """Return count and sum for each value of a tallied field over all selected records: kept for a whole collection, else counted now."""
        if self._records is None or not self.filtered:
            return self._collection.tally(name)
        summed = self._collection.layout.tallies[name]
        counted: dict[Any, Tally] = {}
        for record in self._records:
            count, total = counted.get(record[name], Tally(0, 0))
            counted[record[name]] = Tally(count + 1, total + (record[summed] or 0))
        return counted
