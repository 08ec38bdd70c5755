from __future__ import annotations

import pytest

from mockserver.contract.targets import ForbiddenRequest, Target, in_process, origin_of
from mockserver.spec import Document


def document(**scheme: str) -> Document:
    components = {"securitySchemes": {"Key": {"type": "apiKey", **scheme}}} if scheme else {}
    raw = {"openapi": "3.0.3", "x-mock-api": "a", "servers": [{"url": "/v1"}], "components": components, "paths": {}}
    return Document(raw, "a")


def target(base_url: str = "https://api.example/v1", *, writes: bool = False) -> Target:
    return Target(document(), base_url, "secret", writes=writes)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://api.example/v1", "https://API.example:443/other?x=1"),
        ("http://api.example", "http://api.example:80/"),
        ("http://[::1]:8080/a", "http://[::1]:8080/b"),
    ],
)
def test_urls_of_one_origin(one: str, other: str) -> None:
    assert origin_of(one) == origin_of(other)


@pytest.mark.parametrize(
    "other", ["http://api.example/v1", "https://api.example:444/v1", "https://api.example.org/v1", "https://evil/api.example", "//x"]
)
def test_urls_of_other_origins(other: str) -> None:
    assert origin_of("https://api.example/v1") != origin_of(other)


def test_what_is_no_url_has_an_origin_of_its_own() -> None:
    assert origin_of("https://api.example:port/") != origin_of("https://api.example/")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "get"])
def test_a_read_only_target_admits_what_reads(method: str) -> None:
    target().admit(method, "https://api.example/v1/deals")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "post"])
def test_a_read_only_target_refuses_what_may_write(method: str) -> None:
    with pytest.raises(ForbiddenRequest, match="read-only"):
        target().admit(method, "https://api.example/v1/deals")


def test_a_target_with_writes_admits_them() -> None:
    target(writes=True).admit("DELETE", "https://api.example/v1/deals/1")


@pytest.mark.parametrize("writes", [True, False])
def test_no_request_leaves_the_origin(*, writes: bool) -> None:
    with pytest.raises(ForbiddenRequest, match="leave its target"):
        target(writes=writes).admit("GET", "https://elsewhere.example/v1/deals")


@pytest.mark.parametrize(
    ("host", "local"), [("127.0.0.1:8080", True), ("[::1]", True), ("localhost", True), ("api.example", False), ("10.0.0.1", False)]
)
def test_only_this_machine_is_local(host: str, *, local: bool) -> None:
    assert target(f"http://{host}/v1").local is local


def test_a_mock_in_process_is_local_and_answers_below_its_name() -> None:
    async def app(scope: object, receive: object, send: object) -> None: ...

    mock = in_process(document(), app, "me")
    assert mock.local
    assert mock.base_url.endswith("/a/v1")


@pytest.mark.parametrize("place", ["header", "query"])
def test_the_credential_stands_where_the_document_says(place: str) -> None:
    assert Target(document(**{"in": place, "name": "Api-Key"}), "http://x", "secret").credential_place() == (place, "Api-Key")


def test_a_document_without_a_key_has_no_place_for_one() -> None:
    assert target().credential_place() is None
