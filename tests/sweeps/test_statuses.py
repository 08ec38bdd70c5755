"""Every status that a document declares is reached, and its answer is what the document says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest

from mockserver.operations import Operation, Profile
from tests.sweeps.calls import Sender, example_call, success_calls
from tests.sweeps.refusals import Attempt, expected_status, refused_attempts
from tests.sweeps.subjects import SUBJECTS, Subject, each_operation

MakeSender = Callable[..., Sender]


def each_status() -> Iterator[Any]:
    for subject in SUBJECTS:
        for operation in subject.refusing:
            for status in operation.responses:
                if status not in statuses_of_others(subject, operation):
                    yield pytest.param(subject, operation, status, id=f"{subject}:{operation.operation_id}-{status}")


def statuses_of_others(subject: Subject, operation: Operation) -> set[int]:
    """Return the declared statuses that only other profiles answer."""
    others = {operation.statuses[profile] or 0 for profile in Profile} | refused_statuses(subject, operation, *Profile)
    return others - {operation.statuses[subject.profile], *refused_statuses(subject, operation, subject.profile), *map(int, reaches(operation))}


def refused_statuses(subject: Subject, operation: Operation, *profiles: Profile) -> set[int]:
    attempts = [attempt for profile in profiles for attempt in refused_attempts(subject, operation, profile)]
    return {expected_status(subject, operation, attempt) for attempt in attempts}


def reaches(operation: Operation) -> Mapping[str, Any]:
    """Return the operation's `x-mock-reach`: by status the request that reaches it."""
    said: Mapping[str, Any] = operation.raw.get("x-mock-reach", {})
    return said


def assert_conforms(subject: Subject, operation: Operation, response: httpx.Response) -> None:
    """Hold an answer to the document: its status is declared, its body has a declared media type and its schema, and required headers are there."""
    assert response.status_code in operation.responses, f"{response.status_code} is not declared: {response.text[:300]}"
    declared = subject.model.document.resolve(operation.raw["responses"][str(response.status_code)])
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    assert media_type in declared.get("content", {"": None})
    assert bool(response.content) is ("content" in declared)
    for name, header in declared.get("headers", {}).items():
        if header.get("required"):
            assert name in response.headers
            schema = header["schema"]
            value = int(response.headers[name]) if schema.get("type") == "integer" else response.headers[name]
            assert subject.validators.compile(schema).violations(value, "header") == []
    subject.judge(operation).validate_response(response)


def refused(sender: MakeSender, subject: Subject, attempt: Attempt) -> httpx.Response:
    one = sender(subject, attempt.credential, rate_limits=attempt.repeated)
    limit = subject.service.conventions.limit
    for _ in range(limit.requests if attempt.repeated and limit else 0):
        one.send(attempt.call)
    return one.send(attempt.call)


@pytest.mark.parametrize(("subject", "operation", "status"), list(each_status()))
def test_every_declared_status_is_reached(sender: MakeSender, subject: Subject, operation: Operation, status: int) -> None:
    answers = {}
    if status == operation.statuses[subject.profile]:
        answers = {f"the example {call.media_type}": sender(subject).send(call) for call in success_calls(subject, operation)}
    for attempt in refused_attempts(subject, operation):
        if expected_status(subject, operation, attempt) == status:
            answers[attempt.name] = refused(sender, subject, attempt)
    if str(status) in reaches(operation):
        answers["x-mock-reach"] = sender(subject).send(example_call(subject, operation).reaching(reaches(operation)[str(status)]))
    assert answers, f"{operation.label}: nothing reaches {status}; name the request in x-mock-reach"
    assert {name: (answer.status_code, answer.text[:200]) for name, answer in answers.items() if answer.status_code != status} == {}
    for answer in answers.values():
        assert_conforms(subject, operation, answer)


@pytest.mark.parametrize(("subject", "operation"), each_operation(refusing=True))
def test_every_refusal_that_an_operation_can_meet_is_declared(subject: Subject, operation: Operation) -> None:
    met = {attempt.name: expected_status(subject, operation, attempt) for attempt in refused_attempts(subject, operation)}
    assert {name: status for name, status in met.items() if status not in operation.responses} == {}


@pytest.mark.parametrize(("subject", "operation"), each_operation())
def test_a_refused_request_changes_nothing(sender: MakeSender, subject: Subject, operation: Operation) -> None:
    one = sender(subject)
    one.settle()
    before = one.store.snapshot()
    for attempt in refused_attempts(subject, operation):
        if attempt.credential == "" and not attempt.repeated:
            one.send(attempt.call)
            assert one.store.snapshot() == before, attempt.name
            assert one.session().world.journal.entries() == [], attempt.name
