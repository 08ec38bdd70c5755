"""A request passes its stages in one order; the first that refuses tells all its reasons, in the API's shape, and nothing has changed."""

import asyncio
import itertools
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockserver.app import MockApp
from mockserver.conventions import Bodies, Conventions
from mockserver.exchange import Answer, Request
from mockserver.functions import Functions
from mockserver.ratelimit import Limit
from mockserver.refusals import Category, Refusal, Violation
from mockserver.settings import Settings
from mockserver.store import Change
from mockserver.worlds import Callers, Session
from tests.models import BASE, CONVENTIONS, FUNCTIONS, NOW, Reply, call, document, drive, library_app

NEW = {"book": {"title": "New"}}
FORM = {"content-type": "application/x-www-form-urlencoded"}
MIB = 1 << 20
NUMBERS = itertools.count()
LIMIT = Limit(3, 10, "X-Limit", "X-Left")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def served(folder: Path) -> MockApp:
    return library_app(folder)


@pytest.fixture
def key() -> str:
    """A world of each test's own."""
    return f"test-{next(NUMBERS)}"


def books(app: MockApp, key: str = "me") -> list[Any]:
    return list(call(app, "GET", f"{BASE}/books?order_title=asc", key=key).json()["books"])


# --- refusals of every kind ---


def padded(size: int) -> bytes:
    return json.dumps(NEW).encode().ljust(size)


REFUSALS: dict[Category, tuple[str, str, dict[str, Any], int]] = {
    Category.UNKNOWN_PATH: ("GET", "/volumes", {}, 404),
    Category.METHOD: ("PATCH", "/books/1", {}, 405),
    Category.CREDENTIAL: ("GET", "/books", {"key": None}, 401),
    Category.TOO_LARGE: ("POST", "/books", {"body": padded(MIB + 1)}, 413),
    Category.MEDIA_TYPE: ("POST", "/books", {"body": b"x", "headers": {"content-type": "text/plain"}}, 415),
    Category.UNREADABLE: ("POST", "/books", {"body": b"{"}, 400),
    Category.MALFORMED_ID: ("GET", "/books/one", {}, 400),
    Category.MISSING_RECORD: ("GET", "/books/99", {}, 404),
    Category.PARAMETER: ("GET", "/books?limit=x&copies=y", {}, 400),
    Category.STRUCTURE: ("POST", "/books", {"body": []}, 400),
    Category.VALUE: ("POST", "/books", {"body": {"book": {"title": "", "tags": 5}}}, 422),
    Category.RULE: ("POST", "/books", {"body": {"book": {"title": "x", "author": 99}}}, 422),
    Category.BROKEN_CONTRACT: ("POST", "/books", {"body": {"book": {"title": "explode"}}}, 500),
}


@pytest.mark.parametrize("category", list(REFUSALS))
def test_every_refusal_has_its_status_its_shape_and_its_reasons(served: MockApp, category: Category) -> None:
    method, target, request, status = REFUSALS[category]
    reply = call(served, method, BASE + target, **request)
    assert reply.status == status
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["content-length"] == str(len(reply.body))
    problems = reply.json()["problems"]
    assert {problem["status"] for problem in problems} == {status}
    told = reply.violations()
    assert told["count"] == len(problems) == len(told["violations"]) >= 1
    assert all(one["message"] for one in told["violations"])


def test_no_category_but_those_tested_below_is_left_out_above() -> None:
    assert set(Category) - set(REFUSALS) == {Category.RATE, Category.FORBIDDEN, Category.PROGRAM}


def test_a_behaviour_may_forbid(folder: Path) -> None:
    def forbid(session: Session, request: Request) -> Answer:
        session.create("tags", {"name": "left behind"})
        raise Refusal(Category.FORBIDDEN, [Violation("body", "", "forbidden", "not for you")])

    app = library_app(folder, functions=replace(FUNCTIONS, behaviours={**FUNCTIONS.behaviours, "sort_books": forbid}))
    reply = call(app, "PUT", f"{BASE}/books/sorted")
    assert (reply.status, reply.json()["problems"][0]["title"]) == (403, "not for you")
    [world] = app.service("library").worlds._worlds.values()
    assert len(world.store["tags"]) == 2


