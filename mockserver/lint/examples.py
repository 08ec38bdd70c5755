"""Checks that run: examples against schemas and fixtures, fixtures against read schemas, filters and orders over the fixtures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import urlencode

from mockserver.exchange import Answer, Record, Request
from mockserver.expansion import Expander
from mockserver.handlers import build_handler
from mockserver.lint.subject import Finding, Node, Subject, iter_nodes
from mockserver.operations import Action, Operation, Parameter
from mockserver.query import path_key
from mockserver.refusals import Refusal
from mockserver.requests import ParameterReader
from mockserver.validation import escape_pointer
from mockserver.view import View
from mockserver.worlds import Session

_BASE = "http://127.0.0.1:8080"
_MESSAGE_LENGTH = 200


# --- examples ---


def examples_are_valid(subject: Subject) -> Iterator[Finding]:
    """Every example of a parameter, a body or a schema satisfies its schema."""
    for pointer, node in iter_nodes(subject.document.raw):
        if "schema" in node:
            yield from _broken(subject, pointer, node["schema"], _examples(node))
    for pointer, schema in subject.iter_schemas():
        if "example" in schema:
            yield from _broken(subject, pointer, schema, {"/example": schema["example"]})


def _examples(node: Node) -> dict[str, Any]:
    found = {f"/examples/{escape_pointer(name)}/value": one["value"] for name, one in node.get("examples", {}).items() if "value" in one}
    return {"/example": node["example"], **found} if "example" in node else found


def _broken(subject: Subject, pointer: str, schema: Node, examples: Mapping[str, Any]) -> Iterator[Finding]:
    validator = subject.service.validators.compile(schema)
    for below, example in examples.items():
        for violation in validator.violations(example, "body"):
            yield Finding("an example that breaks its schema", subject.at(f"{pointer}{below}{violation.pointer}"), found=violation.message)


def examples_are_there(subject: Subject) -> Iterator[Finding]:
    """Every parameter has an example, and every request body has one in some media type."""
    for _, parameter, where in subject.iter_parameters():
        if not _examples(parameter.raw):
            yield Finding("a parameter without an example", where)
    for operation in subject.model.operations:
        content = subject.document.resolve(operation.raw.get("requestBody", {})).get("content", {})
        if content and not any(_examples(one) for one in content.values()):
            yield Finding("a body without an example", subject.of(operation))


def examples_name_fixtures(subject: Subject) -> Iterator[Finding]:
    """Every example of a path parameter names a fixture, and one that belongs to the parent that stands beside it."""
    for operation in subject.model.operations:
        examples = _path(operation)
        for name, expected in _lost(subject, operation).items():
            if examples[name] is not None:
                yield Finding("an example that names no fixture", subject.of(operation, f"path parameter {name}"), expected, str(examples[name]))


def _lost(subject: Subject, operation: Operation) -> dict[str, str]:
    """Return for each path parameter whose example names no right fixture what it should name."""
    examples = _path(operation)
    found = {name: subject.store[collection].get(int(examples[name])) for name, collection in operation.records if str(examples[name]).isdigit()}
    lost = {name: f"an id of {collection}" for name, collection in operation.records if found.get(name) is None}
    for parent, field in operation.within.items():
        for name, collection in operation.records:
            record, above = found.get(name), found.get(parent)
            if record and above and name != parent and collection == operation.collection and record[field] != above["id"]:
                lost[name] = f"an id of {collection} within {parent}"
    if operation.through and operation.through.records and not lost:
        name, collection = operation.records[-1]
        if not operation.through.records(subject.store, found[name] or {}):
            lost[name] = f"an id of {collection} with {operation.through.text}"
    return lost


def _path(operation: Operation) -> dict[str, Any]:
    return {parameter.name: _example(parameter) for parameter in operation.located("path")}


# --- fixtures ---


def fixtures_fit_their_schemas(subject: Subject) -> Iterator[Finding]:
    """Every fixture, rendered by its collection's read schema in lists, alone and beside others, satisfies that schema."""
    for name, resource in subject.model.resources.items():
        for place in ("show", "list", "sideload"):
            findings = [*_misfits(subject, name, resource.component, place)]
            yield from findings
            if findings:
                break


def _misfits(subject: Subject, collection: str, component: str, place: str) -> Iterator[Finding]:
    session = subject.session()
    visible = subject.service.visibility(session)
    render = subject.service.renderers.record(collection, place)
    reference = f"#/components/schemas/{escape_pointer(component)}"
    validator = subject.service.validators.compile({"$ref": reference})
    selected = frozenset(subject.document.schemas[component].get("properties", {}))
    for record in subject.store[collection]:
        where = f"{subject.api.fixtures / collection}.json: id {record['id']}"
        try:
            shown = render(View(session, _BASE, Answer(record=record, records=(record,), selected=selected), visible), record)
        except Exception as error:  # noqa: BLE001 -- a function of the API may fail in any way
            yield Finding("a fixture that cannot be shown", where, found=_told(error))
            continue
        for violation in validator.violations(shown, "body"):
            yield Finding("a fixture that breaks its schema", f"{where}: {violation.pointer}", f"as in {reference}", violation.message)


# --- filters and orders ---


class _Seen(NamedTuple):
    """What a list answers without a parameter's example and with it, whatever the page, and a session in the same fixtures."""

    session: Session
    without: list[Record]
    with_it: list[Record]


