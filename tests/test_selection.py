"""A request asks for keys, or for nothing but some; what is no key is ignored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from mockserver.exchange import Answer, Request
from mockserver.operations import load_model
from mockserver.selection import Select, compile_selection
from mockserver.spec import Document
from tests.models import FUNCTIONS, document, operation_of, query_parameter


def selection(operation_id: str, **keywords: Any) -> Select | None:
    """Return the selection of an operation whose only parameter is `fields`, with these keywords."""
    raw = document()
    for item in raw["paths"].values():
        for method in item.values():
            if isinstance(method, dict) and method.get("operationId") == operation_id:
                method["parameters"] = [query_parameter("fields", {"type": "string"}, **keywords)]
    model = load_model(Document(raw, "library"), FUNCTIONS)
    return compile_selection(operation_of(model, operation_id), model, FUNCTIONS)


def asked(select: Select | None, query: Mapping[str, Any], answer: Answer | None = None) -> Answer:
    assert select is not None
    found = replace(answer) if answer else Answer()
    select(Request({}, query, None, {}, {}), found)
    return found


@pytest.mark.parametrize(("said", "keys"), [("", set()), ("notes", {"noteIds"}), ("other, notes ", {"noteIds"}), ("Notes", set())])
@pytest.mark.parametrize("operation_id", ["list_books", "get_book", "sort_books", "create_book"])
def test_names_in_a_comma_list_select_keys(operation_id: str, said: str, keys: set[str]) -> None:
    assert asked(selection(operation_id, select={"notes": ["noteIds"]}), {"fields": said}).selected == keys


def test_what_an_answer_selects_itself_stays() -> None:
    own = Answer(selected=frozenset({"own"}))
    assert asked(selection("sort_books", select={"notes": ["noteIds"]}), {"fields": "notes"}, own).selected == {"own", "noteIds"}


def test_an_input_of_values_is_a_key_of_its_own() -> None:
    select = selection("list_books", input="shouted")
    assert asked(select, {"fields": True}).selected == {"fields=True"}
    assert asked(select, {}).selected == frozenset()


@pytest.mark.parametrize(
    ("query", "only"),
    [({}, None), ({"fields": "id, title"}, {"id", "title"}), ({"fields": "title,nobody"}, {"title"}), ({"fields": ""}, None)],
    ids=["not asked", "some", "an unknown one", "nothing"],
)
def test_names_in_a_comma_list_are_the_only_keys(query: Mapping[str, Any], only: set[str] | None) -> None:
    assert asked(selection("get_book", select="keys"), query).only == only


def test_an_operation_with_nothing_to_select_by_selects_nothing() -> None:
    assert selection("list_books", no_effect="None here.") is None
