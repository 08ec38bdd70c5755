"""Read schemas say what is stored, in which type, by default, and how collections refer to each other."""

import copy
from typing import Any

import pytest

from mockserver.collection import OnDelete
from mockserver.errors import DocumentError
from mockserver.resources import Resource, embedded, load_resources, stored_type
from mockserver.spec import Document
from mockserver.stored import StoredType
from tests.models import document, resources


@pytest.fixture
def book() -> Resource:
    return resources()["books"]


def loaded(change: Any = None) -> dict[str, Resource]:
    raw = document()
    if change:
        change(raw["components"]["schemas"])
    return load_resources(Document(raw, "library"), {"books": frozenset({"copies", "elsewhere"})})


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("id", StoredType.INTEGER),
        ("title", StoredType.TEXT),
        ("copies", StoredType.INTEGER),
        ("price", StoredType.DECIMAL),
        ("lent", StoredType.BOOLEAN),
        ("printed", StoredType.DATE),
        ("bought", StoredType.INSTANT),
        ("author", StoredType.INTEGER),
        ("tags", StoredType.JSON),
    ],
)
def test_a_field_is_stored_in_the_type_that_its_property_says(book: Resource, field: str, kind: StoredType) -> None:
    assert book.stored[field] is kind


@pytest.mark.parametrize("name", ["authorName", "noteIds", "writer", "kind", "links"])
def test_what_is_derived_embedded_constant_or_a_link_is_not_stored(book: Resource, name: str) -> None:
    assert name not in book.stored


def test_hidden_fields_are_stored() -> None:
    assert resources()["authors"].stored["secret"] is StoredType.TEXT


def test_a_relation_without_a_property_is_stored_too() -> None:
    def forget(schemas: dict[str, Any]) -> None:
        for name in ("author", "tags"):
            del schemas["Book"]["properties"][name]

    stored = loaded(forget)["books"].stored
    assert (stored["author"], stored["tags"]) == (StoredType.INTEGER, StoredType.JSON)


def test_defaults_and_stamps_stand_beside_their_properties(book: Resource) -> None:
    assert book.defaults == {"copies": 1, "lent": False, "currency": "eur", "tags": []}
    assert (book.created, book.updated) == (("stamped",), ("touched",))


def test_relations_say_where_they_lead_and_what_a_delete_does(book: Resource) -> None:
    relations = book.layout.relations
    assert {name: relation.on_delete for name, relation in relations.items()} == {
        "author": OnDelete.NULL,
        "shelf": OnDelete.CASCADE,
        "sequelTo": OnDelete.CASCADE,
        "donor": OnDelete.KEEP,
        "tags": OnDelete.REMOVE,
    }
    assert relations["shelf"].inverse_order == ("title",)
    assert relations["tags"].many
    about = resources()["notes"].layout.relations["about"]
    assert (about.by, dict(about.targets)) == ("kind", {"Book": "books", "Author": "authors"})


def test_relations_and_equality_filtered_fields_are_indexed(book: Resource) -> None:
    assert loaded()["books"].layout.indexed == {*book.layout.relations, "copies"}
    assert {"shelf", "copies", "lent"} <= book.layout.indexed
    assert "author.name" not in book.layout.indexed


def test_names_and_paths_have_defaults(book: Resource) -> None:
    assert (book.name, book.singular, book.label, book.path, book.component) == ("books", "book", "Book", "/books", "Book")
    assert loaded(lambda schemas: schemas["Book"]["x-mock-collection"].update(path="/volumes"))["books"].path == "/volumes"


def test_a_property_that_is_a_path_can_begin_other_paths() -> None:
    assert resources()["authors"].aliases["booksCount"] == "books.count"


def test_a_collection_declared_twice_is_refused() -> None:
    with pytest.raises(DocumentError, match="declared twice"):
        loaded(lambda schemas: schemas.update(Again=schemas["Book"]))


def test_a_relation_to_no_collection_is_refused_with_its_place() -> None:
    with pytest.raises(DocumentError, match="no collection") as caught:
        loaded(lambda schemas: schemas["Book"]["x-mock-collection"]["relations"]["author"].update(to="writers"))
    assert caught.value.where == "library#/components/schemas/Book/x-mock-collection/relations/author"


@pytest.mark.parametrize(
    ("schema", "collection"),
    [
        ({"$ref": "#/components/schemas/Book"}, "books"),
        ({"$ref": "#/components/schemas/WrittenBook"}, "books"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Note"}}, "notes"),
        ({"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/Note"}]}, "notes"),
        ({"allOf": [{"$ref": "#/components/schemas/Note"}]}, "notes"),
        ({"$ref": "#/components/schemas/NewBook"}, None),
        ({"type": "array", "items": {"type": "string"}}, None),
    ],
)
def test_a_schema_embeds_the_records_of_a_collection(schema: dict[str, Any], collection: str | None) -> None:
    assert embedded(Document(document(), "library"), schema) == collection


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, StoredType.TEXT),
        ({"type": "string", "x-mock-stored": "date"}, StoredType.DATE),
        ({"type": "object"}, StoredType.JSON),
        ({}, StoredType.JSON),
        ({"nullable": True, "anyOf": [{"type": "integer"}]}, StoredType.INTEGER),
        ({"allOf": [{"$ref": "#/components/schemas/Book/properties/copies"}]}, StoredType.INTEGER),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, StoredType.JSON),
    ],
)
def test_the_stored_type_follows_from_the_schema(schema: dict[str, Any], kind: StoredType) -> None:
    assert stored_type(Document(document(), "library"), schema) is kind


def test_removing_from_a_relation_that_holds_one_key_stops_the_start() -> None:
    raw = copy.deepcopy(document())
    declared = [schema["x-mock-collection"].get("relations", {}) for schema in raw["components"]["schemas"].values() if "x-mock-collection" in schema]
    field, relation = next(pair for relations in declared for pair in relations.items() if not pair[1].get("many"))
    relation["on-delete"] = "remove"
    with pytest.raises(DocumentError, match="nothing to remove from") as caught:
        load_resources(Document(raw, "test"), {})
    assert str(caught.value.where).endswith(f"/relations/{field}/on-delete")


@pytest.mark.parametrize(
    ("properties", "stored"),
    [
        pytest.param({"count": {"type": "integer", "x-mock-value": "notes.count"}}, False, id="a derived one"),
        pytest.param(
            {"said": {"type": "string"}, "count": {"type": "integer", "x-mock-value": "notes.count"}}, False, id="a derived one among others"
        ),
        pytest.param({"said": {"type": "string"}}, True, id="none"),
        pytest.param({}, True, id="no properties"),
    ],
)
def test_an_object_with_a_derived_property_is_not_stored(properties: dict[str, Any], stored: bool) -> None:
    found = loaded(lambda schemas: schemas["Book"]["properties"].update(about={"type": "object", "properties": properties}))
    assert ("about" in found["books"].stored) is stored


def test_a_derived_part_behind_a_reference_counts_too() -> None:
    def change(schemas: dict[str, Any]) -> None:
        schemas["Count"] = {"type": "integer", "x-mock-value": "notes.count"}
        schemas["Book"]["properties"]["about"] = {"type": "object", "properties": {"count": {"$ref": "#/components/schemas/Count"}}}

    assert "about" not in loaded(change)["books"].stored


def test_what_settles_a_collection_is_known() -> None:
    found = loaded(lambda schemas: schemas["Book"]["x-mock-collection"].update(settle="return_books"))
    assert (found["books"].settle, found["authors"].settle) == ("return_books", None)
