"""A small library of books, with every kind of relation, filter and refusal: what the tests of the engine's modules work on."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from mockserver.apis import Api
from mockserver.app import MockApp, create_app
from mockserver.conventions import Conventions, Zones
from mockserver.exchange import Answer, Record, Request
from mockserver.functions import Functions
from mockserver.operations import Model, Operation, load_model
from mockserver.ratelimit import Limit
from mockserver.refusals import Category, Violation
from mockserver.rendering import Formats, InstantFormat
from mockserver.resources import Resource
from mockserver.responses import ErrorShape, ErrorShapes, Headers, Sentence, Slot
from mockserver.settings import Settings
from mockserver.spec import Document
from mockserver.store import Change, Store
from mockserver.view import ABSENT, View, Visibility
from mockserver.worlds import Callers, Session

NOW = datetime(2024, 3, 18, 12, 0, tzinfo=UTC)
BASE = "/library/api/1"

# --- the document ---

_ID = {"type": "string", "pattern": "^[0-9]+$", "x-mock-stored": "integer"}
_KEY = {"anyOf": [{"type": "integer", "format": "int32", "minimum": 0}, {"type": "string", "pattern": "^[0-9]{1,9}$"}]}
_TOTAL = {"type": "object", "required": ["total"], "properties": {"total": {"type": "string", "x-mock-value": "total"}}}


def _path(name: str, collection: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": {"type": "integer", "format": "int32", "minimum": 0},
        "x-mock-record": collection,
    }


def query_parameter(name: str, schema: Mapping[str, Any], **keywords: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, **{f"x-mock-{key}": value for key, value in keywords.items()}}


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _answers(success: int, schema: Mapping[str, Any] | None) -> dict[str, Any]:
    refused = {
        str(status): {"description": "Refused.", "content": _json({"$ref": "#/components/schemas/Problems"})}
        for status in (400, 401, 404, 413, 415, 422, 429)
    }
    return {str(success): {"description": "Done.", **({"content": _json(schema)} if schema else {})}, **refused}


def _one(key: str, component: str) -> dict[str, Any]:
    return {"type": "object", "required": [key], "properties": {key: {"$ref": f"#/components/schemas/{component}"}}}


def _listed(key: str, component: str, **further: Any) -> dict[str, Any]:
    properties = {key: {"type": "array", "items": {"$ref": f"#/components/schemas/{component}"}}, **further, "meta": _TOTAL}
    return {"type": "object", "required": [key, "meta"], "properties": properties}


FILTERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "title": ({"type": "string"}, {"field": "title", "operator": "equals"}),
    "title_has": ({"type": "string"}, {"field": "title", "operator": "contains"}),
    "copies": ({"type": "integer"}, {"field": "copies", "operator": "equals"}),
    "copies_hundreds": ({"type": "integer"}, {"field": "copies", "operator": "equals", "scale": 100}),
    "copies_from": ({"type": "integer"}, {"field": "copies", "operator": "at-least"}),
    "copies_to": ({"type": "integer"}, {"field": "copies", "operator": "at-most"}),
    "price_over": ({"type": "number"}, {"field": "price", "operator": "after"}),
    "price_under": ({"type": "number"}, {"field": "price", "operator": "before"}),
    "lent": ({"type": "boolean"}, {"field": "lent", "operator": "equals"}),
    "printed_from": ({"type": "string", "format": "date"}, {"field": "printed", "operator": "at-least"}),
    "bought_before": ({"type": "string"}, {"field": "bought", "operator": "before"}),
    "bought_on": ({"type": "string"}, {"field": "bought", "operator": "same-day"}),
    "ids": ({"type": "array", "items": {"type": "integer"}}, {"field": "id", "operator": "any-of"}),
    "titles": ({"type": "string"}, {"field": "title", "operator": "any-of"}),
    "shelf": ({"type": "integer"}, {"field": "shelf", "operator": "equals"}),
    "tag": ({"type": "integer"}, {"field": "tags", "operator": "equals"}),
    "tagged": ({"type": "integer", "enum": [0, 1]}, {"field": "tags", "operator": "exists"}),
    "tag_name": ({"type": "string"}, {"field": "tags.name", "operator": "equals"}),
    "has_author": ({"type": "integer", "enum": [0, 1]}, {"field": "author", "operator": "exists"}),
    "author_has": ({"type": "string"}, {"field": "author.name", "operator": "contains"}),
    "noted": ({"type": "integer", "enum": [0, 1]}, {"field": "notes", "operator": "exists"}),
    "notes_from": ({"type": "integer"}, {"field": "notes.count", "operator": "at-least"}),
    "neighbours": ({"type": "integer"}, {"field": "shelf.books.count", "operator": "at-least"}),
    "mood": ({"type": "string"}, {"field": "author.moods", "operator": "equals"}),
    "moody": ({"type": "integer", "enum": [0, 1]}, {"field": "author.moods", "operator": "exists"}),
    "author_tag": ({"type": "integer"}, {"field": "author.tags", "operator": "equals"}),
}
ORDERS: dict[str, list[str]] = {
    "title": ["title"],
    "price": ["price"],
    "bought": ["bought", "-copies"],
    "author": ["author.name"],
    "notes": ["notes.count"],
    "scarce": ["-copies"],
}
_DIRECTION = {"type": "string", "pattern": "^([Aa][Ss][Cc]|[Dd][Ee][Ss][Cc])$"}


def _schemas() -> dict[str, Any]:
    return {
        "Shelf": {
            "type": "object",
            "required": ["id", "name"],
            "x-mock-collection": {"collection": "shelves", "singular": "shelf", "name": "Shelf", "order": ["name"]},
            "properties": {"id": _ID, "name": {"type": "string"}},
        },
        "Tag": {
            "type": "object",
            "x-mock-collection": {"collection": "tags", "singular": "tag", "name": "Tag"},
            "properties": {"id": _ID, "name": {"type": "string"}},
        },
        "Author": {
            "type": "object",
            "required": ["id", "name", "born", "booksCount"],
            "x-mock-collection": {
                "collection": "authors",
                "singular": "author",
                "name": "Author",
                "unique": ["name"],
                "relations": {"tags": {"to": "tags", "many": True, "inverse": "authors", "on-delete": "remove"}},
                "fields": {"secret": "text", "zone": "text", "moods": "json"},
            },
            "properties": {
                "id": _ID,
                "name": {"type": "string"},
                "born": {"type": "string", "nullable": True, "x-mock-stored": "date"},
                "booksCount": {"type": "integer", "x-mock-value": "books.count"},
                "tags": {"type": "array", "items": {"type": "integer"}, "x-mock-default": []},
                "shouted": {"type": "string", "x-mock-value": "shouted"},
            },
        },
        "Book": {
            "type": "object",
            "x-mock-collection": {
                "collection": "books",
                "singular": "book",
                "name": "Book",
                "order": ["-copies", "title"],
                "relations": {
                    "author": {"to": "authors", "inverse": "books", "on-delete": "null"},
                    "shelf": {"to": "shelves", "inverse": "books", "inverse-order": ["title"], "on-delete": "cascade"},
                    "sequelTo": {"to": "books", "inverse": "sequels", "on-delete": "cascade"},
                    "donor": {"to": "authors", "inverse": "gifts", "on-delete": "keep"},
                    "tags": {"to": "tags", "many": True, "inverse": "books", "on-delete": "remove"},
                },
                "tallies": {"currency": "copies"},
                "prepare": "slug",
                "effects": ["explode"],
                "visible": "locked_away",
            },
            "properties": {
                "id": _ID,
                "title": {"type": "string"},
                "slug": {"type": "string"},
                "copies": {"type": "string", "x-mock-stored": "integer", "x-mock-default": 1},
                "price": {"type": "number", "nullable": True, "x-mock-stored": "decimal"},
                "lent": {"type": "string", "enum": ["0", "1"], "x-mock-stored": "boolean", "x-mock-default": False},
                "printed": {"type": "string", "nullable": True, "x-mock-stored": "date"},
                "bought": {"type": "string", "nullable": True, "format": "date-time", "x-mock-stored": "instant"},
                "stamped": {"type": "string", "format": "plain", "x-mock-stored": "instant", "x-mock-stamp": "created"},
                "touched": {"type": "string", "format": "date-time", "x-mock-stored": "instant", "x-mock-stamp": "updated"},
                "currency": {"type": "string", "x-mock-default": "eur"},
                "author": {"type": "string", "nullable": True},
                "shelf": {"type": "string", "nullable": True},
                "sequelTo": {"type": "string", "nullable": True},
                "donor": {"type": "string", "nullable": True, "x-mock-present": "not-null"},
                "tags": {"type": "array", "items": {"type": "integer"}, "x-mock-default": []},
                "authorName": {"type": "string", "nullable": True, "x-mock-value": "author.name", "x-mock-present": ["show", "create"]},
                "noteIds": {"type": "array", "items": {"type": "string"}, "x-mock-value": "notes", "x-mock-present": "selected"},
                "writer": {"nullable": True, "anyOf": [{"$ref": "#/components/schemas/Author"}], "x-mock-value": "author", "x-mock-present": "show"},
                "kind": {"type": "string", "enum": ["book"]},
                "links": {"type": "object", "properties": {"notes": {"type": "string"}, "author": {"type": "string"}}},
            },
            "required": ["id", "title", "slug", "copies", "price", "lent", "stamped", "touched", "tags", "kind", "links"],
        },
        "Note": {
            "type": "object",
            "required": ["id", "about", "kind", "text"],
            "x-mock-collection": {
                "collection": "notes",
                "singular": "note",
                "name": "Note",
                "order": ["-id"],
                "relations": {"about": {"by": "kind", "to": {"Book": "books", "Author": "authors"}, "inverse": "notes", "on-delete": "cascade"}},
            },
            "properties": {
                "id": _ID,
                "about": {"type": "string"},
                "kind": {"type": "string", "enum": ["Book", "Author"]},
                "text": {"type": "string", "nullable": True},
            },
        },
        "WrittenBook": {
            "type": "object",
            "x-mock-shape": {"collection": "books", "echo": True},
            "properties": {
                "id": {"type": "string"},
                "title": {"anyOf": [{"type": "string"}, {"type": "number"}]},
                "copies": {"anyOf": [{"type": "string"}, {"type": "integer"}], "x-mock-present": "sent"},
                "price": {"type": "number", "nullable": True},
                "shelf": {"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": True},
            },
        },
        "NewBook": {
            "type": "object",
            "required": ["title"],
            "properties": {
                "title": {"anyOf": [{"type": "string", "minLength": 1}, {"type": "number"}]},
                "copies": {"anyOf": [{"type": "integer", "format": "int32"}, {"type": "string", "pattern": "^[0-9]{1,9}$"}]},
                "price": {"type": "number", "nullable": True, "minimum": 0, "maximum": 1000000},
                "lent": {"type": "boolean"},
                "printed": {"type": "string", "nullable": True},
                "author": {**_KEY, "nullable": True},
                "shelf": {**_KEY, "nullable": True},
                "sequelTo": {**_KEY, "nullable": True},
                "tags": {"type": "array", "items": {"type": "integer", "format": "int32"}},
                "anything": {"x-mock-no-effect": "nothing reads it"},
                "shout": {"type": "boolean", "x-mock-input": "slug"},
            },
        },
        "NewNote": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
        "Problems": {
            "x-mock-error": "problems",
            "type": "object",
            "required": ["problems"],
            "properties": {"problems": {"type": "array", "items": {"type": "object"}}},
        },
    }


def _paths() -> dict[str, Any]:
    book, note = _path("id", "books"), _path("note", "notes")
    new_book = {
        "required": True,
        "content": {**_json(_one("book", "NewBook")), "application/x-www-form-urlencoded": {"schema": _one("book", "NewBook")}},
    }
    lists = [query_parameter(name, schema, filter=said) for name, (schema, said) in FILTERS.items()]
    orders = [query_parameter(f"order_{name}", _DIRECTION, order=said) for name, said in ORDERS.items()]
    pages = [
        query_parameter("limit", {"type": "integer", "format": "int32", "minimum": 0}, page={"role": "limit", "default": 20, "maximum": 100}),
        query_parameter("offset", {"type": "integer", "format": "int32", "minimum": 0}, page={"role": "offset", "default": 0}),
    ]
    numbered = [
        query_parameter("page", {"type": "integer", "format": "int32"}, page={"role": "page", "default": 1}, alias=["p"]),
        query_parameter("per_page", {"type": "integer", "format": "int32"}, page={"role": "per_page", "default": 2, "maximum": 3}),
    ]
    select = query_parameter("fields", {"type": "string"}, select={"notes": ["noteIds"]})
    sideload = {"shelves": {"type": "array", "items": {"$ref": "#/components/schemas/Shelf"}}}
    listed_books = {"list": "books", "sideload": {"shelves": "shelf"}}
    return {
        "/books": {
            "get": {
                "operationId": "list_books",
                "x-mock-action": listed_books,
                "parameters": [*lists, *orders, *pages, select],
                "responses": _answers(200, _listed("books", "Book", **sideload)),
            },
            "post": {
                "operationId": "create_book",
                "x-mock-action": {"create": "books"},
                "x-mock-observed-status": 200,
                "x-mock-rules": {"related": 422, "not_cursed": 400},
                "requestBody": new_book,
                "responses": {
                    **_answers(201, _one("book", "WrittenBook")),
                    "200": {"description": "Seen.", "content": _json(_one("book", "WrittenBook"))},
                },
            },
        },
        "/books/sorted": {
            "put": {
                "operationId": "sort_books",
                "x-mock-action": {"behaviour": "books"},
                "requestBody": {"content": _json({"type": "object", "properties": {"x": {"type": "integer", "format": "int32"}}})},
                "responses": _answers(200, {"type": "object", "properties": {"body": {}}}),
            }
        },
        "/books/{id}": {
            "parameters": [book],
            "get": {
                "operationId": "get_book",
                "x-mock-action": {"retrieve": "books", "sideload": {"notes": "notes"}},
                "parameters": [select],
                "responses": _answers(
                    200,
                    {
                        "type": "object",
                        "required": ["book"],
                        "properties": {
                            "book": {"$ref": "#/components/schemas/Book"},
                            "notes": {"type": "array", "items": {"$ref": "#/components/schemas/Note"}},
                        },
                    },
                ),
            },
            "put": {
                "operationId": "update_book",
                "x-mock-action": {"update": "books", "flat": True},
                "x-mock-rules": {"related": 422},
                "requestBody": {
                    "content": _json({"anyOf": [_one("book", "BookChanges"), {"$ref": "#/components/schemas/BookChanges"}], "type": "object"})
                },
                "responses": _answers(200, _one("book", "Book")),
            },
            "delete": {"operationId": "delete_book", "x-mock-action": {"delete": "books"}, "responses": _answers(204, None)},
        },
        "/books/{id}/notes": {
            "parameters": [book],
            "get": {
                "operationId": "list_book_notes",
                "x-mock-action": {"list": "notes", "within": {"id": "about"}},
                "responses": _answers(200, _listed("notes", "Note")),
            },
            "post": {
                "operationId": "create_book_note",
                "x-mock-action": {"create": "notes", "within": {"id": "about"}},
                "requestBody": {"required": True, "content": _json(_one("note", "NewNote"))},
                "responses": _answers(201, _one("note", "Note")),
            },
        },
        "/books/{id}/notes/{note}": {
            "get": {
                "operationId": "get_book_note",
                "x-mock-action": {"retrieve": "notes", "within": {"id": "about"}},
                "parameters": [book, note],
                "responses": _answers(200, _one("note", "Note")),
            }
        },
        "/books/{id}/author": {
            "get": {
                "operationId": "get_book_author",
                "x-mock-action": {"retrieve": "authors", "through": "author"},
                "parameters": [book],
                "responses": _answers(200, _one("author", "Author")),
            }
        },
        "/authors": {
            "get": {
                "operationId": "list_authors",
                "x-mock-action": {"list": "authors"},
                "parameters": numbered,
                "responses": _answers(200, _listed("authors", "Author")),
            },
            "post": {
                "operationId": "create_author",
                "x-mock-action": {"create": "authors"},
                "x-mock-rules": {"unique": 422},
                "requestBody": {
                    "required": True,
                    "content": _json(
                        {
                            "type": "object",
                            "required": ["author"],
                            "properties": {
                                "author": {
                                    "type": "object",
                                    "required": ["name"],
                                    "properties": {"name": {"type": "string"}, "born": {"type": "string", "nullable": True}},
                                }
                            },
                        }
                    ),
                },
                "responses": _answers(201, _one("author", "Author")),
            },
        },
        "/authors/{id}": {
            "parameters": [_path("id", "authors")],
            "delete": {"operationId": "delete_author", "x-mock-action": {"delete": "authors"}, "responses": _answers(204, None)},
        },
        "/shelves/{id}": {
            "parameters": [_path("id", "shelves")],
            "delete": {"operationId": "delete_shelf", "x-mock-action": {"delete": "shelves"}, "responses": _answers(204, None)},
        },
        "/status": {
            "get": {
                "operationId": "get_status",
                "security": [],
                "x-mock-action": {"behaviour": None},
                "responses": {"200": {"description": "Up.", "content": _json({"type": "object", "properties": {"up": {"type": "boolean"}}})}},
            }
        },
    }


def document() -> dict[str, Any]:
    """Return a document of one's own, to be changed at will."""
    schemas = _schemas()
    schemas["BookChanges"] = {key: value for key, value in schemas["NewBook"].items() if key != "required"}
    return copy.deepcopy(
        {
            "openapi": "3.0.3",
            "info": {"title": "Library", "version": "1"},
            "servers": [{"url": "/api/1"}],
            "x-mock-api": "library",
            "security": [{"key": []}],
            "paths": _paths(),
            "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}, "schemas": schemas},
        }
    )


