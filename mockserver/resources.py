"""Collections as the document's read schemas describe them: what is stored, in which type, by default and at which write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from typing import Any

from mockserver.collection import Layout, OnDelete, Relation
from mockserver.errors import DocumentError
from mockserver.spec import Document
from mockserver.stored import FROM_JSON_TYPE, StoredType, parse_stored
from mockserver.validation import escape_pointer


@dataclass(frozen=True)
class Resource:
    """A kind of record.

    Attributes:
        name: of the collection.
        singular: key of one record in envelopes.
        label: the name in messages about missing records.
        path: where links to its records begin.
        component: the component schema that is its read shape.
        stored: the stored type of each field, key and hidden fields included.
        defaults: the stored value of fields that are left out; null for those not named.
        created, updated, changed: fields that take the moment of the create, of the last write, of the last write that changed something.
        unique: fields whose values no two records share.
        aliases: properties that are paths, by which other paths may begin too (`count` for `deals.count`).
        prepare, effects, settle, visible: names of functions.
        event: what the collection is called in events, None where automations cannot watch it.
    """

    name: str
    singular: str
    label: str
    path: str
    component: str
    layout: Layout
    stored: Mapping[str, StoredType]
    defaults: Mapping[str, Any]
    created: tuple[str, ...]
    updated: tuple[str, ...]
    changed: tuple[str, ...]
    unique: tuple[str, ...]
    aliases: Mapping[str, str]
    prepare: str | None
    effects: tuple[str, ...]
    visible: str | None
    settle: str | None = None
    event: str | None = None

    @cached_property
    def blank(self) -> Mapping[str, Any]:
        """A record without its key, of which nothing is known: every stored field with its default or null."""
        return {name: self.defaults.get(name) for name in self.stored if name != self.layout.key}


def load_resources(document: Document, filtered: Mapping[str, frozenset[str]]) -> dict[str, Resource]:
    """Return the resources by collection name.

    Args:
        filtered: for each collection the fields that equality filters ask for: they are indexed.

    Raises:
        DocumentError: a collection is declared twice, a relation leads to none, a field that is named is not stored,
            or a way back has the name of a field or of another way back.
    """
    found: dict[str, Resource] = {}
    for component, schema in document.schemas.items():
        declared = schema.get("x-mock-collection")
        if declared is None:
            continue
        if declared["collection"] in found:
            raise DocumentError(
                "a collection is declared twice", where=f"{document.source}#/components/schemas/{component}", found=declared["collection"]
            )
        found[declared["collection"]] = _resource(document, component, schema, declared, filtered.get(declared["collection"], frozenset()))
    _check_relations(found, document.source)
    _check_ways_back(found, document.source)
    for resource in found.values():
        _check_fields(resource, document.source)
    return found


def declared_at(resource: Resource, source: str, *parts: str) -> str:
    """Return the place of a part of the `x-mock-collection` that declares the resource."""
    pointer = "/".join(map(escape_pointer, ("components", "schemas", resource.component, "x-mock-collection", *parts)))
    return f"{source}#/{pointer}"


def _check_relations(resources: Mapping[str, Resource], source: str) -> None:
    for resource in resources.values():
        for relation in resource.layout.relations.values():
            if relation.on_delete is OnDelete.REMOVE and not relation.many:
                where = declared_at(resource, source, "relations", relation.field, "on-delete")
                raise DocumentError("nothing to remove from", where=where, expected="many: true, or another on-delete", found="remove")
            for target in relation.targets.values():
                if target not in resources:
                    where = declared_at(resource, source, "relations", relation.field)
                    raise DocumentError(
                        "a relation leads to no collection", where=where, expected=f"one of {', '.join(sorted(resources))}", found=target
                    )


def _check_ways_back(resources: Mapping[str, Resource], source: str) -> None:
    """Refuse a way back with a name that a stored field or another way back has in the collection that it starts from."""
    taken = {(name, field): f"the field {field}" for name, resource in resources.items() for field in resource.stored}
    for name, resource in resources.items():
        for field, relation in resource.layout.relations.items():
            for target in dict.fromkeys(relation.targets.values()) if relation.inverse else ():
                back = (target, str(relation.inverse))
                if back in taken:
                    where = declared_at(resource, source, "relations", field, "inverse")
                    found = f"{relation.inverse}, which is {taken[back]}"
                    raise DocumentError("a name stands for two things", where=where, expected=f"a name of its own in {target}", found=found)
                taken[back] = f"the way back from {name} by {field}"


def _check_fields(resource: Resource, source: str) -> None:
    """Refuse a collection whose keywords name fields that it does not store."""
    for parts, name in _iter_named_fields(resource):
        if name not in resource.stored:
            where = declared_at(resource, source, *parts)
            raise DocumentError("a field that is not stored", where=where, expected=f"one of {', '.join(sorted(resource.stored))}", found=name)


def _iter_named_fields(resource: Resource) -> Iterator[tuple[tuple[str, ...], str]]:
    layout = resource.layout
    yield from ((("order",), name.removeprefix("-")) for name in layout.order)
    yield from ((("unique",), name) for name in resource.unique)
    yield from ((("tallies",), name) for name in (*layout.tallies, *layout.tallies.values()))
    for field, relation in layout.relations.items():
        yield from ((("relations", field, "by"), name) for name in (relation.by,) if name)
        yield from ((("relations", field, "inverse-order"), name.removeprefix("-")) for name in relation.inverse_order)


def _resource(document: Document, component: str, schema: Mapping[str, Any], declared: Mapping[str, Any], filtered: frozenset[str]) -> Resource:
    relations = {field: _relation(field, said) for field, said in declared.get("relations", {}).items()}
    stored: dict[str, StoredType] = {"id": StoredType.INTEGER}
    defaults: dict[str, Any] = {}
    stamps: dict[str, list[str]] = {"created": [], "updated": [], "changed": []}
    aliases = {name: prop["x-mock-value"] for name, prop in iter_properties(document, schema) if prop.get("x-mock-value", name) != name}
    for name, prop in iter_properties(document, schema):
        if is_stored(document, name, prop):
            stored[name] = StoredType.INTEGER if name in relations and not relations[name].many else stored_type(document, prop)
            if "x-mock-default" in prop:
                defaults[name] = parse_stored(stored[name], prop["x-mock-default"], UTC)
            if "x-mock-stamp" in prop:
                stamps[prop["x-mock-stamp"]].append(name)
    for name, kind in declared.get("fields", {}).items():
        stored[name] = StoredType(kind)
    for relation in relations.values():
        if relation.field not in stored:
            stored[relation.field] = StoredType.JSON if relation.many else StoredType.INTEGER
    name = declared["collection"]
    layout = Layout(
        name,
        relations=relations,
        indexed=frozenset(relations) | (filtered & stored.keys()),
        order=tuple(declared.get("order", ())),
        tallies=declared.get("tallies", {}),
    )
    return Resource(
        name,
        declared["singular"],
        declared["name"],
        declared.get("path", f"/{name}"),
        component,
        layout,
        stored,
        defaults,
        tuple(stamps["created"]),
        tuple(stamps["updated"]),
        tuple(stamps["changed"]),
        tuple(declared.get("unique", ())),
        aliases,
        declared.get("prepare"),
        tuple(declared.get("effects", ())),
        declared.get("visible"),
        declared.get("settle"),
        declared.get("event"),
    )


def _relation(field: str, said: Mapping[str, Any]) -> Relation:
    targets: Mapping[str | None, str] = said["to"] if isinstance(said["to"], Mapping) else {None: said["to"]}
    return Relation(
        field,
        targets,
        said.get("by"),
        said.get("many", False),
        said.get("inverse"),
        tuple(said.get("inverse-order", ())),
        OnDelete(said.get("on-delete", "keep")),
    )


def iter_properties(document: Document, schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the properties of an object schema, resolved; those of `allOf` and `anyOf` parts included."""
    schema = document.resolve(schema)
    for part in (*schema.get("allOf", ()), *schema.get("anyOf", ())):
        yield from iter_properties(document, part)
    for name, prop in schema.get("properties", {}).items():
        yield name, document.resolve(prop)


