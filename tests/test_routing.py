"""A path finds its operations: fixed segments first, then segments with a parameter in them, then parameters alone."""

import asyncio
from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from connexion.middleware.abstract import ROUTING_CONTEXT
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.app import MockApp
from mockserver.conventions import Spelling
from mockserver.routing import Router, Routing, allowed_methods
from tests.models import BASE, CONVENTIONS, call, document, library_app

Scope = MutableMapping[str, Any]

PATHS = (
    "/boats.json",
    "/boats/{id}.json",
    "/boats/{id}.old.json",
    "/boats/mine.json",
    "/boats/{name}",
    "/boats/{id}/notes.json",
    "/boats/{id}/notes/{note}.json",
    "/trips/{from}..{to}",
    "/trips/{day}/{from}-{to}.json",
)


@pytest.fixture
def router() -> Router:
    made = Router()
    for path in PATHS:
        made.add("get", path, path)
    return made


def found(router: Router, path: str) -> tuple[str, dict[str, str]] | None:
    match = router.find(path)
    if match is None:
        return None
    operation_id, names = match[0]["GET"]
    return operation_id, dict(zip(names, match[1], strict=True))


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/boats", "/boats.json"),
        ("/boats.json/", "/boats.json"),
        ("//boats.json", "/boats.json"),
        ("/boats/", "/boats.json"),
        ("/b%6Fats%2Ejson", "/boats.json"),
        ("/boats/7/notes", "/boats/{id}/notes.json"),
        ("/boats//7/notes.json//", "/boats/{id}/notes.json"),
        ("/boats/7/notes/8", "/boats/{id}/notes/{note}.json"),
    ],
)
def test_another_spelling_leads_to_the_declared_path(path: str, operation: str) -> None:
    loose, strict = Router(Spelling(suffix=".json", slashes=True)), Router()
    for made in (loose, strict):
        for declared in PATHS:
            made.add("get", declared, declared)
    assert (found(loose, path) or ("", {}))[0] == operation
    assert (found(strict, path) or ("", {}))[0] == (operation if "%" in path else "/boats/{name}" if path == "/boats/" else "")


@pytest.mark.parametrize("path", ["/boats%2F7/notes.json", "/boats/7/notes.xml", "/boats/7/notes.json.json", "/ships"])
def test_what_no_spelling_explains_is_not_found(path: str) -> None:
    loose = Router(Spelling(suffix=".json", slashes=True))
    loose.add("get", "/boats/{id}/notes.json", "notes")
    assert loose.find(path) is None


@pytest.mark.parametrize(
    ("path", "operation_id", "values"),
    [
        pytest.param("/boats.json", "/boats.json", {}, id="fixed"),
        pytest.param("/boats/mine.json", "/boats/mine.json", {}, id="a fixed segment before one with a suffix"),
        pytest.param("/boats/7.json", "/boats/{id}.json", {"id": "7"}, id="a segment with a suffix before a parameter alone"),
        pytest.param("/boats/7", "/boats/{name}", {"name": "7"}, id="a parameter alone"),
        pytest.param("/boats/7.old.json", "/boats/{id}.old.json", {"id": "7"}, id="the longer suffix first"),
        pytest.param("/boats/a.json.json", "/boats/{id}.json", {"id": "a.json"}, id="a value that holds the suffix"),
        pytest.param("/boats/.json", "/boats/{id}.json", {"id": ""}, id="an empty value before a suffix"),
        pytest.param("/boats/", "/boats/{name}", {"name": ""}, id="an empty value"),
        pytest.param("/boats/7/notes.json", "/boats/{id}/notes.json", {"id": "7"}, id="below a parameter alone"),
        pytest.param("/boats/7/notes/8.json", "/boats/{id}/notes/{note}.json", {"id": "7", "note": "8"}, id="two parameters"),
        pytest.param("/trips/kiel..oslo", "/trips/{from}..{to}", {"from": "kiel", "to": "oslo"}, id="two parameters in a segment"),
        pytest.param("/trips/a..b..c", "/trips/{from}..{to}", {"from": "a", "to": "b..c"}, id="the first takes as little as it can"),
        pytest.param("/trips/1/a-b-c.json", "/trips/{day}/{from}-{to}.json", {"day": "1", "from": "a", "to": "b-c"}, id="and a suffix after them"),
        pytest.param("/boats/7%0A.json", "/boats/{id}.json", {"id": "7%0A"}, id="raw values"),
    ],
)
def test_a_path_finds_its_operation_and_its_values(router: Router, path: str, operation_id: str, values: dict[str, str]) -> None:
    assert found(router, path) == (operation_id, values)


