"""Every kind of refusal is answered in the API's shapes and words, and its reasons stand in one bounded header."""

import json
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.refusals import Category, Refusal, Violation
from mockserver.responses import VIOLATIONS_HEADER, ErrorShape, ErrorShapes, Sentence, Slot, encode, refusal_response, violations_header
from tests.models import STATUSES

TITLE = Violation("body", "/book/bookTitle", "required", "title is required", "book", "bookTitle")
LIMIT = Violation("query", "limit", "type", "expected a number", "", "limit")
FIELD = ErrorShape({"title": Slot.TITLE, "detail": Slot.DETAIL, "code": Slot.CODE, "source": {"pointer": Slot.POINTER}}, wrap="errors")
MESSAGE = ErrorShape({"message": Slot.MESSAGE, "fixed": [1]}, many=False)
BARE = ErrorShape({"status": Slot.STATUS, "at": Slot.PARAMETER, "name": Slot.ATTRIBUTE, "words": Slot.WORDS})
SHAPES = ErrorShapes(
    shapes={"field": FIELD, "message": MESSAGE, "bare": BARE},
    statuses=STATUSES,
    preferences={**dict.fromkeys(Category, ("message", "field")), Category.VALUE: ("field", "message")},
    sentences={
        ("field", "required"): Sentence("The {resource} {words} is missing.", "", "field_missing"),
        (None, "required"): Sentence("Missing {attribute}"),
        (None, "type"): Sentence("Wrong {attribute}", "{message}"),
        (None, "missing"): Sentence("No {resource} with id {id}"),
        ("field", Category.RULE): Sentence("Against the rules", "{message}", 7),
        (None, Category.CREDENTIAL): Sentence("Forbidden"),
        ("field", "unique book.isbn"): Sentence("This ISBN is known."),
        (None, "unique"): Sentence("Known: {attribute}"),
    },
    pointer="/data/{attribute}",
)


def body(refusal: Refusal, status: int = 400, *admitted: str) -> Any:
    return SHAPES.body(refusal, status, admitted)


def test_a_wrapped_shape_tells_every_reason() -> None:
    assert body(Refusal(Category.VALUE, [TITLE, LIMIT]), 422, "field") == {
        "errors": [
            {"title": "The book book title is missing.", "detail": "", "code": "field_missing", "source": {"pointer": "/data/bookTitle"}},
            {"title": "Wrong limit", "detail": "expected a number", "code": "", "source": {"pointer": ""}},
        ]
    }


def test_a_single_shape_tells_the_first_reason() -> None:
    assert body(Refusal(Category.VALUE, [TITLE, LIMIT]), 422, "message") == {"message": "Missing bookTitle", "fixed": [1]}


def test_a_bare_shape_is_a_list() -> None:
    assert body(Refusal(Category.VALUE, [TITLE, LIMIT]), 422, "bare") == [
        {"status": 422, "at": "/book/bookTitle", "name": "bookTitle", "words": "book title"},
        {"status": 422, "at": "limit", "name": "limit", "words": "limit"},
    ]


@pytest.mark.parametrize(
    ("violation", "category", "shape", "title"),
    [
        pytest.param(TITLE._replace(code="unique", attribute="isbn"), Category.RULE, "field", "This ISBN is known.", id="shape, code and attribute"),
        pytest.param(TITLE._replace(code="unique"), Category.RULE, "field", "Known: bookTitle", id="code before category"),
        pytest.param(TITLE, Category.VALUE, "field", "The book book title is missing.", id="shape and code"),
        pytest.param(TITLE, Category.VALUE, "message", "Missing bookTitle", id="code"),
        pytest.param(TITLE._replace(code="odd"), Category.RULE, "field", "Against the rules", id="shape and category"),
        pytest.param(TITLE._replace(code="odd"), Category.CREDENTIAL, "field", "Forbidden", id="category"),
        pytest.param(TITLE._replace(code="odd"), Category.VALUE, "field", "title is required", id="none: the message"),
        pytest.param(TITLE._replace(code="missing", values=(("id", 7),)), Category.MISSING_RECORD, "field", "No book with id 7", id="own values"),
        pytest.param(TITLE._replace(code="missing"), Category.MISSING_RECORD, "field", "No book with id ", id="a value that is not known"),
        pytest.param(TITLE._replace(attribute="{x}"), Category.VALUE, "message", "Missing {x}", id="braces in a value"),
    ],
)
def test_the_most_specific_sentence_is_used(violation: Violation, category: Category, shape: str, title: str) -> None:
    found = body(Refusal(category, [violation]), 400, shape)
    assert (found["message"] if shape == "message" else found["errors"][0]["title"]) == title


@pytest.mark.parametrize(
    ("admitted", "key"),
    [((), "errors"), (("message",), "message"), (("message", "field"), "errors"), (("field", "message"), "errors")],
)
def test_the_preferred_shape_of_those_admitted_is_used(admitted: tuple[str, ...], key: str) -> None:
    assert key in body(Refusal(Category.VALUE, [TITLE]), 422, *admitted)


def test_a_shape_that_nobody_prefers_is_used_where_no_other_is_admitted() -> None:
    assert isinstance(body(Refusal(Category.VALUE, [TITLE]), 422, "bare"), list)


