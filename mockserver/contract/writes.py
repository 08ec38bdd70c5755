"""Whether writes are kept: what was created is read and listed, what was updated has changed, what was deleted is gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, TypeVar

from mockserver.contract.checks import refusals
from mockserver.contract.claims import Claims, Record, Schema
from mockserver.contract.client import Client, Reply
from mockserver.contract.events import Event, Finding, Sent, Unjudged
from mockserver.contract.failures import ContractFailure, CreateAltered, CreateLost, DeleteLost, UpdateLost
from mockserver.contract.known import Known
from mockserver.contract.probes import PHASE, ListProbe
from mockserver.contract.values import Kind, kind_of, stands_for
from mockserver.spec import Place

T = TypeVar("T")
Told = Generator[Event, None, T]
"""Yields events, and returns something when it is done."""
Edit = Callable[[Record], Record]
Look = tuple[Record | None, str]
"""A record, or None where it is gone, and which answer says so."""

_AT = re.compile(r"(?=@)|$")


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that a probe created: its id, and the path parameters of the operations on it."""

    collection: str
    key: str
    path: Mapping[str, str]


class WriteProbe:
    """Creates, reads, updates and deletes one record of a collection.

    Args:
        mark: goes into texts that must be unique, so that two runs do not meet.
    """

    def __init__(self, client: Client, claims: Claims, known: Known, mark: str) -> None:
        self._client = client
        self._claims = claims
        self._known = known
        self._mark = mark
        self._random = Random(0)  # noqa: S311

    def events(self, place: Place) -> Iterator[Event]:
        """Yield what comes out of a create operation, and of those on what it created."""
        collection = place.operation["x-mock-action"]["create"]
        parents = next(self._known.parents(place, 1), None)
        if parents is None:
            yield Unjudged(place.label, "created_is_kept", "no record is known to create below")
            return
        created = yield from self._write(place, collection, parents, lambda body: body)
        if created is None:
            yield Unjudged(place.label, "created_is_kept", "no request of ours was accepted")
            return
        reply, sent = created
        record = self._own(place, reply, collection)
        if record is None:
            yield Unjudged(place.label, "created_is_kept", "the answer shows no record with an id")
            return
        kept = Kept(collection, str(record["id"]), parents)
        readable = yield from self._created(place, kept, reply, sent)
        if readable:
            yield from self._updated(kept)
        yield from self._deleted(kept, readable=readable)

    # --- one after another ---

    def _created(self, place: Place, kept: Kept, reply: Reply, sent: Record) -> Told[bool]:
        read = yield from self._read(kept)
        if read is None:
            yield Unjudged(place.label, "created_is_kept", f"no operation shows the collection {kept.collection}")
            return False
        record, shown = read
        if record is None:
            yield self._finding(CreateLost, place, "created_is_kept", f"{kept.collection} {kept.key} was created, and then: {shown}", reply)
            return False
        changed = self._different(sent, record, kept.collection)
        if changed:
            yield self._finding(CreateAltered, place, "created_is_kept", changed[1], reply, changed[0])
        listed = yield from self._in_list(kept)
        if listed is not None and listed[0] is None:
            yield self._finding(
                CreateLost, place, "created_is_kept", f"{kept.collection} {kept.key} was created, and {listed[1]} lacks it", reply, "list"
            )
        return True

    def _updated(self, kept: Kept) -> Iterator[Event]:
        for place in self._on(kept, "update"):
            read = yield from self._read(kept)
            before = read[0] if read else None
            if before is None:
                return
            written = yield from self._write(place, kept.collection, self._path(place, kept), partial(self._changing, place, kept.collection, before))
            if written is None:
                yield Unjudged(place.label, "updated_is_kept", "no update of ours was accepted")
                continue
            reply, sent = written
            read = yield from self._read(kept)
            after = read[0] if read and read[0] else {}
            lost = self._different(sent, after, kept.collection) if after else ("", f"{kept.collection} {kept.key} cannot be read any more")
            if lost:
                yield self._finding(UpdateLost, place, "updated_is_kept", lost[1], reply, lost[0])
            elif not any(stands_for(before.get(name), value) is False for name, value in self._comparable(sent, after, kept.collection)):
                yield Unjudged(place.label, "updated_is_kept", "no update of ours changed anything that can be read")

    def _deleted(self, kept: Kept, *, readable: bool) -> Iterator[Event]:
        for place in self._on(kept, "delete"):
            reply = self._client.send("DELETE", place.path, parameters=self._path(place, kept))
            yield Sent(place.label, "DELETE", PHASE, True, reply.status)
            if not reply.accepted:
                yield from (_finding(failure, "refusals_have_a_rule", reply) for failure in refusals(place, reply.status, reply.headers))
                continue
            for look in (self._read, self._in_list) if readable else ():
                found = yield from look(kept)
                if found is not None and found[0] is not None:
                    yield self._finding(
                        DeleteLost, place, "deleted_is_gone", f"{kept.collection} {kept.key} was deleted, and {found[1]} still shows it", reply
                    )
                    return
            return

    # --- reading ---

    def _read(self, kept: Kept) -> Told[Look | None]:
        """Return the record (None: it is gone) and which answer says so; None where no operation shows it."""
        for place in self._on(kept, "retrieve"):
            reply = self._client.send("GET", place.path, parameters=self._path(place, kept))
            yield Sent(place.label, "GET", PHASE, True, reply.status)
            record = self._own(place, reply, kept.collection) if reply.accepted else None
            return record if record is not None and str(record.get("id")) == kept.key else None, f"{place.label} with {reply.status}"
        return (yield from self._in_list(kept))

    def _in_list(self, kept: Kept) -> Told[Look | None]:
        for claim in self._claims.lists:
            path = self._path(claim.place, kept)
            if claim.collection != kept.collection or path.keys() != _wanted(claim.place):
                continue
            listing = ListProbe(self._client, claim, path).read()
            for reply in listing.replies:
                yield Sent(claim.label, "GET", PHASE, True, reply.status)
            found = [record for record in listing.records if str(record.get("id")) == kept.key]
            if found or listing.complete:
                return found[0] if found else None, claim.label
        return None

    def _on(self, kept: Kept, action: str) -> Iterator[Place]:
        """Yield the operations of this kind whose path names the record, and no record that is not known."""
        for place in self._claims.places:
            said = place.operation.get("x-mock-action", {})
            named = [one for one in place.parameters if one["in"] == "path" and one.get("x-mock-record") == kept.collection]
            accepted = any(status.startswith("2") for status in place.operation["responses"])
            if (
                said.get(action) == kept.collection
                and "through" not in said
                and named
                and accepted
                and self._path(place, kept).keys() == _wanted(place)
            ):
                yield place

    def _path(self, place: Place, kept: Kept) -> dict[str, str]:
        names = [(one["name"], one.get("x-mock-record")) for one in place.parameters if one["in"] == "path"]
        own = [name for name, collection in names if collection == kept.collection][-1:]
        return {**{name: kept.path[name] for name, _ in names if name in kept.path}, **dict.fromkeys(own, kept.key)}

    def _own(self, place: Place, reply: Reply, collection: str) -> Record | None:
        schema = self._claims.answer_schema(place, reply.status)
        records = self._claims.records(schema, reply.body) if schema is not None else iter(())
        return next((record for its, record in records if its == collection and record.get("id") is not None), None)

    # --- writing ---

    def _write(self, place: Place, collection: str, path: Mapping[str, str], edit: Edit) -> Told[tuple[Reply, Record] | None]:
        """Return the first answer that accepts one of our bodies, and the attributes sent; None where none is accepted."""
        for body in self._bodies(place, collection, edit):
            reply = self._client.send(place.method.upper(), place.path, parameters=path, body=body)
            yield Sent(place.label, place.method.upper(), PHASE, True, reply.status)
            if reply.accepted:
                return reply, self._attributes(place, body, collection)[1]
            yield from (_finding(failure, "refusals_have_a_rule", reply) for failure in refusals(place, reply.status, reply.headers))
        return None

    def _bodies(self, place: Place, collection: str, edit: Edit) -> Iterator[Any]:
        """Yield the example with known ids, then without what is only read by functions, then without relations or what is not required."""
        known = self._claims.body(place)
        if known is None or known[1] is None:
            return
        schema, example = known
        relations = set(self._claims.relations(collection))
        for attempt in range(6):
            body = self._known.related(example, collection, self._random) if attempt else example
            envelope, attributes = self._attributes(place, body, collection)
            declared = self._declared(schema, envelope)
            required = set(declared.get("required", ()))
            inputs = {name for name, part in declared.get("properties", {}).items() if "x-mock-input" in part}
            dropped = (
                set(),
                set(),
                inputs,
                inputs,
                inputs | (relations - required),
                {name for name in attributes if name not in required | relations},
            )[attempt]
            if attempt == 0 and not self._all_known(attributes, collection):
                continue
            slim = edit({name: self._unique(name, value, collection) for name, value in attributes.items() if name not in dropped})
            if slim:
                yield {envelope: slim} if envelope else slim

    def _all_known(self, attributes: Record, collection: str) -> bool:
        relations = self._claims.relations(collection)
        ids = self._known.ids
        return all(
            str(attributes[name]) in ids.get(relation["to"], ())
            for name, relation in relations.items()
            if name in attributes and isinstance(relation["to"], str)
        )

    def _attributes(self, place: Place, body: Any, collection: str) -> tuple[str | None, Record]:
        singular = self._claims.collections[collection]["x-mock-collection"]["singular"]
        if isinstance(body, dict) and isinstance(body.get(singular), dict):
            return singular, body[singular]
        return None, body if isinstance(body, dict) else {}

    def _declared(self, schema: Schema, envelope: str | None) -> Schema:
        resolved = self._claims.document.resolve(schema)
        for part in (resolved, *map(self._claims.document.resolve, resolved.get("anyOf", ()))):
            if envelope is None and "properties" in part:
                return part
            if envelope in part.get("properties", {}):
                return self._claims.document.resolve(part["properties"][envelope])
        return {}

    def _unique(self, name: str, value: Any, collection: str) -> Any:
        unique = self._claims.collections[collection]["x-mock-collection"].get("unique", ())
        return _AT.sub(f".{self._mark}", value, count=1) if name in unique and isinstance(value, str) else value

    def _changing(self, place: Place, collection: str, before: Record, attributes: Record) -> Record:
        """Return attributes of which at least one differs from the record as it is; if need be with a free text changed."""
        if any(stands_for(before[name], value) is False for name, value in attributes.items() if name in before):
            return attributes
        text = next((name for name in self._free_texts(place, collection) if isinstance(before.get(name), str)), None)
        return attributes if text is None else {**attributes, text: f"{before[text]} {self._mark}"}

    def _free_texts(self, place: Place, collection: str) -> Iterator[str]:
        """Yield the attributes that an operation writes and the record shows as any text."""
        known = self._claims.body(place)
        singular = self._claims.collections[collection]["x-mock-collection"]["singular"]
        shape = self._claims.collections[collection].get("properties", {})
        written = self._declared(known[0], singular).get("properties", {}) if known else {}
        for name, said in written.items():
            shown, sent = (self._claims.document.resolve(part) for part in (shape.get(name, {}), said))
            if kind_of(shown) is Kind.TEXT and {*shown, *sent}.isdisjoint(("enum", "pattern", "format", "x-mock-value")):
                yield name

    def _different(self, sent: Record, read: Record, collection: str) -> tuple[str, str] | None:
        """Return the first attribute that reads otherwise than it was sent, and how; inputs and derived properties are not compared."""
        different = (pair for pair in self._comparable(sent, read, collection) if stands_for(read[pair[0]], pair[1]) is False)
        return next(((name, f"{name}: sent {value!r}, read {read[name]!r}") for name, value in different), None)

    def _comparable(self, sent: Record, read: Record, collection: str) -> Iterator[tuple[str, Any]]:
        shape = self._claims.collections[collection].get("properties", {})
        for name, value in sent.items():
            if name in read and name in shape and "x-mock-value" not in self._claims.document.resolve(shape[name]):
                yield name, value

    def _finding(self, kind: type[ContractFailure], place: Place, check: str, message: str, reply: Reply, subject: str = "") -> Finding:
        return _finding(kind(operation=place.label, message=message, subject=subject), check, reply)


def _finding(failure: ContractFailure, check: str, reply: Reply) -> Finding:
    return Finding(str(failure.operation), check, failure, reply.curl, reply.text[:300])


def _wanted(place: Place) -> set[str]:
    return {one["name"] for one in place.parameters if one["in"] == "path"}


def probe_writes(client: Client, claims: Claims, known: Known, mark: str, operations: Container[str] | None = None) -> Iterator[Event]:
    """Yield what comes out of every create operation of the document, or of those with these operationIds, one record each."""
    probe = WriteProbe(client, claims, known, mark)
    for place in claims.places:
        chosen = operations is None or place.operation["operationId"] in operations
        if chosen and "create" in place.operation.get("x-mock-action", {}):
            yield from probe.events(place)
