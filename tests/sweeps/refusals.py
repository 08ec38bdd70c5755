"""Requests that every API refuses, each with the category of its refusal; which status that is, the API's conventions say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mockserver.operations import Operation, Parameter, Profile
from mockserver.refusals import Category, Refusal
from tests.sweeps.calls import FORM, MULTIPART, Call, example_call, example_of
from tests.sweeps.subjects import Subject

UNKNOWN_ID = 99_999_999
MANY = 1001
GARBAGE = ("garbage", "-7", "0", "99999999999999999999", "", "x,y")
UNREADABLE = {FORM: b"boat%5Bname%5D=\xff", MULTIPART: b"--without a boundary", "application/json": b'{"broken'}
TOO_LARGE = b" " * ((1 << 20) + 1)


class Attempt(NamedTuple):
    """A request that is refused.

    Attributes:
        credential: an unknown one, None for none at all, `""` for a good one.
        repeated: whether the request is sent until the rate limit refuses it.
        status: the status that the operation itself says; None: that of the conventions.
    """

    name: str
    category: Category
    call: Call
    credential: str | None = ""
    repeated: bool = False
    status: int | None = None


def refused_attempts(subject: Subject, operation: Operation, profile: Profile | None = None) -> Iterator[Attempt]:
    """Yield the requests that any operation of this kind refuses; their categories are those of the subject's profile unless another is named."""
    example = example_call(subject, operation)
    if operation.secured:
        yield Attempt("an unknown credential", Category.CREDENTIAL, example, "invalid")
        yield Attempt("no credential", Category.CREDENTIAL, example, None)
        for key in subject.service.program_keys:
            yield Attempt("an unknown program", Category.PROGRAM, example.with_query({key.name: "invalid"}))
    if operation.allowed is not None:
        yield Attempt("a caller who may not", Category.FORBIDDEN, example, f"sweep:{forbidden_caller(subject, operation)}")
    if operation.secured and subject.service.conventions.limit is not None:
        yield Attempt("too many requests", Category.RATE, example, repeated=True)
    yield from _of_path(subject, operation, example, profile or subject.profile)
    yield from _of_query(subject, operation, example)
    yield from _of_body(operation, example)


def forbidden_caller(subject: Subject, operation: Operation) -> int:
    """Return a user of the fixtures who may not use the operation."""
    service = subject.service
    world, _ = service.worlds.enter("sweep") or (None, 0)
    assert world is not None
    users: list[int] = [user["id"] for user in service.worlds.fixtures[service.conventions.callers.collection]]
    allowed = subject.api.functions.allowed[operation.allowed or ""]
    return next(user for user in users if not allowed(service.session(world, user)))


def expected_status(subject: Subject, operation: Operation, attempt: Attempt) -> int:
    """Return the status that the API's conventions answer with, unless the operation says another."""
    return subject.service.conventions.errors.status(Refusal(attempt.category, [], attempt.status), operation.responses)


def _of_path(subject: Subject, operation: Operation, example: Call, profile: Profile) -> Iterator[Attempt]:
    malformed = subject.service.conventions.malformed_ids[profile] if operation.records else Category.MALFORMED_ID
    missing = {parameter.name: parameter.missing for parameter in operation.located("path")}
    for name, _ in operation.records:
        yield Attempt(f"an unknown {name}", Category.MISSING_RECORD, example.with_path(**{name: UNKNOWN_ID}), status=missing[name])
    for parameter in operation.located("path"):
        for text in GARBAGE[:2]:
            if _malformed_path(subject, operation, parameter, text):
                yield Attempt(f"{text} as {parameter.name}", malformed, example.with_path(**{parameter.name: text}))


def _malformed_path(subject: Subject, operation: Operation, parameter: Parameter, text: str) -> bool:
    raw = {one.name: str(example_of(one)) for one in operation.located("path")}
    return bool(subject.reader(operation).path({**raw, parameter.name: text})[1])


def _of_query(subject: Subject, operation: Operation, example: Call) -> Iterator[Attempt]:
    reader = subject.reader(operation)
    yield Attempt("too many parameters", Category.PARAMETER, example.with_query({f"unknown{number}": "" for number in range(MANY)}))
    for parameter in operation.located("query"):
        for text in GARBAGE:
            call = example.with_query({parameter.name: text})
            try:
                reader.query(call.url().partition("?")[2].encode())
            except Refusal:
                yield Attempt(f"{text!r} as {parameter.name}", Category.PARAMETER, call)
                break
        if parameter.required:
            yield Attempt(f"no {parameter.name}", Category.PARAMETER, example.without_query(parameter.name))


def _of_body(operation: Operation, example: Call) -> Iterator[Attempt]:
    for media_type in operation.bodies:
        broken = Call(operation, example.path, example.query, media_type, content=UNREADABLE[media_type])
        yield Attempt(f"broken {media_type}", Category.UNREADABLE, broken)
    if operation.bodies:
        yield Attempt("a body of plain text", Category.MEDIA_TYPE, Call(operation, example.path, example.query, "text/plain", content=b"{}"))
        first = next(iter(operation.bodies))
        yield Attempt("a body over 1 MiB", Category.TOO_LARGE, Call(operation, example.path, example.query, first, content=TOO_LARGE))
    if operation.body_required:
        yield Attempt("no body", Category.UNREADABLE, Call(operation, example.path, example.query, content=b"", media_type="application/json"))
