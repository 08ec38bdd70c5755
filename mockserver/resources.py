"""Collections as the document's read schemas describe them: what is stored, in which type, by default and at which write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.errors import DocumentError
from mockserver.spec import Document
from mockserver.store import Layout, OnDelete, Relation
from mockserver.stored import FROM_JSON_TYPE, StoredType


@dataclass(frozen=True, slots=True)
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
        created, updated: fields that take the moment of the create, of the last write.
        unique: fields whose values no two records share.
        aliases: properties that are paths, by which other paths may begin too (`count` for `deals.count`).
        prepare, effects, visible: names of functions.
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
    unique: tuple[str, ...]
    aliases: Mapping[str, str]
    prepare: str | None
    effects: tuple[str, ...]
    visible: str | None


def load_resources(document: Document, filtered: Mapping[str, frozenset[str]]) -> dict[str, Resource]:
    """Return the resources by collection name.

    Args:
        filtered: for each collection the fields that equality filters ask for: they are indexed.

    Raises:
        DocumentError: a collection is declared twice, or a relation leads to none.
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
    for resource in found.values():
        _check_fields(resource, document.source)
    return found


def _check_relations(resources: Mapping[str, Resource], source: str) -> None:
    inverses: dict[tuple[str, str], str] = {}
    for resource in resources.values():
        for relation in resource.layout.relations.values():
            where = f"{source}#/components/schemas/{resource.component}/x-mock-collection/relations/{relation.field}"
            for target in relation.targets.values():
                if target not in resources:
                    known = ", ".join(sorted(resources))
                    raise DocumentError("a relation leads to no collection", where=where, expected=f"one of {known}", found=target)
                taken = inverses.setdefault((target, relation.inverse), where) if relation.inverse else where
                if taken != where:
                    raise DocumentError(
                        "two ways back have one name", where=where, expected="a name of its own", found=f"{relation.inverse}, as {taken}"
                    )


def _check_fields(resource: Resource, source: str) -> None:
    """Refuse a collection whose keywords name fields that it does not store."""
    layout = resource.layout
    named = {
        "order": [name.removeprefix("-") for name in layout.order],
        "unique": resource.unique,
        "tallies": [*layout.tallies, *layout.tallies.values()],
        "relations": [relation.by for relation in layout.relations.values() if relation.by],
    }
    for keyword, names in named.items():
        for name in names:
            if name not in resource.stored:
                where = f"{source}#/components/schemas/{resource.component}/x-mock-collection/{keyword}"
                raise DocumentError("a field that is not stored", where=where, expected=f"one of {', '.join(sorted(resource.stored))}", found=name)


def _resource(document: Document, component: str, schema: Mapping[str, Any], declared: Mapping[str, Any], filtered: frozenset[str]) -> Resource:
    relations = {field: _relation(field, said) for field, said in declared.get("relations", {}).items()}
    stored: dict[str, StoredType] = {"id": StoredType.INTEGER}
    defaults: dict[str, Any] = {}
    stamps: dict[str, list[str]] = {"created": [], "updated": []}
    aliases = {name: prop["x-mock-value"] for name, prop in iter_properties(document, schema) if prop.get("x-mock-value", name) != name}
    for name, prop in iter_properties(document, schema):
        if is_stored(document, name, prop):
            stored[name] = StoredType.INTEGER if name in relations and not relations[name].many else stored_type(document, prop)
            if "x-mock-default" in prop:
                defaults[name] = prop["x-mock-default"]
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
        tuple(declared.get("unique", ())),
        aliases,
        declared.get("prepare"),
        tuple(declared.get("effects", ())),
        declared.get("visible"),
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
    """Return whether a property of a read schema is stored under its own name: not derived, no constant, no links, no embedded record."""
    if "x-mock-value" in prop or name == "links" or len(prop.get("enum", ())) == 1:
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
