from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.claims import FilterClaim, Shown
from mockserver.contract.probes import choose
from mockserver.contract.values import Kind, satisfies

OPEN: dict[str, Any] = {}


def filter_claim(operator: str, kind: Kind, schema: dict[str, Any] | None = None, scale: int = 1) -> FilterClaim:
    return FilterClaim("p", schema or OPEN, operator, Shown("field", kind), scale)


@pytest.mark.parametrize(
    ("operator", "kind", "values", "schema", "scale"),
    [
        ("equals", Kind.NUMBER, ["1", "2", "2"], {"type": "integer"}, 1),
        ("equals", Kind.NUMBER, ["1", "2", "2"], {"type": "string", "pattern": "^[0-9]{1,9}$"}, 1),
        ("equals", Kind.TEXT, ["Deal", "Subscriber"], {"type": "string"}, 1),
        ("equals", Kind.BOOLEAN, [True, False], {"type": "boolean"}, 1),
        ("contains", Kind.TEXT, ["Autumn kite order", "Boat"], {"type": "string"}, 1),
        ("before", Kind.MOMENT, ["2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"], {"anyOf": [{"type": "string", "format": "date-time"}]}, 1),
        ("at-least", Kind.MOMENT, ["2024/01/01", "2024/02/01"], {"type": "string", "format": "date"}, 1),
        ("same-day", Kind.MOMENT, ["2024-01-01T10:00:00Z", "2024-02-01T10:00:00Z"], {"type": "string", "format": "date"}, 1),
        ("at-least", Kind.NUMBER, ["100000", "5000"], {"type": "integer"}, 100),
        ("at-most", Kind.NUMBER, ["100000", "5000"], {"type": "integer"}, 100),
        ("any-of", Kind.NUMBER, ["31", "35"], {"type": "array", "items": {"type": "integer"}}, 1),
        ("any-of", Kind.NUMBER, ["31", "35"], {"type": "string", "pattern": "^[0-9,]+$"}, 1),
        ("exists", Kind.OTHER, [["1"], []], {"type": "integer", "enum": [0, 1]}, 1),
    ],
)
def test_a_value_is_found_that_tells_records_apart(operator: str, kind: Kind, values: list[Any], schema: dict[str, Any], scale: int) -> None:
    records = [{"id": at, "field": value} for at, value in enumerate(values)]
    chosen = choose(filter_claim(operator, kind, schema, scale), records)
    assert chosen is not None
    wanted, witness = chosen
    verdicts = [satisfies(operator, kind, value, wanted, scale) for value in values]
    assert verdicts[witness["id"]] is True
    assert False in verdicts


@pytest.mark.parametrize(
    ("operator", "kind", "values", "schema"),
    [
        ("equals", Kind.NUMBER, ["1", "1"], {"type": "integer"}),
        ("equals", Kind.NUMBER, [], {"type": "integer"}),
        ("equals", Kind.NUMBER, ["1", "2"], {"type": "integer", "minimum": 5}),
        ("equals", Kind.TEXT, ["a", "b"], {"type": "string", "enum": ["c"]}),
        ("equals", Kind.MOMENT, ["2024/01/01", "2024/02/01"], {"type": "string", "allOf": [{"pattern": "^x"}]}),
        ("contains", Kind.TEXT, [None, None], {"type": "string"}),
        ("after", Kind.OTHER, [{}, {}], OPEN),
    ],
)
def test_where_no_value_tells_records_apart_none_is_chosen(operator: str, kind: Kind, values: list[Any], schema: dict[str, Any]) -> None:
    assert choose(filter_claim(operator, kind, schema), [{"id": at, "field": value} for at, value in enumerate(values)]) is None


def test_records_that_do_not_show_the_field_are_left_aside() -> None:
    assert choose(filter_claim("equals", Kind.NUMBER, {"type": "integer"}), [{"id": 1, "field": "1"}, {"id": 2}]) is None
