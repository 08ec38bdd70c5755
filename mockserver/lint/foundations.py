"""Checks that all others rest on, beyond what loading refuses: valid OpenAPI, known values and callers, everything compiles."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from mockserver.errors import DocumentError
from mockserver.handlers import build_handler
from mockserver.lint.subject import Finding, Node, Subject, iter_answers
from mockserver.operations import BUILT_IN_RULES, Action
from mockserver.paths import UnknownPath
from mockserver.resources import embedded
from mockserver.validation import escape_pointer

logger = logging.getLogger("mockserver.lint")

PAGE_VALUES = frozenset({"total", "limit", "offset", "page", "per_page", "pages"})
_MESSAGE_LENGTH = 120


def document_is_openapi(subject: Subject) -> Iterator[Finding]:
    """The document is valid OpenAPI 3.0; without openapi-spec-validator nobody proves it, and the log says so."""
    try:
        from openapi_spec_validator import OpenAPIV30SpecValidator  # noqa: PLC0415 -- comes with the extra `contract` only
    except ImportError:
        logger.warning("%s: not held to OpenAPI 3.0: openapi-spec-validator (extra `contract`) is not installed", subject.document.source)
        return
    for error in OpenAPIV30SpecValidator(subject.document.raw).iter_errors():
        pointer = "".join(f"/{escape_pointer(str(part))}" for part in error.absolute_path)
        message = error.message.partition("\n")[0]  # begins with the whole object where alternatives fail
        yield Finding(
            "not OpenAPI 3.0", subject.at(pointer), found=message if len(message) <= _MESSAGE_LENGTH else f"...{message[-_MESSAGE_LENGTH:]}"
        )


def readers_are_known(subject: Subject) -> Iterator[Finding]:
    """Every function that an `x-mock-input` names is in a table; without the other functions that a document names no model loads."""
    known = set().union(*subject.api.functions.names().values())
    for where, name in _iter_readers(subject):
        if name not in known:
            yield Finding("an unknown function", where, "a name in a table of functions", name)


def _iter_readers(subject: Subject) -> Iterator[tuple[str, str]]:
    yield from ((where, parameter.reader) for _, parameter, where in subject.iter_parameters() if parameter.reader)
    yield from ((subject.at(pointer), schema["x-mock-input"]) for pointer, schema in subject.iter_schemas() if "x-mock-input" in schema)


def values_are_known(subject: Subject) -> Iterator[Finding]:
    """Every `x-mock-value` is a function or a path from the record; in an envelope a function or a page value of a list."""
    for name, collection, schema in subject.iter_shapes():
        for part, value in _iter_values(subject, schema, f"/components/schemas/{escape_pointer(name)}"):
            if not _is_path(subject, value, collection):
                yield Finding("an unknown value", subject.at(part), "a path, or a name in VALUES", value)
    for operation in subject.model.operations:
        if operation.action is Action.BEHAVIOUR:  # whose function names values of its own
            continue
        known = PAGE_VALUES if operation.action is Action.LIST else frozenset[str]()
        for status, schema in iter_answers(operation):
            for part, value in _iter_values(subject, schema, ""):
                if value not in known:
                    yield Finding("an unknown value", subject.of(operation, f"{status}{part}"), "a page value of a list, or a name in VALUES", value)


def _iter_values(subject: Subject, schema: Node, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield the values, but for functions, of the properties of a shape or an envelope; embedded records have shapes of their own."""
    if not pointer and embedded(subject.document, schema):
        return
    for name, one in subject.document.resolve(schema).get("properties", {}).items():
        prop = subject.document.resolve(one)
        below = f"{pointer}/properties/{escape_pointer(name)}"
        if "x-mock-value" not in prop:
            if not embedded(subject.document, prop):
                yield from _iter_values(subject, prop, below)
        elif prop["x-mock-value"] not in subject.api.functions.values:
            yield below, prop["x-mock-value"]


def _is_path(subject: Subject, text: str, collection: str) -> bool:
    try:
        subject.model.path(text, collection)
    except UnknownPath:
        return False
    return True


def callers_are_stored(subject: Subject) -> Iterator[Finding]:
    """The collection, the fields and the administrator of whom the conventions say that requests act as them exist."""
    callers, zones, resources = subject.api.conventions.callers, subject.api.conventions.zones, subject.model.resources
    where = f"{subject.api.name}: conventions"
    if callers.collection not in resources:
        yield Finding("no callers", where, f"a collection {callers.collection}", "none")
        return
    for name in (callers.credential_field, zones.caller_field, callers.form_field):
        if name and name not in resources[callers.collection].stored:
            yield Finding("no callers", where, f"a stored field {name} of {callers.collection}", "none")
    if subject.store[callers.collection].get(callers.administrator) is None:
        yield Finding("no callers", where, f"a fixture of {callers.collection} with id {callers.administrator}", "none")


def everything_compiles(subject: Subject) -> Iterator[Finding]:
    """The handler of every operation compiles, the renderer of every answer and collection, and every schema."""
    model, renderers = subject.model, subject.service.renderers
    for operation in model.operations:
        yield from _compiled(subject, partial(build_handler, operation, model, subject.api.functions))
        for _, schema in iter_answers(operation):
            yield from _compiled(subject, partial(renderers.answer, operation, schema))
    for name in model.resources:
        yield from _compiled(subject, partial(renderers.record, name, "show"))
    for operation in model.operations:
        for _, schema in (*iter_answers(operation), *operation.bodies.items(), *((one.name, one.schema) for one in operation.parameters)):
            subject.service.validators.compile(schema)
    yield from _compiled(subject, partial(subject.service.validators.prove, subject.document.source))


def _compiled(subject: Subject, build: Callable[[], object]) -> Iterator[Finding]:
    try:
        build()
    except DocumentError as error:
        yield Finding(error.what, error.where or subject.document.source, error.expected, error.found)


def functions_are_named(subject: Subject) -> Iterator[Finding]:
    """Every function in a table is named by the document."""
    named = _named_functions(subject)
    for table, names in subject.api.functions.names().items():
        for name in sorted(names - named[table]):
            yield Finding("a function that the document does not name", f"{subject.api.name}: {table.upper()}", found=name)


def _named_functions(subject: Subject) -> Mapping[str, set[str]]:
    operations, resources = subject.model.operations, subject.model.resources.values()
    parameters = [parameter for operation in operations for parameter in operation.parameters]
    return {
        "behaviours": {operation.operation_id for operation in operations if operation.action is Action.BEHAVIOUR},
        "prepare": {resource.prepare for resource in resources if resource.prepare},
        "effects": {name for resource in resources for name in resource.effects},
        "rules": {name for operation in operations for name, _ in operation.rules} - BUILT_IN_RULES,
        "values": {schema["x-mock-value"] for _, schema in subject.iter_schemas() if "x-mock-value" in schema},
        "filters": {parameter.filter_function for parameter in parameters if parameter.filter_function},
        "expansions": {parameter.expansion for parameter in parameters if parameter.expansion},
        "orders": {parameter.order_function for parameter in parameters if parameter.order_function},
        "allowed": {operation.allowed for operation in operations if operation.allowed},
        "settle": {resource.settle for resource in resources if resource.settle},
        "visible": {resource.visible for resource in resources if resource.visible},
    }
