"""The document's schemas become validators that say no more and no less, and every reason is told with its pointer."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from schemathesis.specs.openapi.converter import to_json_schema

from mockserver.errors import DocumentError
from mockserver.validation import Validators, allowed_types, escape_pointer, translate

COMPONENTS: dict[str, dict[str, Any]] = {
    "Name": {"type": "string", "minLength": 1},
    "MaybeName": {"type": "string", "nullable": True, "minLength": 1},
    "Tree": {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"$ref": "#/components/schemas/Name"}, "below": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}},
    },
}
VALIDATORS = Validators(COMPONENTS)


def admits(schema: dict[str, Any], value: Any) -> bool:
    return VALIDATORS.compile(schema).is_valid(value)


# --- nullable ---

NULLABLE: list[dict[str, Any]] = [
    {"type": "string", "nullable": True},
    {"type": "string", "nullable": False},
    {"type": "integer", "nullable": True, "minimum": 3},
    {"nullable": True},
    {"type": "string", "nullable": True, "enum": ["a", "b"]},
    {"type": "string", "nullable": True, "enum": ["a", None]},
    {"nullable": True, "enum": ["a"]},
    {"enum": ["a", None]},
    {"nullable": True, "$ref": "#/components/schemas/Name"},
    {"$ref": "#/components/schemas/MaybeName"},
    {"$ref": "#/components/schemas/Name"},
    {"nullable": True, "anyOf": [{"type": "string"}, {"type": "integer"}]},
    {"nullable": True, "anyOf": [{"type": "string", "enum": ["a"]}, {"$ref": "#/components/schemas/Name"}]},
    {"nullable": True, "oneOf": [{"type": "string"}, {"type": "integer"}]},
    {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Name"}]},
    {"anyOf": [{"type": "string", "nullable": True}, {"type": "integer"}]},
    {"allOf": [{"type": "string", "nullable": True}, {"type": "string"}]},
    {"type": "array", "nullable": True, "items": {"type": "string", "nullable": True}},
]
SAMPLES: list[Any] = [None, "", "a", "b", 2, 3, 2.5, True, [], [None], [1], ["a"], {}]


@pytest.mark.parametrize("schema", NULLABLE, ids=str)
def test_nullable_is_read_as_schemathesis_reads_it_in_requests(schema: dict[str, Any]) -> None:
    components = {"components": {"schemas": {name: theirs(one) for name, one in COMPONENTS.items()}}}
    their_validator = jsonschema_rs.Draft4Validator({**components, "allOf": [theirs(schema)]})
    assert [admits(schema, value) for value in SAMPLES] == [their_validator.is_valid(value) for value in SAMPLES]


def theirs(schema: dict[str, Any]) -> dict[str, Any]:
    return to_json_schema(schema, "nullable", merge_ref_siblings=False)


@pytest.mark.parametrize(
    ("schema", "admitted"),
    [
        ({"type": "string", "nullable": True}, True),
        ({"type": "string", "nullable": True, "enum": ["a"]}, False),
        ({"type": "string", "nullable": True, "enum": ["a", None]}, True),
        ({"nullable": True, "$ref": "#/components/schemas/Name"}, True),
        ({"nullable": True, "anyOf": [{"type": "string"}]}, True),
        ({"type": "string"}, False),
    ],
)
def test_null_is_admitted_where_nullable_says_so_unless_an_enum_leaves_it_out(schema: dict[str, Any], admitted: bool) -> None:
    assert admits(schema, None) is admitted


# --- integers and formats ---


@pytest.mark.parametrize(
    ("schema", "low", "high"),
    [
        ({"format": "int32"}, -(2**31), 2**31 - 1),
        ({"format": "int64"}, -(2**63), 2**63 - 1),
        ({"format": "int32", "minimum": 1}, 1, 2**31 - 1),
        ({"format": "int32", "minimum": -(2**40), "maximum": 7}, -(2**31), 7),
        ({"minimum": 0, "maximum": 5}, 0, 5),
    ],
)
def test_integer_formats_are_bounds(schema: dict[str, Any], low: int, high: int) -> None:
    integer = {"type": "integer", **schema}
    assert [admits(integer, value) for value in (low - 1, low, high, high + 1)] == [False, True, True, False]


def test_exclusive_bounds_are_those_of_openapi_3_0() -> None:
    schema = {"type": "number", "minimum": 1, "exclusiveMinimum": True, "maximum": 2, "exclusiveMaximum": False}
    assert [admits(schema, value) for value in (1, 1.5, 2, 2.5)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("date", "2024-02-29", "2023-02-29"),
        ("date-time", "2024-02-29T00:00:00Z", "2024-02-29 00:00"),
        ("email", "a@b.test", "a"),
        ("uri", "https://b.test/x", "x y"),
    ],
)
def test_formats_are_checked(name: str, right: str, wrong: str) -> None:
    schema = {"type": "string", "format": name}
    assert (admits(schema, right), admits(schema, wrong)) == (True, False)


@pytest.mark.parametrize("name", ["timestamp", "password", "byte", "utc-date-time", "float"])
def test_other_formats_are_notes(name: str) -> None:
    assert admits({"type": "string", "format": name}, "anything")


def test_annotations_and_extensions_say_nothing() -> None:
    schema = {"type": "string", "description": "x", "example": 5, "default": None, "readOnly": True, "x-mock-stored": "integer", "title": "x"}
    assert translate(schema) == {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"not": {"type": "string"}}, "x"),
        ({"type": "object", "additionalProperties": False, "properties": {"a": {}}}, {"b": 1}),
        ({"type": "object", "additionalProperties": {"type": "string"}}, {"b": 1}),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, {"a": 1}),
        ({"type": "array", "items": {"type": "string"}}, [1]),
        ({"type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": True, "items": {}}, [1, 1]),
        ({"allOf": [{"type": "string"}, {"minLength": 2}]}, "x"),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, 1),
        ({"type": "string", "pattern": "^[a-z]+$"}, "A"),
        ({"type": "number", "multipleOf": 2}, 3),
        ({"type": "object", "minProperties": 1, "maxProperties": 2}, {}),
    ],
)
def test_every_keyword_is_kept(schema: dict[str, Any], value: Any) -> None:
    assert not admits(schema, value)
    assert VALIDATORS.compile(schema).violations(value, "body")


def test_additional_properties_are_open_unless_closed() -> None:
    for said in ({}, {"additionalProperties": True}):
        assert admits({"type": "object", "properties": {"a": {}}, **said}, {"b": 1})


def test_recursive_schemas_are_followed() -> None:
    tree = {"$ref": "#/components/schemas/Tree"}
    assert admits(tree, {"name": "a", "below": [{"name": "b", "below": []}]})
    found = VALIDATORS.compile(tree).violations({"name": "a", "below": [{"name": "b", "below": [{"name": ""}]}]}, "body")
    assert [violation.pointer for violation in found] == ["/below/0/below/0/name"]


def test_a_schema_is_compiled_once() -> None:
    schema = {"type": "string"}
    assert VALIDATORS.compile(schema) is VALIDATORS.compile(schema)


# --- violations ---


def reasons(schema: dict[str, Any], value: Any, **where: str) -> list[tuple[str, str, str]]:
    return [(one.pointer, one.code, one.attribute) for one in VALIDATORS.compile(schema).violations(value, "body", **where)]


REQUIRED = {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}}}


@pytest.mark.parametrize(
    ("schema", "value", "found"),
    [
        pytest.param(REQUIRED, {}, [("/a", "required", "a"), ("/b", "required", "b")], id="what is missing is pointed at"),
        pytest.param(REQUIRED, {"a": 1}, [("/a", "type", "a"), ("/b", "required", "b")], id="all reasons, in order"),
        pytest.param({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {}, [("/a", "required", "a or b")], id="one of several is missing"),
        pytest.param(
            {"properties": {"x": {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}}},
            {"x": {}},
            [("/x/a", "required", "a or b")],
            id="one of several is missing below",
        ),
        pytest.param(
            {"anyOf": [{"required": ["a"]}, {"properties": {"c": {"type": "string"}}}]},
            {"c": 1},
            [("", "anyOf", "")],
            id="another alternative is broken",
        ),
        pytest.param(
            {"anyOf": [{"properties": {"x": {"required": ["a"]}}}, {"required": ["b"]}]}, {"x": {}}, [("", "anyOf", "")], id="missing elsewhere"
        ),
        pytest.param(
            {"anyOf": [{"required": ["a"], "properties": {"c": {"type": "string"}}}, {"required": ["b"]}]},
            {"c": 1},
            [("", "anyOf", "")],
            id="missing and wrong",
        ),
        pytest.param({"type": "array", "items": {"type": "string"}}, ["a", 1], [("/1", "type", "")], id="an element"),
        pytest.param({"properties": {"a~/b": {"type": "string"}}}, {"a~/b": 1}, [("/a~0~1b", "type", "a~/b")], id="an escaped pointer"),
        pytest.param({"properties": {"a": {"items": {"type": "string"}}}}, {"a": [1]}, [("/a/0", "type", "a")], id="an element's attribute"),
    ],
)
def test_reasons_carry_pointer_code_and_attribute(schema: dict[str, Any], value: Any, found: list[tuple[str, str, str]]) -> None:
    assert reasons(schema, value) == found


def test_pointers_begin_where_the_value_stands() -> None:
    assert reasons({"type": "string"}, 1, pointer="/deal/name") == [("/deal/name", "type", "name")]


def test_a_reason_told_twice_is_told_once() -> None:
    assert len(reasons({"allOf": [{"type": "string"}, {"type": "string"}]}, 1)) == 1


def test_messages_are_bounded_and_do_not_repeat_the_value() -> None:
    schema = {"type": "string", "pattern": "^" + "x" * 300 + "$"}
    message = VALIDATORS.compile(schema).violations("secret", "body")[0].message
    assert len(message) == 200
    assert "secret" not in message


def test_an_alternatives_message_names_what_each_expected() -> None:
    found = VALIDATORS.compile({"anyOf": [{"type": "string"}, {"type": "integer"}]}).violations([], "body")
    assert found[0].message == 'the value is not of type "string"; or the value is not of type "integer"'


@pytest.mark.parametrize(("size", "told"), [(1, 1), (2000, 2000), (2001, 1), (300_000, 1)])
def test_of_a_value_with_thousands_of_parts_the_first_reason_is_told(size: int, told: int) -> None:
    schema = {"type": "array", "items": {"type": "string"}}
    found = VALIDATORS.compile(schema).violations([1] * size, "body")
    assert len(found) == told
    assert found[0].pointer == "/0"
    assert VALIDATORS.compile(schema).violations(["a"] * size, "body") == []


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["name", "below"]), inner),
    max_leaves=6,
)


@given(values)
def test_reasons_are_told_exactly_for_what_is_invalid(value: Any) -> None:
    validator = VALIDATORS.compile({"$ref": "#/components/schemas/Tree"})
    found = validator.violations(value, "body")
    assert bool(found) is not validator.is_valid(value)
    assert all(one.pointer.startswith("/") or one.pointer == "" for one in found)


@given(st.text())
def test_an_escaped_part_of_a_pointer_is_read_back(part: str) -> None:
    escaped = escape_pointer(part)
    assert "/" not in escaped
    assert escaped.replace("~1", "/").replace("~0", "~") == part


# --- types ---


@pytest.mark.parametrize(
    ("schema", "types"),
    [
        ({"type": "string"}, "string"),
        ({"type": "number"}, "integer number"),
        ({"type": "string", "nullable": True}, "null string"),
        ({"anyOf": [{"type": "string"}, {"type": "integer", "nullable": True}]}, "integer null string"),
        ({"oneOf": [{"type": "string"}], "nullable": True}, "null string"),
        ({"allOf": [{"type": "number"}, {"type": "integer"}]}, "integer"),
        ({"$ref": "#/components/schemas/Name"}, "string"),
        ({}, "array boolean integer null number object string"),
    ],
)
def test_the_types_that_a_schema_admits(schema: dict[str, Any], types: str) -> None:
    def resolve(node: dict[str, Any]) -> dict[str, Any]:
        return COMPONENTS[node["$ref"].rpartition("/")[2]] if "$ref" in node else node

    assert " ".join(sorted(allowed_types(schema, resolve))) == types


@pytest.mark.parametrize("broken", [{"type": "string", "pattern": "["}, {"$ref": "#/components/schemas/Nothing"}], ids=["pattern", "reference"])
def test_a_schema_that_cannot_be_compiled_is_one_clear_error_before_anything_is_served(broken: dict[str, Any]) -> None:
    validators = Validators({})
    validators.compile({"type": "object", "properties": {"code": broken}})
    with pytest.raises(DocumentError) as caught:
        validators.prove("api.yaml")
    assert str(caught.value).startswith("a schema that cannot be compiled: api.yaml: ")
    assert "\n" not in str(caught.value)


def test_schemas_that_can_be_compiled_are_proved() -> None:
    validators = Validators({"Code": {"type": "string", "pattern": "^[a-z]+$"}})
    validator = validators.compile({"$ref": "#/components/schemas/Code"})
    validators.prove("api.yaml")
    assert validator.is_valid("a")
    assert not validator.is_valid("A")
