"""The control interface: automations and journals of worlds, held to its document on every answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from mockserver.admin import Admin
from mockserver.app import MockApp, create_app
from mockserver.settings import Settings
from mockserver.validation import Validators
from tests.bundles import CACHE
from tests.models import write_library
from tests.tiny_api.api import HARBOUR

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)
DOCUMENT = Admin({}).document
VALIDATORS = Validators(DOCUMENT["components"]["schemas"])
AUTOMATIONS, JOURNAL = "/_mock/automations", "/_mock/journal"
WORLD = {"api": "harbour", "world": "mine"}
LAUNCH = {"name": "Launch", "model": "vessel", "action": "created", "url": "http://127.0.0.1:9/launch"}
SHOWN = {**LAUNCH, "failure_email": None, "enabled": True}

Ask = Callable[..., httpx.Response]


def served(**options: Any) -> MockApp:
    return create_app(Settings(clock=NOW, cache=CACHE, **options), [HARBOUR])


def asking(app: MockApp) -> Ask:
    """Return a function that asks the application and holds its answers to the document."""

    def ask(method: str, path: str, **arguments: Any) -> httpx.Response:
        async def exchange() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://mock.example") as client:
                return await client.request(method, path, **arguments)

        response = asyncio.run(exchange())
        declared = DOCUMENT["paths"].get(path, {}).get("get" if method == "HEAD" else method.lower())
        if declared is not None:
            hold(declared, response, headless=method == "HEAD")
        return response

    return ask


def hold(declared: dict[str, Any], response: httpx.Response, *, headless: bool) -> None:
    answer = declared["responses"][str(response.status_code)]
    if "$ref" in answer:
        answer = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    if "content" not in answer:
        assert (response.content, "Content-Type" in response.headers) == (b"", False)
        return
    [(media_type, content)] = answer["content"].items()
    assert response.headers["Content-Type"] == media_type
    if not headless:
        assert VALIDATORS.compile(content["schema"]).violations(response.json(), "body") == []


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> MockApp:
    return create_app(Settings(clock=NOW, cache=CACHE), [HARBOUR, write_library(tmp_path_factory.mktemp("library"))])


@pytest.fixture
def ask(app: MockApp) -> Ask:
    app.service("harbour").worlds._worlds.clear()
    return asking(app)


def refused(response: httpx.Response, status: int = 422) -> list[tuple[str, str, str]]:
    assert response.status_code == status, response.text
    return [(one["in"], one["pointer"], one["code"]) for one in response.json()["violations"]]


# --- the document ---


def test_the_document_is_a_valid_one_and_is_served(ask: Ask) -> None:
    OpenAPIV30SpecValidator(DOCUMENT).validate()
    assert ask("GET", "/_mock/openapi.json").json() == DOCUMENT


def test_each_operation_of_the_document_is_served_and_no_other_method(ask: Ask) -> None:
    for path, item in DOCUMENT["paths"].items():
        methods = {method.upper() for method in item if method != "parameters"} | {"HEAD"}
        for method in ("GET", "HEAD", "PUT", "DELETE", "POST", "PATCH"):
            response = ask(method, path, params=WORLD, json=[]) if method == "PUT" else ask(method, path, params=WORLD)
            assert (response.status_code < 300) == (method in methods), (method, path, response.text)
            if method not in methods:
                assert (response.status_code, response.headers["Allow"]) == (405, ", ".join(sorted(methods)))


def test_health_is_as_the_document_says(ask: Ask) -> None:
    assert ask("GET", "/_mock/health").json()["status"] == "ok"


# --- automations ---


def test_a_new_world_has_no_automations(ask: Ask) -> None:
    assert ask("GET", AUTOMATIONS, params=WORLD).json() == []


def test_automations_that_are_put_are_shown_whole_and_in_their_order(ask: Ask) -> None:
    second = {"name": "Second", "model": "vessel", "action": "deleted", "url": "HTTPS://localhost", "failure_email": "a@b.example", "enabled": False}
    assert ask("PUT", AUTOMATIONS, params=WORLD, json=[LAUNCH, second]).json() == [SHOWN, second]
    assert ask("GET", AUTOMATIONS, params=WORLD).json() == [SHOWN, second]
    assert ask("PUT", AUTOMATIONS, params=WORLD, json=[second]).json() == [second]
    assert ask("PUT", AUTOMATIONS, params=WORLD, json=[]).json() == []


@pytest.mark.parametrize("credential", ["mine", "mine:2", "mine:3"])
def test_the_world_is_that_of_a_client_with_this_credential(ask: Ask, credential: str) -> None:
    ask("PUT", AUTOMATIONS, params={**WORLD, "world": credential}, json=[LAUNCH])
    assert ask("GET", AUTOMATIONS, params=WORLD).json() == [SHOWN]
    assert ask("GET", AUTOMATIONS, params={**WORLD, "world": "yours"}).json() == []


def test_keys_that_the_fixtures_list_share_their_automations(ask: Ask) -> None:
    ask("PUT", AUTOMATIONS, params={**WORLD, "world": "second-mate"}, json=[LAUNCH])
    assert ask("GET", AUTOMATIONS, params={**WORLD, "world": "harbour-master"}).json() == [SHOWN]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": ""}, ("/0/name", "minLength")),
        ({"name": "x" * 256}, ("/0/name", "maxLength")),
        ({"model": "ship"}, ("/0/model", "enum")),
        ({"action": "launched"}, ("/0/action", "enum")),
        ({"url": "ftp://localhost/"}, ("/0/url", "pattern")),
        ({"url": "localhost:80"}, ("/0/url", "pattern")),
        ({"url": "http://localhost/a b"}, ("/0/url", "pattern")),
        ({"url": "http://localhost/\r\nHost: x"}, ("/0/url", "pattern")),
        ({"url": "http:///path"}, ("/0/url", "format")),
        ({"url": "http://localhost:99999/"}, ("/0/url", "format")),
        ({"url": "http://localhost:0/"}, ("/0/url", "format")),
        ({"url": "http://[::1/"}, ("/0/url", "format")),
        ({"url": "http://localhost/" + "x" * 2000}, ("/0/url", "maxLength")),
        ({"failure_email": "nobody"}, ("/0/failure_email", "format")),
        ({"enabled": "yes"}, ("/0/enabled", "type")),
        ({"color": "red"}, ("/0", "additionalProperties")),
    ],
)
def test_a_wrong_automation_is_refused_with_its_place_and_changes_nothing(ask: Ask, change: dict[str, Any], reason: tuple[str, str]) -> None:
    ask("PUT", AUTOMATIONS, params=WORLD, json=[LAUNCH])
    assert refused(ask("PUT", AUTOMATIONS, params=WORLD, json=[{**LAUNCH, **change}])) == [("body", *reason)]
    assert ask("GET", AUTOMATIONS, params=WORLD).json() == [SHOWN]


def test_every_reason_is_told(ask: Ask) -> None:
    told = refused(ask("PUT", AUTOMATIONS, params=WORLD, json=[{"name": "x"}, LAUNCH, 7]))
    assert told == [("body", "/0/action", "required"), ("body", "/0/model", "required"), ("body", "/0/url", "required"), ("body", "/2", "type")]
    answer = ask("PUT", AUTOMATIONS, params=WORLD, json=[{**LAUNCH, "model": "ship"}, {**LAUNCH, "url": "http://:80"}])
    assert answer.json()["error"] == "body /0/model: expected one of vessel (and 1 more)"


@pytest.mark.parametrize("body", [b"", b"{", b"[1,]", b"\xff", b"[" * 5000])
def test_what_is_no_json_is_refused_with_400(ask: Ask, body: bytes) -> None:
    assert ask("PUT", AUTOMATIONS, params=WORLD, content=body).status_code == 400


@pytest.mark.parametrize("body", [{}, None, "x", [LAUNCH] * 101])
def test_what_is_no_list_of_automations_is_refused(ask: Ask, body: Any) -> None:
    assert refused(ask("PUT", AUTOMATIONS, params=WORLD, content=json.dumps(body)))[0][:2] == ("body", "")


def test_a_body_of_more_than_a_megabyte_is_refused(ask: Ask) -> None:
    assert ask("PUT", AUTOMATIONS, params=WORLD, content=b"[" + b" " * (1 << 20) + b"]").status_code == 413


def test_an_api_that_makes_no_calls_has_no_automations(ask: Ask) -> None:
    elsewhere = {"api": "library", "world": "mine"}
    assert ask("GET", AUTOMATIONS, params=elsewhere).json() == []
    answer = ask("PUT", AUTOMATIONS, params=elsewhere, json=[])
    assert refused(answer) == [("query", "api", "no-calls")]
    assert answer.json()["error"] == "query api: library makes no calls when records change"


# --- which world ---


@pytest.mark.parametrize("path", [AUTOMATIONS, JOURNAL])
def test_an_unknown_api_is_not_found_and_the_known_ones_are_told(ask: Ask, path: str) -> None:
    answer = ask("GET", path, params={**WORLD, "api": "marina"})
    assert (answer.status_code, answer.json()) == (404, {"error": "no API of this name is served; served are harbour, library"})


@pytest.mark.parametrize("path", [AUTOMATIONS, JOURNAL])
@pytest.mark.parametrize(
    ("query", "reasons"),
    [
        ("", [("api", "required"), ("world", "required")]),
        ("api=harbour", [("world", "required")]),
        ("api=&world=", [("api", "minLength"), ("world", "minLength")]),
        ("api=harbour&world=mine&worlds=2", [("worlds", "unknown")]),
        ("api=harbour&world=invalid", [("world", "credential")]),
        ("api=harbour&world=mine:9", [("world", "credential")]),
        ("api=harbour&world=" + "x" * 1001, [("world", "maxLength")]),
        ("&".join(["a=1"] * 101), [("", "maxItems")]),
    ],
)
def test_a_world_that_is_not_named_well_is_refused_and_none_is_made(
    app: MockApp, ask: Ask, path: str, query: str, reasons: list[tuple[str, str]]
) -> None:
    assert refused(ask("GET", path, params=httpx.QueryParams(query))) == [("query", *one) for one in reasons]
    assert len(app.service("harbour").worlds) == 0


def test_with_strict_credentials_only_listed_keys_name_a_world() -> None:
    ask = asking(served(strict_credentials=True))
    assert refused(ask("GET", AUTOMATIONS, params=WORLD)) == [("query", "world", "credential")]
    assert ask("GET", AUTOMATIONS, params={**WORLD, "world": "second-mate"}).json() == []


# --- the journal ---


def journal(app: MockApp, credential: str = "mine") -> Any:
    entered = app.service("harbour").worlds.enter(credential)
    assert entered is not None
    return entered[0].journal


def test_the_journal_of_a_world_is_shown_whole_or_by_kind(app: MockApp, ask: Ask) -> None:
    assert ask("GET", JOURNAL, params=WORLD).json() == {"entries": [], "forgotten": 0}
    journal(app).add("mail", NOW, {"event": "launch", "to": "a@b.example"})
    journal(app).add("flag", NOW, {"at_mast": True, "day": NOW.date()})
    mail = {"kind": "mail", "at": "2024-03-25T15:00:00+00:00", "event": "launch", "to": "a@b.example"}
    flag = {"kind": "flag", "at": "2024-03-25T15:00:00+00:00", "at_mast": True, "day": "2024-03-25"}
    assert ask("GET", JOURNAL, params=WORLD).json()["entries"] == [mail, flag]
    assert ask("GET", JOURNAL, params={**WORLD, "kind": "mail"}).json()["entries"] == [mail]
    assert ask("GET", JOURNAL, params={**WORLD, "kind": "fax"}).json()["entries"] == []
    assert ask("GET", JOURNAL, params={**WORLD, "world": "yours"}).json()["entries"] == []


def test_a_journal_says_how_much_it_has_forgotten(app: MockApp, ask: Ask) -> None:
    for number in range(1003):
        journal(app).add("flag", NOW, {"number": number})
    told = ask("GET", JOURNAL, params=WORLD).json()
    assert (len(told["entries"]), told["forgotten"]) == (1000, 3)


def test_an_emptied_journal_is_empty_and_others_are_not(app: MockApp, ask: Ask) -> None:
    for credential in ("mine", "yours"):
        journal(app, credential).add("flag", NOW, {})
    answer = ask("DELETE", JOURNAL, params=WORLD)
    assert (answer.status_code, answer.content, "Content-Length" in answer.headers) == (204, b"", False)
    assert ask("GET", JOURNAL, params=WORLD).json() == {"entries": [], "forgotten": 0}
    assert len(journal(app, "yours")) == 1


# --- who may ask ---


def test_other_machines_need_the_admin_token() -> None:
    without = asking(served(loopback=False))
    assert without("GET", JOURNAL, params=WORLD).status_code == 403
    app = served(loopback=False, admin_token="t")
    ask = asking(app)
    for method, path in (("GET", AUTOMATIONS), ("PUT", AUTOMATIONS), ("GET", JOURNAL), ("DELETE", JOURNAL), ("GET", "/_mock/openapi.json")):
        assert ask(method, path, params=WORLD, headers={"X-Mock-Admin-Token": "T"}).status_code == 403
    assert len(app.service("harbour").worlds) == 0
    assert ask("PUT", AUTOMATIONS, params=WORLD, json=[LAUNCH], headers={"X-Mock-Admin-Token": "t"}).json() == [SHOWN]
