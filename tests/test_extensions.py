"""Each extension keyword is known, has its documented form and no other, and stands in the documentation."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from mockserver.errors import DocumentError
from mockserver.extensions import ACTIONS, OPERATORS, PAGE_ROLES, PLACES, STORED_TYPES, VOCABULARY, check_extensions
from mockserver.functions import Functions
from mockserver.operations import Action
from mockserver.query import OPERATORS as QUERY_OPERATORS
from mockserver.stored import StoredType
from tests.models import document

DOCUMENTATION = (Path(__file__).parent.parent / "docs" / "extensions.md").read_text()
COLLECTION = {"collection": "deals", "singular": "deal", "name": "Deal"}
ANY_TEXT: tuple[list[Any], list[Any]] = ["deals"], ["", None, 5, [], {}]

FORMS: dict[str, tuple[list[Any], list[Any]]] = {
    "x-mock-api": ANY_TEXT,
    "x-mock-collection": (
        [
            COLLECTION,
            {**COLLECTION, "path": "/deals", "order": ["-cdate", "id"], "unique": ["email"], "fields": {"apiToken": "text"}},
            {**COLLECTION, "tallies": {"currency": "value"}, "prepare": "complete", "effects": ["count"], "visible": "allowed", "event": "deal"},
            {**COLLECTION, "settle": "finish"},
            {**COLLECTION, "relations": {"contact": {"to": "contacts"}, "tags": {"to": "tags", "many": True, "on-delete": "remove"}}},
            {**COLLECTION, "relations": {"relid": {"by": "reltype", "to": {"Deal": "deals"}, "inverse": "tasks", "on-delete": "null"}}},
            {**COLLECTION, "relations": {"stage": {"to": "stages", "inverse": "deals", "inverse-order": ["order"], "on-delete": "cascade"}}},
        ],
        [
            "deals",
            {},
            {"collection": "deals", "singular": "deal"},
            {**COLLECTION, "colour": "red"},
            {**COLLECTION, "order": "id"},
            {**COLLECTION, "order": []},
            {**COLLECTION, "fields": {"apiToken": "string"}},
            {**COLLECTION, "relations": {"contact": "contacts"}},
            {**COLLECTION, "relations": {"contact": {}}},
            {**COLLECTION, "relations": {"contact": {"to": "contacts", "on-delete": "restrict"}}},
            {**COLLECTION, "relations": {"contact": {"to": "contacts", "on_delete": "null"}}},
            {**COLLECTION, "effects": "count"},
            {**COLLECTION, "settle": ["finish"]},
        ],
    ),
    "x-mock-shape": (
        [{"collection": "deals"}, {"collection": "deals", "echo": True}],
        ["deals", {}, {"echo": True}, {"collection": "deals", "echo": 1}],
    ),
    "x-mock-error": ANY_TEXT,
    "x-mock-stored": (list(STORED_TYPES), ["string", "", None, ["text"]]),
    "x-mock-value": ANY_TEXT,
    "x-mock-present": (
        [*PLACES, ["list", "show"], "sent", "sent:users", "not-null", "selected", {"create": "sent", "else": "always"}, {"list": "never"}, {}],
        [
            "always",
            "never",
            "else",
            "sent:",
            "sent users",
            "unsent",
            "a selected",
            [],
            ["sent"],
            ["list", "else"],
            {"index": "always"},
            {"list": "maybe"},
        ],
    ),
    "x-mock-default": ([None, 0, "", [], {"a": 1}], []),
    "x-mock-stamp": (["created", "updated"], ["deleted", True, ["created"]]),
    "x-mock-input": ANY_TEXT,
    "x-mock-no-effect": ANY_TEXT,
    "x-mock-source": (["Source: a page", "Observed once", "Assumed"], ["source", "perhaps Assumed", "", None]),
    "x-mock-action": (
        [
            *({action: "deals"} for action in ACTIONS),
            {"behaviour": None},
            {"list": "deals", "sideload": {"contacts": "contact"}, "within": {"id": "contact"}},
            {"create": "deals", "flat": True},
            {"retrieve": "contacts", "through": "contact"},
            {"list": "deals", "within": {"id": "contact"}, "empty": True},
            {"list": "deals", "where": {"status": 0, "hash": None}},
        ],
        [
            {"create": "deals", "empty": True},
            {"list": "deals", "where": {}},
            {"create": "deals", "where": {"status": 0}},
            "list",
            {},
            {"list": None},
            {"list": "deals", "create": "deals"},
            {"sideload": {}},
            {"list": "deals", "flat": "yes"},
            {"remove": "deals"},
        ],
    ),
    "x-mock-rules": ([{}, {"related": 422, "own_rule": 400}], ["related", ["related"], {"related": "422"}, {"related": 42}, {"related": 600}]),
    "x-mock-allowed": (["admin_only"], ["", ["admin_only"], True, None]),
    "x-mock-caller": ANY_TEXT,
    "x-mock-observed-status": ([200, 201], ["200", 42, 600, None]),
    "x-mock-missing": ([403, 404], ["404", 42, 600, None]),
    "x-mock-refused": ([200, 201], ["200", 42, 600, None]),
    "x-mock-remains": ([{"active": False}, {"state": "gone", "owner_id": None}], [{}, [], "active", {"active": [False]}]),
    "x-mock-reach": (
        [
            {"422": {"path": {"id": 1}, "query": {"a": 1}, "headers": {"A": "b"}, "body": {"a": 1}, "media-type": "text/plain"}},
            {"query": {"filters[search]": "kite"}},
            {"body": None},
            {},
        ],
        ["422", {"422": {"form": {}}}, {"4222": {}}, {"99": {}}, {"422": []}, {"query": "a=1"}, {"body": {}, "422": {}}],
    ),
    "x-mock-record": ANY_TEXT,
    "x-mock-filter": (
        ["search", *({"field": "title", "operator": operator} for operator in OPERATORS), {"field": "value", "operator": "at-least", "scale": 100}],
        [
            "",
            {},
            {"field": "title"},
            {"operator": "equals"},
            {"field": "title", "operator": "is"},
            {"field": "title", "operator": "equals", "scale": 0},
            {"field": "title", "operator": "equals", "not": True},
            ["title"],
        ],
    ),
    "x-mock-expand": ANY_TEXT,
    "x-mock-order": (["popular", ["title", "-cdate"], {"by": {"deals.name": "name"}}], [[], [1], {}, {"by": {}}, {"by": ["name"]}, None, ""]),
    "x-mock-page": (
        [*({"role": role, "default": 0} for role in PAGE_ROLES), {"role": "limit", "default": 20, "maximum": 100}],
        [
            "limit",
            {"role": "limit"},
            {"default": 20},
            {"role": "size", "default": 20},
            {"role": "limit", "default": -1},
            {"role": "limit", "default": 1, "maximum": 0},
            {"role": "limit", "default": 1, "minimum": 0},
        ],
    ),
    "x-mock-select": (
        [{}, {"fieldValues": ["dealCustomFieldData"]}, {"nothing": []}, "keys"],
        ["fieldValues", ["a"], {"a": "b"}, {"a": [1]}, {"a": [""]}],
    ),
    "x-mock-alias": ([["p"], ["p", "conditions[custom_label_{id}]"]], ["p", [], [1], [""], None]),
}


def check(keyword: str, value: Any) -> None:
    check_extensions({"paths": [{"schema": {keyword: value}}]}, "openapi.yaml")


def test_every_keyword_has_its_forms_here() -> None:
    assert FORMS.keys() == VOCABULARY.keys()


@pytest.mark.parametrize(("keyword", "value"), [(keyword, value) for keyword, (right, _) in FORMS.items() for value in right])
def test_a_keyword_takes_its_documented_forms(keyword: str, value: Any) -> None:
    check(keyword, value)


@pytest.mark.parametrize(("keyword", "value"), [(keyword, value) for keyword, (_, wrong) in FORMS.items() for value in wrong])
def test_a_keyword_takes_no_other_form(keyword: str, value: Any) -> None:
    with pytest.raises(DocumentError, match="wrong extension") as caught:
        check(keyword, value)
    assert (caught.value.where or "").startswith(f"openapi.yaml#/paths/0/schema/{keyword}")


def test_a_wrong_part_is_pointed_at() -> None:
    with pytest.raises(DocumentError) as caught:
        check("x-mock-collection", {**COLLECTION, "relations": {"a/b": {"to": "contacts", "on-delete": "restrict"}}})
    assert caught.value.where == "openapi.yaml#/paths/0/schema/x-mock-collection/relations/a~1b/on-delete"


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        ({"x-mock-apis": "a"}, "openapi.yaml#"),
        ({"paths": {"/deals/{id}": {"get": {"x-mock-acton": {}}}}}, "openapi.yaml#/paths/~1deals~1{id}/get"),
        ({"a": [{"b": {"x-mock-": 1}}]}, "openapi.yaml#/a/0/b"),
    ],
)
def test_an_unknown_keyword_stops_the_start_and_is_pointed_at(raw: dict[str, Any], where: str) -> None:
    with pytest.raises(DocumentError, match="unknown extension keyword") as caught:
        check_extensions(raw, "openapi.yaml")
    assert caught.value.where == where


@pytest.mark.parametrize("key", ["example", "examples", "default", "enum"])
def test_data_holds_no_keywords(key: str) -> None:
    check_extensions({"schema": {key: [{"x-mock-unknown": 1}]}}, "openapi.yaml")


@pytest.mark.parametrize("name", ["example", "examples", "default", "enum"])
def test_a_property_may_have_the_name_of_a_keyword_for_data(name: str) -> None:
    with pytest.raises(DocumentError, match="unknown extension keyword"):
        check_extensions({"schema": {"properties": {name: {"x-mock-unknown": 1}}}}, "openapi.yaml")


def test_what_a_keyword_holds_is_not_searched() -> None:
    check("x-mock-default", {"x-mock-unknown": 1})


def test_the_librarys_keywords_are_all_known() -> None:
    check_extensions(document(), "library")


# --- documentation and code agree ---


def test_every_keyword_is_documented_and_no_other() -> None:
    assert set(re.findall(r"x-mock-[a-z]+(?:-[a-z]+)*", DOCUMENTATION)) - {"x-mock"} == set(VOCABULARY)


def test_every_table_of_functions_is_documented_and_no_other() -> None:
    assert re.findall(r"^\| `([A-Z]+)` \| ", DOCUMENTATION, re.MULTILINE) == [field.name.upper() for field in fields(Functions)]


def test_every_key_of_a_collection_is_documented() -> None:
    documented = set(re.findall(r"^\| `([a-z]+)` \| ", DOCUMENTATION, re.MULTILINE))
    assert set(VOCABULARY["x-mock-collection"]["properties"]) - documented == set()


def test_every_word_of_the_vocabulary_is_documented() -> None:
    words = [*STORED_TYPES, *OPERATORS, *PAGE_ROLES, *PLACES, *ACTIONS, "always", "never", "sent", "not-null", "selected"]
    assert [word for word in words if not re.search(rf"[`{{|\\, ]{re.escape(word)}\b", DOCUMENTATION)] == []


def test_the_vocabulary_knows_the_words_of_the_modules_that_apply_it() -> None:
    assert set(OPERATORS) == {*QUERY_OPERATORS, "exists"}
    assert set(STORED_TYPES) == set(StoredType)
    assert set(ACTIONS) == set(Action)