def is_stored(document: Document, name: str, prop: Mapping[str, Any]) -> bool:
    """Return whether a property of a read schema is stored under its own name: it is not derived in whole or part, a constant, links or records."""
    if "x-mock-value" in prop or name == "links" or len(prop.get("enum", ())) == 1:
        return False
    if any("x-mock-value" in document.resolve(part) for part in prop.get("properties", {}).values()):
        return False
    return embedded(document, prop) is None


def embedded(document: Document, schema: Mapping[str, Any]) -> str | None:
    """Return the collection whose records the schema shows (one, or an array of them), None for any other schema."""
    schema = document.resolve(schema)
    if schema.get("type") == "array":
        schema = document.resolve(schema["items"])
    if "x-mock-collection" in schema:
        return str(schema["x-mock-collection"]["collection"])
    if "x-mock-shape" in schema:
        return str(schema["x-mock-shape"]["collection"])
    for part in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        found = embedded(document, part)
        if found:
            return found
    return None


def stored_type(document: Document, prop: Mapping[str, Any]) -> StoredType:
    """Return the stored type of a property: the one it names, or what its JSON type says."""
    if "x-mock-stored" in prop:
        return StoredType(prop["x-mock-stored"])
    parts = [*prop.get("anyOf", ()), *prop.get("oneOf", ()), *prop.get("allOf", ())]
    if "type" not in prop and len(parts) == 1:
        return stored_type(document, document.resolve(parts[0]))
    return FROM_JSON_TYPE.get(prop.get("type", ""), StoredType.JSON)