@pytest.mark.parametrize(
    "path", ["/", "", "/boat.json", "/boats.json/", "/boats/7.json/", "/boats/7/notes", "/trips/kiel.oslo", "/trips/1/a-b.xml", "/boats/7xjson/1"]
)
def test_another_path_finds_nothing(router: Router, path: str) -> None:
    assert router.find(path) is None


def test_operations_of_one_path_stand_together_whatever_they_call_its_parameter() -> None:
    router = Router()
    router.add("get", "/boats/{id}.json", "show")
    router.add("delete", "/boats/{boat}.json", "remove")
    match = router.find("/boats/7.json")
    assert match is not None
    assert allowed_methods(match[0]) == "DELETE, GET, HEAD"
    assert match[0]["DELETE"] == ("remove", ("boat",))


def test_a_dead_end_is_left_for_the_next_kind_of_segment() -> None:
    router = Router()
    router.add("get", "/boats/mine.json/notes", "fixed")
    router.add("get", "/boats/{id}.json/crew", "suffix")
    router.add("get", "/boats/{name}/masts", "whole")
    assert found(router, "/boats/mine.json/notes") == ("fixed", {})
    assert found(router, "/boats/mine.json/crew") == ("suffix", {"id": "mine"})
    assert found(router, "/boats/mine.json/masts") == ("whole", {"name": "mine.json"})


def test_the_order_of_the_document_does_not_matter() -> None:
    router = Router()
    for path in reversed(PATHS):
        router.add("get", path, path)
    assert found(router, "/boats/7.old.json") == ("/boats/{id}.old.json", {"id": "7"})
    assert found(router, "/boats/mine.json") == ("/boats/mine.json", {})


def test_a_long_segment_of_separators_takes_linear_time() -> None:
    router = Router()
    router.add("get", "/{a}-{b}-{c}-{d}.json", "many")
    assert router.find("/" + "-" * 20_000) is None


# --- requests ---


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> MockApp:
    return library_app(tmp_path_factory.mktemp("library"))


def routed(target: str, method: str = "GET") -> dict[str, Any]:
    """Return what the stages below see of a request to the library."""
    seen: dict[str, Any] = {}

    async def below(scope: Scope, receive: Any, send: Any) -> None:
        seen.update(scope)

    routing = Routing(below)
    routing.add_api(document(), base_path=BASE, own_base_path="/api/1")
    path, _, query = target.partition("?")
    raw = path.encode("latin-1")
    scope = {"type": "http", "method": method, "path": unquote(path), "raw_path": raw, "query_string": query.encode(), "headers": []}
    asyncio.run(routing(scope, None, None))
    return seen


def operation_of(target: str, method: str = "GET") -> str | None:
    operation_id: str | None = routed(target, method)["extensions"][ROUTING_CONTEXT]["operation_id"]
    return operation_id


