"""What `mockserver lint` proves of an API: the table of checks, and the checks that only read. Those that run on the fixtures are in lint_examples."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import Any

from mockserver.apis import SHIPPED, Api, find_api
from mockserver.errors import DocumentError
from mockserver.functions import Functions
from mockserver.handlers import build_handler
from mockserver.lint_examples import RUNNING
from mockserver.lint_subject import Finding, Node, Subject, iter_references
from mockserver.operations import Action, Operation
from mockserver.paths import UnknownPath, inverses
from mockserver.refusals import Category
from mockserver.resources import Resource, embedded, iter_properties
from mockserver.validation import escape_pointer

logger = logging.getLogger("mockserver.lint")

Check = Callable[[Subject], Iterable[Finding]]

EFFECTS: dict[str, tuple[frozenset[str], frozenset[Action]]] = {
    "x-mock-record": (frozenset({"path"}), frozenset(Action)),
    "x-mock-filter": (frozenset({"query"}), frozenset({Action.LIST, Action.BEHAVIOUR})),
    "x-mock-order": (frozenset({"query"}), frozenset({Action.LIST, Action.BEHAVIOUR})),
    "x-mock-page": (frozenset({"query"}), frozenset({Action.LIST, Action.BEHAVIOUR})),
    "x-mock-select": (frozenset({"query"}), frozenset({Action.LIST, Action.RETRIEVE, Action.BEHAVIOUR})),
    "x-mock-input": (frozenset({"path", "query", "header"}), frozenset(Action)),
    "x-mock-no-effect": (frozenset({"path", "query", "header", "cookie"}), frozenset(Action)),
}
"""What a parameter can be for: in which locations, and on which actions."""

PAGE_VALUES = frozenset({"total", "limit", "offset", "page", "per_page", "pages"})
_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
_MESSAGE_LENGTH = 200


def named_apis(apis: tuple[str, ...]) -> list[Api]:
    """Return the APIs with these names, or of the documents with these paths; without any, all that are shipped.

    Raises:
        MockserverError: there is no such API or document.
    """
    return [find_api(name) for name in apis or SHIPPED]


def lint_api(api: Api, cache: Path | None) -> list[Finding]:
    """Return what does not hold of the API's document, extensions and fixtures, in the order of the checks; what a whole rests on is proven first.

    Args:
        cache: folder for bundled documents; None keeps them in memory.

    Raises:
        MockserverError: the API cannot be loaded.
    """
    subject = Subject(api, cache)
    for check in FOUNDATIONS:
        findings = list(check(subject))
        if findings:
            return findings
    return [finding for check in CHECKS for finding in check(subject)]


# --- foundations: without these the rest cannot be asked --------------------------------------------------------------------------------------------------


def valid_openapi(subject: Subject) -> Iterator[Finding]:
    """The document is valid OpenAPI 3.0; without openapi-spec-validator nobody says so, which the log tells."""
    try:
        from openapi_spec_validator import OpenAPIV30SpecValidator  # noqa: PLC0415 -- comes with the tests, not with the package
    except ImportError:
        logger.warning("%s: not held to OpenAPI 3.0: openapi-spec-validator is not installed (the extra `contract` has it)", subject.document.source)
        return
    for error in OpenAPIV30SpecValidator(subject.document.raw).iter_errors():
        while error.context:
            error = max(error.context, key=lambda one: len(one.absolute_path))  # noqa: PLW2901 -- down to what is meant
        pointer = "".join(f"/{escape_pointer(str(part))}" for part in error.absolute_path)
        yield Finding("not OpenAPI 3.0", subject.at(pointer), found=error.message[:_MESSAGE_LENGTH])


def named_fields_are_stored(subject: Subject) -> Iterator[Finding]:
    """Every field that `x-mock-collection` names is stored."""
    for resource in subject.model.resources.values():
        where = subject.at(f"/components/schemas/{resource.component}/x-mock-collection")
        for part, name in _named_fields(resource, subject.model.resources):
            if name not in resource.stored:
                yield Finding("an unknown field", f"{where}/{part}", expected=f"one of {', '.join(sorted(resource.stored))}", found=name)


def _named_fields(resource: Resource, resources: Mapping[str, Resource]) -> Iterator[tuple[str, str]]:
    layout = resource.layout
    yield from (("order", name.removeprefix("-")) for name in layout.order)
    yield from (("unique", name) for name in resource.unique)
    yield from (("tallies", name) for name in chain(layout.tallies, layout.tallies.values()))
    for field, relation in layout.relations.items():
        yield from ((f"relations/{field}/by", name) for name in (relation.by,) if name)
        yield from ((f"relations/{field}/inverse-order", name.removeprefix("-")) for name in relation.inverse_order)


def named_functions_exist(subject: Subject) -> Iterator[Finding]:
    """Every function that the document names stands in its table (load_model has asked for those of operations and parameters)."""
    functions = subject.api.functions
    known = functions.names()
    for resource in subject.model.resources.values():
        for table, names in (("prepare", [resource.prepare]), ("effects", resource.effects), ("visible", [resource.visible])):
            for name in names:
                if name and name not in known[table]:
                    where = subject.at(f"/components/schemas/{resource.component}/x-mock-collection/{table}")
                    yield Finding("an unknown function", where, expected=f"a name in {table.upper()}", found=name)
    readers = set().union(*known.values())
    for where, name in _readers(subject):
        if name not in readers:
            yield Finding("an unknown function", where, expected="a name in a table of functions", found=name)


def _readers(subject: Subject) -> Iterator[tuple[str, str]]:
    for _, parameter, where in subject.iter_parameters():
        if parameter.reader:
            yield where, parameter.reader
    for pointer, schema in subject.iter_schemas():
        if "x-mock-input" in schema:
            yield subject.at(pointer), schema["x-mock-input"]


def values_are_known(subject: Subject) -> Iterator[Finding]:
    """Every x-mock-value is a function, a path from the record, or in an envelope a page value of a list."""
    for name, collection, schema in subject.iter_shapes():
        for part, value in _values(subject, schema, f"/components/schemas/{escape_pointer(name)}"):
            if not _is_path(subject, value, collection):
                yield Finding("an unknown value", subject.at(part), expected="a path, or a name in VALUES", found=value)
    for operation in subject.model.operations:
        if operation.action is Action.BEHAVIOUR:
            continue
        page = PAGE_VALUES if operation.action is Action.LIST else frozenset[str]()
        for status, schema in _answers(operation):
            for part, value in _values(subject, schema, ""):
                if value not in page:
                    yield Finding(
                        "an unknown value",
                        subject.of(operation, f"{status}{part}"),
                        expected="a page value of a list, or a name in VALUES",
                        found=value,
                    )


def _values(subject: Subject, schema: Node, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield the x-mock-values that are no functions, of the properties of a shape or an envelope; embedded records have shapes of their own."""
    for name, one in subject.document.resolve(schema).get("properties", {}).items():
        prop = subject.document.resolve(one)
        below = f"{pointer}/properties/{escape_pointer(name)}"
        if prop.get("x-mock-value", "") not in ("", *subject.api.functions.values):
            yield below, prop["x-mock-value"]
        if "x-mock-value" not in prop and not embedded(subject.document, prop):
            yield from _values(subject, prop, below)


def _is_path(subject: Subject, text: str, collection: str) -> bool:
    try:
        subject.model.path(text, collection)
    except UnknownPath:
        return False
    return True


def _answers(operation: Operation) -> Iterator[tuple[int, Node]]:
    """Yield the statuses and schemas of the operation's successes that have a body."""
    yield from ((status, schema) for status, schema in operation.responses.items() if status < 400 and schema is not None)


def everything_compiles(subject: Subject) -> Iterator[Finding]:
    """Handlers and the renderers of every answer compile, and so does the renderer of every collection."""
    model, renderers = subject.model, subject.service.renderers
    compiles: list[Callable[[], object]] = []
    for operation in model.operations:
        compiles.append(lambda operation=operation: build_handler(operation, model, subject.api.functions))  # type: ignore[misc]
        compiles += [lambda operation=operation, schema=schema: renderers.answer(operation, schema) for _, schema in _answers(operation)]  # type: ignore[misc]
    compiles += [lambda name=name: renderers.record(name, "show") for name in model.resources]  # type: ignore[misc]
    for one in compiles:
        try:
            one()
        except DocumentError as error:
            yield Finding(error.what, error.where or subject.document.source, error.expected, error.found)
