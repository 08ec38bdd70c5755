"""Fixtures fill a store, in the stored form; what does not fit is refused with its file and place."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.clock import LATEST
from mockserver.errors import FixtureError
from mockserver.fixtures import load_store, stored_value
from mockserver.store import Store
from mockserver.stored import StoredType
from tests.models import FIXTURES, NOW, resources

CHICAGO = ZoneInfo("America/Chicago")
Write = Callable[..., Store]


@pytest.fixture
def load(tmp_path: Path) -> Write:
    def write_and_load(**files: Any) -> Store:
        for name, content in files.items():
            (tmp_path / f"{name}.json").write_text(content if isinstance(content, str) else json.dumps(content))
        return load_store(tmp_path, resources(), NOW, CHICAGO)

    return write_and_load


def test_the_library_is_loaded(load: Write) -> None:
    store = load(**FIXTURES)
    assert {name: len(store[name]) for name in store} == {name: len(FIXTURES[name]) for name in store}
    book = store["books"].records[1]
    assert book["price"] == Decimal("12.50")
    assert book["bought"] == NOW - timedelta(days=3)
    assert (book["copies"], book["lent"], book["printed"], book["currency"]) == (3, False, None, "eur")
    assert store["books"].records[2]["printed"] == date(2024, 3, 17)
    assert store["books"].next_key == 5


def test_a_collection_without_a_file_is_empty(load: Write) -> None:
    store = load(tags=[{"id": 1, "name": "sea"}])
    assert (len(store["tags"]), len(store["books"])) == (1, 0)


def test_a_field_that_is_left_out_takes_its_default_or_null(load: Write) -> None:
    book = load(books=[{"id": 1}])["books"].records[1]
    assert book["copies"] == 1
    assert book["title"] is None
    assert set(book) == set(resources()["books"].stored)


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("text", "5", "5"),
        ("integer", 5, 5),
        ("decimal", 5, Decimal(5)),
        ("decimal", 5.5, Decimal("5.5")),
        ("decimal", "5.50", Decimal("5.50")),
        ("boolean", True, True),
        ("json", [1, {"a": None}], [1, {"a": None}]),
        ("date", "2024-03-18", date(2024, 3, 18)),
        ("date", "today", date(2024, 3, 18)),
        ("date", "today-20d", date(2024, 2, 27)),
        ("date", "now+13h", date(2024, 3, 18)),
        ("date", "now+18h", date(2024, 3, 19)),
        ("instant", "2024-03-18T09:42:11-05:00", datetime(2024, 3, 18, 14, 42, 11, tzinfo=UTC)),
        ("instant", "2024-03-18", datetime(2024, 3, 18, 5, tzinfo=UTC)),
        ("instant", "now", NOW),
        ("instant", "now-3d", NOW - timedelta(days=3)),
        ("instant", "now+2h30m", NOW + timedelta(hours=2, minutes=30)),
        ("instant", "now-1d+2h", NOW - timedelta(days=1) + timedelta(hours=2)),
        ("instant", "now-1w2d", NOW - timedelta(weeks=1, days=2)),
        ("instant", "now+5s", NOW + timedelta(seconds=5)),
        ("instant", "now+999999d+999999d+999999d", LATEST),
    ],
)
def test_values_are_in_the_stored_form_instants_may_be_relative(kind: str, value: Any, stored: Any) -> None:
    found = stored_value(StoredType(kind), value, "x.json", NOW, CHICAGO)
    assert found == stored
    assert type(found) is type(stored)


@pytest.mark.parametrize("kind", list(StoredType))
def test_every_stored_value_may_be_null(kind: StoredType) -> None:
    assert stored_value(kind, None, "x.json", NOW, UTC) is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 5),
        ("text", True),
        ("integer", "5"),
        ("integer", 5.0),
        ("integer", True),
        ("decimal", True),
        ("decimal", "five"),
        ("decimal", "NaN"),
        ("decimal", []),
        ("boolean", 1),
        ("boolean", "true"),
        ("date", 20240318),
        ("date", "2024-02-30"),
        ("date", "tomorrow"),
        ("instant", "now+"),
        ("instant", "now 3d"),
        ("instant", "now-3"),
        ("instant", "now-3y"),
        ("instant", "now+99999999999w"),
        ("instant", "now+" + "9" * 5000 + "s"),
        ("instant", "3d"),
        ("instant", 5),
    ],
)
def test_a_value_of_another_form_is_refused_with_its_place(kind: str, value: Any) -> None:
    with pytest.raises(FixtureError) as caught:
        stored_value(StoredType(kind), value, "books.json#/0/title", NOW, UTC)
    assert caught.value.where == "books.json#/0/title"
    assert caught.value.expected


@given(st.text(max_size=9) | st.text("now+-today0123456789wdhms", max_size=12).map("now+".__add__))
def test_no_text_raises_anything_but_a_fixture_error(text: str) -> None:
    for kind in StoredType:
        try:
            stored_value(kind, text, "x", NOW, CHICAGO)
        except FixtureError as error:
            assert error.where == "x"  # noqa: PT017  # whether it is raised is left open


@pytest.mark.parametrize(
    ("files", "message", "where"),
    [
        pytest.param({"books": "[{"}, "no JSON", "books.json:1:3", id="broken JSON"),
        pytest.param({"books": {}}, "no list", "books.json", id="no list"),
        pytest.param({"books": [5]}, "no record", "books.json#/0", id="no record"),
        pytest.param({"books": [{"id": 1, "colour": "red"}]}, "unknown field", "books.json#/0/colour", id="an unknown field"),
        pytest.param({"books": [{"id": 1, "authorName": "Ada"}]}, "unknown field", "books.json#/0/authorName", id="a derived field"),
        pytest.param({"books": [{}]}, "wrong id", "books.json#/0/id", id="no id"),
        pytest.param({"books": [{"id": 0}]}, "wrong id", "books.json#/0/id", id="id 0"),
        pytest.param({"books": [{"id": "1"}]}, "wrong id", "books.json#/0/id", id="an id in quotes"),
        pytest.param({"books": [{"id": True}]}, "wrong", "books.json#/0/id", id="an id that is true"),
        pytest.param({"books": [{"id": 1}, {"id": 1}]}, "wrong id", "books.json#/1/id", id="an id twice"),
        pytest.param({"books": [{"id": 1, "title": 5}]}, "wrong type", "books.json#/0/title", id="a wrong type"),
        pytest.param({"books": [{"id": 1, "price": "dear"}]}, "wrong", "books.json#/0/price", id="no number"),
        pytest.param({"books": [{"id": 1, "shelf": 9}]}, "refers to nothing", "books.json: id 1: shelf", id="a relation to nothing"),
        pytest.param({"books": [{"id": 1, "tags": [9]}]}, "refers to nothing", "books.json: id 1: tags", id="a list with nothing"),
        pytest.param({"books": [{"id": 1, "tags": 9}]}, "no list of ids", "books.json#/0/tags", id="a list that is none"),
        pytest.param({"books": [{"id": 1, "tags": ["1"]}]}, "no list of ids", "books.json#/0/tags", id="ids in quotes"),
        pytest.param({"books": [{"id": 1, "tags": [[1]]}]}, "no list of ids", "books.json#/0/tags", id="lists in a list"),
        pytest.param({"notes": [{"id": 1, "about": 1, "kind": "Book"}]}, "refers to nothing", "notes.json: id 1: about", id="a chosen relation"),
        pytest.param({"volumes": []}, "of no collection", "volumes.json", id="a file of no collection"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(load: Write, tmp_path: Path, files: dict[str, Any], message: str, where: str) -> None:
    with pytest.raises(FixtureError, match=message) as caught:
        load(**files)
    assert caught.value.where == f"{tmp_path}/{where}"


def test_a_relation_of_no_known_type_refers_to_nothing_wrong(load: Write) -> None:
    assert len(load(notes=[{"id": 1, "about": 77, "kind": None}])["notes"]) == 1


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match="no fixtures"):
        load_store(tmp_path / "nowhere", resources(), NOW, UTC)