@pytest.mark.parametrize(
    ("category", "pointers"),
    [
        (Category.PARAMETER, ["limit", "copies"]),
        (Category.VALUE, ["/book/tags", "/book/title"]),
        (Category.RULE, ["/book/author"]),
        (Category.MISSING_RECORD, ["id"]),
        (Category.MALFORMED_ID, ["id"]),
    ],
)
def test_a_refusal_tells_all_reasons_of_its_stage(served: MockApp, category: Category, pointers: list[str]) -> None:
    method, target, request, _ = REFUSALS[category]
    assert [one["pointer"] for one in call(served, method, BASE + target, **request).violations()["violations"]] == pointers


@pytest.mark.parametrize(
    ("target", "request_", "status"),
    [
        pytest.param("/books/99?x=1", {"key": None, "body": b"{", "headers": {"content-type": "text/plain"}}, 401, id="credential"),
        pytest.param("/books/99", {"body": b"{".ljust(MIB + 1), "headers": {"content-type": "text/plain"}}, 413, id="size"),
        pytest.param("/books/99", {"body": b"{", "headers": {"content-type": "text/plain"}}, 415, id="media type"),
        pytest.param("/books/99", {"body": b"{"}, 400, id="readable"),
        pytest.param("/books/99", {"body": {"book": {"copies": "many"}}}, 404, id="records of the path"),
        pytest.param("/books/1", {"body": {"book": {"copies": "many", "author": 99}}}, 422, id="body"),
        pytest.param("/books/1", {"body": {"book": {"author": 99}}}, 422, id="rules"),
    ],
)
def test_stages_are_asked_in_one_order(served: MockApp, target: str, request_: dict[str, Any], status: int) -> None:
    assert call(served, "PUT", BASE + target, **request_).status == status


@pytest.mark.parametrize("credential", [None, "", " ", "invalid", "some-INVALID-key", "me:99", ":1"])
def test_credentials_that_name_nobody_are_refused(served: MockApp, credential: str | None) -> None:
    assert call(served, "GET", f"{BASE}/books", key=credential).status == 401


def test_an_operation_without_security_asks_for_no_credential(served: MockApp) -> None:
    assert call(served, "GET", f"{BASE}/status", key=None).json() == {"up": True}
    assert call(served, "GET", f"{BASE}/status", key="invalid").status == 200


@pytest.mark.parametrize(("profile", "status", "missing"), [("documented", 400, False), ("observed", 404, True)])
def test_a_malformed_id_is_refused_as_the_profile_says(folder: Path, profile: str, status: int, missing: bool) -> None:
    app = library_app(folder, Settings(clock=NOW, profile=profile))
    for target in ("/books/one", "/books/", "/books/-1", "/books/99999999999", "/books/1%0A"):
        reply = call(app, "GET", BASE + target)
        assert reply.status == status, target
        assert (reply.violations()["violations"][0]["code"] == "missing") is missing


def test_a_record_of_another_parent_is_missing(served: MockApp) -> None:
    assert call(served, "GET", f"{BASE}/books/1/notes/3").json()["note"]["text"] == "new"
    assert call(served, "GET", f"{BASE}/books/2/notes/3").status == 404
    assert call(served, "GET", f"{BASE}/books/1/notes/2").status == 404, "note 2 is about author 1"


def test_a_hidden_record_is_missing(served: MockApp) -> None:
    assert call(served, "GET", f"{BASE}/books/4", key="me").status == 200
    assert call(served, "GET", f"{BASE}/books/4", key="me:2").status == 404
    assert call(served, "DELETE", f"{BASE}/books/4", key="me:2").status == 404


# --- bodies ---


def test_a_body_of_one_mebibyte_is_read_and_one_byte_more_is_not(served: MockApp, key: str) -> None:
    assert call(served, "POST", f"{BASE}/books", body=padded(MIB), headers={"content-type": "application/json"}, key=key).status == 201
    reply = call(served, "POST", f"{BASE}/books", body=padded(MIB + 1), headers={"content-type": "application/json"}, key=key)
    assert (reply.status, reply.headers["connection"]) == (413, "close")


