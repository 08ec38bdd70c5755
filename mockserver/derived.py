"""What is derived from records, as immutable values: orders, indexes and sums. Each follows many writes at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, Self

from rpds import HashTrieMap

from mockserver.exchange import Record
from mockserver.sequence import EMPTY, SortedSequence

Net = Mapping[int, tuple[Record | None, Record | None]]
"""What some writes come to: by key the record before all of them, and after; None where there was or is none."""


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


class Derived(Protocol):
    """Something worked out from records."""

    def following(self, net: Net) -> Self:
        """Return what it is after these writes."""


class Order:
    """Keys of records, ordered by a place that each record has; without a function for places by key."""

    __slots__ = ("_place", "_sequence")

    def __init__(self, place: Callable[[Record], tuple[Any, ...]] | None, sequence: SortedSequence = EMPTY) -> None:
        self._place = place
        self._sequence = sequence

    @classmethod
    def by_field(cls, name: str, descending: bool, default: Callable[[Record], tuple[Any, ...]] | None, key: str, ordered: Sequence[Record]) -> Order:
        """Return the order by a field of records that are in it already; ties in the default order, else by key."""

        def place(record: Record) -> tuple[Any, ...]:
            value = sort_key(record[name])
            tie = () if default is None else (default(record),)
            return (Descending(value) if descending else value, *tie)

        return cls(place, SortedSequence.presorted([(place(record), record[key]) for record in ordered]))

    def following(self, net: Net) -> Order:
        """Return the order after these writes."""
        if self._place is None:
            gone = [key for key, (before, after) in net.items() if before is not None and after is None]
            new = [key for key, (before, after) in net.items() if before is None and after is not None]
            return Order(None, self._sequence.changed(gone, new))
        pairs = [(before and (self._place(before), key), after and (self._place(after), key)) for key, (before, after) in net.items()]
        moved = [(old, new) for old, new in pairs if old != new]
        return Order(self._place, self._sequence.changed([old for old, _ in moved if old], [new for _, new in moved if new]))

    def keys(self, offset: int, limit: int) -> list[int]:
        """Return at most `limit` keys from the offset on."""
        items = self._sequence.cut(offset, limit)
        return items if self._place is None else [key for _, key in items]


class Index:
    """Keys of records by the value of a field, or by each value of a list in it; null has no keys."""

    __slots__ = ("_keys", "_name")

    def __init__(self, name: str, keys: HashTrieMap[Any, SortedSequence] | None = None) -> None:
        self._name = name
        self._keys: HashTrieMap[Any, SortedSequence] = HashTrieMap() if keys is None else keys

    def following(self, net: Net) -> Index:
        """Return the index after these writes."""
        gone: dict[Any, list[int]] = {}
        new: dict[Any, list[int]] = {}
        for key, (before, after) in net.items():
            old, now = before and before[self._name], after and after[self._name]
            if old == now and before is not None and after is not None:
                continue
            for value in values_of(old):
                gone.setdefault(value, []).append(key)
            for value in values_of(now):
                new.setdefault(value, []).append(key)
        keys = self._keys
        for value in {**gone, **new}:
            rest = keys.get(value, EMPTY).changed(gone.get(value, ()), new.get(value, ()))
            keys = keys.insert(value, rest) if len(rest) else keys.discard(value)
        return Index(self._name, keys)

    def keys(self, value: Any) -> SortedSequence:
        """Return the keys of the records whose field has this value, in ascending order."""
        return self._keys.get(value, EMPTY)

    def items(self) -> Iterable[tuple[Any, SortedSequence]]:
        """Return all values with their keys."""
        return self._keys.items()


class Sums:
    """How many records have each value of a field, and the sum of another field over them."""

    __slots__ = ("_name", "_summed", "tallies")

    def __init__(self, name: str, summed: str, tallies: Mapping[Any, Tally] = MappingProxyType({})) -> None:
        self._name = name
        self._summed = summed
        self.tallies = tallies

    def following(self, net: Net) -> Sums:
        """Return the sums after these writes."""
        tallies = dict(self.tallies)
        for pair in net.values():
            for record, sign in zip(pair, (-1, 1), strict=True):
                if record is None:
                    continue
                count, total = tallies.get(record[self._name], Tally(0, 0))
                tallies[record[self._name]] = Tally(count + sign, total + sign * (record[self._summed] or 0))
                if count + sign == 0:
                    del tallies[record[self._name]]
        return Sums(self._name, self._summed, tallies)


def values_of(value: Any) -> Iterable[Any]:
    """Return the values under which a field's value is found, each once."""
    if isinstance(value, (list, tuple)):
        return dict.fromkeys(value)
    return () if value is None else (value,)