@pytest.mark.parametrize(
    ("method", "path", "operation_id"),
    [
        ("GET", "/books", "list_books"),
        ("POST", "/books", "create_book"),
        ("PUT", "/books/sorted", "sort_books"),
        ("PUT", "/books/1", "update_book"),
        ("PUT", "/books/sorted%20", "update_book"),
        ("GET", "/books/1/notes/2", "get_book_note"),
        ("HEAD", "/books", "list_books"),
        ("HEAD", "/books/1", "get_book"),
        ("HEAD", "/books/sorted", None),
        ("GET", "/books/sorted", None),
        ("OPTIONS", "/books", None),
        ("get", "/books", None),
        ("GET", "/books//notes", "list_book_notes"),
        ("GET", "/books/", "get_book"),
        ("GET", "/books/1/", None),
        ("GET", "//books", None),
        ("GET", "/Books", None),
        ("GET", "", None),
        ("GET", "/", None),
    ],
)
@pytest.mark.parametrize("base", [BASE, "/api/1"])
def test_a_request_finds_its_operation_below_either_base_path(base: str, method: str, path: str, operation_id: str | None) -> None:
    assert operation_of(base + path, method) == operation_id


@pytest.mark.parametrize(
    ("segment", "value"),
    [
        ("1", "1"),
        ("a%2Fb", "a/b"),
        ("a%252Fb", "a%2Fb"),
        ("", ""),
        ("%20", " "),
        ("%C3%A9", "é"),
        ("%FF", "\ufffd"),
        ("%zz", "%zz"),
        ("a+b", "a+b"),
        ("..", ".."),
        ("a;b=c", "a;b=c"),
    ],
)
def test_a_parameters_value_is_decoded_once_and_keeps_its_slashes(segment: str, value: str) -> None:
    assert routed(f"{BASE}/books/{segment}/notes/7")["path_params"] == {"id": value, "note": "7"}


@pytest.mark.parametrize(
    ("target", "base"),
    [
        (f"{BASE}/books", BASE),
        ("/api/1/books", "/api/1"),
        (BASE, BASE),
        ("/library/api/12/books", None),
        ("/library/api", None),
        ("/", None),
        ("/other/api/1/books", None),
    ],
)
def test_the_base_path_is_told_as_the_client_spelled_it(target: str, base: str | None) -> None:
    seen = routed(target)
    assert seen.get("mock_base") == base
    assert seen["extensions"][ROUTING_CONTEXT]["api_base_path"] == (BASE if base else None)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/books", "GET, HEAD, POST"),
        ("POST", "/books/1", "DELETE, GET, HEAD, PUT"),
        ("GET", "/books/sorted", "PUT"),
        ("HEAD", "/books/sorted", "PUT"),
        ("TRACE", "/books/1/notes/2", "GET, HEAD"),
        ("QUERY", "/status", "GET, HEAD"),
    ],
)
def test_another_method_is_told_all_that_are_allowed(served: MockApp, method: str, path: str, allow: str) -> None:
    reply = call(served, method, BASE + path)
    assert (reply.status, reply.headers["allow"]) == (405, allow)


@pytest.mark.parametrize("path", ["/volumes", "/books/1/pages", "/books/1/notes/2/3", "/books/" + "x/" * 500, "/%3Cscript%3E"])
def test_an_unknown_path_is_refused_in_the_apis_shape(served: MockApp, path: str) -> None:
    reply = call(served, "GET", BASE + path)
    assert (reply.status, reply.violations()["violations"][0]["code"]) == (404, "unknown-path")
    assert len(reply.violations()["violations"][0]["message"]) < 200


def test_what_is_below_no_base_path_is_no_apis(served: MockApp) -> None:
    reply = call(served, "GET", "/nowhere")
    assert reply.status == 404
    assert "problems" not in reply.json()


def test_a_path_without_its_raw_form_is_routed_too() -> None:
    seen: dict[str, Any] = {}

    async def below(scope: Scope, receive: Any, send: Any) -> None:
        seen.update(scope)

    routing = Routing(below)
    routing.add_api(document(), base_path=BASE)
    asyncio.run(routing({"type": "http", "method": "GET", "path": f"{BASE}/books/7"}, None, None))
    assert seen["path_params"] == {"id": "7"}


