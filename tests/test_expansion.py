"""A parameter may stand for others: they are read as if they had been sent, or refused."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mockserver.expansion import Expander
from mockserver.operations import load_model
from mockserver.refusals import Category, Refusal
from mockserver.requests import ParameterReader
from mockserver.spec import Document
from mockserver.stored import Unparsable
from mockserver.validation import Validators
from mockserver.worlds import Session, World
from tests.models import FUNCTIONS, NOW, document, empty_store, operation_of, query_parameter, resources

Pairs = list[tuple[str, str]]
SAVED: dict[str, Pairs] = {
    "scarce": [("copies_to", "2"), ("order_title", "desc")],
    "several": [("ids", "1"), ("ids", "3")],
    "odd": [("title_has", "a&b=ü"), ("nobody", "knows")],
    "nothing": [],
    "broken": [("copies", "many"), ("order_title", "sideways")],
}


def saved(session: Session, collection: str, value: str) -> Pairs:
    if value not in SAVED:
        raise Unparsable("the name of a search")
    return SAVED[value]


def expander(function: Callable[..., Any] = saved, **rules: int) -> Expander:
    raw = document()
    raw["paths"]["/books"]["get"]["x-mock-rules"] = rules
    parameters = raw["paths"]["/books"]["get"]["parameters"]
    parameters += [query_parameter(name, {"type": "string"}, expand="saved") for name in ("saved", "also")]
    functions = replace(FUNCTIONS, expansions={"saved": function})
    model = load_model(Document(raw, "library"), functions)
    operation = operation_of(model, "list_books")
    return Expander(operation, functions, ParameterReader(operation, model.document, Validators(model.document.schemas)))


@pytest.fixture
def session() -> Session:
    return Session(World("me", empty_store()), 2, NOW, ZoneInfo("UTC"), resources(), FUNCTIONS, 0)


@pytest.mark.parametrize(
    ("query", "implied"),
    [
        pytest.param({"saved": "scarce"}, {"copies_to": 2, "order_title": "desc"}, id="as if they had been sent"),
        pytest.param({"saved": "several"}, {"ids": [1, 3]}, id="a list"),
        pytest.param({"saved": "odd"}, {"title_has": "a&b=ü"}, id="any text, and unknown names are ignored"),
        pytest.param({"saved": "nothing"}, {}, id="nothing"),
        pytest.param({"also": "scarce", "saved": "several"}, {"ids": [1, 3], "copies_to": 2, "order_title": "desc"}, id="two of them"),
        pytest.param({"copies_to": 9}, {}, id="not sent"),
        pytest.param({}, {}, id="nothing sent"),
    ],
)
def test_a_parameter_stands_for_others(session: Session, query: dict[str, Any], implied: dict[str, Any]) -> None:
    assert expander().implied(session, query) == implied


def test_a_value_that_stands_for_nothing_is_refused_by_name_with_the_status_of_its_rule(session: Session) -> None:
    with pytest.raises(Refusal) as caught:
        expander(parameters_fit=404).implied(session, {"saved": "unheard of"})
    assert (caught.value.category, caught.value.status) == (Category.RULE, 404)
    [reason] = caught.value.violations
    assert (reason.place, reason.pointer, reason.attribute, reason.message) == ("query", "saved", "saved", "expected the name of a search")


def test_malformed_parameters_that_it_stands_for_are_refused_each_by_name(session: Session) -> None:
    with pytest.raises(Refusal) as caught:
        expander().implied(session, {"saved": "broken"})
    assert caught.value.category is Category.PARAMETER
    assert {reason.attribute for reason in caught.value.violations} == {"copies", "order_title"}


def test_its_function_knows_who_asks_and_what_is_listed(session: Session) -> None:
    asked: list[Any] = []

    def note(session: Session, collection: str, value: str) -> Pairs:
        asked.append((session.caller, collection, value))
        return []

    expander(note).implied(session, {"saved": "mine"})
    assert asked == [(2, "books", "mine")]