def filters_divide(subject: Subject) -> Iterator[Finding]:
    """The example of every filter, and of what stands for filters, keeps some fixtures and drops some; or changes what the filter does by default.

    Below a parent it is enough that the same filter divides the list of all.
    """
    proven: set[tuple[str | None, str, str]] = set()
    doubted: list[tuple[tuple[str | None, str, str], Finding]] = []
    for operation, parameter, where, seen in _iter_seen(subject, lambda one: bool(one.filter or one.filter_function or one.expansion)):
        what = operation.collection, parameter.name, str(parameter.raw.get("x-mock-filter"))
        if isinstance(seen, Finding):
            yield seen
        elif _divides(parameter, seen):
            proven.update(() if operation.within else (what,))
        else:
            found = f"{len(seen.with_it)} of {len(seen.without)} kept by {_example(parameter)!r}"
            finding = Finding("a filter that does not divide", where, "an example that keeps some fixtures and drops some", found)
            doubted.append((what if operation.within else (None, "", ""), finding))
    yield from (finding for what, finding in doubted if what not in proven)


def _divides(parameter: Parameter, seen: _Seen) -> bool:
    few, many = sorted((len(seen.with_it), len(seen.without)))
    return 0 < few < many and (len(seen.with_it) == few or "default" in parameter.schema)


def orders_order(subject: Subject) -> Iterator[Finding]:
    """The example of every order parameter is accepted, and the fixtures differ in everything that it orders by."""
    for _, parameter, where, seen in _iter_seen(subject, lambda one: bool(one.order or one.order_table or one.order_function)):
        if isinstance(seen, Finding):
            yield seen
            continue
        for name, key in _sort_keys(subject, parameter, seen).items():
            keys = sorted(map(key, seen.with_it))
            if not any(one < other for one, other in pairwise(keys)):
                found = f"{len(keys)} that do not" + (f" in {name}" if name else "")
                yield Finding("an order of equal records", where, "fixtures that differ in what it orders by", found)


def _sort_keys(subject: Subject, parameter: Parameter, seen: _Seen) -> Mapping[str, Callable[[Record], Any]]:
    if parameter.order_function:
        return {"": subject.api.functions.orders[parameter.order_function](seen.session)}
    store = seen.session.store
    return {name: path_key(store, paths) for name, paths in (parameter.order_table or {"": parameter.order}).items()}


def inputs_show(subject: Subject) -> Iterator[Finding]:
    """The example of every `x-mock-input` of the query that has an `x-mock-reach` changes what the list answers."""
    for _, parameter, where, seen in _iter_seen(
        subject, lambda one: one.location == "query" and one.reader is not None and "x-mock-reach" in one.raw
    ):
        if isinstance(seen, Finding):
            yield seen
        elif seen.without == seen.with_it:
            yield Finding("an input that shows nothing", where, "an example that changes the answer", repr(_example(parameter)))


def _iter_seen(subject: Subject, wanted: Callable[[Parameter], bool]) -> Iterator[tuple[Operation, Parameter, str, _Seen | Finding]]:
    """Yield the wanted query parameters that have an example, with their operations and what it does; a Finding where it is refused."""
    for operation, parameter, where in subject.iter_parameters():
        lists = operation.action in (Action.LIST, Action.BEHAVIOUR)
        if not lists or not wanted(parameter) or not _examples(parameter.raw) or _lost(subject, operation):
            continue
        try:
            yield operation, parameter, where, _seen(subject, operation, parameter)
        except Exception as error:  # noqa: BLE001 -- a function of the API may fail in any way
            yield operation, parameter, where, Finding("an example that is refused", where, found=_told(error))


def _seen(subject: Subject, operation: Operation, parameter: Parameter) -> _Seen:
    beside = parameter.raw.get("x-mock-reach", {})
    required = {one.name: _example(one) for one in operation.located("query") if one.required}
    reader = ParameterReader(operation, subject.document, subject.service.validators)
    query = reader.query(_query_string(operation, {**required, **beside.get("query", {}), parameter.name: _example(parameter)}))
    path = {name: str(value) for name, value in {**_path(operation), **beside.get("path", {})}.items()}
    places, _ = reader.path(path)
    without = {name: value for name, value in query.items() if name != parameter.name}
    expander = Expander(operation, subject.api.functions, reader)
    lists = (_listed(subject, operation, expander, places, sent) for sent in (without, query))
    return _Seen(subject.session(), *lists)


def _query_string(operation: Operation, query: Mapping[str, Any]) -> bytes:
    joined = {parameter.name for parameter in operation.located("query") if parameter.raw.get("explode") is False}
    told = {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}
    sent = {name: ",".join(map(str, value)) if isinstance(value, list) and name in joined else value for name, value in told.items()}
    return urlencode(sent, doseq=True).encode()


def _listed(subject: Subject, operation: Operation, expander: Expander, path: Mapping[str, Any], query: Mapping[str, Any]) -> list[Record]:
    """Return the records that the operation answers from the fixtures, before they are cut into pages."""
    session = subject.session()
    parents = {name: session.store[collection].records[int(path[name])] for name, collection in operation.records}
    session.request = Request(path, query, None, {}, parents, expander.implied(session, query))
    answer = build_handler(operation, subject.model, subject.api.functions)(session, session.request)
    selection = answer.values.get("selection")
    return list(answer.records) if selection is None else selection.cut(0, None)


def _example(parameter: Parameter) -> Any:
    return next(iter(_examples(parameter.raw).values()), None)


def _told(error: Exception) -> str:
    reasons = [violation.message for violation in error.violations] if isinstance(error, Refusal) else [f"{type(error).__name__}: {error}"]
    return "; ".join(reasons)[:_MESSAGE_LENGTH]
