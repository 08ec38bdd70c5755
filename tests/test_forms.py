"""Forms and queries become the nested, typed values that a JSON body would have."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.forms import coerce_form, coerce_text, parse_form, parse_multipart
from mockserver.spec import Document
from tests.models import document

RESOLVE = Document(document(), "library").resolve


@pytest.mark.parametrize(
    ("pairs", "value"),
    [
        pytest.param([], {}, id="nothing"),
        pytest.param([("a", "1")], {"a": "1"}, id="a plain name"),
        pytest.param([("deal[name]", "x"), ("deal[id]", "1")], {"deal": {"name": "x", "id": "1"}}, id="brackets"),
        pytest.param([("a[b][c]", "1")], {"a": {"b": {"c": "1"}}}, id="deeper"),
        pytest.param([("a", "1"), ("a", "2"), ("a", "3")], {"a": ["1", "2", "3"]}, id="a name thrice"),
        pytest.param([("ids[]", "1"), ("ids[]", "2")], {"ids": ["1", "2"]}, id="empty brackets"),
        pytest.param([("ids[]", "1")], {"ids": ["1"]}, id="empty brackets once"),
        pytest.param([("deal[ids][]", "1")], {"deal": {"ids": ["1"]}}, id="empty brackets within"),
        pytest.param([("ids", "1"), ("ids[]", "2")], {"ids": ["1", "2"]}, id="both"),
        pytest.param([("a", ""), ("b", "")], {"a": "", "b": ""}, id="empty values"),
        pytest.param([("", "1")], {"": "1"}, id="an empty name"),
        pytest.param([("[a]", "1")], {"[a]": "1"}, id="nothing before the brackets"),
        pytest.param([("a[", "1")], {"a[": "1"}, id="an open bracket"),
        pytest.param([("a[b", "1")], {"a[b": "1"}, id="an open bracket and more"),
        pytest.param([("a]b", "1")], {"a]b": "1"}, id="a closing bracket"),
        pytest.param([("a[b]c", "1")], {"a[b]c": "1"}, id="something after the brackets"),
        pytest.param([("a[[b]]", "1")], {"a[[b]]": "1"}, id="brackets in brackets"),
        pytest.param([("a" + "[b]" * 8, "1")], {"a": {"b": {"b": {"b": {"b": {"b": {"b": {"b": {"b": "1"}}}}}}}}}, id="eight deep"),
        pytest.param([("a" + "[b]" * 9, "1")], {"a" + "[b]" * 9: "1"}, id="nine deep is a name"),
        pytest.param([("a", "1"), ("a[b]", "2")], {"a": "1"}, id="the first kind of value stays"),
        pytest.param([("a[b]", "1"), ("a", "2")], {"a": {"b": "1"}}, id="the first kind of value stays, the other way"),
    ],
)
def test_bracketed_names_become_nested_values(pairs: list[tuple[str, str]], value: Any) -> None:
    assert parse_form(pairs) == value


names = st.text() | st.text("ab[]", max_size=12)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, inner), default=0) if isinstance(value, (dict, list)) else 0


@given(st.lists(st.tuples(names, st.text()), max_size=20))
def test_no_form_raises_or_nests_without_bound(pairs: list[tuple[str, str]]) -> None:
    value = parse_form(pairs)
    assert depth(value) <= 11
    coerce_form(value, {"$ref": "#/components/schemas/NewBook"}, RESOLVE)


@settings(max_examples=50)
@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=3), st.dictionaries(st.text("xyz", min_size=1, max_size=3), st.text(max_size=5), max_size=3), max_size=3
    )
)
def test_a_nested_value_written_as_pairs_is_read_back(value: dict[str, dict[str, str]]) -> None:
    filled = {key: inner for key, inner in value.items() if inner}
    pairs = [(f"{key}[{name}]", text) for key, inner in filled.items() for name, text in inner.items()]
    assert parse_form(pairs) == filled


INTEGER = {"type": "integer"}
NUMBER = {"type": "number"}


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("7", INTEGER, 7),
        ("-7", INTEGER, -7),
        ("007", INTEGER, 7),
        ("7.0", INTEGER, "7.0"),
        ("+7", INTEGER, "+7"),
        ("", INTEGER, ""),
        ("\uff17", INTEGER, "\uff17"),
        ("9" * 25, INTEGER, int("9" * 25)),
        ("9" * 26, INTEGER, "9" * 26),
        ("7", NUMBER, 7),
        ("7.50", NUMBER, 7.5),
        ("-1e3", NUMBER, -1000.0),
        ("1e999", NUMBER, "1e999"),
        ("nan", NUMBER, "nan"),
        ("true", {"type": "boolean"}, True),
        ("false", {"type": "boolean"}, False),
        ("1", {"type": "boolean"}, "1"),
        ("7", {"type": "string"}, "7"),
        ("7", {}, "7"),
        ("7", {"anyOf": [{"type": "string"}, INTEGER]}, 7),
        ("x", {"anyOf": [INTEGER, {"type": "string"}]}, "x"),
        ("7", {"allOf": [INTEGER]}, 7),
        ("7", {"$ref": "#/components/schemas/NewBook/properties/copies"}, 7),
    ],
)
def test_a_text_becomes_the_type_that_the_schema_asks_for(text: str, schema: Mapping[str, Any], value: Any) -> None:
    found = coerce_text(text, schema, RESOLVE)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("value", "coerced"),
    [
        ({"book": {"title": "x", "copies": "3", "lent": "true"}}, {"book": {"title": "x", "copies": 3, "lent": True}}),
        ({"book": {"tags": ["1", "2"]}}, {"book": {"tags": [1, 2]}}),
        ({"book": {"tags": "1"}}, {"book": {"tags": [1]}}),
        ({"book": {"tags": {"a": "1"}}}, {"book": {"tags": {"a": "1"}}}),
        ({"book": "x", "other": {"copies": "3"}}, {"book": "x", "other": {"copies": "3"}}),
    ],
)
def test_a_form_is_coerced_by_the_schema_of_the_json_body(value: Any, coerced: Any) -> None:
    schema = {"type": "object", "properties": {"book": {"$ref": "#/components/schemas/NewBook"}}}
    assert coerce_form(value, schema, RESOLVE) == coerced


def test_properties_of_alternatives_are_known_too() -> None:
    schema = {"anyOf": [{"properties": {"a": INTEGER}}, {"allOf": [{"properties": {"b": INTEGER}}]}]}
    assert coerce_form({"a": "1", "b": "2", "c": "3"}, schema, RESOLVE) == {"a": 1, "b": 2, "c": "3"}


NUMBER_OR_TEXT = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": "^[0-9]+$", "nullable": True}]}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer", "nullable": True}, None),
        ({"type": "string", "format": "date", "nullable": True}, None),
        ({"type": "string", "enum": ["wood"], "nullable": True}, None),
        (NUMBER_OR_TEXT, None),
        ({"type": "integer"}, ""),
        ({"type": "string", "nullable": True}, ""),
        ({"type": "string", "enum": ["", "wood"], "nullable": True}, ""),
        ({"type": "string", "pattern": "(?<x>a)?", "nullable": True}, ""),
        ({"type": "array", "items": {"type": "integer"}}, []),
        ({"type": "array", "items": {"type": "string"}}, [""]),
    ],
)
def test_an_empty_text_clears_what_may_be_null_and_is_no_empty_text(schema: Mapping[str, Any], value: Any) -> None:
    assert coerce_form("", schema, RESOLVE) == value
    if isinstance(value, list):
        assert coerce_form([""], schema, RESOLVE) == value


# --- multipart ---

BOUNDARY = "x7f3a"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, text: str, further: str = "") -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{further}\r\n\r\n{text}\r\n'.encode()


def closed(*parts: bytes) -> bytes:
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def test_the_fields_of_a_multipart_body_are_read_in_their_order() -> None:
    raw = closed(part("deal[name]", "New mäst & sail"), part("ids[]", "1"), part("ids[]", "2"), part("empty", ""))
    pairs = [("deal[name]", "New mäst & sail"), ("ids[]", "1"), ("ids[]", "2"), ("empty", "")]
    assert parse_multipart(raw, MULTIPART, 10) == pairs


def test_lines_and_quotes_in_a_field_are_kept() -> None:
    assert parse_multipart(closed(part("a", 'one\r\n"two"\r\n')), MULTIPART, 10) == [("a", 'one\r\n"two"\r\n')]


def test_the_content_of_files_is_left_out() -> None:
    file = part("scan", "%PDF", '; filename="scan.pdf"\r\nContent-Type: application/pdf')
    assert parse_multipart(closed(part("a", "1"), file, part("b", "2")), MULTIPART, 10) == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize(("most", "read"), [(3, True), (2, False), (0, False)])
def test_a_multipart_body_has_so_many_fields_and_no_more(most: int, read: bool) -> None:
    raw = closed(*(part(str(number), "x") for number in range(3)))
    if read:
        assert len(parse_multipart(raw, MULTIPART, most)) == 3
    else:
        with pytest.raises(ValueError, match=f"at most {most} fields"):
            parse_multipart(raw, MULTIPART, most)


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        pytest.param(closed(part("a", "1")), "multipart/form-data", id="no boundary"),
        pytest.param(b"a=1", MULTIPART, id="no parts"),
        pytest.param(closed(part("a", "1")), "multipart/form-data; boundary=other", id="another boundary"),
        pytest.param(f"--{BOUNDARY}\r\nbad header\r\n\r\n1\r\n--{BOUNDARY}--\r\n".encode(), MULTIPART, id="a broken header"),
        pytest.param(closed(part("a", "1").replace(b"1", b"\xff")), MULTIPART, id="no UTF-8"),
        pytest.param(closed(part("a", "1").replace(b'name="a"', b'name="\xff"')), MULTIPART, id="a name that is no UTF-8"),
    ],
)
def test_a_multipart_body_that_cannot_be_read_is_a_value_error(raw: bytes, content_type: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the parser's own words, or the decoder's
        parse_multipart(raw, content_type, 10)


@given(
    st.binary(max_size=80),
    st.sampled_from([MULTIPART, "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=ü", ""]),
)
def test_no_multipart_body_raises_anything_but_a_value_error(noise: bytes, content_type: str) -> None:
    for raw in (noise, closed(noise), closed(part("a", "1"), noise), part("a", "1") + noise):
        try:
            parse_multipart(raw, content_type, 3)
        except ValueError:
            continue
