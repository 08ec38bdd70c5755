"""A record is shown as its schema, the place of the answer and the caller's zone say, and what is kept of it never lags behind."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.clock import EARLIEST, LATEST
from mockserver.errors import DocumentError
from mockserver.exchange import Answer, Record
from mockserver.operations import load_model
from mockserver.outline import Outline
from mockserver.refusals import Category, Refusal
from mockserver.rendering import RenderAnswer, Renderers, condition_of, json_type
from mockserver.spec import Document
from mockserver.store import Store
from mockserver.validation import Validators
from mockserver.view import ABSENT, View, Visibility, always_whole
from mockserver.worlds import Session, World
from tests.models import CONVENTIONS, FUNCTIONS, NOW, document, empty_store, model, operation_of, record_of, resources

CHICAGO = ZoneInfo("America/Chicago")
RENDERERS = Renderers(model(), FUNCTIONS, CONVENTIONS.formats)
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
INSTANTS = st.datetimes(EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None)).map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC))


@pytest.fixture
def store() -> Store:
    made = empty_store()
    made.insert("tags", record_of("tags", name="sea"))
    made.insert("shelves", record_of("shelves", name="Upper"))
    made.insert("authors", record_of("authors", name="Ada", tags=[1]))
    made.insert("authors", record_of("authors", name="brian"))
    for title, author in (("Kites", 1), ("Boats", None)):
        made.insert("books", record_of("books", title=title, slug="s", author=author, shelf=1, tags=[1], stamped=NOW, touched=NOW))
    for text in ("worn", "new"):
        made.insert("notes", record_of("notes", about=1, kind="Book", text=text))
    return made


def view(store: Store, answer: Answer | None = None, zone: Any = CHICAGO, base: str = "http://x/api/1") -> View:
    session = Session(World("me", store), 1, NOW, zone, resources(), FUNCTIONS, 0)
    return View(session, base, answer or Answer(), always_whole)


def shown(store: Store, key: int = 1, place: str = "show", collection: str = "books", **answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = RENDERERS.record(collection, place)(view(store, Answer(**answer)), store[collection].records[key])
    return found


def answered(store: Store, operation_id: str, renderers: Renderers = RENDERERS, seen: View | None = None, **answer: Any) -> Any:
    operation = operation_of(model(), operation_id)
    status = min(status for status in operation.responses if status < 400)
    schema = operation.responses[status]
    assert schema is not None
    made = Answer(**answer)
    return orjson.loads(orjson.dumps(renderers.answer(operation, schema)(seen or view(store, made), made)))


# --- values ---


def test_each_property_is_shown_in_its_declared_type(store: Store) -> None:
    book = shown(store)
    assert (book["id"], book["copies"], book["price"], book["lent"], book["author"], book["tags"]) == ("1", "1", None, "0", "1", [1])
    assert (book["stamped"], book["touched"], book["kind"]) == ("2024-03-18", "2024-03-18T07:00:00-05:00", "book")


def test_links_begin_at_the_base_url(store: Store) -> None:
    assert shown(store)["links"] == {"notes": "http://x/api/1/books/1/notes", "author": "http://x/api/1/books/1/author"}


def test_a_path_shows_what_it_reaches(store: Store) -> None:
    book, other = shown(store, selected=frozenset({"noteIds"})), shown(store, 2, selected=frozenset({"noteIds"}))
    assert (book["authorName"], book["noteIds"]) == ("Ada", ["1", "2"])
    assert (other["authorName"], other["noteIds"]) == (None, [])


def test_an_embedded_record_is_shown_by_its_own_schema(store: Store) -> None:
    assert shown(store)["writer"] == {"id": "1", "name": "Ada", "born": None, "booksCount": 1, "tags": [1]}
    assert shown(store, 2)["writer"] is None


def test_a_function_computes_or_leaves_its_key_out(store: Store) -> None:
    assert "shouted" not in shown(store, 1, collection="authors")
    assert shown(store, 2, collection="authors")["shouted"] == "BRIAN"


def test_the_caller_sees_instants_in_the_own_zone(store: Store) -> None:
    render = RENDERERS.record("books", "show")
    book = store["books"].records[1]
    assert [render(view(store, zone=zone), book)["touched"] for zone in (UTC, ZoneInfo("Asia/Tokyo"))] == [
        "2024-03-18T12:00:00+00:00",
        "2024-03-18T21:00:00+09:00",
    ]


@given(INSTANTS, ZONES)
def test_rendering_never_fails_for_any_stored_instant_in_any_zone(moment: datetime, zone: ZoneInfo) -> None:
    store = empty_store()
    store.insert("books", record_of("books", title="x", slug="x", bought=moment, stamped=moment, touched=moment))
    validator = Validators(model().document.schemas).compile({"$ref": "#/components/schemas/Book"})
    made = RENDERERS.record("books", "list")(view(store, zone=zone), store["books"].records[1])
    assert validator.violations(made, "body") == []


# --- which keys appear ---


@pytest.mark.parametrize(
    ("said", "place", "condition"),
    [
        (None, "list", "always"),
        ("list", "list", "always"),
        ("list", "show", "never"),
        (["list", "show"], "show", "always"),
        (["list", "show"], "create", "never"),
        ("sent", "create", "sent"),
        ("sent:users", "list", "sent:users"),
        ("not-null", "show", "not-null"),
        ("selected", "list", "selected"),
        ({"create": "sent", "else": "always"}, "create", "sent"),
        ({"create": "sent", "else": "always"}, "list", "always"),
        ({"create": "sent"}, "list", "never"),
        ({}, "list", "never"),
    ],
)
def test_when_a_property_appears(said: Any, place: str, condition: str) -> None:
    assert condition_of({} if said is None else {"x-mock-present": said}, place) == condition


def test_keys_of_other_places_are_left_out(store: Store) -> None:
    assert {"authorName", "writer"} <= shown(store, place="show").keys()
    assert not {"authorName", "writer"} & shown(store, place="list").keys()
    assert "authorName" in shown(store, place="create")


def test_a_key_that_is_shown_unless_null_is_left_out_with_null(store: Store) -> None:
    assert "donor" not in shown(store)
    store.update("books", 1, {"donor": 1})
    assert shown(store)["donor"] == "1"


def test_a_selected_key_appears_when_selected(store: Store) -> None:
    assert "noteIds" not in shown(store)
    assert "noteIds" in shown(store, selected=frozenset({"noteIds"}))


def test_a_key_shown_if_sent_appears_with_what_was_sent(store: Store) -> None:
    book = store["books"].records[1]
    assert answered(store, "create_book", record=book)["book"] == {"id": "1", "title": "Kites", "price": None, "shelf": "1"}
    assert answered(store, "create_book", record=book, sent={"copies": 5})["book"]["copies"] == 5


@pytest.mark.parametrize(
    ("name", "sent", "found"),
    [
        pytest.param("title", 5, 5, id="a number as sent"),
        pytest.param("shelf", 1, 1, id="an id as sent"),
        pytest.param("shelf", "1", "1", id="an id as a text"),
        pytest.param("shelf", None, None, id="null as sent"),
        pytest.param("title", [5], "Kites", id="not what the shape does not admit"),
        pytest.param("id", "77", "1", id="never the id"),
    ],
)
def test_an_echoing_shape_answers_as_sent_where_its_types_admit_it(store: Store, name: str, sent: Any, found: Any) -> None:
    assert answered(store, "create_book", record=store["books"].records[1], sent={name: sent})["book"][name] == found


# --- envelopes ---


def test_a_list_shows_its_records_sideloads_and_page_values(store: Store) -> None:
    body = answered(store, "list_books", records=list(store["books"]), values={"total": 2})
    assert [book["id"] for book in body["books"]] == ["2", "1"]
    assert body["shelves"] == [{"id": "1", "name": "Upper"}], "each sideloaded record once"
    assert body["meta"] == {"total": "2"}


def test_a_single_answer_shows_what_its_sideload_reaches(store: Store) -> None:
    body = answered(store, "get_book", record=store["books"].records[1])
    assert [note["text"] for note in body["notes"]] == ["worn", "new"]


def test_hidden_records_are_not_sideloaded(store: Store) -> None:
    seen = view(store)
    seen.visible = lambda collection, record: Visibility.HIDDEN if collection == "notes" and record["id"] == 1 else Visibility.WHOLE
    assert [note["id"] for note in answered(store, "get_book", seen=seen, record=store["books"].records[1])["notes"]] == ["2"]


def test_a_behaviours_values_fill_the_envelope(store: Store) -> None:
    assert answered(store, "sort_books", values={"body": {"x": 1}}) == {"body": {"x": 1}}
    assert answered(store, "sort_books") == {}


def changed_model(change: Callable[[dict[str, Any]], None]) -> Any:
    raw = document()
    change(raw)
    return load_model(Document(raw, "library"), FUNCTIONS)


def test_a_caller_sees_a_stub_of_what_is_not_for_all(store: Store) -> None:
    def stub(raw: dict[str, Any]) -> None:
        raw["components"]["schemas"]["Stub"] = {"x-mock-shape": {"collection": "books"}, "type": "object", "properties": {"id": {"type": "string"}}}
        schema = raw["paths"]["/books"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        schema["properties"]["books"]["items"] = {"anyOf": [{"$ref": "#/components/schemas/Book"}, {"$ref": "#/components/schemas/Stub"}]}

    stubbed = changed_model(stub)
    operation = operation_of(stubbed, "list_books")
    render = Renderers(stubbed, FUNCTIONS, CONVENTIONS.formats).answer(operation, operation.responses[200] or {})
    answer = Answer(records=list(store["books"]), values={"total": 2})
    seen = view(store, answer)
    seen.visible = lambda collection, record: Visibility.STUB if record["id"] == 1 else Visibility.WHOLE
    books = orjson.loads(orjson.dumps(render(seen, answer)))["books"]
    assert books[1] == {"id": "1"}
    assert books[0]["title"] == "Boats"


@pytest.mark.parametrize(
    ("name", "prop", "message"),
    [
        ("colour", {"type": "string", "x-mock-value": "colour"}, "unknown path or function"),
        ("colour", {"type": "object", "properties": {"red": {"type": "string", "x-mock-value": "author.red"}}}, "unknown path or function"),
    ],
)
def test_a_property_that_comes_from_nowhere_stops_the_start_with_its_place(name: str, prop: Mapping[str, Any], message: str) -> None:
    broken = changed_model(lambda raw: raw["components"]["schemas"]["WrittenBook"]["properties"].update({name: prop}))
    operation = operation_of(broken, "create_book")
    with pytest.raises(DocumentError, match=message) as caught:
        Renderers(broken, FUNCTIONS, CONVENTIONS.formats).answer(operation, operation.responses[201] or {})
    assert (caught.value.where or "").startswith("library#/components/schemas/WrittenBook/properties/")


def test_a_shape_with_a_property_that_is_not_stored_stops_the_start() -> None:
    broken = changed_model(lambda raw: raw["components"]["schemas"]["WrittenBook"]["properties"].update(colour={"type": "string"}))
    operation = operation_of(broken, "create_book")
    with pytest.raises(DocumentError, match="comes from nowhere"):
        Renderers(broken, FUNCTIONS, CONVENTIONS.formats).answer(operation, operation.responses[201] or {})


# --- what is kept ---


LIST_BOOKS = operation_of(model(), "list_books")
RENDER_BOOKS = RENDERERS.answer(LIST_BOOKS, LIST_BOOKS.responses[200] or {})


def titles(store: Store, render: RenderAnswer = RENDER_BOOKS, selected: frozenset[str] = frozenset(), **where: Any) -> list[Any]:
    """Return what a list shows of each book, always by the same function, so that what it keeps is asked for."""
    answer = Answer(records=list(store["books"]), values={"total": 2}, selected=selected)
    books = orjson.loads(orjson.dumps(render(view(store, answer, **where), answer)))["books"]
    return [(book["title"], book["touched"], book["links"]["author"], book.get("noteIds")) for book in books]


def counting(calls: list[int]) -> Renderers:
    def count(seen: View, record: Record) -> str:
        calls.append(record["id"])
        return "X"

    return Renderers(model(), replace(FUNCTIONS, values={"shouted": count}), CONVENTIONS.formats)


def test_a_record_is_rendered_once_while_its_store_does_not_change(store: Store) -> None:
    calls: list[int] = []
    renderers = counting(calls)
    operation = operation_of(model(), "list_authors")
    render = renderers.answer(operation, operation.responses[200] or {})
    for _ in range(3):
        answer = Answer(records=list(store["authors"]), values={"total": 2})
        render(view(store, answer), answer)
    assert calls == [1, 2]
    render(view(store.fork(), answer), answer)
    assert calls == [1, 2], "a fork that has not written shares what is kept"


@pytest.mark.parametrize("change", ["own", "related", "deleted", "restored"])
def test_what_is_kept_never_lags_behind_a_write(store: Store, change: str) -> None:
    operation = operation_of(model(), "get_book")
    render = RENDERERS.answer(operation, operation.responses[200] or {})

    def look() -> Any:
        answer = Answer(record=store["books"].records[1])
        return orjson.loads(orjson.dumps(render(view(store, answer), answer)))["book"]

    snapshot = store.snapshot()
    before = look()
    if change == "own":
        store.update("books", 1, {"title": "Changed"})
        assert look()["title"] == "Changed"
    elif change == "related":
        store.update("authors", 1, {"name": "Eva"})
        assert look()["authorName"] == "Eva"
    elif change == "deleted":
        store.delete("authors", 1)
        assert look()["writer"] is None
    else:
        store.update("books", 1, {"title": "Changed"})
        look()
        store.restore(snapshot)
        assert look() == before


def test_what_is_kept_for_one_is_not_shown_to_another(store: Store) -> None:
    first = titles(store)
    assert titles(store, zone=UTC)[0][1] == "2024-03-18T12:00:00+00:00"
    assert titles(store, base="https://y")[0][2] == "https://y/books/2/author"
    assert titles(store, selected=frozenset({"noteIds"}))[1][3] == ["1", "2"]
    assert titles(store) == first


def test_a_fork_that_writes_leaves_what_others_keep(store: Store) -> None:
    first, fork = titles(store), store.fork()
    fork.update("books", 1, {"title": "Changed"})
    assert titles(fork)[1][0] == "Changed"
    assert titles(store) == first


def test_what_one_request_sent_is_not_answered_to_another(store: Store) -> None:
    operation = operation_of(model(), "create_book")
    render = RENDERERS.answer(operation, operation.responses[201] or {})
    for title in (5, "five"):
        answer = Answer(record=store["books"].records[1], sent={"title": title})
        assert orjson.loads(orjson.dumps(render(view(store, answer), answer)))["book"]["title"] == title


def test_many_ways_to_look_are_forgotten_not_mixed_up(store: Store) -> None:
    for port in range(200):
        assert titles(store, base=f"http://x:{port}")[0][2] == f"http://x:{port}/books/2/author"
    assert len(store._kept) <= 64


def test_a_record_that_breaks_its_schema_is_not_kept(store: Store) -> None:
    strict = Renderers(model(), FUNCTIONS, CONVENTIONS.formats, Validators(model().document.schemas))
    store.insert("books", record_of("books", title=None, slug="x", stamped=NOW, touched=NOW + timedelta(days=1)))
    render = strict.answer(LIST_BOOKS, LIST_BOOKS.responses[200] or {})
    for _ in range(2):
        with pytest.raises(Refusal) as caught:
            titles(store, render)
        assert caught.value.category is Category.BROKEN_CONTRACT
        assert [reason.pointer for reason in caught.value.violations] == ["/book/title"]


def test_the_outline_of_an_answer_is_valid_by_its_own_schema(store: Store) -> None:
    operation = operation_of(model(), "get_book")
    schema = operation.responses[200] or {}
    answer = Answer(record=store["books"].records[1])
    outline = Outline(model(), schema)
    body = outline.of(RENDERERS.answer(operation, schema)(view(store, answer), answer))
    validator = Validators(model().document.schemas).compile(outline.schema)
    assert body == {"book": {}, "notes": []}
    assert validator.is_valid(body)
    assert not validator.is_valid({"notes": []}), "the envelope itself is still held to its schema"
    assert not validator.is_valid({"book": [], "notes": []})


@pytest.mark.parametrize(
    ("value", "name"), [(None, "null"), (True, "boolean"), ("", "string"), (1, "integer"), (1.5, "number"), ([], "array"), ({}, "object")]
)
def test_the_json_type_of_a_value(value: Any, name: str) -> None:
    assert json_type(value) == name


# --- what can be thinned out ---


def thin_authors(values: Mapping[str, Any] = MappingProxyType({"shouted": lambda view, record: "X"})) -> RenderAnswer:
    """Return what renders `list_authors` by a schema that requires nothing."""
    thin = changed_model(lambda raw: raw["components"]["schemas"]["Author"].pop("required"))
    operation = operation_of(thin, "list_authors")
    functions = replace(FUNCTIONS, values=values)
    renderers = Renderers(thin, functions, CONVENTIONS.formats, Validators(thin.document.schemas))
    return renderers.answer(operation, operation.responses[200] or {})


def authors(store: Store, render: RenderAnswer, only: frozenset[str] | None) -> list[dict[str, Any]]:
    answer = Answer(records=list(store["authors"]), values={"total": 2}, only=only)
    found: list[dict[str, Any]] = orjson.loads(orjson.dumps(render(view(store, answer), answer)))["authors"]
    return found


def test_only_the_keys_asked_for_are_left_and_others_see_all(store: Store) -> None:
    render = thin_authors()
    whole = authors(store, render, None)
    assert len(whole[0]) > 3
    assert authors(store, render, frozenset({"name"})) == [{"name": author["name"]} for author in whole]
    assert authors(store, render, frozenset()) == [{} for _ in whole]
    assert authors(store, render, None) == whole


def test_what_a_thin_schema_does_not_require_must_be_there_all_the_same(store: Store) -> None:
    render = thin_authors({"shouted": lambda view, record: ABSENT})
    for only in (None, frozenset({"name"})):
        with pytest.raises(Refusal) as caught:
            authors(store, render, only)
        assert caught.value.category is Category.BROKEN_CONTRACT
        assert [reason.pointer for reason in caught.value.violations] == ["/author/shouted"]


# --- what depends on who asks ---


def asked_by(store: Store, caller: int, name: str = "me", forms: Mapping[int, str] = MappingProxyType({}), answer: Answer | None = None) -> View:
    session = Session(World(name, store, forms), caller, NOW, CHICAGO, resources(), FUNCTIONS, 0)
    return View(session, "http://x", answer or Answer(), always_whole)


Shouted = Callable[[View, Record], Any]


def shouting(function: Shouted, calls: list[int]) -> Callable[[View], list[Any]]:
    """Return what lists what the function says of each author, always by the same renderers; calls notes of whom it is asked."""

    def note(seen: View, record: Record) -> Any:
        calls.append(record["id"])
        return function(seen, record)

    renderers = Renderers(model(), replace(FUNCTIONS, values={"shouted": note}), CONVENTIONS.formats)
    operation = operation_of(model(), "list_authors")
    render = renderers.answer(operation, operation.responses[200] or {})

    def look(seen: View) -> list[Any]:
        answer = Answer(records=list(seen.store["authors"]), values={"total": 2})
        return [author["shouted"] for author in orjson.loads(orjson.dumps(render(seen, answer)))["authors"]]

    return look


def test_what_is_made_for_one_caller_is_never_shown_to_another(store: Store) -> None:
    calls: list[int] = []
    look = shouting(lambda seen, record: f"{seen.caller} sees {record['id']}", calls)
    for _ in range(3):
        for caller in (1, 2, 3):
            assert look(asked_by(store, caller)) == [f"{caller} sees 1", f"{caller} sees 2"]
    asked = len(calls)
    assert asked < 3 * 3 * 2, "it is kept for each of them"
    for caller in (1, 2, 3):
        look(asked_by(store, caller))
    assert len(calls) == asked


@pytest.mark.parametrize("first", [1, 2])
def test_a_function_that_asks_who_asks_only_of_some_records_is_kept_apart_all_the_same(store: Store, first: int) -> None:
    look = shouting(lambda seen, record: f"{seen.caller}" if record["id"] == first else "anyone", [])
    for _ in range(3):
        for caller in (1, 2):
            wanted = {first: f"{caller}", 3 - first: "anyone"}
            assert look(asked_by(store, caller)) == [wanted[1], wanted[2]]


def test_what_is_made_for_one_world_is_never_shown_in_another_that_shares_its_records(store: Store) -> None:
    look = shouting(lambda seen, record: seen.world, [])
    for _ in range(3):
        for name in ("me", "you"):
            assert look(asked_by(store.fork(), 1, name)) == [name, name]


def test_what_names_a_user_to_forms_is_shown_in_its_own_world_alone(store: Store) -> None:
    look = shouting(lambda seen, record: seen.form_id(record) or "none", [])
    for _ in range(3):
        for name, forms in (("me", {1: "aa"}), ("you", {1: "bb", 2: "cc"})):
            assert look(asked_by(store.fork(), 1, name, forms)) == [forms.get(1), forms.get(2, "none")]


def test_what_is_kept_for_a_caller_never_lags_behind_a_write(store: Store) -> None:
    look = shouting(lambda seen, record: f"{seen.caller} {record['name']} {len(seen.store['notes'])}", [])
    assert [look(asked_by(store, 2)) for _ in range(3)][-1] == ["2 Ada 2", "2 brian 2"]
    store.update("authors", 1, {"name": "Eva"})
    assert look(asked_by(store, 2)) == ["2 Eva 2", "2 brian 2"]
    store.insert("notes", record_of("notes", about=1, kind="Book"))
    assert look(asked_by(store, 2)) == ["2 Eva 3", "2 brian 3"]


def test_what_depends_on_nobody_is_made_once_for_all_callers(store: Store) -> None:
    calls: list[int] = []
    look = shouting(lambda seen, record: "X", calls)
    for caller in (1, 2, 3):
        look(asked_by(store, caller))
    assert calls == [1, 2]


@pytest.mark.parametrize(
    ("ask", "told"), [(lambda seen: seen.caller, 2), (lambda seen: seen.world, "me"), (lambda seen: seen.form_id({"id": 1}), "aa")]
)
def test_a_view_knows_whether_it_was_asked_who_looks(store: Store, ask: Callable[[View], Any], told: Any) -> None:
    seen = asked_by(store, 2, "me", {1: "aa"})
    assert not seen.asked_who
    assert ask(seen) == told
    assert seen.asked_who


# --- functions that return records, and objects that are put together ---


def shape_of_authors(prop: Mapping[str, Any], function: Shouted, **shapes: Any) -> Callable[[View, Record], Any]:
    """Return what renders an author whose property `found` is declared so, and found by the function."""

    def change(raw: dict[str, Any]) -> None:
        raw["components"]["schemas"]["Author"]["properties"]["found"] = prop
        raw["components"]["schemas"].update(shapes)

    changed = changed_model(change)
    functions = replace(FUNCTIONS, values={**FUNCTIONS.values, "found": function})
    return Renderers(changed, functions, CONVENTIONS.formats).record("authors", "show")


SHELF = {"$ref": "#/components/schemas/Shelf"}
ONE_SHELF = {"nullable": True, "anyOf": [SHELF], "x-mock-value": "found"}
SHELVES = {"type": "array", "items": SHELF, "x-mock-value": "found"}
UPPER = {"id": "1", "name": "Upper"}


@pytest.mark.parametrize(
    ("prop", "returns", "wanted"),
    [
        pytest.param(ONE_SHELF, lambda store: store["shelves"].records[1], UPPER, id="one"),
        pytest.param({**SHELF, "x-mock-value": "found"}, lambda store: store["shelves"].records[1], UPPER, id="one by a reference alone"),
        pytest.param(ONE_SHELF, lambda store: None, None, id="none"),
        pytest.param(SHELVES, lambda store: list(store["shelves"]), [UPPER], id="a list"),
        pytest.param(SHELVES, lambda store: [store["shelves"].records[1], None], [UPPER], id="a list with none in it"),
        pytest.param(SHELVES, lambda store: [], [], id="an empty list"),
        pytest.param(ONE_SHELF, lambda store: ABSENT, ABSENT, id="left out"),
        pytest.param(SHELVES, lambda store: ABSENT, ABSENT, id="a list that is left out"),
    ],
)
def test_a_function_returns_records_that_are_shown_by_their_schema(store: Store, prop: Any, returns: Callable[[Store], Any], wanted: Any) -> None:
    render = shape_of_authors(prop, lambda seen, record: returns(seen.store))
    assert render(view(store), store["authors"].records[1]).get("found", ABSENT) == wanted


@pytest.mark.parametrize(("prop", "wanted"), [(ONE_SHELF, None), (SHELVES, [])])
def test_records_that_a_function_returns_are_hidden_from_who_may_not_see_them(store: Store, prop: Any, wanted: Any) -> None:
    found = list(store["shelves"])
    render = shape_of_authors(prop, lambda seen, record: found if prop is SHELVES else found[0])
    seen = view(store)
    seen.visible = lambda collection, record: Visibility.HIDDEN if collection == "shelves" else Visibility.WHOLE
    assert render(seen, store["authors"].records[1])["found"] == wanted


def test_records_that_a_function_returns_may_be_shown_in_another_shape(store: Store) -> None:
    shapes = {"Plank": {"x-mock-shape": {"collection": "shelves"}, "type": "object", "properties": {"name": {"type": "string"}}}}
    prop = {"type": "array", "items": {"$ref": "#/components/schemas/Plank"}, "x-mock-value": "found"}
    render = shape_of_authors(prop, lambda seen, record: list(seen.store["shelves"]), **shapes)
    assert render(view(store), store["authors"].records[1])["found"] == [{"name": "Upper"}]


def test_an_object_is_put_together_from_its_properties(store: Store) -> None:
    parts = {
        "count": {"type": "integer", "x-mock-value": "books.count"},
        "name": {"type": "string"},
        "shelf": {**SHELF, "x-mock-value": "found"},
        "shelves": {"type": "array", "items": SHELF, "x-mock-value": "found_too"},
        "loud": {"type": "string", "x-mock-value": "shouted"},
        "deep": {
            "type": "object",
            "properties": {"born": {"type": "string", "nullable": True}, "titles": {"type": "integer", "x-mock-value": "books.count"}},
        },
    }
    changed = changed_model(lambda raw: raw["components"]["schemas"]["Author"]["properties"].update(about={"type": "object", "properties": parts}))
    upper = store["shelves"].records[1]
    values = {**FUNCTIONS.values, "found": lambda seen, record: upper, "found_too": lambda seen, record: [upper]}
    render = Renderers(changed, replace(FUNCTIONS, values=values), CONVENTIONS.formats).record("authors", "show")
    about = {"count": 1, "name": "Ada", "shelf": UPPER, "shelves": [UPPER], "deep": {"born": None, "titles": 1}}
    assert render(view(store), store["authors"].records[1])["about"] == about, "what a function leaves out is left out here too"
    assert render(view(store), store["authors"].records[2])["about"]["loud"] == "BRIAN"
