from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.values import Kind, comes_before, kind_of, parse_moment, satisfies, stands_for


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, Kind.TEXT),
        ({"type": "string", "x-mock-stored": "integer"}, Kind.NUMBER),
        ({"type": "string", "pattern": "^-?[0-9]+$"}, Kind.NUMBER),
        ({"type": "string", "pattern": "^[0-9]{1,9}$"}, Kind.NUMBER),
        ({"type": "string", "pattern": "^[0-9a-f]{8}$"}, Kind.TEXT),
        ({"type": "number"}, Kind.NUMBER),
        ({"type": "string", "x-mock-stored": "instant"}, Kind.MOMENT),
        ({"type": "string", "x-mock-stored": "boolean", "pattern": "^[0-9]+$"}, Kind.BOOLEAN),
        ({"type": "array"}, Kind.OTHER),
        ({"anyOf": []}, Kind.OTHER),
    ],
)
def test_what_a_property_stands_for(schema: dict[str, Any], kind: Kind) -> None:
    assert kind_of(schema) is kind


@pytest.mark.parametrize(
    ("operator", "kind", "value", "wanted", "scale", "verdict"),
    [
        ("equals", Kind.NUMBER, "207", 207, 1, True),
        ("equals", Kind.NUMBER, "207", "208", 1, False),
        ("equals", Kind.NUMBER, None, 207, 1, False),
        ("equals", Kind.NUMBER, "207", "x", 1, None),
        ("equals", Kind.NUMBER, "1500", 15, 100, True),
        ("equals", Kind.TEXT, "Deal", "DEAL", 1, True),
        ("equals", Kind.TEXT, "Deals", "Deal", 1, False),
        ("equals", Kind.BOOLEAN, "1", True, 1, True),
        ("equals", Kind.BOOLEAN, 0, "true", 1, False),
        ("equals", Kind.OTHER, {"a": 1}, "a", 1, None),
        ("equals", Kind.MOMENT, "2024-03-18T09:42:11-05:00", "2024-03-18T14:42:11+00:00", 1, True),
        ("contains", Kind.TEXT, "Autumn kite order", "KITE", 1, True),
        ("contains", Kind.TEXT, "Autumn", "kite", 1, False),
        ("contains", Kind.TEXT, None, "kite", 1, False),
        ("at-least", Kind.NUMBER, "1000", 10, 100, True),
        ("at-least", Kind.NUMBER, "999", 10, 100, False),
        ("at-most", Kind.NUMBER, 11, 10, 1, False),
        ("at-most", Kind.NUMBER, 10, 10, 1, True),
        ("after", Kind.NUMBER, 10, 10, 1, False),
        ("before", Kind.NUMBER, 9, 10, 1, True),
        ("before", Kind.NUMBER, None, 10, 1, False),
        ("before", Kind.MOMENT, "2024-03-18T09:00:00-05:00", "2024-03-18T14:00:00Z", 1, False),
        ("before", Kind.MOMENT, "2024-03-18T09:00:00-05:00", "2024-03-18T14:00:01Z", 1, True),
        ("before", Kind.MOMENT, "2024-03-18T04:00:00-05:00", "2024-03-18", 1, None),
        ("before", Kind.MOMENT, "2024/03/17", "2024-03-18", 1, True),
        ("before", Kind.MOMENT, "2024/03/18", "2024-03-18", 1, False),
        ("before", Kind.MOMENT, "2024-03-16T09:00:00-05:00", "2024-03-18", 1, True),
        ("at-least", Kind.MOMENT, "2024-03-16T09:00:00-05:00", "2024-03-18", 1, False),
        ("same-day", Kind.MOMENT, "2024-03-18T23:30:00-05:00", "2024-03-18", 1, True),
        ("same-day", Kind.MOMENT, "2024-03-19T00:30:00-05:00", "2024-03-18", 1, None),
        ("same-day", Kind.MOMENT, "2024-03-21T00:30:00-05:00", "2024-03-18", 1, False),
        ("any-of", Kind.NUMBER, "31", [35, 31], 1, True),
        ("any-of", Kind.NUMBER, "31", "35,36", 1, False),
        ("any-of", Kind.NUMBER, "31", ["35", "x"], 1, None),
        ("exists", Kind.OTHER, ["1"], 1, 1, True),
        ("exists", Kind.OTHER, [], 1, 1, False),
        ("exists", Kind.TEXT, None, "0", 1, True),
        ("exists", Kind.TEXT, "", "maybe", 1, None),
        ("equals", Kind.NUMBER, ["1", "2"], 2, 1, True),
        ("equals", Kind.NUMBER, ["1", "2"], 3, 1, False),
    ],
)
def test_whether_a_record_satisfies_a_filter(operator: str, kind: Kind, value: Any, wanted: Any, scale: int, *, verdict: bool | None) -> None:
    assert satisfies(operator, kind, value, wanted, scale) is verdict


@pytest.mark.parametrize(
    ("kind", "one", "other", "verdict"),
    [
        (Kind.NUMBER, "9", "10", True),
        (Kind.NUMBER, "10", "9", False),
        (Kind.NUMBER, "9", "9.0", None),
        (Kind.NUMBER, None, "9", None),
        (Kind.TEXT, "apple", "Banana", True),
        (Kind.TEXT, "Banana", "apple", False),
        (Kind.TEXT, "kite", "kites", None),
        (Kind.TEXT, "kite order", "kite-order", None),
        (Kind.TEXT, "élan", "zoo", None),
        (Kind.TEXT, "2 kites", "a kite", True),
        (Kind.MOMENT, "2024-03-18T09:00:00-05:00", "2024-03-18T13:59:59Z", False),
        (Kind.MOMENT, "2024-03-18 09:00:00", "2024-03-18 09:00:01", True),
        (Kind.MOMENT, "2024-03-18", "2024/03/18", None),
        (Kind.OTHER, 1, 2, None),
    ],
)
def test_which_of_two_values_comes_first(kind: Kind, one: Any, other: Any, *, verdict: bool | None) -> None:
    assert comes_before(kind, one, other) is verdict


@given(
    st.sampled_from([Kind.NUMBER, Kind.TEXT, Kind.MOMENT]), st.text() | st.integers() | st.datetimes().map(str), st.text() | st.integers() | st.none()
)
def test_no_two_values_come_before_each_other(kind: Kind, one: Any, other: Any) -> None:
    there, back = comes_before(kind, one, other), comes_before(kind, other, one)
    assert (there is None and back is None) or there is not back


@pytest.mark.parametrize(
    ("read", "sent", "verdict"),
    [
        ("20", 20, True),
        ("20", "21", False),
        ("1", True, True),
        ("0", True, False),
        ("usd", "USD", True),
        ("Kite", "Kites", False),
        (None, None, True),
        (None, "", True),
        (None, "9", False),
        ("9", None, False),
        ("2024-04-02T10:00:00-05:00", "2024-04-02T15:00:00Z", True),
        ("2024-04-02T10:00:00-05:00", "2024-04-02T15:00:01Z", False),
        ("2024-04-02T00:00:00-05:00", "2024-04-02", True),
        ({"id": 1}, 1, None),
    ],
)
def test_whether_what_is_read_is_what_was_sent(read: Any, sent: Any, *, verdict: bool | None) -> None:
    assert stands_for(read, sent) is verdict


@pytest.mark.parametrize("text", ["", "2024-3-18", "2024-02-30", "18.03.2024", "2024-03-18T25:00:00Z", "now", None, 20240318])
def test_what_is_no_moment(text: Any) -> None:
    assert parse_moment(text) is None
