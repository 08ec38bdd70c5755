"""Fixtures: files of stored records → a Store, each record checked against its collection's read schema. Changes no store afterwards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import orjson

from mockserver.clock import later
from mockserver.errors import FixtureError
from mockserver.resources import Resource
from mockserver.store import Store
from mockserver.stored import StoredType, Unparsable, parse_stored

_RELATIVE = re.compile(r"(?:now|today)(?:[+-](?:\d{1,8}[wdhms])+)*", re.ASCII)
_STEP = re.compile(r"([+-]?)(\d{1,8})([wdhms])", re.ASCII)
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_PYTHON_TYPES: dict[StoredType, type | tuple[type, ...]] = {
    StoredType.TEXT: str,
    StoredType.INTEGER: int,
    StoredType.DECIMAL: (int, float, str),
    StoredType.BOOLEAN: bool,
    StoredType.DATE: str,
    StoredType.INSTANT: str,
}


def load_store(folder: Path, resources: Mapping[str, Resource], now: datetime, zone: tzinfo) -> Store:
    """Return a store filled from `<collection>.json` files in the folder; a collection without a file is empty.

    Args:
        now: the moment that relative instants count from.
        zone: of instants and dates without offset.

    Raises:
        FixtureError: a file is broken, names no collection, or a record does not fit its collection.
    """
    if not folder.is_dir():
        raise FixtureError("no fixtures", where=str(folder), expected="a folder of JSON files", found="none")
    store = Store(resource.layout for resource in resources.values())
    for file in sorted(folder.glob("*.json")):
        if file.stem not in resources:
            raise FixtureError("a fixture file of no collection", where=str(file), expected=f"one of {', '.join(sorted(resources))}", found=file.stem)
    for name, resource in resources.items():
        file = folder / f"{name}.json"
        if file.exists():
            for at, raw in enumerate(_load(file)):
                _insert(store, resource, raw, f"{file}#/{at}", now, zone)
    _check_relations(store, resources, folder)
    return store


def _load(file: Path) -> list[Any]:
    try:
        records = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as error:
        raise FixtureError(
            "a fixture file is no JSON", where=f"{file}:{error.lineno}:{error.colno}", expected="a list of records", found=error.msg
        ) from None
    if not isinstance(records, list):
        raise FixtureError("a fixture file is no list", where=str(file), expected="a list of records", found=type(records).__name__)
    return records


def _insert(store: Store, resource: Resource, raw: Any, where: str, now: datetime, zone: tzinfo) -> None:
    if not isinstance(raw, dict):
        raise FixtureError("a fixture is no record", where=where, expected="an object", found=type(raw).__name__)
    unknown = raw.keys() - resource.stored.keys()
    if unknown:
        raise FixtureError(
            "unknown field", where=f"{where}/{min(unknown)}", expected=f"one of {', '.join(sorted(resource.stored))}", found=min(unknown)
        )
    key = raw.get("id")
    if not isinstance(key, int) or key < 1 or store[resource.name].get(key) is not None:
        raise FixtureError("wrong id", where=f"{where}/id", expected="a positive number of its own", found=repr(key))
    record = {name: resource.defaults.get(name) for name in resource.stored}
    for name, value in raw.items():
        record[name] = stored_value(resource.stored[name], value, f"{where}/{name}", now, zone)
    for name, relation in resource.layout.relations.items():
        if relation.many and not _is_list_of_ids(record[name]):
            raise FixtureError("no list of ids", where=f"{where}/{name}", expected="a list of numbers", found=repr(record[name]))
    store.insert(resource.name, record)


def _is_list_of_ids(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(one, int) and not isinstance(one, bool) for one in value))


def stored_value(kind: StoredType, value: Any, where: str, now: datetime, zone: tzinfo) -> Any:
    """Return the stored value that a fixture's value stands for.

    Raises:
        FixtureError: it does not stand for this type.
    """
    wanted = _PYTHON_TYPES.get(kind)
    if value is None:
        return None
    if wanted is not None and (not isinstance(value, wanted) or (isinstance(value, bool) and kind is not StoredType.BOOLEAN)):
        raise FixtureError("wrong type", where=where, expected=f"{kind.value} (docs/extensions.md, stored form)", found=repr(value))
    if kind not in (StoredType.DECIMAL, StoredType.DATE, StoredType.INSTANT):
        return value
    moment = _relative(value, now) if kind is not StoredType.DECIMAL else None
    if moment is not None:
        return moment if kind is StoredType.INSTANT else moment.astimezone(zone).date()
    try:
        return parse_stored(kind, value, zone)
    except Unparsable as error:
        raise FixtureError("wrong value", where=where, expected=str(error), found=repr(value)) from None


def _relative(text: str, now: datetime) -> datetime | None:
    """Return the instant that `now+2h30m` or `today-3d` stands for, None for a text of another form."""
    if not _RELATIVE.fullmatch(text):
        return None
    moment, sign = now, "+"
    for step in _STEP.finditer(text):
        sign = step[1] or sign
        size = timedelta(**{_UNITS[step[3]]: int(step[2])})
        moment = later(moment, size if sign == "+" else -size)
    return moment


def _check_relations(store: Store, resources: Mapping[str, Resource], folder: Path) -> None:
    for resource in resources.values():
        for relation in resource.layout.relations.values():
            for record in store[resource.name]:
                target = relation.target_of(record)
                keys = record[relation.field]
                if keys is None or target is None:
                    continue
                for key in keys if relation.many else (keys,):
                    if store[target].get(key) is None:
                        where = f"{folder / resource.name}.json: id {record['id']}: {relation.field}"
                        raise FixtureError("a fixture refers to nothing", where=where, expected=f"an id of {target}", found=str(key))
