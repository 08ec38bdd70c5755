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
from mockserver.exchange import Record, Request
from mockserver.extensions import check_extensions
from mockserver.fixtures import load_store
from mockserver.handlers import build_handler
from mockserver.operations import Model, Operation, Parameter, load_model
from mockserver.pipeline import Service, zone_of
from mockserver.requests import ParameterReader
from mockserver.spec import load_document
from mockserver.store import Store
from mockserver.validation import escape_pointer
from mockserver.worlds import Bounds, Session, Worlds

MOMENT: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""When lint looks: relative instants of the fixtures count from here."""

Node = Mapping[str, Any]

_LITERALS = frozenset({"default", "enum", "example", "examples", "value"})
_SCHEMA_LISTS = ("allOf", "anyOf", "oneOf")
_SCHEMA_PARTS = ("items", "not", "additionalProperties")


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
    """One API as lint sees it; what is loaded is loaded when it is first asked for, with the errors of loading.

    Attributes:
        document: the bundled document.
    """

    def __init__(self, api: Api, cache: Path | None) -> None:
        self.api = api
        self.document = load_document(api.document, cache)

    @cached_property
    def model(self) -> Model:
        """The document's resources and operations, its extensions checked."""
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

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations of the document."""
        return self.model.operations

    def iter_parameters(self) -> Iterator[tuple[Operation, Parameter, str]]:
        """Yield every parameter of every operation, with its place."""
        for operation in self.operations:
            for parameter in operation.parameters:
                yield operation, parameter, self.of(operation, f"parameter {parameter.name}")

    def at(self, pointer: str) -> str:
        """Return the place of a JSON pointer into the document."""
        return f"{self.document.source}#{pointer}"

    def of(self, operation: Operation, part: str = "") -> str:
        """Return the place of an operation, or of a part of it."""
        return f"{self.document.source}: {operation.label}" + (f": {part}" if part else "")

    def session(self) -> Session:
        """Return a session of the administrator in a world of its own, which nobody has written to."""
        entered = self.service.worlds.enter("lint")
        assert entered is not None
        self.service.worlds = Worlds(self.store, self.api.conventions.callers, Bounds())
        return self.service.session(*entered)

    def select(self, operation: Operation, query: Mapping[str, Any], path: Mapping[str, Any]) -> tuple[Session, list[Record]]:
        """Return the session and all records, on whatever page, that the operation selects from the fixtures for this query.

        Args:
            path: path parameters in place of their examples.

        Raises:
            Refusal: the query is malformed.
            LookupError: a path parameter has no example, or names no record.
        """
        session = self.session()
        required = {one.name: example_of(one.raw) for one in operation.located("query") if one.required}
        values = ParameterReader(operation, self.document, self.service.validators).query(_query_string(operation, {**required, **query}))
        places = {one.name: path[one.name] if one.name in path else one.raw["example"] for one in operation.located("path")}
        parents = {name: session.store[collection].records[int(places[name])] for name, collection in operation.records}
        session.request = Request(places, values, None, {}, parents)
        answer = build_handler(operation, self.model, self.api.functions)(session, session.request)
        selection = answer.values.get("selection")
        return session, list(answer.records) if selection is None else selection.cut(0, None)
