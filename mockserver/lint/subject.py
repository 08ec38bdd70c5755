"""What lint looks at: one API's document, model and fixtures, and the ways through them; and what it finds. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from mockserver.apis import Api
from mockserver.clock import FrozenClock
from mockserver.extensions import check_extensions
from mockserver.fixtures import load_store
from mockserver.operations import Model, Operation, Parameter, load_model
from mockserver.pipeline import Service, zone_of
from mockserver.spec import load_document
from mockserver.store import Store
from mockserver.validation import escape_pointer
from mockserver.worlds import Bounds, Session, World, Worlds

MOMENT: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""When lint looks: relative instants of the fixtures count from here."""

Node = Mapping[str, Any]

_LITERALS = frozenset({"default", "enum", "example", "examples", "value"})
_MAPS_OF_NAMES = frozenset(
    "callbacks content encoding headers links parameters paths properties requestBodies responses schemas securitySchemes".split()
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a document, its extensions or its fixtures say and that does not hold; as text, one line.

    Attributes:
        what: what is wrong.
        where: the place: a file with JSON pointer, an operation's label, a table of functions.
        expected: what would have been right; None where `what` says it.
        found: what stands there instead; None where it does not matter.
    """

    what: str
    where: str
    expected: str | None = None
    found: str | None = None

    def __str__(self) -> str:
        comparison = [f"{word} {value}" for word, value in (("expected", self.expected), ("found", self.found)) if value is not None]
        return " ".join(": ".join(part for part in (self.what, self.where, ", ".join(comparison)) if part).split())


class Subject:
    """One API as lint sees it; each part is loaded when it is first asked for, with the errors of loading.

    Attributes:
        document: the bundled document.
    """

    def __init__(self, api: Api, cache: Path | None) -> None:
        self.api = api
        self.document = load_document(api.document, cache)

    @cached_property
    def model(self) -> Model:
        """The document's resources and operations; its extensions have been checked."""
        check_extensions(self.document.raw, self.document.source)
        return load_model(self.document, self.api.functions)

    @cached_property
    def store(self) -> Store:
        """The fixtures."""
        return load_store(self.api.fixtures, self.model.resources, MOMENT, zone_of(self.api.conventions.zones.default))

    @cached_property
    def service(self) -> Service:
        """The API at work on the fixtures, at a moment that stands still."""
        worlds = Worlds(self.store, self.api.conventions.callers, Bounds())
        return Service(self.api.name, self.model, self.api.conventions, self.api.functions, worlds, FrozenClock(MOMENT))

    def session(self) -> Session:
        """Return a session of the administrator in a world of its own: the fixtures as they are."""
        return self.service.session(World("lint", self.store.fork()), self.api.conventions.callers.administrator)

    def iter_parameters(self) -> Iterator[tuple[Operation, Parameter, str]]:
        """Yield every parameter of every operation, with its place."""
        for operation in self.model.operations:
            for parameter in operation.parameters:
                yield operation, parameter, self.of(operation, f"{parameter.location} parameter {parameter.name}")

    def iter_shapes(self) -> Iterator[tuple[str, str, Node]]:
        """Yield every component schema that shows records: its name, the records' collection, and the schema."""
        for name, schema in self.document.schemas.items():
            said = schema.get("x-mock-collection") or schema.get("x-mock-shape")
            if said:
                yield name, said["collection"], schema

    def iter_schemas(self) -> Iterator[tuple[str, Node]]:
        """Yield every schema of the document with its JSON pointer, those within others included; references are not followed."""
        for name, schema in self.document.schemas.items():
            yield from _iter_schemas(schema, f"/components/schemas/{escape_pointer(name)}")
        for pointer, node in iter_nodes(self.document.raw):
            if "schema" in node:
                yield from _iter_schemas(node["schema"], f"{pointer}/schema")

    def at(self, pointer: str) -> str:
        """Return the place of a JSON pointer into the document."""
        return f"{self.document.source}#{pointer}"

    def of(self, operation: Operation, part: str = "") -> str:
        """Return the place of an operation, or of a part of it."""
        return f"{self.document.source}: {operation.label}" + (f": {part}" if part else "")


def iter_nodes(node: Any, pointer: str = "", *, names: bool = False) -> Iterator[tuple[str, Node]]:
    """Yield every object below a part of the document with its JSON pointer; what examples and extensions hold is no part of it.

    Args:
        names: the keys of the node are names that the document gives, not keywords.
    """
    if isinstance(node, list):
        for at, one in enumerate(node):
            yield from iter_nodes(one, f"{pointer}/{at}")
    elif isinstance(node, Mapping):
        if not names:
            yield pointer, node
        for key, value in node.items():
            if names or not (key in _LITERALS or key.startswith("x-")):
                yield from iter_nodes(value, f"{pointer}/{escape_pointer(key)}", names=not names and key in _MAPS_OF_NAMES)


def _iter_schemas(schema: Any, pointer: str) -> Iterator[tuple[str, Node]]:
    if not isinstance(schema, Mapping):
        return
    yield pointer, schema
    for name, one in schema.get("properties", {}).items():
        yield from _iter_schemas(one, f"{pointer}/properties/{escape_pointer(name)}")
    for key in ("allOf", "anyOf", "oneOf"):
        for at, one in enumerate(schema.get(key, ())):
            yield from _iter_schemas(one, f"{pointer}/{key}/{at}")
    for key in ("items", "not", "additionalProperties"):
        yield from _iter_schemas(schema.get(key), f"{pointer}/{key}")


def iter_answers(operation: Operation) -> Iterator[tuple[int, Node]]:
    """Yield status and schema of the operation's successes that have a body."""
    for status, schema in operation.responses.items():
        if status < 400 and schema is not None:
            yield status, schema
