"""What lists answer, gathered over all their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any

from mockserver.collection import Relation
from mockserver.exchange import Record
from mockserver.operations import Action, Operation, Parameter
from mockserver.pagination import PageRole
from mockserver.resources import embedded
from mockserver.view import Visibility
from tests.sweeps.calls import Call, Sender
from tests.sweeps.subjects import Subject


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


def shown_record(subject: Subject, operation: Operation, answer: Any) -> Any:
    """Return the main record of an answer about one: in its envelope, or bare."""
    schema = operation.responses[operation.statuses[subject.profile] or 0]
    bare = schema is None or embedded(subject.model.document, schema) is not None
    return answer if bare else answer[subject.model.resources[operation.collection or ""].singular]


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
    """Return the ids of the fixtures that a list is about: those of its collection, below its parents, kept by default, in their order."""
    with sender.settled():
        found = [record for record in related(sender, call) if all(keeps(record) for keeps in defaults(sender, call.operation))]
    return ids(found)


def related(sender: Sender, call: Call) -> list[Record]:
    """Return the fixtures of a list's collection, below its parents, that the caller may see, in their default order."""
    operation, subject = call.operation, sender.subject
    resource = subject.model.resources[operation.collection or ""]
    found = [record for record in sender.store[resource.name] if all(record[name] == value for name, value in operation.where.items())]
    for parameter, name in operation.within.items():
        back = way_back(sender, operation, parameter)
        if back is not None:
            keys = sender.store[dict(operation.records)[parameter]].records[int(call.path[parameter])][back.field]
            found = [record for record in found if record["id"] in (keys if back.many else [keys])]
            continue
        relation = resource.layout.relations[name]
        target = dict(operation.records)[parameter]
        parent = int(call.path[parameter])
        found = [one for one in found if parent in (one[name] or () if relation.many else [one[name]]) and relation.target_of(one) == target]
    seen = subject.service.visibility(sender.session())
    return [record for record in found if seen(resource.name, record) is not Visibility.HIDDEN]


def way_back(sender: Sender, operation: Operation, parameter: str) -> Relation | None:
    """Return the relation of the parent that its records are found by; None where they themselves name their parent."""
    resources, name = sender.subject.model.resources, operation.within[parameter]
    if name in resources[operation.collection or ""].layout.relations:
        return None
    relations = resources[dict(operation.records)[parameter]].layout.relations.values()
    return next(relation for relation in relations if relation.inverse == name)


def has_default(parameter: Parameter) -> bool:
    """Return whether a parameter is a filter that filters though it is not sent."""
    return "default" in parameter.schema and (parameter.filter is not None or parameter.filter_function is not None)


def defaults(sender: Sender, operation: Operation) -> list[Callable[[Record], bool]]:
    """Return the tests of an operation's filters that are applied without being sent."""
    session, found = sender.session(), []
    for parameter in filter(has_default, operation.parameters):
        value = parameter.schema["default"]
        if parameter.filter is not None:
            found.append(parameter.filter.bind(session.store, value, session.zone).matches)
        else:
            found.append(sender.subject.api.functions.filters[parameter.filter_function or ""](session, value, {}))
    return found


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


def ids(records: Iterable[Any]) -> list[int]:
    """Return the ids of answered records."""
    return [int(record["id"]) for record in records]


def kept(sender: Sender, operation: Operation, records: list[Any]) -> list[Record]:
    """Return the records behind the answered ones, as they are kept."""
    return [sender.store[operation.collection or ""].records[key] for key in ids(records)]


def multiply(sender: Sender, call: Call, template: Mapping[str, Any], count: int) -> None:
    """Put so many copies of a listed record into the world, where the same list finds them."""
    operation, store = call.operation, sender.store
    made = [store.insert(operation.collection or "", {**template, "id": None})["id"] for _ in range(count)]
    for parameter in operation.within:
        back = way_back(sender, operation, parameter)
        if back is not None:
            parent, key = dict(operation.records)[parameter], int(call.path[parameter])
            store.update(parent, key, {back.field: [*store[parent].records[key][back.field], *made]})
