"""Every attribute of a request body has an effect: what is stored shows in the following read, and what a function reads changes the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from mockserver.operations import Action, Operation
from mockserver.resources import Resource
from mockserver.stored import StoredType
from tests.sweeps.attributes import Attribute, iter_attributes, placed, removed
from tests.sweeps.calls import Call, Outcome, Sender, example_call, flattened
from tests.sweeps.lists import shown_record, whole_list
from tests.sweeps.subjects import SUBJECTS, Subject, each_operation
from tests.sweeps.values import iter_values, stored_form

MakeSender = Callable[..., Sender]


def each_attribute(keep: Callable[[Attribute], bool]) -> list[Any]:
    return [
        pytest.param(subject, operation, attribute, id=f"{subject}:{operation.operation_id}-{attribute}")
        for subject in SUBJECTS
        for operation in subject.swept
        for attribute in iter_attributes(subject, operation)
        if keep(attribute)
    ]


def reached(subject: Subject, operation: Operation, attribute: Attribute) -> Call:
    """Return the example request with the attribute's companions; of several members of a list the last one that has the attribute."""
    call = example_call(subject, operation).reaching(attribute.schema.get("x-mock-reach", {}))
    if isinstance(call.body, list):
        return call.with_body([one for one in call.body if attribute.name in one][-1:] or call.body[:1])
    return call


def base_call(subject: Subject, operation: Operation, attribute: Attribute) -> Call:
    """Return the example request with the attribute's companions, without the attribute if it can be left out."""
    call = reached(subject, operation, attribute)
    bare = removed(call.body, attribute.pointer)
    return call.with_body(bare) if subject.validators.compile(operation.bodies[call.media_type]).is_valid(bare) else call


def iter_changed(sender: Sender, call: Call, attribute: Attribute) -> Iterator[tuple[Any, Call]]:
    """Yield other values for the attribute, and the call with each."""
    resource = sender.subject.model.resources.get(call.operation.collection or "")
    example = reached(sender.subject, call.operation, attribute).body
    validator = sender.subject.validators.compile(call.operation.bodies[call.media_type])
    for value in (*_at(example, attribute), *iter_values(sender, resource, attribute.name, attribute.schema)):
        changed = call.with_body(placed(call.body, attribute.pointer, value))
        if validator.is_valid(changed.body) and changed.body != call.body:
            yield value, changed


def _at(body: Any, attribute: Attribute) -> list[Any]:
    for step in attribute.pointer:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return []
    return [body]


def written(sender: Sender, before: Outcome, resource: Resource, call: Call) -> dict[str, Any]:
    """Return the record that a create or update wrote, as it is kept."""
    if call.operation.action is Action.CREATE:
        known = {record["id"] for record in before.records[resource.name]}
        return next(dict(record) for record in sender.store[resource.name] if record["id"] not in known)
    own = [name for name, collection in call.operation.records if collection == resource.name][-1]
    return dict(sender.store[resource.name].records[int(call.path[own])])


def read(sender: Sender, resource: Resource, key: int) -> Any:
    """Return the record as the API shows it: retrieved, or found in a list; None where it cannot be read."""
    for operation in sender.subject.model.operations:
        if operation.action is Action.RETRIEVE and operation.collection == resource.name and len(operation.records) == 1 and not operation.through:
            return shown_record(sender.subject, operation, sender.send(Call(operation, {operation.records[0][0]: key})).json())
    for operation in sender.subject.model.operations:
        if operation.action is Action.LIST and operation.collection == resource.name and not operation.records:
            return next((one for one in whole_list(sender, example_call(sender.subject, operation)) if int(one["id"]) == key), None)
    return None


@pytest.mark.parametrize(("subject", "operation", "attribute"), each_attribute(lambda attribute: attribute.stored))
def test_a_stored_attribute_shows_in_the_following_read(sender: MakeSender, subject: Subject, operation: Operation, attribute: Attribute) -> None:
    resource = subject.model.resources[operation.collection or ""]
    name = attribute.name
    plain = sender(subject)
    untouched = Outcome(0, None, plain.records())
    call = base_call(subject, operation, attribute)
    if sender(subject).send(call).status_code != plain.subject_status(operation):
        call = reached(subject, operation, attribute)  # a rule asks for the attribute
    if operation.action is Action.CREATE:
        assert plain.send(call).status_code == plain.subject_status(operation)
    old = written(plain, untouched, resource, call)
    refused = []
    for value, changed in iter_changed(sender(subject), call, attribute):
        if stored_form(resource, name, value, plain.session().zone) == old[name]:
            continue
        one = sender(subject)
        response = one.send(changed)
        if response.status_code != one.subject_status(operation):
            refused.append((value, response.status_code))
            continue
        record = written(one, untouched, resource, changed)
        before, after = read(plain, resource, old["id"]), read(one, resource, record["id"])
        assert record[name] != old[name], f"{value!r} is not stored"
        if after is not None and name in after and name in before:
            assert after[name] != before[name], f"{value!r} does not show"
        return
    pytest.fail(f"{operation.label}: {attribute}: no other value is accepted: {refused[:10]}")