def test_the_length_alone_is_enough_to_refuse(served: MockApp) -> None:
    reply = call(served, "POST", f"{BASE}/books", chunks=[b""], headers={"content-length": str(MIB + 1)})
    assert reply.status == 413


@pytest.mark.parametrize(
    ("sizes", "status"), [([MIB // 2, MIB // 2], 201), ([MIB // 2, MIB // 2, 1], 413), ([MIB, 0, 0], 201), ([MIB, 0, 1, 0], 413)]
)
def test_a_chunked_body_has_the_same_bound(served: MockApp, key: str, sizes: list[int], status: int) -> None:
    whole, chunks = padded(sum(sizes)), []
    for size in sizes:
        chunks.append(whole[:size])
        whole = whole[size:]
    assert call(served, "POST", f"{BASE}/books", chunks=chunks, headers={"content-type": "application/json"}, key=key).status == status


def test_a_body_in_many_chunks_is_put_together(served: MockApp, key: str) -> None:
    raw = json.dumps(NEW).encode()
    reply = call(
        served, "POST", f"{BASE}/books", chunks=[raw[at : at + 1] for at in range(len(raw))], headers={"content-type": "application/json"}, key=key
    )
    assert reply.json()["book"]["title"] == "New"


def test_an_endless_body_is_not_read_to_its_end(served: MockApp) -> None:
    reads = 0

    async def receive() -> dict[str, Any]:
        nonlocal reads
        reads += 1
        return {"type": "http.request", "body": b" " * 65536, "more_body": True}

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": f"{BASE}/books", "query_string": b"", "headers": [(b"x-key", b"me")], "server": ("x", 80)}
    asyncio.run(served(scope, receive, send))
    assert sent[0]["status"] == 413
    assert reads == 17


def test_a_client_that_leaves_before_its_body_has_come_changes_nothing(served: MockApp, key: str) -> None:
    half = {"type": "http.request", "body": b'{"book": {"title"', "more_body": True}
    headers = {"x-key": key, "content-type": "application/json"}
    reply = drive(served, "POST", f"{BASE}/books".encode(), b"", headers, [half, {"type": "http.disconnect"}])
    assert reply.status == 0
    assert len(books(served, key)) == 4


def test_a_form_is_answered_like_json(served: MockApp, key: str) -> None:
    reply = call(served, "POST", f"{BASE}/books", body=b"book[title]=New&book[copies]=7&book[shelf]=1", headers=FORM, key=key)
    assert reply.json() == {"book": {"id": "5", "title": "New", "copies": 7, "price": None, "shelf": 1}}


def test_own_bounds_of_an_api_hold(folder: Path) -> None:
    app = library_app(folder, conventions=replace(CONVENTIONS, bodies=Bodies(max_bytes=40, max_depth=2)))
    assert call(app, "POST", f"{BASE}/books", body=NEW).status == 201
    assert call(app, "POST", f"{BASE}/books", body={"book": {"title": "x", "tags": []}}).status == 400
    assert call(app, "POST", f"{BASE}/books", body={"book": {"title": "x" * 40}}).status == 413


def test_a_huge_body_that_is_wrong_everywhere_is_refused_briefly(served: MockApp) -> None:
    reply = call(served, "POST", f"{BASE}/books", body={"book": {"title": "x", "tags": [""] * 200_000}})
    assert reply.status == 422
    assert len(reply.body) < 1000


# --- nothing by halves ---


def test_a_request_that_fails_midway_leaves_no_trace(served: MockApp, key: str, caplog: pytest.LogCaptureFixture) -> None:
    before = books(served, key)
    broken = served.service("library").broken
    with caplog.at_level(logging.CRITICAL):
        reply = call(served, "POST", f"{BASE}/books", body={"book": {"title": "explode", "shelf": 1}}, key=key)
    assert reply.status == 500
    assert "RuntimeError: the effect failed" in reply.json()["problems"][0]["title"]
    assert books(served, key) == before
    assert served.service("library").broken == broken + 1
    assert call(served, "POST", f"{BASE}/books", body=NEW, key=key).json()["book"]["id"] == "5", "the key was not used up"


def test_an_answer_that_breaks_the_contract_is_refused_and_undone(folder: Path) -> None:
    functions = replace(FUNCTIONS, prepare={"slug": lambda session, before, record, sent: {"slug": 7 if before else "x"}})
    app = library_app(folder, functions=functions)
    reply = call(app, "PUT", f"{BASE}/books/1", body={"book": {"title": "Other"}})
    assert reply.status == 500
    assert [one["pointer"] for one in reply.violations()["violations"]] == ["/book/slug"]
    assert call(app, "GET", f"{BASE}/books/1").json()["book"]["title"] == "Kites"
    assert app.health()["broken_contract"] == 1


def test_answers_are_not_held_to_the_document_where_that_is_switched_off(folder: Path) -> None:
    functions = replace(FUNCTIONS, prepare={"slug": lambda session, before, record, sent: {"slug": 7}})
    app = library_app(folder, Settings(clock=NOW, validate_responses=False), functions=functions)
    assert call(app, "PUT", f"{BASE}/books/1", body={"book": {"title": "Other"}}).json()["book"]["slug"] == 7


def test_pages_partition_a_list_over_http(served: MockApp, key: str) -> None:
    for number in range(7):
        call(served, "POST", f"{BASE}/books", body={"book": {"title": f"New {number}", "copies": number % 3}}, key=key)
    whole = [book["id"] for book in call(served, "GET", f"{BASE}/books", key=key).json()["books"]]
    pages = [call(served, "GET", f"{BASE}/books?limit=3&offset={offset}", key=key).json() for offset in range(0, 13, 3)]
    assert [book["id"] for page in pages for book in page["books"]] == whole
    assert {page["meta"]["total"] for page in pages} == {"11"}


def test_numbered_pages_partition_a_list_over_http(served: MockApp) -> None:
    pages = [call(served, "GET", f"{BASE}/authors?page={number}").json()["authors"] for number in (1, 2, 3)]
    assert [[author["id"] for author in page] for page in pages] == [["1", "2"], ["3"], []]


def test_the_statuses_of_the_profile_are_answered(folder: Path) -> None:
    for profile, status in (("documented", 201), ("observed", 200)):
        assert call(library_app(folder, Settings(clock=NOW, profile=profile)), "POST", f"{BASE}/books", body=NEW).status == status


# --- headers ---


def test_an_answer_carries_the_apis_headers_and_the_clocks_date(served: MockApp) -> None:
    reply = call(served, "GET", f"{BASE}/books")
    assert reply.headers["date"] == "Mon, 18 Mar 2024 12:00:00 GMT"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["content-length"] == str(len(reply.body))
    names = [name for name, _ in reply.raw_headers]
    assert len(names) == len(set(names))
    assert all(name == name.lower() for name in names)


def test_nothing_is_said_about_a_body_that_is_none(served: MockApp, key: str) -> None:
    reply = call(served, "DELETE", f"{BASE}/books/1", key=key)
    assert (reply.status, reply.body) == (204, b"")
    assert not {"content-type", "content-length"} & reply.headers.keys()


def test_head_is_answered_like_get_without_a_body(served: MockApp) -> None:
    for target in ("/books", "/books/99", "/volumes", "/books/sorted"):
        head, get = (call(served, method, BASE + target, key="head") for method in ("HEAD", "GET"))
        assert (head.status, head.body) == (get.status, b"")
        assert head.headers["content-length"] == get.headers["content-length"]


def test_request_ids_follow_from_world_and_count(folder: Path) -> None:
    def ids(*keys: str) -> list[str]:
        app = library_app(folder)
        return [call(app, "GET", f"{BASE}/books", key=key).headers["x-request-id"] for key in keys]

    assert len(set(ids("a", "b", "a"))) == 3
    assert ids("a", "b", "a") == ids("a", "b", "a")
    assert ids("b", "a", "b", "a")[1::2] == ids("a", "a"), "another world's requests do not count"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("api.test", "http://api.test"),
        ("api.test:8443", "http://api.test:8443"),
        ("[::1]:80", "http://[::1]:80"),
        ("", "http://127.0.0.1:80"),
        ("a b", "http://127.0.0.1:80"),
        ("x/y", "http://127.0.0.1:80"),
        ('"><script>', "http://127.0.0.1:80"),
        ("user@host", "http://127.0.0.1:80"),
        ("\xe9", "http://127.0.0.1:80"),
    ],
)
def test_links_lead_to_the_host_that_was_asked_if_a_url_can_hold_it(served: MockApp, host: str, origin: str) -> None:
    link = call(served, "GET", f"{BASE}/books/1", headers={"host": host}).json()["book"]["links"]["notes"]
    assert link == f"{origin}{BASE}/books/1/notes"


def test_links_keep_the_base_path_that_was_asked(served: MockApp) -> None:
    assert call(served, "GET", "/api/1/books/1").json()["book"]["links"]["notes"] == "http://books.test/api/1/books/1/notes"


# --- limits ---


def test_requests_beyond_the_limit_are_refused_and_told_when_to_come_back(folder: Path) -> None:
    app = library_app(folder, Settings(clock=NOW, rate_limits=True))
    replies: list[Reply] = [call(app, "GET", f"{BASE}/books") for _ in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert [reply.headers["x-left"] for reply in replies] == ["2", "1", "0", "0"]
    assert replies[3].headers["retry-after"] == "10"
    assert replies[3].violations()["violations"][0]["code"] == "rate"
    assert call(app, "GET", f"{BASE}/books", key="you").status == 200, "another world has its own count"


def test_limits_are_off_unless_asked_for(served: MockApp) -> None:
    replies = [call(served, "GET", f"{BASE}/books") for _ in range(5)]
    assert {reply.status for reply in replies} == {200}
    assert "x-left" not in replies[0].headers


# --- credentials in the query ---


def test_a_credential_may_stand_in_the_query(folder: Path) -> None:
    raw = document()
    raw["components"]["securitySchemes"]["key"] = {"type": "apiKey", "in": "query", "name": "api_key"}
    app = library_app(folder, raw=raw)
    assert call(app, "GET", f"{BASE}/books?limit=1&api_key=me%3A2", key=None).status == 200
    assert call(app, "GET", f"{BASE}/books?api_key=", key=None).status == 401
    assert call(app, "GET", f"{BASE}/books", key="me").status == 401


def test_a_caller_sees_dates_in_the_own_zone(served: MockApp) -> None:
    touched = [call(served, "GET", f"{BASE}/books/1", key=key).json()["book"]["touched"] for key in ("me", "me:2", "me")]
    assert touched == ["2024-03-17T07:00:00-05:00", "2024-03-17T21:00:00+09:00", "2024-03-17T07:00:00-05:00"]


# --- answers that are no JSON ---


def changed_app(folder: Path, change: Any, functions: Functions = FUNCTIONS, conventions: Conventions = CONVENTIONS, **settings: Any) -> MockApp:
    """Return the library with a document that was changed."""
    raw = document()
    change(raw)
    return library_app(folder, Settings(clock=NOW, **settings), raw=raw, functions=functions, conventions=conventions)


def behaving(function: Any, **tables: Any) -> Functions:
    """Return the library's functions, with another one to sort books."""
    return replace(FUNCTIONS, behaviours={**FUNCTIONS.behaviours, "sort_books": function}, **tables)


def sorting(**said: Any) -> Any:
    """Return a change of what is said of the sorting of books."""

    def change(raw: dict[str, Any]) -> None:
        said_of = raw["paths"]["/books/sorted"]["put"]
        said_of["responses"].update(said.pop("responses", {}))
        said_of.update(said)

    return change


PAGE = {"description": "A page.", "content": {"text/html": {"schema": {"type": "string"}}}}
LED = {"description": "Led on.", "headers": {"Location": {"required": True, "schema": {"type": "string"}}}}


def test_a_behaviour_may_answer_a_text(folder: Path) -> None:
    functions = behaving(lambda session, request: Answer(status=203, values={"body": "<p>Größe</p>"}))
    app = changed_app(folder, sorting(responses={"203": PAGE}), functions)
    reply = call(app, "PUT", f"{BASE}/books/sorted")
    assert (reply.status, reply.headers["content-type"]) == (203, "text/html; charset=utf-8")
    assert reply.body == "<p>Größe</p>".encode()
    assert reply.headers["content-length"] == str(len(reply.body))


def test_a_text_may_have_another_charset_of_its_own(folder: Path) -> None:
    functions = behaving(lambda session, request: Answer(status=203, values={"body": "x"}, headers={"Content-Type": "text/html"}))
    reply = call(changed_app(folder, sorting(responses={"203": PAGE}), functions), "PUT", f"{BASE}/books/sorted")
    assert reply.headers["content-type"] == "text/html"


def test_a_behaviour_may_answer_headers_of_its_own(folder: Path) -> None:
    functions = behaving(lambda session, request: Answer(status=302, headers={"Location": "https://a.example/ü", "Cache-Control": "private"}))
    reply = call(changed_app(folder, sorting(responses={"302": LED}), functions), "PUT", f"{BASE}/books/sorted")
    assert (reply.status, reply.body, reply.headers["location"]) == (302, b"", "https://a.example/\xfc")
    assert reply.headers["cache-control"] == "private", "it stands in the place of the fixed one"
    assert "content-type" not in reply.headers
    assert len({name for name, _ in reply.raw_headers}) == len(reply.raw_headers)


def test_headers_stand_beside_a_json_body_too(folder: Path) -> None:
    functions = behaving(lambda session, request: Answer(values={"body": {"x": 1}}, headers={"X-Sorted": "yes"}))
    reply = call(changed_app(folder, sorting(), functions), "PUT", f"{BASE}/books/sorted")
    assert (reply.status, reply.headers["x-sorted"], reply.json()) == (200, "yes", {"body": {"x": 1}})


# --- what settles, and what is noted ---


def return_books(session: Session) -> None:
    for book in list(session.store["books"]):
        if book["lent"]:
            session.amend("books", book["id"], {"lent": False, "copies": book["copies"] + 1})


def settled_app(folder: Path, **tables: Any) -> MockApp:
    functions = replace(FUNCTIONS, settle={"return_books": return_books}, **tables)
    return changed_app(folder, lambda raw: raw["components"]["schemas"]["Book"]["x-mock-collection"].update(settle="return_books"), functions)


def lent(app: MockApp, key: str = "me") -> list[int]:
    entered = app.service("library").worlds.enter(key)
    assert entered is not None
    return [book["id"] for book in entered[0].store["books"] if book["lent"]]


def test_what_has_happened_by_now_is_seen_by_the_request_that_asks(folder: Path) -> None:
    app = settled_app(folder)
    assert call(app, "GET", f"{BASE}/books/2").json()["book"]["lent"] == "0"
    assert call(app, "GET", f"{BASE}/books/2").json()["book"]["copies"] == "4", "it happens once"
    assert call(app, "GET", f"{BASE}/books?lent=true").json()["books"] == []


@pytest.mark.parametrize(
    ("method", "target", "body", "status"),
    [
        ("GET", "/books/99", None, 404),
        ("GET", "/books?copies=x", None, 400),
        ("POST", "/books", {"book": {"title": ""}}, 422),
        ("POST", "/books", {"book": {"title": "explode"}}, 500),
    ],
)
def test_what_has_happened_stays_though_the_request_is_refused(
    folder: Path, method: str, target: str, body: Any, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    app = settled_app(folder)
    assert lent(app) == [2]
    with caplog.at_level(logging.CRITICAL):
        assert call(app, method, BASE + target, body=body).status == status
    assert lent(app) == []


@pytest.mark.parametrize(
    ("method", "target", "request_"),
    [
        pytest.param("GET", "/authors", {}, id="another collection"),
        pytest.param("GET", "/books", {"key": None}, id="no credential"),
        pytest.param("POST", "/books", {"body": b"{"}, id="an unreadable body"),
    ],
)
def test_nothing_settles_where_no_record_of_the_collection_is_looked_up(folder: Path, method: str, target: str, request_: dict[str, Any]) -> None:
    app = settled_app(folder)
    call(app, method, BASE + target, **request_)
    assert lent(app) == [2]


def noting_app(folder: Path) -> MockApp:
    def note(session: Session, change: Change, sent: Any) -> None:
        if change.after is not None:
            session.journal("mail", {"about": change.after["title"]})
            if change.after["title"] == "explode":
                raise RuntimeError("the effect failed")

    return library_app(folder, functions=replace(FUNCTIONS, effects={"explode": note}))


def noted(app: MockApp, key: str = "me") -> list[dict[str, Any]]:
    entered = app.service("library").worlds.enter(key)
    assert entered is not None
    return entered[0].journal.entries()


def test_the_journal_holds_what_requests_that_succeeded_noted(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = noting_app(folder)
    with caplog.at_level(logging.CRITICAL):
        for title, status in (("One", 201), ("", 422), ("cursed", 400), ("explode", 500), ("Two", 201)):
            assert call(app, "POST", f"{BASE}/books", body={"book": {"title": title}}).status == status
    assert noted(app) == [{"kind": "mail", "at": NOW.isoformat(), "about": title} for title in ("One", "Two")]


def test_every_world_has_a_journal_of_its_own(folder: Path) -> None:
    app = noting_app(folder)
    call(app, "POST", f"{BASE}/books", body=NEW, key="me:2")
    assert [one["about"] for one in noted(app)] == ["New"]
    assert noted(app, "you") == []


def test_an_answer_that_breaks_the_contract_is_not_noted(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    def sort(session: Session, request: Request) -> Answer:
        session.journal("mail", {})
        return Answer(values={"body": 1} if request.body else {})

    schema = {"type": "object", "required": ["body"], "properties": {"body": {}}}
    content = {"application/json": {"schema": schema}}
    app = changed_app(folder, sorting(responses={"200": {"description": "Sorted.", "content": content}}), behaving(sort))
    with caplog.at_level(logging.CRITICAL):
        assert [call(app, "PUT", f"{BASE}/books/sorted", body=body).status for body in (None, {"x": 1})] == [500, 200]
    assert len(noted(app)) == 1


# --- who acts where a form says it ---


def tag_for(session: Session, request: Request) -> Answer:
    session.create("tags", {"name": f"by {session.caller} at {session.zone}"})
    return Answer(values={"body": session.caller})


def form_app(folder: Path, **settings: Any) -> MockApp:
    """Return the library, where a form names an author by the secret of the fixtures or that of a world."""
    properties = {"who": {"type": "string"}, "x": {"type": "integer", "format": "int32"}}
    contents = {media_type: {"schema": {"type": "object", "properties": properties}} for media_type in ("application/json", FORM["content-type"])}
    said = sorting(**{"x-mock-caller": "who", "security": [], "requestBody": {"content": contents}})
    conventions = replace(CONVENTIONS, callers=Callers("authors", 1, "secret", form_field="secret"))
    return changed_app(folder, said, behaving(tag_for), conventions, **settings)


def tags(app: MockApp, key: str) -> list[str]:
    entered = app.service("library").worlds.enter(key)
    assert entered is not None
    return [tag["name"] for tag in entered[0].store["tags"]][2:]


def form_of(app: MockApp, key: str, user: int) -> str:
    entered = app.service("library").worlds.enter(key)
    assert entered is not None
    return entered[0].forms[user]


def test_a_form_acts_as_the_user_whom_it_names_in_that_users_world_and_zone(folder: Path) -> None:
    app = form_app(folder)
    form = form_of(app, "me", 2)
    assert call(app, "PUT", f"{BASE}/books/sorted", body={"who": form}, key=None).json() == {"body": 2}
    assert call(app, "PUT", f"{BASE}/books/sorted", body=f"who={form}&x=1".encode(), headers=FORM, key=None).json() == {"body": 2}
    assert tags(app, "me") == ["by 2 at Asia/Tokyo"] * 2
    assert tags(app, "public") == []


def test_a_form_of_the_fixtures_acts_in_the_world_of_their_keys(folder: Path) -> None:
    app = form_app(folder)
    assert call(app, "PUT", f"{BASE}/books/sorted", body={"who": "ada-key"}, key="you").json() == {"body": 1}
    assert tags(app, "brian-key") == ["by 1 at America/Chicago"]
    assert tags(app, "you") == [], "a credential beside it says nothing"


@pytest.mark.parametrize("body", [{"who": "nobody"}, {"who": ""}, {}, None, {"x": 1}])
def test_a_form_that_names_nobody_acts_as_nobody_in_the_public_world(folder: Path, body: Any) -> None:
    app = form_app(folder)
    assert call(app, "PUT", f"{BASE}/books/sorted", body=body, key=None).json() == {"body": 0}
    assert tags(app, "public") == ["by 0 at America/Chicago"]


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), ({"who": 7}, 422), ({"who": ["ada-key"]}, 422), ([], 400)])
def test_a_form_that_cannot_be_read_is_refused_before_anybody_acts(folder: Path, body: Any, status: int) -> None:
    app = form_app(folder)
    headers = {"content-type": "application/json"}
    assert call(app, "PUT", f"{BASE}/books/sorted", body=body, headers=headers, key=None).status == status
    assert tags(app, "ada-key") == tags(app, "public") == []


def test_forms_of_the_fixtures_are_read_where_credentials_are_strict(folder: Path) -> None:
    app = form_app(folder, strict_credentials=True)
    assert call(app, "PUT", f"{BASE}/books/sorted", body={"who": "brian-key"}, key=None).json() == {"body": 2}
    assert call(app, "PUT", f"{BASE}/books/sorted", body={"who": "nobody"}, key=None).json() == {"body": 0}


def test_what_asks_for_no_credential_is_not_limited(folder: Path) -> None:
    app = form_app(folder, rate_limits=True)
    replies = [call(app, "PUT", f"{BASE}/books/sorted", body={"who": "ada-key"}, key=None) for _ in range(5)]
    assert {reply.status for reply in replies} == {200}
    assert "x-left" not in replies[0].headers
    assert call(app, "GET", f"{BASE}/books", key="ada-key").headers["x-left"] == "2", "and takes nothing of a window"


# --- windows that are always told ---


def test_a_limit_may_be_told_though_it_is_not_enforced(folder: Path) -> None:
    limit = replace(LIMIT, always_told=True)
    app = library_app(folder, conventions=replace(CONVENTIONS, limit=limit))
    for target, status in (("/books", 200), ("/books/99", 404), ("/books?copies=x", 400)):
        replies = [call(app, "GET", BASE + target) for _ in range(4)]
        assert {(reply.status, reply.headers["x-limit"], reply.headers["x-left"]) for reply in replies} == {(status, "3", "3")}
    assert "x-left" not in call(app, "GET", f"{BASE}/books", key=None).headers


# --- missing records ---


def test_a_missing_record_may_be_answered_with_a_status_of_its_own(folder: Path) -> None:
    def change(raw: dict[str, Any]) -> None:
        for path in ("/books/{id}", "/books/{id}/notes"):
            raw["paths"][path]["parameters"] = [{**raw["paths"][path]["parameters"][0], "x-mock-missing": 422}]

    app = changed_app(folder, change)
    for target, status in (("/books/99", 422), ("/books/99/notes", 422), ("/books/99/author", 404), ("/books/99/notes/1", 404)):
        reply = call(app, "GET", BASE + target)
        assert (reply.status, reply.violations()["violations"][0]["code"]) == (status, "missing"), target
    assert call(app, "GET", f"{BASE}/books/4", key="me:2").status == 422, "a hidden one too"
