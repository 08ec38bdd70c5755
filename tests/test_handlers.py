"""One generic handler per action: what a request asks becomes what the store says, or is refused by the document's rules."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mockserver.errors import DocumentError
from mockserver.exchange import Answer, Request
from mockserver.fixtures import load_store
from mockserver.functions import Functions
from mockserver.handlers import Handler, build_handler
from mockserver.operations import load_model
from mockserver.refusals import Category, Refusal, Violation
from mockserver.spec import Document
from mockserver.store import Store
from mockserver.stored import Unparsable
from mockserver.worlds import Session, World
from tests.models import FUNCTIONS, NOW, document, model, operation_of, query_parameter, resources, write_library

CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture(scope="module")
def fixtures(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return load_store(write_library(tmp_path_factory.mktemp("library")).fixtures, resources(), NOW, CHICAGO)


@pytest.fixture
def session(fixtures: Store) -> Session:
    return Session(World("me", fixtures.fork()), 1, NOW, CHICAGO, resources(), FUNCTIONS, 0)


def run(session: Session, operation_id: str, *, query: Any = None, sent: Any = None, body: Any = None, **keys: int) -> Answer:
    operation = operation_of(model(), operation_id)
    collections = dict(operation.records)
    parents = {name: session.store[collections[name]].records[key] for name, key in keys.items()}
    request = session.request = Request(keys, query or {}, body, sent or {}, parents)
    return build_handler(operation, model(), FUNCTIONS)(session, request)


def refused(session: Session, operation_id: str, **request: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        run(session, operation_id, **request)
    return caught.value


def ids(answer: Answer) -> list[int]:
    return [record["id"] for record in answer.records]


# --- lists ---


@pytest.mark.parametrize(
    ("query", "found", "total"),
    [
        pytest.param({}, [3, 2, 1, 4], 4, id="the default order"),
        pytest.param({"copies": 3}, [2, 1], 2, id="filtered"),
        pytest.param({"copies": 3, "lent": True}, [2], 1, id="by two filters"),
        pytest.param({"order_title": "asc"}, [3, 2, 1, 4], 4, id="ordered"),
        pytest.param({"order_title": "DESC"}, [4, 1, 2, 3], 4, id="the other way round"),
        pytest.param({"order_author": "asc", "order_title": "desc"}, [3, 4, 1, 2], 4, id="the first order wins"),
        pytest.param({"order_title": "desc", "order_author": "asc"}, [4, 1, 2, 3], 4, id="and is the first one sent"),
        pytest.param({"order_scarce": "asc"}, [3, 2, 1, 4], 4, id="by a turned field"),
        pytest.param({"order_scarce": "desc"}, [4, 2, 1, 3], 4, id="by a turned field, the other way round"),
        pytest.param({"limit": 2}, [3, 2], 4, id="the first page"),
        pytest.param({"limit": 2, "offset": 3}, [4], 4, id="the last page"),
        pytest.param({"offset": 9}, [], 4, id="past the end"),
        pytest.param({"copies_from": 2, "order_title": "desc", "limit": 1, "offset": 1}, [2], 3, id="filtered, then ordered, then paged"),
    ],
)
def test_a_list_filters_then_orders_then_pages(session: Session, query: dict[str, Any], found: list[int], total: int) -> None:
    answer = run(session, "list_books", query=query)
    assert ids(answer) == found
    assert answer.values["total"] == total


def test_a_list_within_a_parent_holds_its_records_only(session: Session) -> None:
    assert ids(run(session, "list_book_notes", id=1)) == [3, 1]
    assert ids(run(session, "list_book_notes", id=3)) == []


def test_a_list_hides_what_the_caller_may_not_see(session: Session) -> None:
    session.caller = 2
    answer = run(session, "list_books")
    assert ids(answer) == [3, 2, 1]
    assert answer.values["total"] == 3


def test_a_list_knows_its_selection_for_functions_of_the_envelope(session: Session) -> None:
    tally = run(session, "list_books", query={"copies": 3, "limit": 1}).values["selection"].tally("currency")
    assert dict(tally) == {"eur": (2, 6)}


def test_a_filter_value_that_stands_for_nothing_is_refused_by_name(session: Session) -> None:
    refusal = refused(session, "list_books", query={"bought_before": "soon"})
    assert refusal.category is Category.PARAMETER
    assert [(one.place, one.pointer, one.attribute) for one in refusal.violations] == [("query", "bought_before", "bought_before")]
    assert "ISO 8601" in refusal.violations[0].message


def test_functions_filter_and_order(session: Session) -> None:
    raw = document()
    raw["paths"]["/books"]["get"]["parameters"] = [
        query_parameter("long", {"type": "integer"}, filter="long"),
        query_parameter("lengthy", {"type": "string"}, order="lengthy"),
    ]
    functions = replace(
        FUNCTIONS,
        filters={"long": lambda session, value, query: lambda record: len(record["title"]) >= value},
        orders={"lengthy": lambda session: lambda record: (len(record["title"]), record["title"])},
    )
    changed = load_model(Document(raw, "library"), functions)
    handle = build_handler(operation_of(changed, "list_books"), changed, functions)
    assert ids(handle(session, Request({}, {"long": 7, "lengthy": "desc"}, None, {}, {}))) == [4, 3]


# --- single records ---


def test_a_record_is_the_one_that_the_path_names(session: Session) -> None:
    assert run(session, "get_book", id=2).record == session.store["books"].records[2]


def test_a_link_leads_to_its_record_or_to_nothing(session: Session) -> None:
    assert (run(session, "get_book_author", id=1).record or {})["name"] == "Ada"
    refusal = refused(session, "get_book_author", id=3)
    assert refusal.category is Category.MISSING_RECORD
    assert refusal.violations[0].values == (("id", 0),)


def test_a_delete_takes_the_record_and_what_depends_on_it(session: Session) -> None:
    run(session, "delete_book", id=2)
    assert sorted(book["id"] for book in session.store["books"]) == [1, 4], "the sequel has gone too"
    assert [note["id"] for note in session.store["notes"]] == [3, 2, 1]


# --- writes ---


def test_a_create_stores_what_was_sent_in_the_stored_form(session: Session) -> None:
    answer = run(session, "create_book", sent={"title": 5, "copies": "7", "price": 1.5, "author": "2", "tags": [1], "lent": True})
    book = answer.record or {}
    assert {name: book[name] for name in ("id", "title", "copies", "author", "tags", "lent")} == {
        "id": 5,
        "title": "5",
        "copies": 7,
        "author": 2,
        "tags": [1],
        "lent": True,
    }
    assert str(book["price"]) == "1.5"
    assert (book["slug"], book["currency"], book["stamped"]) == ("5", "eur", NOW)
    assert session.store["books"].get(5) == book


def test_attributes_that_the_operation_does_not_declare_are_ignored(session: Session) -> None:
    answer = run(session, "create_book", sent={"title": "x", "slug": "own", "id": 77, "currency": "usd", "colour": "red"})
    assert ((answer.record or {})["id"], (answer.record or {})["slug"], (answer.record or {})["currency"]) == (5, "x", "eur")
    assert dict(answer.sent) == {"title": "x"}


def test_attributes_for_a_function_reach_it_and_are_not_stored(session: Session) -> None:
    answer = run(session, "create_book", sent={"title": "x", "shout": True, "anything": 1})
    assert (answer.record or {})["slug"] == "X"
    assert "shout" not in (answer.record or {})


def test_a_create_within_a_parent_refers_to_it(session: Session) -> None:
    note = run(session, "create_book_note", sent={"text": "fine"}, id=2).record or {}
    assert (note["about"], note["kind"], note["text"]) == (2, "Book", "fine")


def test_a_value_that_does_not_stand_for_its_type_is_refused(session: Session) -> None:
    refusal = refused(session, "create_book", sent={"title": "x", "printed": "soon", "price": 1})
    assert refusal.category is Category.VALUE
    assert [(one.pointer, one.code) for one in refusal.violations] == [("/book/printed", "format")]


def test_an_update_changes_what_was_sent_and_stamps(session: Session) -> None:
    before = session.store["books"].records[1]
    book = run(session, "update_book", sent={"title": "New", "author": None}, id=1).record or {}
    assert {name for name in before if before[name] != book[name]} == {"title", "slug", "author", "touched"}
    assert (book["slug"], book["touched"]) == ("new", NOW)


def test_an_update_of_nothing_changes_nothing(session: Session) -> None:
    before = session.store.snapshot()
    assert run(session, "update_book", sent={"colour": "red"}, id=1).record == session.store["books"].records[1]
    assert session.store.snapshot() == before


# --- rules ---


@pytest.mark.parametrize(
    ("sent", "pointers"),
    [
        pytest.param({"author": 99}, ["/book/author"], id="one"),
        pytest.param({"author": 99, "shelf": 99}, ["/book/author", "/book/shelf"], id="two"),
        pytest.param({"tags": [1, 99]}, ["/book/tags"], id="one of many"),
        pytest.param({"sequelTo": "0"}, ["/book/sequelTo"], id="id 0"),
    ],
)
def test_ids_that_lead_nowhere_are_refused_with_the_rules_status(session: Session, sent: dict[str, Any], pointers: list[str]) -> None:
    refusal = refused(session, "create_book", sent={"title": "x", **sent})
    assert (refusal.category, refusal.status) == (Category.RULE, 422)
    assert [one.pointer for one in refusal.violations] == pointers


def test_ids_that_lead_somewhere_or_are_null_are_accepted(session: Session) -> None:
    run(session, "create_book", sent={"title": "x", "author": None, "shelf": 1, "tags": []})
    run(session, "update_book", sent={"tags": [2]}, id=3)


def test_an_id_that_was_wrong_before_is_no_reason_to_refuse_another_change(session: Session) -> None:
    session.store.update("books", 1, {"author": 99})
    run(session, "update_book", sent={"title": "x"}, id=1)


def test_a_function_refuses_with_its_own_status(session: Session) -> None:
    refusal = refused(session, "create_book", sent={"title": "a cursed book"})
    assert (refusal.status, [one.code for one in refusal.violations]) == (400, ["cursed"])


def test_of_two_broken_rules_the_first_status_is_told(session: Session) -> None:
    refusal = refused(session, "create_book", sent={"title": "a cursed book", "author": 99})
    assert (refusal.status, [one.code for one in refusal.violations]) == (422, ["related"])


@pytest.mark.parametrize("name", ["Ada", "ADA", "ada"])
def test_a_unique_value_is_refused_whatever_its_case(session: Session, name: str) -> None:
    refusal = refused(session, "create_author", sent={"name": name})
    assert [(one.pointer, one.code) for one in refusal.violations] == [("/author/name", "unique")]


def test_a_refused_request_changes_nothing(session: Session) -> None:
    before = session.store.snapshot()
    refused(session, "create_author", sent={"name": "Ada"})
    refused(session, "create_book", sent={"title": "cursed"})
    assert session.store.snapshot() == before


def test_a_record_does_not_stand_in_its_own_way(session: Session) -> None:
    raw = document()
    raw["paths"]["/authors/{id}"]["put"] = {
        "operationId": "update_author",
        "x-mock-action": {"update": "authors"},
        "x-mock-rules": {"unique": 422},
        "requestBody": raw["paths"]["/authors"]["post"]["requestBody"],
        "responses": raw["paths"]["/authors"]["post"]["responses"],
    }
    changed = load_model(Document(raw, "library"), FUNCTIONS)
    handle = build_handler(operation_of(changed, "update_author"), changed, FUNCTIONS)

    def rename(name: str) -> Answer:
        return handle(session, Request({"id": 1}, {}, None, {"name": name}, {"id": session.store["authors"].records[1]}))

    assert (rename("ADA").record or {})["name"] == "ADA"
    with pytest.raises(Refusal):
        rename("Brian")


# --- behaviours ---


def test_a_behaviour_is_asked_after_its_rules(session: Session) -> None:
    asked: list[str] = []

    def rule(*arguments: Any) -> list[Violation]:
        asked.append("rule")
        return []

    def behave(session: Session, request: Request) -> Answer:
        asked.append("behaviour")
        return Answer(values={"body": request.body})

    raw = document()
    raw["paths"]["/books/sorted"]["put"]["x-mock-rules"] = {"fine": 400}
    functions = replace(FUNCTIONS, behaviours={**FUNCTIONS.behaviours, "sort_books": behave}, rules={**FUNCTIONS.rules, "fine": rule})
    changed = load_model(Document(raw, "library"), functions)
    handle = build_handler(operation_of(changed, "sort_books"), changed, functions)
    assert handle(session, Request({}, {}, {"x": 1}, {}, {})).values == {"body": {"x": 1}}
    assert asked == ["rule", "behaviour"]


# --- what does not fit ---


def without_record(paths: dict[str, Any]) -> None:
    del paths["/books/{id}/author"]
    del paths["/books/{id}"]["parameters"][0]["x-mock-record"]


def within_nothing(paths: dict[str, Any]) -> None:
    paths["/books/{id}/notes"]["get"]["x-mock-action"]["within"] = {"id": "text"}


@pytest.mark.parametrize(
    ("change", "operation_id", "message"),
    [(without_record, "get_book", "no path parameter names the record"), (within_nothing, "list_book_notes", "does not lead to the parent")],
)
def test_what_does_not_fit_stops_the_start(change: Callable[[dict[str, Any]], None], operation_id: str, message: str) -> None:
    raw = document()
    change(raw["paths"])

    def build() -> Handler:
        changed = load_model(Document(raw, "library"), FUNCTIONS)
        return build_handler(operation_of(changed, operation_id), changed, FUNCTIONS)

    with pytest.raises(DocumentError, match=message):
        build()


# --- lists by a way back, by default, and by what a parameter stands for ---


def listing(
    change: Callable[[dict[str, Any]], None], session: Session, query: Any = None, implied: Any = None, functions: Functions = FUNCTIONS, **keys: int
) -> Answer:
    """Return what the changed library lists at `/things`."""
    raw = document()
    listed = raw["paths"]["/books"]["get"]
    raw["paths"]["/things"] = {"get": {"operationId": "list_things", "parameters": [], "responses": listed["responses"]}}
    change(raw)
    changed = load_model(Document(raw, "library"), functions)
    operation = operation_of(changed, "list_things")
    parents = {name: session.store[collection].records[keys[name]] for name, collection in operation.records}
    request = session.request = Request(keys, query or {}, None, {}, parents, implied or {})
    return build_handler(operation, changed, functions)(session, request)


def books_of(parent: str, name: str, action: str = "list") -> Callable[[dict[str, Any]], None]:
    """Return what lists at `/things` the books that belong to a parent."""

    def change(raw: dict[str, Any]) -> None:
        path = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "format": "int32"}, "x-mock-record": parent}
        things = raw["paths"].pop("/things")["get"]
        raw["paths"]["/{id}/things"] = {"get": {**things, "x-mock-action": {action: "books", "within": {"id": name}}, "parameters": [path]}}
        collection = raw["components"]["schemas"]["Author"]["x-mock-collection"]
        collection["relations"]["reading"] = {"to": "books", "many": True, "inverse": "readers"}
        collection["relations"]["favourite"] = {"to": "books", "inverse": "friends"}
        collection["relations"]["hates"] = {"by": "mood", "to": {"Book": "books"}, "inverse": "foes"}
        collection["fields"]["mood"] = "text"

    return change


@pytest.mark.parametrize(
    ("name", "fields", "found"),
    [
        pytest.param("readers", {"reading": [4, 1, 99, 3]}, [3, 1, 4], id="many, in the order of the list, missing ones left out"),
        pytest.param("readers", {"reading": []}, [], id="none"),
        pytest.param("readers", {"reading": None}, [], id="null"),
        pytest.param("friends", {"favourite": 2}, [2], id="one"),
        pytest.param("friends", {"favourite": None}, [], id="no one"),
        pytest.param("author", {}, [1, 4], id="the collection's own relation"),
    ],
)
def test_a_list_within_a_parent_may_hold_what_the_parent_names(session: Session, name: str, fields: dict[str, Any], found: list[int]) -> None:
    session.store.update("authors", 1, {"reading": None, "favourite": None, "hates": None, "mood": None, **fields})
    answer = listing(books_of("authors", name), session, id=1)
    assert ids(answer) == found
    assert answer.values["selection"].cut(0, 1) == answer.records[:1]


def test_what_a_parent_names_is_hidden_from_who_may_not_see_it(session: Session) -> None:
    session.store.update("authors", 1, {"reading": [4, 1]})
    session.caller = 2
    assert ids(listing(books_of("authors", "readers"), session, id=1)) == [1]


@pytest.mark.parametrize(
    ("parent", "name", "action"),
    [
        pytest.param("authors", "foes", "list", id="a relation chosen by a type field"),
        pytest.param("shelves", "readers", "list", id="the way back of another collection"),
        pytest.param("authors", "unheard_of", "list", id="no relation at all"),
        pytest.param("authors", "reading", "list", id="the field itself"),
    ],
)
def test_another_way_back_does_not_lead_to_the_parent(session: Session, parent: str, name: str, action: str) -> None:
    session.store.update("authors", 1, {"reading": [1]})
    with pytest.raises(DocumentError, match="does not lead to the parent") as caught:
        listing(books_of(parent, name, action), session, id=1)
    assert caught.value.found == name


def test_a_create_cannot_fill_in_a_way_back() -> None:
    raw = document()
    raw["components"]["schemas"]["Author"]["x-mock-collection"]["relations"]["reading"] = {"to": "notes", "many": True, "inverse": "readers"}
    path = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}, "x-mock-record": "authors"}
    create = raw["paths"]["/books/{id}/notes"]["post"]
    create |= {"x-mock-action": {"create": "notes", "within": {"id": "readers"}}}
    raw["paths"]["/books/{id}/notes"]["parameters"] = [path]
    del raw["paths"]["/books/{id}/notes"]["get"]
    changed = load_model(Document(raw, "library"), FUNCTIONS)
    with pytest.raises(DocumentError, match="does not lead to the parent"):
        build_handler(operation_of(changed, "create_book_note"), changed, FUNCTIONS)


def by_default(raw: dict[str, Any]) -> None:
    raw["paths"]["/things"]["get"] |= {
        "x-mock-action": {"list": "books"},
        "parameters": [
            query_parameter("copies", {"type": "integer", "default": 3}, filter={"field": "copies", "operator": "equals"}),
            query_parameter("long", {"type": "integer", "default": 0}, filter="long"),
            query_parameter("title", {"type": "string"}, filter={"field": "title", "operator": "contains"}),
            query_parameter("order", {"type": "string", "default": "desc"}, order=["title"]),
        ],
    }


LONG = replace(FUNCTIONS, filters={"long": lambda session, value, query: lambda record: len(record["title"]) >= value and "short" not in query})


@pytest.mark.parametrize(
    ("query", "implied", "found"),
    [
        pytest.param({}, {}, [2, 1], id="not sent"),
        pytest.param({"copies": 9}, {}, [3], id="sent"),
        pytest.param({"title": "oa"}, {}, [2], id="beside another"),
        pytest.param({}, {"copies": 1}, [4], id="what another stands for"),
        pytest.param({"copies": 3}, {"copies": 1}, [], id="both"),
        pytest.param({"long": 6, "copies": 9}, {}, [3], id="a function"),
    ],
)
def test_a_filter_with_a_default_filters_though_it_is_not_sent(session: Session, query: Any, implied: Any, found: list[int]) -> None:
    assert ids(listing(by_default, session, query, implied, LONG)) == found


def test_the_default_of_an_order_is_none_of_ours(session: Session) -> None:
    assert ids(listing(by_default, session, {"copies": 3}, functions=LONG)) == [2, 1], "the collection's own order"


def test_a_function_sees_what_was_sent_beside_a_default_and_what_stands_beside_it_where_it_is_implied(session: Session) -> None:
    seen: list[Any] = []

    def note(session: Session, value: Any, query: Any) -> Any:
        seen.append((value, dict(query)))
        return lambda record: True

    functions = replace(FUNCTIONS, filters={"long": note})
    listing(by_default, session, {"copies": 3}, functions=functions)
    listing(by_default, session, {"title": "x"}, {"long": 2, "copies": 9}, functions)
    assert seen == [(0, {"copies": 3}), (2, {"long": 2, "copies": 9})]


@pytest.mark.parametrize(
    ("query", "implied", "found"),
    [
        pytest.param({}, {"copies_from": 3, "order_title": "desc"}, [1, 2, 3], id="conditions and an order"),
        pytest.param({"copies_to": 3}, {"copies_from": 3}, [2, 1], id="both conditions count"),
        pytest.param({"copies": 3}, {"copies": 9}, [], id="of one parameter, too"),
        pytest.param({"order_title": "asc"}, {"order_title": "desc"}, [3, 2, 1, 4], id="the order that was sent wins"),
        pytest.param({"order_notes": "asc"}, {"order_title": "desc"}, [3, 4, 2, 1], id="over one by another parameter"),
        pytest.param({"limit": 1}, {"copies_from": 3}, [3], id="pages are cut after it"),
    ],
)
def test_what_a_parameter_stands_for_counts_beside_what_was_sent(session: Session, query: Any, implied: Any, found: list[int]) -> None:
    operation = operation_of(model(), "list_books")
    request = session.request = Request({}, query, None, {}, {}, implied)
    assert ids(build_handler(operation, model(), FUNCTIONS)(session, request)) == found


@pytest.mark.parametrize(
    ("rules", "category", "status"), [({}, Category.PARAMETER, None), ({"parameters_fit": 404}, Category.RULE, 404)], ids=["no rule", "a rule"]
)
def test_what_a_function_of_filters_cannot_read_is_refused_as_the_operation_says(
    session: Session, rules: dict[str, int], category: Category, status: int | None
) -> None:
    def unreadable(session: Session, value: Any, query: Any) -> Any:
        raise Unparsable("the name of a mood")

    def change(raw: dict[str, Any]) -> None:
        by_default(raw)
        raw["paths"]["/things"]["get"]["x-mock-rules"] = rules

    with pytest.raises(Refusal) as caught:
        listing(change, session, {"long": 1}, functions=replace(FUNCTIONS, filters={"long": unreadable}))
    assert (caught.value.category, caught.value.status) == (category, status)
    [reason] = caught.value.violations
    assert (reason.attribute, reason.message) == ("long", "expected the name of a mood")