@pytest.mark.parametrize(("subject", "operation", "attribute"), each_attribute(lambda attribute: attribute.input))
def test_an_attribute_that_is_read_changes_the_outcome(sender: MakeSender, subject: Subject, operation: Operation, attribute: Attribute) -> None:
    call = base_call(subject, operation, attribute)
    plain = sender(subject).outcome(call)
    tried = []
    for value, changed in iter_changed(sender(subject), call, attribute):
        outcome = sender(subject).outcome(changed)
        if outcome.status >= 400 > plain.status:
            tried.append((value, outcome.status))
            continue
        if (outcome.records, outcome.journal) != (plain.records, plain.journal) or (
            outcome.answer != plain.answer and operation.action not in (Action.CREATE, Action.UPDATE)
        ):
            return
        tried.append((value, outcome.status))
        if len(tried) > 20:
            break
    pytest.fail(f"{operation.label}: {attribute}: no value changes the outcome: {tried}")


@pytest.mark.parametrize(("subject", "operation", "attribute"), each_attribute(lambda attribute: attribute.no_effect))
def test_an_attribute_without_effect_changes_no_record(sender: MakeSender, subject: Subject, operation: Operation, attribute: Attribute) -> None:
    call = base_call(subject, operation, attribute)
    plain = sender(subject).outcome(call)
    for value, changed in list(iter_changed(sender(subject), call, attribute))[:3]:
        outcome = sender(subject).outcome(changed)
        assert (outcome.status, outcome.records, outcome.journal) == (plain.status, plain.records, plain.journal), value


@pytest.mark.parametrize(("subject", "operation"), each_operation(lambda operation: bool(operation.bodies)))
def test_an_undeclared_attribute_is_ignored(sender: MakeSender, subject: Subject, operation: Operation) -> None:
    call = example_call(subject, operation)
    more = {**call.body, "nobody": "knows"} if isinstance(call.body, dict) else [{**one, "nobody": "knows"} for one in call.body]
    for name, value in call.body.items() if isinstance(call.body, dict) else ():
        if isinstance(value, dict):
            more[name] = {**value, "nobody": "knows"}
    assert sender(subject).outcome(replace(call, body=more)) == sender(subject).outcome(call)


def writes(operation: Operation) -> bool:
    return bool(operation.bodies) and operation.action in (Action.CREATE, Action.UPDATE)


def each_write_by_query() -> list[Any]:
    """Return pytest parameters (subject, operation) for every write that the query can ask for."""
    return [
        pytest.param(subject, operation, id=f"{subject}:{operation.operation_id}")
        for subject in SUBJECTS
        if subject.service.conventions.bodies.in_query
        for operation in subject.swept
        if writes(operation)
    ]


@pytest.mark.parametrize(("subject", "operation"), each_write_by_query())
def test_what_the_body_says_may_stand_in_the_query(sender: MakeSender, subject: Subject, operation: Operation) -> None:
    call = example_call(subject, operation)
    singular = subject.model.resources[operation.collection or ""].singular
    attributes = {name: value for name, value in call.body.get(singular, {}).items() if value is not None}
    asked: dict[str, list[str]] = {}
    for name, text in flattened({singular: attributes}):
        asked.setdefault(name, []).append(text)
    by_body = sender(subject).outcome(call.with_body({singular: attributes}))
    assert by_body.status == operation.statuses[subject.profile]
    assert sender(subject).outcome(call.with_body(None).with_query(asked)) == by_body


OTHERS: dict[StoredType, Any] = {
    StoredType.TEXT: "other",
    StoredType.INTEGER: 7,
    StoredType.DECIMAL: 7,
    StoredType.BOOLEAN: True,
    StoredType.DATE: "2020-02-02",
    StoredType.INSTANT: "2020-02-02T02:02:02+00:00",
    StoredType.JSON: ["other"],
}


@pytest.mark.parametrize(("subject", "operation"), each_operation(writes))
def test_a_field_that_the_request_does_not_declare_is_not_written(sender: MakeSender, subject: Subject, operation: Operation) -> None:
    call = example_call(subject, operation)
    resource = subject.model.resources[operation.collection or ""]
    declared = {attribute.name for attribute in iter_attributes(subject, operation)}
    changed = call
    for name in sorted(resource.stored.keys() - declared):
        changed = changed.with_body(placed(changed.body, (resource.singular, name), OTHERS[resource.stored[name]]))
    assert changed.body != call.body
    assert sender(subject).outcome(changed) == sender(subject).outcome(call)
