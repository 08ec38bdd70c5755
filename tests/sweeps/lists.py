"""What lists answer, gathered over all their pages."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from mockserver.exchange import Record
from mockserver.operations import Action, Operation
from mockserver.pagination import PageRole
from mockserver.resources import embedded
from mockserver.view import Visibility
from tests.sweeps.calls import Call, Sender


def page_roles(operation: Operation) -> dict[str, PageRole]:
    """Return the page parameters of an operation by role."""
    return {parameter.page.role: parameter.page for parameter in operation.located("query") if parameter.page}


def main_records(sender: Sender, call: Call) -> list[Any]:
    """Return the main records of one answer."""
    response = sender.send(call)
    assert response.status_code == sender.subject_status(call.operation), f"{call.url()}: {response.status_code} {response.text[:300]}"
    return _main(sender, call.operation, response.json())


def _main(sender: Sender, operation: Operation, answer: Any) -> list[Any]:
    if isinstance(answer, list):
        return answer
    document = sender.subject.model.document
    schema = operation.responses[sender.subject_status(operation)]
    assert schema is not None
    for name, prop in document.resolve(schema)["properties"].items():
        if name not in operation.sideload and embedded(document, prop) == operation.collection:
            records: list[Any] = answer[name]
            return records
    raise AssertionError(f"{operation.label}: no property of the answer holds its records")


def whole_list(sender: Sender, call: Call) -> list[Any]:
    """Return the main records of all pages, in pages of the largest size."""
    roles = page_roles(call.operation)
    size = roles.get("limit") or roles.get("per_page")
    if size is None:
        return main_records(sender, call)
    count = size.maximum or 100
    found: list[Any] = []
    for number in range(100):
        place = {roles["offset"].parameter: number * count} if "offset" in roles else {roles["page"].parameter: number + 1}
        records = main_records(sender, call.with_query({size.parameter: count, **place}))
        found += records
        if len(records) < count:
            break
    return found


def belonging(sender: Sender, call: Call) -> list[int]:
    """Return the ids of the fixtures that a list is about: those of its collection, below its parents, in their default order."""
    operation, subject = call.operation, sender.subject
    resource = subject.model.resources[operation.collection or ""]
    store = sender.store
    found = [record for record in store[resource.name] if all(record[name] == value for name, value in operation.where.items())]
    for parameter, name in operation.within.items():
        relation = resource.layout.relations[name]
        target = dict(operation.records)[parameter]
        parent = int(call.path[parameter])
        found = [record for record in found if record[name] == parent and relation.target_of(record) == target]
    seen = subject.service.visibility(sender.session())
    return [record["id"] for record in found if seen(resource.name, record) is not Visibility.HIDDEN]


def is_filled(operation: Operation) -> bool:
    """Return whether the operation does not say of itself that it always lists nothing."""
    return not operation.raw["x-mock-action"].get("empty")


def filled(sender: Sender, call: Call) -> Call:
    """Return the call, of a list below the first parent that has records."""
    operation = call.operation
    if operation.action is not Action.LIST or not operation.within or belonging(sender, call):
        return call
    parents = [[record["id"] for record in sender.store[dict(operation.records)[name]]] for name in operation.within]
    calls = (call.with_path(**dict(zip(operation.within, keys, strict=True))) for keys in product(*parents))
    return next(one for one in calls if belonging(sender, one))


def ids(records: list[Any]) -> list[int]:
    """Return the ids of answered records."""
    return [int(record["id"]) for record in records]


def kept(sender: Sender, operation: Operation, records: list[Any]) -> list[Record]:
    """Return the records behind the answered ones, as they are kept."""
    return [sender.store[operation.collection or ""].records[key] for key in ids(records)]


def multiply(sender: Sender, operation: Operation, template: Mapping[str, Any], count: int) -> None:
    """Put so many copies of a record into the world."""
    for _ in range(count):
        sender.store.insert(operation.collection or "", {**template, "id": None})
