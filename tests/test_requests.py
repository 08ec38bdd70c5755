"""Parameters and bodies are decoded, or refused with every reason."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.conventions import Bodies
from mockserver.errors import DocumentError
from mockserver.operations import load_model
from mockserver.refusals import Category, Refusal
from mockserver.requests import BodyReader, ParameterReader
from mockserver.spec import Document
from mockserver.validation import Validators
from tests.models import FUNCTIONS, document, model, operation_of, query_parameter

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
VALIDATORS = Validators(model().document.schemas)


def body_reader(operation_id: str = "create_book", singular: str = "book") -> BodyReader:
    return BodyReader(operation_of(model(), operation_id), model().document, VALIDATORS, singular, Bodies())


def parameter_reader(operation_id: str) -> ParameterReader:
    return ParameterReader(operation_of(model(), operation_id), model().document, VALIDATORS)


CREATE, UPDATE, SORT = body_reader(), body_reader("update_book"), body_reader("sort_books")
BOOKS = parameter_reader("list_books")


def refusal(reader: BodyReader, raw: bytes, content_type: str = JSON) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(reader, raw, content_type)
    return caught.value


def read(reader: BodyReader, raw: bytes, content_type: str = JSON) -> Mapping[str, Any]:
    return reader.check(*reader.decode(raw, content_type))


def nested(depth: int, kind: str = "[]") -> bytes:
    opening, closing = {"[]": (b"[", b"]"), "{}": (b'{"a":', b"}")}[kind]
    return opening * (depth - 1) + kind.encode() + closing * (depth - 1)


# --- media types ---


@pytest.mark.parametrize("content_type", [JSON, "APPLICATION/JSON", "application/json; charset=utf-8", " application/json ;x", ""])
def test_a_declared_media_type_is_read_whatever_stands_beside_it(content_type: str) -> None:
    assert read(CREATE, b'{"book": {"title": "x"}}', content_type) == {"title": "x"}


@pytest.mark.parametrize("content_type", ["text/plain", "application/jsonp", "json", "application/xml; charset=utf-8", "multipart/form-data"])
def test_another_media_type_is_refused(content_type: str) -> None:
    found = refusal(CREATE, b"{}", content_type)
    assert found.category is Category.MEDIA_TYPE
    assert f"{JSON} or {FORM}" in found.violations[0].message


def test_a_form_is_read_as_the_json_body_would_be() -> None:
    assert read(CREATE, b"book%5Btitle%5D=a+b&book[copies]=3&book[tags][]=1&book[lent]=true", FORM) == {
        "title": "a b",
        "copies": 3,
        "tags": [1],
        "lent": True,
    }


# --- unreadable bodies ---


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"{", id="broken"),
        pytest.param(b"{} {}", id="two values"),
        pytest.param(b" ", id="white space"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b'{"book": {"title": "\xc3\x28"}}', id="no UTF-8 within"),
        pytest.param(b'\xef\xbb\xbf{"book": {"title": "x"}}', id="a byte order mark"),
        pytest.param(b"NaN", id="NaN"),
        pytest.param(b'{"book": {"title": "x", "price": NaN}}', id="NaN within"),
        pytest.param(b'{"book": {"title": "x", "price": Infinity}}', id="Infinity"),
        pytest.param(b'{"book": {"title": "x", "price": 1e999}}', id="beyond a float"),
        pytest.param(rb'{"book": {"title": "\ud800"}}', id="a lone surrogate"),
        pytest.param(rb'{"book": {"title": "\udc00\ud800"}}', id="surrogates the wrong way round"),
        pytest.param(b'{"book": {"title": "a\x00b"}}', id="a control character"),
        pytest.param(nested(65), id="65 arrays"),
        pytest.param(nested(65, "{}"), id="65 objects"),
        pytest.param(b'{"book": {"title": "x", "anything": ' + nested(63) + b"}}", id="65 of both"),
        pytest.param(nested(100_000), id="beyond any stack"),
    ],
)
def test_an_unreadable_body_is_refused(raw: bytes) -> None:
    found = refusal(CREATE, raw)
    assert found.category is Category.UNREADABLE
    assert found.violations[0].message


@pytest.mark.parametrize("raw", [b"book[title]=\xff", b"&".join([b"a=1"] * 1001)])
def test_an_unreadable_form_is_refused(raw: bytes) -> None:
    assert refusal(CREATE, raw, FORM).category is Category.UNREADABLE


@pytest.mark.parametrize("kind", ["[]", "{}"])
def test_64_levels_are_read(kind: str) -> None:
    raw = b'{"book": {"title": "[", "anything": ' + nested(62, kind) + b"}}"
    assert read(CREATE, raw)["anything"]


def test_brackets_in_texts_are_no_levels() -> None:
    assert read(CREATE, json.dumps({"book": {"title": "[{" * 100}}).encode()) == {"title": "[{" * 100}


@pytest.mark.parametrize("digits", [20, 400, 5000])
def test_an_integer_of_any_size_is_readable(digits: int) -> None:
    raw = b'{"book": {"title": "x", "copies": ' + b"9" * digits + b"}}"
    assert refusal(CREATE, raw).category in (Category.VALUE, Category.UNREADABLE)


def test_characters_beyond_the_first_plane_are_read() -> None:
    assert read(CREATE, rb'{"book": {"title": "\ud83d\ude00"}}') == {"title": "😀"}


@given(st.binary(max_size=40) | st.text(alphabet='[]{}",:0123456789.eE+-truefalsn\\u \n', max_size=40).map(str.encode))
def test_no_bytes_raise_anything_but_a_refusal(raw: bytes) -> None:
    for reader in (CREATE, UPDATE, SORT):
        for content_type in (JSON, FORM):
            try:
                read(reader, raw, content_type)
            except Refusal as error:
                assert error.violations  # noqa: PT017  # whether it is raised is left open


# --- no body ---


def test_a_missing_body_is_refused_where_one_is_required() -> None:
    found = refusal(CREATE, b"", "")
    assert (found.category, found.violations[0].code) == (Category.UNREADABLE, "required")


def test_a_missing_body_is_nothing_where_none_is_required() -> None:
    assert SORT.decode(b"", "text/plain") == ("", None)
    assert read(SORT, b"", "text/plain") == {}


def test_null_is_a_body() -> None:
    assert refusal(SORT, b"null").category is Category.STRUCTURE
    assert refusal(CREATE, b"null").category is Category.STRUCTURE


# --- envelopes and attributes ---


@pytest.mark.parametrize(
    ("raw", "category", "pointers"),
    [
        pytest.param(b"[]", Category.STRUCTURE, [""], id="a list"),
        pytest.param(b"{}", Category.STRUCTURE, ["/book"], id="no envelope"),
        pytest.param(b'{"book": []}', Category.STRUCTURE, ["/book"], id="a list in the envelope"),
        pytest.param(b'{"book": {}}', Category.VALUE, ["/book/title"], id="a missing attribute"),
        pytest.param(b'{"book": {"title": ""}}', Category.VALUE, ["/book/title"], id="an empty attribute"),
        pytest.param(b'{"book": {"title": null, "tags": 5}}', Category.VALUE, ["/book/tags", "/book/title"], id="two wrong attributes"),
        pytest.param(b'{"book": {"title": "x", "tags": [1, "a", 2.5]}}', Category.VALUE, ["/book/tags/1", "/book/tags/2"], id="two wrong elements"),
    ],
)
def test_a_broken_schema_is_refused_with_every_reason(raw: bytes, category: Category, pointers: list[str]) -> None:
    found = refusal(CREATE, raw)
    assert found.category is category
    assert [violation.pointer for violation in found.violations] == pointers
    assert {violation.resource for violation in found.violations} == {"book"}


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        (b'{"book": {"copies": 3}}', {"copies": 3}),
        (b'{"copies": 3}', {"copies": 3}),
        (b"{}", {}),
        (b'{"book": {"copies": 3}, "copies": 4}', {"copies": 3}),
    ],
)
def test_a_flat_body_is_read_where_the_operation_says_so(raw: bytes, sent: dict[str, Any]) -> None:
    assert read(UPDATE, raw) == sent


def test_a_body_without_a_record_sends_no_attributes() -> None:
    assert read(SORT, b'{"x": 1}') == {}


# --- parameters ---


@pytest.mark.parametrize(
    ("query", "values"),
    [
        pytest.param(b"", {}, id="none"),
        pytest.param(b"copies=3&title=x", {"copies": 3, "title": "x"}, id="coerced"),
        pytest.param(b"title=x&copies=3", {"title": "x", "copies": 3}, id="in the order sent"),
        pytest.param(b"copies=3&copies=4", {"copies": 4}, id="the last counts"),
        pytest.param(b"ids=1&ids=2", {"ids": [1, 2]}, id="a list"),
        pytest.param(b"title=", {"title": ""}, id="an empty text"),
        pytest.param(b"unknown=1", {}, id="undeclared"),
        pytest.param(b"title=a%20b+c%C3%A9", {"title": "a b cé"}, id="encoded"),
        pytest.param(b"title=%FF%zz", {"title": "\ufffd%zz"}, id="wrongly encoded"),
        pytest.param(b"title=a&&=&&;", {"title": "a"}, id="odd separators"),
    ],
)
def test_declared_query_parameters_are_read(query: bytes, values: dict[str, Any]) -> None:
    found = BOOKS.query(query)
    assert found == values
    assert list(found) == list(values)


def test_an_alias_is_read_as_its_parameter() -> None:
    assert parameter_reader("list_authors").query(b"p=2&per_page=3") == {"page": 2, "per_page": 3}


@pytest.mark.parametrize(
    ("query", "reasons"),
    [
        (b"copies=many", [("copies", "type")]),
        (b"copies=many&limit=-1&title=x", [("copies", "type"), ("limit", "minimum")]),
        (b"ids=1&ids=a", [("ids", "type")]),
        (b"limit=99999999999", [("limit", "maximum")]),
        (b"tagged=2", [("tagged", "enum")]),
        (b"order_title=up", [("order_title", "pattern")]),
        (b"&".join([b"a=1"] * 1001), [("", "maxItems")]),
    ],
)
def test_malformed_query_parameters_are_refused_each_by_name(query: bytes, reasons: list[tuple[str, str]]) -> None:
    with pytest.raises(Refusal) as caught:
        BOOKS.query(query)
    assert caught.value.category is Category.PARAMETER
    assert [(violation.pointer, violation.code) for violation in caught.value.violations] == reasons
    assert all(violation.attribute == violation.pointer for violation in caught.value.violations)


def test_a_missing_parameter_is_refused_where_it_is_required() -> None:
    raw = document()
    raw["paths"]["/books"]["get"]["parameters"] = [{**query_parameter("shelf", {"type": "integer"}, input="slug"), "required": True}]
    changed = load_model(Document(raw, "library"), FUNCTIONS)
    reader = ParameterReader(operation_of(changed, "list_books"), changed.document, Validators(changed.document.schemas))
    assert reader.query(b"shelf=1") == {"shelf": 1}
    for query in (b"", b"copies=1"):
        with pytest.raises(Refusal) as caught:
            reader.query(query)
        assert [(one.pointer, one.code) for one in caught.value.violations] == [("shelf", "required")]


@given(st.binary(max_size=60))
def test_no_query_raises_anything_but_a_refusal(query: bytes) -> None:
    try:
        BOOKS.query(b"copies=" + query)
    except Refusal as error:
        assert error.category is Category.PARAMETER  # noqa: PT017  # whether it is raised is left open


@pytest.mark.parametrize(("text", "value"), [("7", 7), ("007", 7), ("0", 0)])
def test_path_parameters_are_coerced(text: str, value: int) -> None:
    assert parameter_reader("get_book").path({"id": text}) == ({"id": value}, [])


@pytest.mark.parametrize("text", ["", "x", "-1", "1.0", "99999999999", " 1", "1\n", "٣"])
def test_malformed_path_parameters_are_named(text: str) -> None:
    _, violations = parameter_reader("get_book").path({"id": text})
    assert [(violation.place, violation.pointer) for violation in violations] == [("path", "id")]


# --- families ---


def family_reader(schema: dict[str, Any], alias: str, **keywords: Any) -> ParameterReader:
    raw = document()
    raw["paths"]["/books"]["get"]["parameters"] = [query_parameter("label_1", schema, alias=[alias], **keywords)]
    changed = load_model(Document(raw, "library"), replace(FUNCTIONS, filters={"labels": lambda *given: None}))
    return ParameterReader(operation_of(changed, "list_books"), changed.document, Validators(changed.document.schemas))


@pytest.mark.parametrize(
    ("query", "values"),
    [
        (b"label_1=7", {"1": 7}),
        (b"label_1=7&label_2=8&label_1=9", {"1": 9, "2": 8}),
        (b"label_big-x=7", {"big-x": 7}),
    ],
)
def test_members_of_a_family_are_told_apart_by_what_stands_in_the_braces(query: bytes, values: dict[str, Any]) -> None:
    reader = family_reader({"type": "integer"}, "label_{id}", filter="labels")
    assert reader.query(query) == {"label_1": values}


def test_lists_of_a_family_gather_their_own_values() -> None:
    reader = family_reader({"type": "array", "items": {"type": "integer"}}, "label_{id}", filter="labels")
    assert reader.query(b"label_1=1&label_2=2&label_1=3") == {"label_1": {"1": [1, 3], "2": [2]}}


def test_every_member_of_a_family_is_held_to_the_schema() -> None:
    reader = family_reader({"type": "integer"}, "label_{id}", filter="labels")
    with pytest.raises(Refusal) as caught:
        reader.query(b"label_1=7&label_2=x&label_3=y")
    assert [violation.pointer for violation in caught.value.violations] == ["label_1", "label_1"]


@pytest.mark.parametrize("name", [b"label_", b"label_" + b"x" * 41, b"label_a%20b", b"Label_1", b"xlabel_1"])
def test_what_is_no_member_is_ignored(name: bytes) -> None:
    assert family_reader({"type": "integer"}, "label_{id}", filter="labels").query(name + b"=7") == {}


def test_numbers_in_empty_braces_do_not_count() -> None:
    reader = family_reader({"type": "array", "items": {"type": "integer"}}, "label_1[{}]", filter="labels")
    assert reader.query(b"label_1[0]=1&label_1[17]=2&label_1[x]=3&label_1=4") == {"label_1": [1, 2, 4]}


@pytest.mark.parametrize(("alias", "said"), [("mark_{id}", "labels"), ("label_{id}", {"field": "copies", "operator": "equals"})])
def test_a_family_that_cannot_be_read_stops_the_start(alias: str, said: Any) -> None:
    with pytest.raises(DocumentError, match="family"):
        family_reader({"type": "integer"}, alias, filter=said)


# --- multipart ---

MULTIPART = "multipart/form-data"


def multipart_reader(**properties: Any) -> BodyReader:
    """Return the reader of a new book whose body may be multipart, with further properties beside the book."""
    raw = document()
    content = raw["paths"]["/books"]["post"]["requestBody"]["content"]
    schema = content[FORM]["schema"]
    content[MULTIPART] = {"schema": {**schema, "properties": {**schema["properties"], **properties}}}
    changed = load_model(Document(raw, "library"), FUNCTIONS)
    return BodyReader(operation_of(changed, "create_book"), changed.document, Validators(changed.document.schemas), "book", Bodies())


def multipart(*fields: tuple[str, str]) -> bytes:
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields]
    return "".join([*parts, "--x--\r\n"]).encode()


def decoded(reader: BodyReader, *fields: tuple[str, str]) -> Any:
    media_type, body = reader.decode(multipart(*fields), f"{MULTIPART}; boundary=x")
    assert media_type == MULTIPART
    return body


def test_a_multipart_body_is_read_as_the_json_body_would_be() -> None:
    fields = (("book[title]", "a b"), ("book[copies]", "3"), ("book[tags][]", "1"), ("book[tags][]", "2"), ("book[lent]", "true"))
    assert decoded(multipart_reader(), *fields) == {"book": {"title": "a b", "copies": 3, "tags": [1, 2], "lent": True}}


def test_a_multipart_field_that_is_declared_as_an_object_may_be_json() -> None:
    reader = multipart_reader(text={"type": "string"})
    assert decoded(reader, ("book", '{"title": "a", "tags": [1]}'), ("text", "{not json")) == {
        "book": {"title": "a", "tags": [1]},
        "text": "{not json",
    }
    found = refusal(reader, multipart(("book", '{"title": ')), f"{MULTIPART}; boundary=x")
    assert found.category is Category.UNREADABLE


def test_json_in_a_multipart_field_is_nested_no_deeper_than_json() -> None:
    deep = f'{{"title": {"[" * 80}{"]" * 80}}}'
    found = refusal(multipart_reader(), multipart(("book", deep)), f"{MULTIPART}; boundary=x")
    assert (found.category, found.violations[0].code) == (Category.UNREADABLE, "unreadable")


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        pytest.param(b"--x", MULTIPART, id="no boundary"),
        pytest.param(b"book[title]=x", f"{MULTIPART}; boundary=x", id="no parts"),
        pytest.param(multipart(("a", "\xff")).replace("\xff".encode(), b"\xff"), f"{MULTIPART}; boundary=x", id="no UTF-8"),
        pytest.param(multipart(*[(str(number), "") for number in range(1001)]), f"{MULTIPART}; boundary=x", id="too many fields"),
    ],
)
def test_an_unreadable_multipart_body_is_refused(raw: bytes, content_type: str) -> None:
    assert refusal(multipart_reader(), raw, content_type).category is Category.UNREADABLE


def test_a_thousand_multipart_fields_are_read() -> None:
    fields = [(f"book[unknown{number}]", "") for number in range(999)]
    assert decoded(multipart_reader(), ("book[title]", "x"), *fields)["book"]["title"] == "x"


# --- bodies in the query ---


def with_query(query: bytes, raw: bytes = b"", content_type: str = JSON, *, operation_id: str = "create_book", in_query: bool = True) -> Any:
    """Return what a body and the query beside it send."""
    reader = BodyReader(operation_of(model(), operation_id), model().document, VALIDATORS, "book", Bodies(in_query=in_query))
    return reader.decode(raw, content_type, query)[1]


@pytest.mark.parametrize(
    ("query", "body"),
    [
        pytest.param(b"book[title]=a+b&book%5Bcopies%5D=3&book[lent]=true", {"book": {"title": "a b", "copies": 3, "lent": True}}, id="typed"),
        pytest.param(b"book[tags][]=1&book[tags][]=2", {"book": {"tags": [1, 2]}}, id="a list"),
        pytest.param(b"limit=3&books[title]=x&book=y&book[title]=z", {"book": {"title": "z"}}, id="others are no part of it"),
        pytest.param(b"book[author]=&book[price]=", {"book": {"author": None, "price": None}}, id="an empty text clears"),
    ],
)
def test_the_query_may_say_what_the_body_could_say(query: bytes, body: Any) -> None:
    assert with_query(query) == body


def test_the_body_goes_before_the_query() -> None:
    query = b"book[title]=query&book[copies]=3"
    assert with_query(query, b'{"book": {"title": "body"}, "x": 1}') == {"book": {"title": "body", "copies": 3}, "x": 1}
    assert with_query(query, b"book[title]=body", FORM) == {"book": {"title": "body", "copies": 3}}
    assert with_query(query, b'{"x": 1}') == {"x": 1, "book": {"title": "query", "copies": 3}}
    assert with_query(query, b'{"book": 7}') == {"book": 7}, "a body that is wrong stays wrong"
    assert with_query(query, b"[]") == []


def test_a_query_that_says_nothing_of_the_record_is_no_body() -> None:
    with pytest.raises(Refusal) as caught:
        with_query(b"limit=3&booking[x]=1")
    assert caught.value.violations[0].code == "required"
    assert with_query(b"limit=3", operation_id="update_book") is None


def test_the_query_says_nothing_of_the_body_unless_the_conventions_say_so() -> None:
    assert with_query(b"book[title]=x", operation_id="update_book", in_query=False) is None
    assert with_query(b"book[copies]=3", b'{"book": {"title": "x"}}', in_query=False) == {"book": {"title": "x"}}


def test_too_many_parameters_are_left_to_those_who_refuse_them() -> None:
    assert with_query(b"&".join(b"book[x]=1" for _ in range(1001)), b'{"book": {"title": "x"}}') == {"book": {"title": "x"}}


@given(st.binary(max_size=60), st.binary(max_size=20))
def test_no_query_beside_a_body_raises_anything_but_a_refusal(query: bytes, raw: bytes) -> None:
    for more in (query, b"book[title]=x&" + query, b"book" + query):
        try:
            with_query(more, raw)
        except Refusal:
            continue


# --- headers ---


def test_declared_headers_that_something_reads_are_read_by_their_declared_names() -> None:
    raw = document()
    for name, keyword in (("Referer", "x-mock-input"), ("X-Shelf", "x-mock-input"), ("X-Mood", "x-mock-no-effect")):
        parameter = {"name": name, "in": "header", "schema": {"type": "string"}, keyword: "slug"}
        raw["paths"]["/books"]["post"].setdefault("parameters", []).append(parameter)
    changed = load_model(Document(raw, "library"), FUNCTIONS)
    reader = ParameterReader(operation_of(changed, "create_book"), changed.document, VALIDATORS)
    sent = {b"referer": b"https://a.example/\xe9", b"x-mood": b"odd", b"x-other": b"1"}
    assert reader.headers(sent) == {"Referer": "https://a.example/\xe9"}
    assert reader.headers({}) == {}
    assert BOOKS.headers(sent) == {}
