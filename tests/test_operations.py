"""Operations are read from the document; what does not fit stops the start and names the operation."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mockserver.errors import DocumentError
from mockserver.operations import Action, Operation, Profile, load_model
from mockserver.pagination import PageRole
from mockserver.spec import Document
from mockserver.stored import StoredType
from tests.models import FUNCTIONS, document, model, operation_of, query_parameter

Paths = dict[str, Any]


def operation(operation_id: str) -> Operation:
    return operation_of(model(), operation_id)


def parameters(operation_id: str) -> dict[str, Any]:
    return {parameter.name: parameter for parameter in operation(operation_id).parameters}


@pytest.mark.parametrize(
    ("operation_id", "action", "collection", "label"),
    [
        ("list_books", Action.LIST, "books", "GET /books"),
        ("create_book", Action.CREATE, "books", "POST /books"),
        ("get_book", Action.RETRIEVE, "books", "GET /books/{id}"),
        ("update_book", Action.UPDATE, "books", "PUT /books/{id}"),
        ("delete_book", Action.DELETE, "books", "DELETE /books/{id}"),
        ("sort_books", Action.BEHAVIOUR, "books", "PUT /books/sorted"),
        ("get_status", Action.BEHAVIOUR, None, "GET /status"),
    ],
)
def test_an_operation_knows_what_it_does(operation_id: str, action: Action, collection: str | None, label: str) -> None:
    found = operation(operation_id)
    assert (found.action, found.collection, found.label) == (action, collection, label)


def test_a_credential_is_asked_for_unless_an_operation_says_otherwise() -> None:
    assert operation("list_books").secured
    assert not operation("get_status").secured


def test_the_observed_status_is_answered_in_its_profile_only() -> None:
    assert operation("create_book").statuses == {Profile.DOCUMENTED: 201, Profile.OBSERVED: 200}
    assert operation("get_book").statuses == {Profile.DOCUMENTED: 200, Profile.OBSERVED: 200}


def test_records_of_the_path_stand_in_its_order() -> None:
    assert operation("get_book_note").records == (("id", "books"), ("note", "notes"))
    assert operation("list_books").records == ()


def test_parameters_of_the_path_item_are_shared_and_can_be_replaced() -> None:
    assert [parameter.name for parameter in operation("get_book").located("path")] == ["id"]
    raw = document()
    raw["paths"]["/books/{id}"]["get"]["parameters"].append({"name": "id", "in": "path", "required": True, "schema": {"type": "string"}})
    replaced = operation_of(load_model(Document(raw, "library"), FUNCTIONS), "get_book").located("path")
    assert [parameter.schema for parameter in replaced] == [{"type": "string"}]


def test_each_parameter_has_its_one_effect() -> None:
    found = parameters("list_books")
    assert found["shelf"].filter.operator == "equals"
    assert found["shelf"].filter.stored is StoredType.INTEGER
    assert found["notes_from"].filter.stored is StoredType.INTEGER
    assert found["author_has"].filter.stored is StoredType.TEXT
    assert found["copies_hundreds"].filter.scale == 100
    assert [(path.text, turned) for path, turned in found["order_bought"].order] == [("bought", False), ("copies", True)]
    assert found["limit"].page == PageRole("limit", "limit", 20, 100)
    assert found["fields"].select == {"notes": ("noteIds",)}
    assert parameters("list_authors")["page"].aliases == ("p",)


def test_functions_and_reasons_are_named() -> None:
    raw = document()
    raw["paths"]["/books"]["get"]["parameters"] += [
        query_parameter("search", {"type": "string"}, filter="search"),
        query_parameter("popular", {"type": "string"}, order="popular"),
        query_parameter("silent", {"type": "string"}, **{"no-effect": "nobody asks"}),
        query_parameter("read", {"type": "string"}, input="search"),
    ]
    functions = replace(FUNCTIONS, filters={"search": lambda: None}, orders={"popular": lambda: None})
    found = {parameter.name: parameter for parameter in operation_of(load_model(Document(raw, "library"), functions), "list_books").parameters}
    assert found["search"].filter_function == "search"
    assert found["popular"].order_function == "popular"
    assert found["silent"].no_effect == "nobody asks"
    assert found["read"].reader == "search"


def test_bodies_and_responses_are_read_by_media_type_and_status() -> None:
    found = operation("create_book")
    assert set(found.bodies) == {"application/json", "application/x-www-form-urlencoded"}
    assert found.body_required
    assert found.rules == (("related", 422), ("not_cursed", 400))
    assert found.responses[201] is not None
    assert operation("delete_book").responses[204] is None
    assert not operation("sort_books").body_required


def put(*keys: str, value: Any) -> Callable[[Paths], None]:
    def change(paths: Paths) -> None:
        node = paths
        for key in keys[:-1]:
            node = node[key]
        node[keys[-1]] = value

    return change


def remove(*keys: str) -> Callable[[Paths], None]:
    def change(paths: Paths) -> None:
        node = paths
        for key in keys[:-1]:
            node = node[key]
        del node[keys[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(remove("/books", "get", "operationId"), "no operationId", id="no operationId"),
        pytest.param(put("/books", "get", "operationId", value="get_book"), "used twice", id="an operationId twice"),
        pytest.param(remove("/books", "get", "x-mock-action"), "does nothing", id="no action"),
        pytest.param(put("/books", "get", "x-mock-action", value={"list": "volumes"}), "unknown collection", id="an unknown collection"),
        pytest.param(put("/books", "get", "x-mock-action", value={"behaviour": "books"}), "unknown function", id="an unknown behaviour"),
        pytest.param(put("/books", "post", "x-mock-rules", value={"lucky": 400}), "unknown function", id="an unknown rule"),
        pytest.param(put("/books", "get", "responses", "default", value={}), "without a real status", id="a default response"),
        pytest.param(put("/books", "get", "x-mock-observed-status", value=202), "not declared", id="an undeclared observed status"),
        pytest.param(put("/books", "get", "x-mock-action", "sideload", value={"x": "colour"}), "unknown path", id="an unknown path"),
        pytest.param(put("/status", "get", "x-mock-action", "sideload", value={"x": "shelf"}), "without a collection", id="a path from nowhere"),
        pytest.param(
            put("/books", "get", "parameters", value=[query_parameter("a", {}, filter={"field": "colour", "operator": "equals"})]),
            "unknown path",
            id="a filter on nothing",
        ),
        pytest.param(
            put("/books", "get", "parameters", value=[query_parameter("a", {}, filter="search")]), "unknown function", id="an unknown filter"
        ),
        pytest.param(
            put("/books", "get", "parameters", value=[query_parameter("a", {}, order="popular")]), "unknown function", id="an unknown order"
        ),
        pytest.param(
            put("/books", "get", "parameters", value=[query_parameter("a", {}, order=["colour"])]), "unknown path", id="an order by nothing"
        ),
        pytest.param(
            put("/books", "get", "parameters", value=[query_parameter("a", {}, record="volumes")]), "unknown collection", id="a record of nothing"
        ),
    ],
)
def test_what_does_not_fit_stops_the_start_and_names_the_operation(change: Callable[[Paths], None], message: str) -> None:
    raw = document()
    change(raw["paths"])
    with pytest.raises(DocumentError, match=message) as caught:
        load_model(Document(raw, "library"), FUNCTIONS)
    assert any(label in (caught.value.where or "") for label in ("GET /books", "POST /books", "GET /status"))


def test_fields_of_equality_filters_are_indexed() -> None:
    assert {"title", "copies", "lent", "shelf", "tags"} <= model().resources["books"].layout.indexed
    assert "price" not in model().resources["books"].layout.indexed


def test_a_property_that_is_a_path_can_be_ordered_by() -> None:
    assert model().path("booksCount", "authors").text == "books.count"


# --- answers that are no JSON, callers whom forms name, parameters that stand for others ---


def with_change(change: Callable[[Paths], None], **tables: Any) -> Any:
    raw = document()
    change(raw["paths"])
    return load_model(Document(raw, "library"), replace(FUNCTIONS, **tables))


def test_a_body_that_is_no_json_is_a_text_of_its_media_type() -> None:
    content = {"text/html": {"schema": {"type": "string"}}}
    found = operation_of(with_change(put("/status", "get", "responses", "203", value={"description": "A page.", "content": content})), "get_status")
    assert found.texts == {203: "text/html"}
    assert found.responses[203] is None
    assert found.responses[200] is not None


def test_an_answer_with_json_among_its_media_types_is_no_text() -> None:
    schema = {"schema": {"type": "object"}}
    for json in ("application/json", "application/vnd.api+json"):
        content = {"text/html": {"schema": {"type": "string"}}, json: schema}
        found = operation_of(with_change(put("/status", "get", "responses", "200", "content", value=content)), "get_status")
        assert found.texts == {}
        assert found.responses[200] == {"type": "object"}


def test_an_operation_without_a_body_has_no_text() -> None:
    assert operation("delete_book").texts == {}


def test_the_attribute_that_names_the_caller_is_known() -> None:
    found = operation_of(with_change(put("/status", "get", "x-mock-caller", value="form")), "get_status")
    assert (found.caller, operation("get_status").caller) == ("form", None)


def test_a_parameter_may_stand_for_others() -> None:
    change = put("/books", "get", "parameters", value=[query_parameter("saved", {"type": "string"}, expand="saved")])
    [found] = operation_of(with_change(change, expansions={"saved": lambda: None}), "list_books").parameters
    assert (found.expansion, found.filter, found.orders) == ("saved", None, False)
    with pytest.raises(DocumentError, match="unknown function") as caught:
        with_change(change)
    assert (caught.value.expected, caught.value.found) == ("a name in EXPANSIONS", "saved")


def test_a_parameter_that_orders_is_known_as_one() -> None:
    assert parameters("list_books")["order_title"].orders
    assert not parameters("list_books")["title"].orders


def test_an_unknown_function_that_settles_stops_the_start() -> None:
    raw = document()
    raw["components"]["schemas"]["Book"]["x-mock-collection"]["settle"] = "return_books"
    with pytest.raises(DocumentError, match="unknown function") as caught:
        load_model(Document(raw, "library"), FUNCTIONS)
    assert caught.value.where == "library#/components/schemas/Book/x-mock-collection/settle"
