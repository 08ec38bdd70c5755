"""Methods and paths beside the declared ones: HEAD, 405 with a complete Allow, and 404 in the API's own shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest

from mockserver.conventions import Spelling
from mockserver.operations import Operation
from mockserver.refusals import Category
from mockserver.responses import Slot
from tests.sweeps.calls import Sender, example_call
from tests.sweeps.subjects import SUBJECTS, Subject, each_operation

MakeSender = Callable[..., Sender]

METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE", "MOOR")
STRAYS = ("/nothing/of/the/kind", "/%F0%9F%9B%B6", "/..%2f..%2fetc", "/{id}", "/a%00b")


def each_path() -> list[Any]:
    """Return pytest parameters (subject, path template) for every path."""
    return [
        pytest.param(subject, path, id=f"{subject}:{path}")
        for subject in SUBJECTS
        for path in dict.fromkeys(operation.path for operation in subject.model.operations)
    ]


def at(subject: Subject, path: str) -> list[Operation]:
    return [operation for operation in subject.model.operations if operation.path == path]


def assert_refused(subject: Subject, response: httpx.Response, category: Category) -> None:
    """Hold a refusal without an operation to the API's own shape and status."""
    errors = subject.service.conventions.errors
    assert response.status_code == errors.statuses[category][0]
    assert response.headers["Content-Type"] == subject.service.conventions.media_type
    shape = errors.shapes[errors.preferences[category][0]]
    body = response.json()
    if shape.many:
        objects = body[shape.wrap] if shape.wrap else body
        assert objects
        for one in objects:
            assert_filled(shape.one, one)
    else:
        assert_filled(shape.one, body)


def assert_filled(template: Any, node: Any) -> None:
    if isinstance(template, Mapping):
        assert set(node) == set(template)
        for key, below in template.items():
            assert_filled(below, node[key])
    elif isinstance(template, Slot):
        assert isinstance(node, (str, int))
        assert node != "" or template is not Slot.MESSAGE
    else:
        assert node == template


@pytest.mark.parametrize(("subject", "operation"), each_operation(lambda operation: operation.method == "GET"))
def test_head_equals_get_without_its_body(sender: MakeSender, subject: Subject, operation: Operation) -> None:
    one = sender(subject)
    call = example_call(subject, operation)
    got, head = one.send(call), one.request("HEAD", call.url())
    own = {subject.service.conventions.headers.request_id.lower()}
    assert head.status_code == got.status_code
    assert {key: value for key, value in head.headers.items() if key not in own} == {
        key: value for key, value in got.headers.items() if key not in own
    }
    assert head.content == b""
    assert int(head.headers["Content-Length"]) == len(got.content)


@pytest.mark.parametrize(("subject", "path"), each_path())
def test_a_method_that_a_path_lacks_is_answered_with_a_complete_allow(sender: MakeSender, subject: Subject, path: str) -> None:
    one = sender(subject)
    url = example_call(subject, at(subject, path)[0]).url().partition("?")[0]
    known = {operation.method for operation in at(subject, path)}
    allowed = known | ({"HEAD"} if "GET" in known else set())
    for method in ("HEAD", *METHODS):
        if method in allowed:
            continue
        response = one.request(method, url)
        assert sorted(response.headers["Allow"].split(", ")) == sorted(allowed), method
        if method == "HEAD":
            assert (response.status_code, response.content) == (405, b"")
        else:
            assert_refused(subject, response, Category.METHOD)


def other_spellings(url: str, spelling: Spelling) -> Iterator[str]:
    """Yield other ways to write a path: escaped, and as the conventions allow."""
    yield f"{url[:-1]}%{ord(url[-1]):02X}"
    if spelling.suffix and url.endswith(spelling.suffix):
        yield url.removesuffix(spelling.suffix)
    if spelling.slashes:
        yield from (f"{url}/", f"/{url}", url.replace("/", "//"))


@pytest.mark.parametrize(("subject", "operation"), each_operation(lambda operation: operation.method == "GET" and len(operation.path) > 1))
def test_another_spelling_of_a_path_is_the_same_path(sender: MakeSender, subject: Subject, operation: Operation) -> None:
    one = sender(subject)
    url, _, query = example_call(subject, operation).url().partition("?")
    declared = one.request("GET", f"{url}?{query}")
    for spelled in other_spellings(url, subject.service.conventions.spelling):
        response = one.request("GET", f"{spelled}?{query}")
        assert (response.status_code, response.content) == (declared.status_code, declared.content), spelled


@pytest.mark.parametrize(("subject", "path"), each_path())
def test_garbage_behind_a_path_is_not_found(sender: MakeSender, subject: Subject, path: str) -> None:
    one = sender(subject)
    url = example_call(subject, at(subject, path)[0]).url().partition("?")[0].rstrip("/")
    assert_refused(subject, one.request("GET", f"{url}/trailing/garbage"), Category.UNKNOWN_PATH)


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
@pytest.mark.parametrize("path", STRAYS)
def test_a_path_of_nobody_is_not_found(sender: MakeSender, subject: Subject, path: str) -> None:
    assert_refused(subject, sender(subject).request("GET", path), Category.UNKNOWN_PATH)


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_no_answer_breaks_the_contract_though_no_credential_is_sent(sender: MakeSender, subject: Subject) -> None:
    one = sender(subject, None)
    assert_refused(subject, one.request("GET", "/nothing"), Category.UNKNOWN_PATH)
    assert subject.app().health()["broken_contract"] == 0