@pytest.mark.parametrize(
    ("refusal", "declared", "status"),
    [
        (Refusal(Category.VALUE, [TITLE]), [400, 422], 422),
        (Refusal(Category.VALUE, [TITLE]), [400], 400),
        (Refusal(Category.VALUE, [TITLE]), [200], 400),
        (Refusal(Category.RULE, [TITLE], 409), [400, 422], 409),
        (Refusal(Category.RATE, [TITLE]), [], 429),
    ],
)
def test_the_first_declared_status_of_the_category_is_answered(refusal: Refusal, declared: list[int], status: int) -> None:
    assert SHAPES.status(refusal, declared) == status


@pytest.mark.parametrize("category", list(Category))
def test_every_category_is_answered_with_its_reasons(category: Category) -> None:
    response = refusal_response(SHAPES, Refusal(category, [TITLE, LIMIT], headers={"Allow": "GET"}), {})
    assert response.status == STATUSES[category][-1]
    assert json.loads(response.body)
    assert response.headers["Allow"] == "GET"
    assert json.loads(response.headers[VIOLATIONS_HEADER])["count"] == 2


def test_a_status_without_a_body_has_none() -> None:
    response = refusal_response(SHAPES, Refusal(Category.CREDENTIAL, [TITLE]), {401: None})
    assert (response.status, response.body) == (401, b"")
    assert VIOLATIONS_HEADER in response.headers


def test_what_is_no_part_of_the_body_has_no_pointer_into_it() -> None:
    assert body(Refusal(Category.VALUE, [LIMIT]), 422, "field")["errors"][0]["source"] == {"pointer": ""}


def test_of_alternatives_the_first_is_pointed_at() -> None:
    missing = TITLE._replace(attribute="bookTitle or isbn")
    [error] = body(Refusal(Category.VALUE, [missing]), 422, "field")["errors"]
    assert error["source"] == {"pointer": "/data/bookTitle"}


def test_optional_keys_with_nothing_to_say_are_left_out() -> None:
    shape = replace(FIELD, optional=frozenset({"detail", "source"}))
    shapes = replace(SHAPES, shapes={"field": shape})
    [error] = shapes.body(Refusal(Category.VALUE, [LIMIT._replace(code="required")]), 422, ())["errors"]
    assert error == {"title": "The  limit is missing.", "code": "field_missing"}
    [error] = shapes.body(Refusal(Category.VALUE, [TITLE]), 422, ())["errors"]
    assert error["source"] == {"pointer": "/data/bookTitle"}


def test_a_shape_may_be_a_list_of_sentences() -> None:
    shapes = replace(SHAPES, shapes={"sentences": ErrorShape(Slot.TITLE, wrap="errors")})
    assert shapes.body(Refusal(Category.PARAMETER, [LIMIT, LIMIT]), 422, ["sentences"]) == {"errors": ["Wrong limit", "Wrong limit"]}


# --- the header ---

texts = st.tuples(st.text(st.characters(), max_size=6), st.integers(1, 60)).map(lambda drawn: drawn[0] * drawn[1])
violations = st.lists(st.tuples(texts, texts).map(lambda drawn: Violation("body", drawn[0], "type", drawn[1])), max_size=6)


@settings(max_examples=30)
@given(violations)
def test_the_header_is_ascii_json_bounded_and_counted_for_any_violations(found: list[Violation]) -> None:
    header = violations_header("value", found)
    assert header.isascii()
    assert header.isprintable()
    assert len(header) <= 2048
    told = json.loads(header)
    assert told["count"] == len(found)
    assert [one["code"] for one in told["violations"]] == [one.code for one in found][: len(told["violations"])]


def test_thousands_of_reasons_are_counted_and_the_first_are_told() -> None:
    told = json.loads(violations_header("value", [TITLE] * 5000))
    assert told["count"] == 5000
    assert len(told["violations"]) > 10
    assert told["violations"][0] == {"in": "body", "pointer": "/book/bookTitle", "code": "required", "message": "title is required"}


def test_a_long_pointer_or_message_is_cut_and_still_told() -> None:
    told = json.loads(violations_header("value", [TITLE._replace(pointer="/" + "x" * 5000), TITLE._replace(message="y" * 5000)]))
    assert [(len(one["pointer"]), len(one["message"])) for one in told["violations"]] == [(200, len(TITLE.message)), (len(TITLE.pointer), 200)]


# --- encoding ---


@pytest.mark.parametrize("value", [2**64, -(2**70), [10**400], {"a": "\ud800"}, {"a": [2**64, "é"]}, 1.5, "é", None])
def test_what_json_can_say_is_encoded(value: Any) -> None:
    assert json.loads(encode(value)) == value


scalars = st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(), max_size=9)


@given(scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.text(max_size=3), scalars, max_size=3))
def test_any_json_value_is_encoded(value: Any) -> None:
    assert json.loads(encode(value)) == value


def test_plain_values_are_encoded_without_white_space() -> None:
    assert encode({"a": [1, "é"]}) == orjson.dumps({"a": [1, "é"]}) == '{"a":[1,"é"]}'.encode()


@pytest.mark.parametrize(
    ("attribute", "label"),
    [("next_entry_name", "Next entry name"), ("title", "Title"), ("bookTitle", "Book title"), ("owner_id", "Owner id"), ("", ""), ("URL", "U r l")],
)
def test_a_label_is_the_attribute_as_capitalized_words(attribute: str, label: str) -> None:
    shapes = replace(SHAPES, shapes={"labelled": ErrorShape({"label": Slot.LABEL}, many=False)}, preferences=dict.fromkeys(Category, ("labelled",)))
    assert shapes.body(Refusal(Category.VALUE, [TITLE._replace(attribute=attribute)]), 422, ()) == {"label": label}