def test_other_protocols_are_handed_on() -> None:
    seen: list[str] = []

    async def below(scope: Scope, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    asyncio.run(Routing(below)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]


@settings(max_examples=50)
@given(st.text(st.characters(max_codepoint=255), max_size=12))
def test_no_path_fails(path: str) -> None:
    seen = routed(f"{BASE}/{path}")
    assert "mock_refusal" in seen or seen["extensions"][ROUTING_CONTEXT]["operation_id"]


# --- servers of their own ---


def with_servers(*urls: str) -> dict[str, Any]:
    raw = document()
    raw["paths"]["/status"]["servers"] = [{"url": url} for url in urls]
    return raw


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory) -> MockApp:
    """The library, whose status is served at `/` too."""
    conventions = replace(CONVENTIONS, spelling=Spelling(suffix=".json", slashes=True))
    return library_app(tmp_path_factory.mktemp("spread"), raw=with_servers("/"), conventions=conventions)


@pytest.mark.parametrize("base", [BASE, "/api/1", "/library", ""])
def test_a_path_with_a_server_of_its_own_is_served_there_too(spread: MockApp, base: str) -> None:
    assert call(spread, "GET", f"{base}/status", key=None).json() == {"up": True}
    assert call(spread, "HEAD", f"{base}/status", key=None).status == 200


@pytest.mark.parametrize("path", ["/library/status/", "/library//status", "//status", "/stat%75s", "/status/"])
def test_another_spelling_is_that_path_there_too(spread: MockApp, path: str) -> None:
    assert call(spread, "GET", path, key=None).json() == {"up": True}


@pytest.mark.parametrize("base", ["/library", ""])
def test_another_method_of_it_is_refused_in_the_apis_shape(spread: MockApp, base: str) -> None:
    reply = call(spread, "POST", f"{base}/status", key=None)
    assert (reply.status, reply.headers["allow"], reply.violations()["violations"][0]["code"]) == (405, "GET, HEAD", "method")


@pytest.mark.parametrize("path", ["/library/statuses", "/library/books", "/books", "/library/status/1", "/libraries/status", "/status/1"])
def test_nothing_else_is_served_beside_it(spread: MockApp, path: str) -> None:
    reply = call(spread, "GET", path)
    assert reply.status == 404
    assert "x-mock-violations" not in reply.headers, "it is no path of the library"


def found_at(raw: dict[str, Any], path: str, method: str = "GET") -> tuple[str | None, str | None, str | None]:
    """Return the operation found at a path, and the base paths that the stages below and links are told."""
    seen: dict[str, Any] = {}

    async def below(scope: Scope, receive: Any, send: Any) -> None:
        seen.update(scope)

    routing = Routing(below)
    routing.add_api(raw, base_path=BASE, own_base_path="/api/1")
    asyncio.run(routing({"type": "http", "method": method, "path": path}, None, None))
    context = seen["extensions"][ROUTING_CONTEXT]
    return context["operation_id"], context["api_base_path"], seen.get("mock_base")


def test_the_base_path_of_what_is_served_elsewhere_is_the_documents() -> None:
    assert found_at(with_servers("/hooks"), "/library/hooks/status") == ("get_status", BASE, BASE)
    assert found_at(with_servers("/hooks"), "/hooks/status") == ("get_status", BASE, BASE)


def test_every_server_of_a_path_is_served_with_or_without_a_slash_at_its_end() -> None:
    for path in ("/library/a/status", "/b/c/status", "/library/b/c/status", f"{BASE}/status"):
        assert found_at(with_servers("/a", "/b/c/"), path)[0] == "get_status"
    assert found_at(with_servers("/a", "/b/c/"), "/library/b/status")[0] is None


def test_paths_without_servers_are_below_the_base_path_alone() -> None:
    assert found_at(document(), "/library/status") == (None, None, None)
    assert found_at(document(), "/status") == (None, None, None)