# --- its functions and conventions ---


def _slug(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    title = str(record["title"])
    return {"slug": title.upper() if sent.get("shout") else title.lower()}


def _not_cursed(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> list[Violation]:
    cursed = "cursed" in str(record["title"])
    return [Violation("body", "/book/title", "cursed", "expected no curse", "book", "title")] if cursed else []


def _explode(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """Fail on one title: an effect that breaks."""
    if change.after is not None and "explode" in change.after["title"]:
        raise RuntimeError("the effect failed")


def _sort_books(session: Session, request: Request) -> Answer:
    return Answer(values={"body": request.body})


def _locked_away(session: Session) -> Any:
    """Hide books of shelf 3 from all but the administrator."""
    if session.caller == 1:
        return None
    return lambda record: Visibility.HIDDEN if record["shelf"] == 3 else Visibility.WHOLE


def _shouted(view: View, record: Record) -> Any:
    return record["name"].upper() if record["name"].islower() else ABSENT


FUNCTIONS = Functions(
    behaviours={"sort_books": _sort_books, "get_status": lambda session, request: Answer(values={"up": True})},
    prepare={"slug": _slug},
    effects={"explode": _explode},
    rules={"not_cursed": _not_cursed},
    values={"shouted": _shouted},
    visible={"locked_away": _locked_away},
)

PROBLEMS = ErrorShape({"title": Slot.TITLE, "detail": Slot.DETAIL, "code": Slot.CODE, "status": Slot.STATUS, "at": Slot.POINTER}, wrap="problems")
STATUSES: dict[Category, tuple[int, ...]] = {
    Category.UNKNOWN_PATH: (404,),
    Category.METHOD: (405,),
    Category.CREDENTIAL: (401,),
    Category.PROGRAM: (401,),
    Category.RATE: (429,),
    Category.TOO_LARGE: (413,),
    Category.MEDIA_TYPE: (415,),
    Category.UNREADABLE: (400,),
    Category.MALFORMED_ID: (400,),
    Category.MISSING_RECORD: (404,),
    Category.PARAMETER: (400,),
    Category.STRUCTURE: (400,),
    Category.VALUE: (422, 400),
    Category.RULE: (422, 400),
    Category.FORBIDDEN: (403,),
    Category.BROKEN_CONTRACT: (500,),
}
CONVENTIONS = Conventions(
    errors=ErrorShapes(
        shapes={"problems": PROBLEMS},
        statuses=STATUSES,
        preferences=dict.fromkeys(Category, ("problems",)),
        sentences={(None, "missing"): Sentence("No {resource} {id}"), (None, Category.VALUE): Sentence("{resource} {words}", "{message}", "wrong")},
    ),
    callers=Callers("authors", 1, "secret"),
    formats=Formats(instants={"date-time": InstantFormat(), "plain": InstantFormat("{0.year:04d}-{0.month:02d}-{0.day:02d}", utc=True)}),
    zones=Zones("America/Chicago", "zone"),
    headers=Headers({"Cache-Control": "no-store"}, request_id="X-Request-Id"),
    limit=Limit(3, 10, "X-Limit", "X-Left"),
)

_STAMPS = {"stamped": "now-9d", "touched": "now-1d"}
FIXTURES: dict[str, list[dict[str, Any]]] = {
    "shelves": [{"id": 1, "name": "Lower"}, {"id": 2, "name": "Upper"}, {"id": 3, "name": "Locked"}],
    "tags": [{"id": 1, "name": "sea"}, {"id": 2, "name": "sky"}],
    "authors": [
        {"id": 1, "name": "Ada", "born": "1815-12-10", "secret": "ada-key", "tags": [1]},
        {"id": 2, "name": "brian", "zone": "Asia/Tokyo", "secret": "brian-key"},
        {"id": 3, "name": "Cleo", "tags": [1, 2]},
    ],
    "books": [
        {**_STAMPS, **book}
        for book in (
            {"id": 1, "title": "Kites", "slug": "kites", "copies": 3, "price": "12.50", "author": 1, "shelf": 1, "tags": [1, 2], "bought": "now-3d"},
            {"id": 2, "title": "boats", "slug": "boats", "copies": 3, "author": 2, "shelf": 1, "lent": True, "printed": "today-1d"},
            {"id": 3, "title": "Anchors", "slug": "anchors", "copies": 9, "price": 7, "shelf": 2, "sequelTo": 2, "donor": 3, "currency": "usd"},
            {"id": 4, "title": "Secrets", "slug": "secrets", "copies": 1, "author": 1, "shelf": 3, "tags": [2]},
        )
    ],
    "notes": [
        {"id": 1, "about": 1, "kind": "Book", "text": "worn"},
        {"id": 2, "about": 1, "kind": "Author", "text": None},
        {"id": 3, "about": 1, "kind": "Book", "text": "new"},
        {"id": 4, "about": 2, "kind": "Book", "text": "lost"},
    ],
}


# --- put together ---


@cache
def model() -> Model:
    """Return the library's model; nothing changes it."""
    return load_model(Document(document(), "library"), FUNCTIONS)


def resources() -> Mapping[str, Resource]:
    return model().resources


def empty_store() -> Store:
    return Store(resource.layout for resource in resources().values())


def record_of(collection: str, **fields: Any) -> dict[str, Any]:
    """Return a whole record of these fields, but for its key."""
    resource = resources()[collection]
    return {**{name: resource.defaults.get(name) for name in resource.stored if name != "id"}, **fields}


def write_library(folder: Path, raw: Mapping[str, Any] | None = None, fixtures: Mapping[str, Any] | None = None) -> Api:
    """Return the library, or a changed one, as files in the folder."""
    path = folder / "library.json"
    path.write_text(json.dumps(raw or document()))
    (folder / "fixtures").mkdir(exist_ok=True)
    for name, records in (FIXTURES if fixtures is None else fixtures).items():
        (folder / "fixtures" / f"{name}.json").write_text(json.dumps(records))
    return Api("library", path, folder / "fixtures", CONVENTIONS, FUNCTIONS)


def library_app(
    folder: Path,
    settings: Settings | None = None,
    raw: Mapping[str, Any] | None = None,
    conventions: Conventions | None = None,
    functions: Functions | None = None,
) -> MockApp:
    """Return the library as an application whose clock stands at NOW."""
    api = write_library(folder, raw)
    api = replace(api, conventions=conventions or api.conventions, functions=functions or api.functions)
    return create_app(settings or Settings(clock=NOW), [api])


# --- requests ---


@dataclass(frozen=True)
class Reply:
    """What an application sent."""

    status: int
    headers: dict[str, str]
    body: bytes
    raw_headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    def json(self) -> Any:
        return json.loads(self.body)

    def violations(self) -> Any:
        return json.loads(self.headers["x-mock-violations"])


def call(
    app: Any,
    method: str,
    target: str,
    *,
    body: Any = None,
    chunks: Iterable[bytes] | None = None,
    headers: Mapping[str, str] | None = None,
    key: str | None = "me",
) -> Reply:
    """Return the answer to one request, the target as it stands on the request line.

    A body that is no bytes goes as JSON; chunks go without a length.
    """
    raw_path, _, query_string = target.encode("latin-1").partition(b"?")
    sent = {"host": "books.test", **({} if key is None else {"x-key": key}), **(headers or {})}
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        sent.setdefault("content-type", "application/json")
    parts = [body or b""] if chunks is None else list(chunks)
    if chunks is None and body is not None:
        sent.setdefault("content-length", str(len(body)))
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages[-1] = {"type": "http.request", "body": parts[-1]}
    return drive(app, method, raw_path, query_string, sent, messages)


def drive(app: Any, method: str, raw_path: bytes, query_string: bytes, headers: Mapping[str, str], messages: list[dict[str, Any]]) -> Reply:
    """Return the answer to one request of these ASGI messages; status 0 where nothing was sent."""
    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": raw_path.decode("latin-1"),
        "raw_path": raw_path,
        "query_string": query_string,
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        "server": ("127.0.0.1", 80),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    if not sent:
        return Reply(0, {}, b"")
    raw_headers = sent[0]["headers"]
    told = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw_headers}
    return Reply(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:]), raw_headers)


def operation_of(model: Model, operation_id: str) -> Operation:
    """Return the operation with this operationId."""
    return next(operation for operation in model.operations if operation.operation_id == operation_id)
