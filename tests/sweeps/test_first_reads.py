"""The first reads of a fresh world: every list answers all fixtures of its collection, and every record can be retrieved."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mockserver.operations import Action, Operation
from mockserver.resources import embedded, iter_properties
from mockserver.validation import allowed_types
from tests.sweeps.calls import Call, Sender, example_call
from tests.sweeps.lists import belonging, filled, ids, is_filled, main_records, shown_record, whole_list
from tests.sweeps.subjects import Subject, each_list, each_operation

MakeSender = Callable[..., Sender]


@pytest.mark.parametrize(("subject", "operation"), each_list(is_filled))
def test_a_list_answers_all_fixtures_of_its_collection(sender: MakeSender, subject: Subject, operation: Operation) -> None:
    one = sender(subject)
    call = filled(one, example_call(subject, operation))
    wanted = belonging(one, call)
    assert wanted, f"{operation.label}: there are no fixtures for {call.url()}"
    assert ids(whole_list(one, call)) == wanted


@pytest.mark.parametrize(("subject", "operation"), each_list(lambda operation: not is_filled(operation)))
def test_a_list_that_is_always_empty_is_empty_below_every_parent(sender: MakeSender, subject: Subject, operation: Operation) -> None:
    one = sender(subject)
    ((name, collection),) = operation.records
    assert [main_records(one, example_call(subject, operation).with_path(**{name: record["id"]})) for record in one.store[collection]] == [
        [] for _ in one.store[collection]
    ]


def retrievals(operation: Operation) -> bool:
    return operation.action is Action.RETRIEVE and operation.through is None


@pytest.mark.parametrize(("subject", "operation"), each_operation(retrievals))
def test_every_record_of_a_list_can_be_retrieved_and_agrees(sender: MakeSender, subject: Subject, operation: Operation) -> None:
    one = sender(subject)
    own = [name for name, collection in operation.records if collection == operation.collection][-1]
    compared = 0
    for listing in subject.model.operations:
        if listing.action is not Action.LIST or listing.collection != operation.collection:
            continue
        if not set(listing.within.values()) >= set(operation.within.values()):
            continue
        call = example_call(subject, listing)
        parents = {name: value for name, value in call.path.items() if name in operation.within}
        for record in whole_list(one, call):
            response = one.send(Call(operation, {**parents, own: record["id"]}))
            assert response.status_code == one.subject_status(operation), f"{record['id']}: {response.text[:200]}"
            shown = shown_record(subject, operation, response.json())
            common = (record.keys() & shown.keys()) - embedded_keys(subject, operation) - varying_keys(subject, operation)
            assert len(common) > 1
            assert {key: shown[key] for key in common} == {key: record[key] for key in common}
            compared += 1
    assert compared, f"{operation.label}: no list names its records"


def embedded_keys(subject: Subject, operation: Operation) -> set[str]:
    """Return the keys under which the collection's records embed others, which a list may show in another shape."""
    schema = subject.model.document.schemas[subject.model.resources[operation.collection or ""].component]
    return {name for name, prop in schema.get("properties", {}).items() if embedded(subject.model.document, prop)}


def varying_keys(subject: Subject, operation: Operation) -> set[str]:
    """Return the keys that a function fills with values of several types, so that a list may show another than a single record does."""
    document, functions = subject.model.document, subject.api.functions.values
    properties = iter_properties(document, document.schemas[subject.model.resources[operation.collection or ""].component])
    return {name for name, prop in properties if prop.get("x-mock-value") in functions and len(allowed_types(prop, document.resolve) - {"null"}) > 1}


@pytest.mark.parametrize(("subject", "operation"), each_operation(lambda operation: operation.method == "GET"))
def test_two_worlds_begin_alike(sender: MakeSender, subject: Subject, operation: Operation) -> None:
    call, one, other = example_call(subject, operation), sender(subject), sender(subject)
    assert one.neutral(one.send(call).text) == other.neutral(other.send(call).text)
