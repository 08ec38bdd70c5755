"""A path reaches what its steps lead to, forwards and back."""

from typing import Any

import pytest

from mockserver.collection import Layout, Relation
from mockserver.exchange import Record
from mockserver.paths import Path, Paths, UnknownPath
from mockserver.store import Store
from tests.models import model, record_of, resources


@pytest.fixture
def store() -> Store:
    made = Store(resource.layout for resource in resources().values())
    for name in ("sea", "sky"):
        made.insert("tags", record_of("tags", name=name))
    made.insert("authors", record_of("authors", name="Ada", tags=[2, 1]))
    made.insert("authors", record_of("authors", name="Brian", tags=[]))
    made.insert("authors", record_of("authors", name="Cleo", tags=None))
    made.insert("shelves", record_of("shelves", name="Upper"))
    made.insert("books", record_of("books", title="Zebra", author=1, shelf=1, tags=[1]))
    made.insert("books", record_of("books", title="apple", author=1, shelf=1, tags=[1, 2], sequelTo=1))
    made.insert("books", record_of("books", title="Lonely", donor=9))
    made.insert("notes", record_of("notes", about=1, kind="Book", text="b"))
    made.insert("notes", record_of("notes", about=1, kind="Author", text="a"))
    made.insert("notes", record_of("notes", about=1, kind=None, text="of nothing"))
    return made


def record(store: Store, collection: str, key: int) -> Record:
    return store[collection].records[key]


@pytest.mark.parametrize(
    ("collection", "key", "text", "values"),
    [
        pytest.param("books", 1, "title", ["Zebra"], id="a field"),
        pytest.param("books", 1, "author", [1], id="the key of a relation"),
        pytest.param("books", 3, "author", [None], id="the key of an empty relation"),
        pytest.param("books", 1, "author.name", ["Ada"], id="a field of a related record"),
        pytest.param("books", 3, "author.name", [], id="a field beyond an empty relation"),
        pytest.param("books", 3, "donor.name", [], id="a field beyond a relation to a record that has gone"),
        pytest.param("books", 2, "sequelTo.author.name", ["Ada"], id="two steps"),
        pytest.param("shelves", 1, "books", [2, 1], id="the way back in its order"),
        pytest.param("shelves", 1, "books.title", ["apple", "Zebra"], id="a field of the way back"),
        pytest.param("authors", 1, "books.count", [2], id="a count"),
        pytest.param("authors", 2, "books.count", [0], id="a count of nothing"),
        pytest.param("books", 1, "shelf.books.count", [2], id="a count beyond a relation"),
        pytest.param("books", 3, "shelf.books.count", [0], id="a count beyond an empty relation"),
        pytest.param("books", 1, "author.count", [1], id="a count of a relation"),
        pytest.param("books", 1, "notes.count", [1], id="a count of those of this type"),
        pytest.param("authors", 1, "notes.text", ["a"], id="the way back of this type"),
        pytest.param("notes", 1, "about.title", ["Zebra"], id="the first of several targets"),
        pytest.param("notes", 2, "about.title", [], id="another target than the first"),
        pytest.param("notes", 3, "about.title", [], id="a type of none"),
        pytest.param("authors", 1, "tags", [2, 1], id="keys of many"),
        pytest.param("authors", 2, "tags", [], id="keys of many, none"),
        pytest.param("authors", 3, "tags", [], id="keys of many, null"),
        pytest.param("authors", 3, "tags.name", [], id="fields of many, null"),
        pytest.param("books", 1, "author.tags", [2, 1], id="keys of many beyond a relation"),
        pytest.param("authors", 1, "tags.name", ["sky", "sea"], id="fields of many"),
        pytest.param("tags", 1, "books.title", ["Zebra", "apple"], id="the way back from many"),
        pytest.param("tags", 2, "books.count", [1], id="a count of the way back from many"),
    ],
)
def test_a_path_reaches_its_values(store: Store, collection: str, key: int, text: str, values: list[Any]) -> None:
    assert model().path(text, collection).values(store, record(store, collection, key)) == values


@pytest.mark.parametrize(
    ("text", "collection", "target", "many"),
    [
        ("author", "books", "authors", False),
        ("books", "authors", "books", True),
        ("author.tags", "books", "tags", True),
        ("shelf.books", "books", "books", True),
        ("tags", "books", "tags", True),
        ("title", "books", None, False),
        ("author.name", "books", None, False),
        ("books.count", "authors", None, False),
    ],
)
def test_a_path_knows_where_it_ends(text: str, collection: str, target: str | None, many: bool) -> None:
    path = model().path(text, collection)
    assert (path.target, path.many) == (target, many)
    assert (path.records is not None) == (target is not None)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("title", ("books", "title")),
        ("author", ("books", "author")),
        ("author.name", ("authors", "name")),
        ("notes", ("notes", "id")),
        ("notes.count", ("notes", None)),
    ],
)
def test_a_path_knows_the_field_whose_type_its_values_have(text: str, end: tuple[str, str | None]) -> None:
    assert model().path(text, "books").end == end


def test_records_are_what_the_path_reaches(store: Store) -> None:
    path = model().path("books", "shelves")
    assert path.records is not None
    assert [one["title"] for one in path.records(store, record(store, "shelves", 1))] == ["apple", "Zebra"]


def test_only_a_path_of_one_field_names_it() -> None:
    assert [model().path(text, "books").field for text in ("title", "author", "author.name", "notes")] == ["title", "author", None, None]


@pytest.mark.parametrize("text", ["colour", "author.colour", "colour.name", "title.name", "count", "", "author.", "notes.count.count"])
def test_a_step_that_leads_nowhere_is_named(text: str) -> None:
    with pytest.raises(UnknownPath, match="has no"):
        model().path(text, "books")


@pytest.fixture
def unindexed() -> tuple[Store, Path]:
    layouts = {
        "parents": Layout("parents"),
        "children": Layout("children", relations={"parent": Relation("parent", {None: "parents"}, inverse="children")}),
    }
    fields = {"parents": frozenset({"id"}), "children": frozenset({"id", "parent"})}
    store = Store(layouts.values())
    store.insert("parents", {"id": 1})
    store.insert("children", {"id": 1, "parent": 1})
    return store, Paths(layouts, fields).compile("children.count", "parents")


def test_a_relation_without_an_index_is_counted_too(unindexed: tuple[Store, Path]) -> None:
    store, path = unindexed
    assert path.values(store, record(store, "parents", 1)) == [1]
