"""Records that a target is known to hold, gathered from its lists; put into requests, so that valid ones mostly reach something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from mockserver.contract.claims import Claims, Record
from mockserver.contract.client import Client
from mockserver.spec import Place

_ID = re.compile(r"[0-9]{1,9}", re.ASCII)
_LARGEST = 2**31 - 1
_TOGETHER = 0.5


class Known:
    """Ids by collection, and whole records where a list showed them; in the order in which they were seen."""

    def __init__(self, claims: Claims) -> None:
        self.claims = claims
        self.ids: dict[str, dict[str, None]] = {}
        self.rows: dict[str, dict[str, Record]] = {}
        self._names = _names(claims)

    def note(self, collection: str, record: Record) -> None:
        """Remember a record, and the records that it refers to."""
        key = _text(record.get("id"))
        if key is None:
            return
        self.ids.setdefault(collection, {})[key] = None
        kept = self.rows.setdefault(collection, {}).get(key, {})
        self.rows[collection][key] = max(record, kept, key=len)
        for name, relation in self.claims.relations(collection).items():
            target = relation["to"] if isinstance(relation["to"], str) else relation["to"].get(record.get(relation["by"]))
            values = record.get(name) if relation.get("many") else [record.get(name)]
            for value in values if isinstance(values, list) else ():
                related = _text(value)
                if target is not None and related is not None and related != "0":
                    self.ids.setdefault(target, {})[related] = None

    def row(self, collection: str, random: Random) -> Record | None:
        """Return one of the known records."""
        rows = list(self.rows.get(collection, {}).values())
        return random.choice(rows) if rows else None

    def one(self, collection: str, random: Random) -> str | None:
        """Return one of the known ids."""
        ids = list(self.ids.get(collection, ()))
        return random.choice(ids) if ids else None

    # --- requests ---

    def path(self, place: Place, random: Random) -> dict[str, str]:
        """Return known ids for the path parameters that name records; those of parents fit the record below them."""
        named = [(one["name"], one["x-mock-record"]) for one in place.parameters if one["in"] == "path" and "x-mock-record" in one]
        if not named:
            return {}
        within = place.operation.get("x-mock-action", {}).get("within", {})
        *parents, (name, collection) = sorted(named, key=lambda one: place.path.index(f"{{{one[0]}}}"))
        row = self.row(collection, random)
        chosen = {name: _text(row["id"]) if row else self.one(collection, random)}
        for parent, its in parents:
            above = _text(row.get(within.get(parent, ""))) if row else None
            chosen[parent] = above if above in self.ids.get(its, ()) else self.one(its, random)
        return {key: value for key, value in chosen.items() if value is not None}

    def parents(self, place: Place, limit: int) -> Iterator[dict[str, str]]:
        """Yield at most `limit` sets of known ids for the path parameters of an operation without a record of its own."""
        named = [(one["name"], one.get("x-mock-record")) for one in place.parameters if one["in"] == "path"]
        if not named:
            yield {}
        elif len(named) == 1:
            for key in list(self.ids.get(named[0][1] or "", ()))[:limit]:
                yield {named[0][0]: key}

    def related(self, body: Any, collection: str | None, random: Random) -> Any:
        """Return the body with known ids wherever a property is named like a relation and holds something like an id, each in the type that it had.

        In half of the cases ids that one known record of the collection holds are put in together, since they fit each other; else each is any.
        """
        return self._replaced(body, collection, self._fitting(collection, random), random)

    def _fitting(self, collection: str | None, random: Random) -> Record:
        row = self.row(collection, random) if collection else None
        return row if row is not None and random.random() < _TOGETHER else {}

    def _replaced(self, node: Any, collection: str | None, row: Record, random: Random) -> Any:
        if isinstance(node, list):
            return [self._replaced(one, collection, self._fitting(collection, random), random) for one in node]
        if not isinstance(node, dict):
            return node
        relations = self.claims.relations(collection or "")
        made = {}
        for name, value in node.items():
            target = collection if name == "id" else self._names.get(name, _target(relations.get(name)))
            if name in relations and _text(row.get(name)) is not None and is_id(value):
                made[name] = in_type(value, str(row[name]))
            elif target is not None and is_id(value):
                made[name] = in_type(value, self.one(target, random) or str(value))
            elif target is not None and isinstance(value, list) and all(map(is_id, value)):
                made[name] = [in_type(one, self.one(target, random) or str(one)) for one in value]
            else:
                made[name] = self._replaced(value, collection, row, random)
        return made


def gather(client: Client, claims: Claims) -> Known:
    """Return what the first page of each list of the target shows, with everything that can be asked for beside it."""
    known = Known(claims)
    for claim in claims.lists:
        if "{" in claim.place.path:
            continue
        query: dict[str, Any] = {claim.pages.size: claim.pages.largest} if claim.pages and claim.pages.size else {}
        for parameter in claim.place.parameters:
            if isinstance(parameter.get("x-mock-select"), dict):
                query[parameter["name"]] = ",".join(parameter["x-mock-select"])
        reply = client.send("GET", claim.place.path, query=query)
        if reply.accepted:
            for collection, record in claims.records(claim.schema, reply.body):
                known.note(collection, record)
    return known


def _names(claims: Claims) -> Mapping[str, str]:
    """Return the collection that a property of this name refers to: by relations and the names of collections; no name that means two."""
    found: dict[str, set[str]] = {}
    for collection, schema in claims.collections.items():
        for name, relation in claims.relations(collection).items():
            targets = {relation["to"]} if isinstance(relation["to"], str) else set(relation["to"].values())
            for spelled in (name, *(() if name.lower().endswith("id") else (f"{name}Id", f"{name}_id"))):
                found.setdefault(spelled, set()).update(targets)
        singular = schema["x-mock-collection"]["singular"]
        for spelled in (collection, f"{singular}s", singular, f"{singular}Id"):
            found.setdefault(spelled, set()).add(collection)
    return {name: next(iter(targets)) for name, targets in found.items() if len(targets) == 1}


def _target(relation: Mapping[str, Any] | None) -> str | None:
    return relation["to"] if relation is not None and isinstance(relation["to"], str) else None


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) and _ID.fullmatch(str(value)) else None


def is_id(value: Any) -> bool:
    """Return whether a value could be an id in every schema of one: not negative, at most 32 bits, or at most nine digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return 0 <= value <= _LARGEST
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def in_type(value: Any, key: str) -> Any:
    """Return the id in the type of another value: a number or a text."""
    return int(key) if isinstance(value, int) else key
