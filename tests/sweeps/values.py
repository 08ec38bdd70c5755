"""Other values for an attribute of a request: from its enum, its examples, the fixtures, and at last a few of every kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any

from mockserver.resources import Resource, iter_properties
from mockserver.stored import Unparsable, parse_stored
from tests.sweeps.calls import Sender, example_call
from tests.sweeps.lists import whole_list
from tests.sweeps.subjects import Subject

COMMON = (
    "Another text",
    "eur",
    "aabbcc",
    "2024-05-06",
    "2024/05/06",
    "2024-05-06T07:08:09-05:00",
    "2024/05/06 07:08:09 -0500",
    "2033/05/06 07:08:09 +0000",
    "someone.else@example.com",
    "https://example.com/other",
    "+1 555 0177",
    7,
    "7",
    3.5,
    "3.5",
    1,
    "1",
    0,
    "0",
    True,
    False,
    ["7"],
    [1],
    ["Another text"],
    None,
)


def iter_values(sender: Sender, resource: Resource | None, name: str, schema: Mapping[str, Any]) -> Iterator[Any]:
    """Yield values that the schema admits, the likeliest first; each once."""
    validator = sender.subject.validators.compile(schema)
    seen: list[Any] = []
    for value in _candidates(sender, resource, name, schema):
        if value not in seen and validator.is_valid(value):
            seen.append(value)
            yield value


def _candidates(sender: Sender, resource: Resource | None, name: str, schema: Mapping[str, Any]) -> Iterator[Any]:
    subject = sender.subject
    schema = subject.model.document.resolve(schema)
    if "example" in schema:
        yield schema["example"]
    yield from _enumerated(subject, schema)
    if resource is not None:
        yield from _related(sender, resource, name)
        yield from _shown(sender, resource, name)
    yield from COMMON


def _enumerated(subject: Subject, schema: Mapping[str, Any]) -> Iterator[Any]:
    schema = subject.model.document.resolve(schema)
    yield from schema.get("enum", ())
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _enumerated(subject, part)


def _related(sender: Sender, resource: Resource, name: str) -> Iterator[Any]:
    relation = resource.layout.relations.get(resource.aliases.get(name, name))
    for target in dict.fromkeys(relation.targets.values()) if relation else ():
        for record in sender.store[target]:
            yield from ([record["id"]], [str(record["id"])]) if relation and relation.many else (record["id"], str(record["id"]))


def _shown(sender: Sender, resource: Resource, name: str) -> Iterator[Any]:
    """Yield what lists of the collection show under this name, and the read schema's example."""
    document = sender.subject.model.document
    prop = dict(iter_properties(document, document.schemas[resource.component])).get(name, {})
    if "example" in prop:
        yield prop["example"]
    for operation in sender.subject.model.operations:
        if operation.action == "list" and operation.collection == resource.name:
            yield from (record[name] for record in whole_list(sender, example_call(sender.subject, operation)) if name in record)
            return


def stored_form(resource: Resource, name: str, value: Any, zone: tzinfo) -> Any:
    """Return the stored form of a value of this field; the value itself where it stands for none."""
    try:
        return parse_stored(resource.stored[name], value, zone)
    except Unparsable:
        return value
