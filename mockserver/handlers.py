"""One generic handler per action: Session + Request → Answer. Names no API and knows no HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

from mockserver.collection import Relation
from mockserver.errors import DocumentError
from mockserver.exchange import Answer, Record, Request
from mockserver.functions import Functions
from mockserver.operations import PARAMETERS_FIT, Action, Model, Operation, Parameter
from mockserver.pagination import WHOLE, parse_page
from mockserver.paths import Path
from mockserver.query import Order, Predicate, Query, path_key
from mockserver.refusals import Category, Refusal, Violation
from mockserver.resources import Resource, iter_properties
from mockserver.stored import StoredType, Unparsable, parse_stored
from mockserver.view import Visibility
from mockserver.worlds import Session

Handler = Callable[[Session, Request], Answer]

_EMPTY_IS_A_VALUE = frozenset({StoredType.TEXT, StoredType.JSON})


def _clears(kind: StoredType, value: Any) -> bool:
    """Return whether a value that the schema admits stands for none: null, and an empty text unless the type has such a value."""
    return value is None or (value == "" and kind not in _EMPTY_IS_A_VALUE)


def build_handler(operation: Operation, model: Model, functions: Functions) -> Handler:
    """Return the handler of the operation, with everything about it that does not change worked out.

    Raises:
        DocumentError: the operation's extensions do not fit together.
    """
    rules = _Rules(operation, model, functions)
    if operation.action is Action.BEHAVIOUR:
        return _behaviour(operation, functions, rules)
    resource = model.resources[operation.collection or ""]
    if operation.action is Action.LIST:
        return _list(operation, resource, functions, _within(operation, model))
    if operation.action is Action.RETRIEVE:
        return _retrieve_through(operation, resource, operation.through, functions) if operation.through else _retrieve(operation)
    if operation.action is Action.DELETE:
        return _delete(operation, rules, resource)
    attributes = _Attributes(operation, model, resource)
    if operation.action is Action.CREATE:
        return _create(operation, resource, attributes, rules, _within(operation, model))
    return _update(operation, resource, attributes, rules)


# --- the record of the path ---


def _own(operation: Operation) -> str:
    """Return the path parameter that names the operation's own record: the last one that names a record of its collection."""
    names = [name for name, collection in operation.records if collection == operation.collection]
    if not names:
        raise DocumentError(
            "no path parameter names the record", where=operation.label, expected=f"x-mock-record: {operation.collection}", found="none"
        )
    return names[-1]


@dataclass(frozen=True, slots=True)
class _Parent:
    """How records of a collection belong to one that the path names.

    Attributes:
        parameter: of the path.
        relation: the field that holds the key; of the parent itself if `back`.
        kind: value of the relation's type field, None without one.
    """

    parameter: str
    relation: Relation
    kind: str | None = None
    back: bool = False

    def predicates(self, request: Request) -> list[Predicate]:
        """Return what tells the parent's records from others."""
        parent, name, by = request.parents[self.parameter], self.relation.field, self.relation.by
        key, kind = parent["id"], self.kind
        if self.back:
            keys = frozenset(parent[name] or ()) if self.relation.many else frozenset((parent[name],))
            return [Predicate(lambda record: record["id"] in keys, keys=keys)]
        if self.relation.many:
            return [Predicate(lambda record: key in (record[name] or ()), (name, [key]))]
        found = [Predicate(lambda record: bool(record[name] == key), (name, [key]))]
        return [*found, Predicate(lambda record: bool(record[by] == kind))] if by else found

    def fields(self, request: Request) -> dict[str, Any]:
        """Return the fields that make a new record belong to the parent."""
        key = request.parents[self.parameter]["id"]
        made = {self.relation.field: [key] if self.relation.many else key}
        return {**made, self.relation.by: self.kind} if self.relation.by else made


def _within(operation: Operation, model: Model) -> list[_Parent]:
    return [_parent(operation, model, parameter, name) for parameter, name in operation.within.items()]


def _parent(operation: Operation, model: Model, parameter: str, name: str) -> _Parent:
    resource, parent = model.resources[operation.collection or ""], dict(operation.records).get(parameter)
    relation = resource.layout.relations.get(name)
    if relation is not None and parent in relation.targets.values():
        return _Parent(parameter, relation, next(kind for kind, target in relation.targets.items() if target == parent))
    listing = operation.action is Action.LIST and parent is not None
    for one in model.resources[parent].layout.relations.values() if listing and parent else ():
        if one.inverse == name and one.targets == {None: resource.name}:
            return _Parent(parameter, one, back=True)
    raise DocumentError("within does not lead to the parent", where=operation.label, expected=f"a relation to {parent}", found=name)


# --- reading ---


def _list(operation: Operation, resource: Resource, functions: Functions, within: list[_Parent]) -> Handler:
    parameters = {parameter.name: parameter for parameter in operation.located("query")}
    filters = [one for one in parameters.values() if one.filter is not None or one.filter_function is not None]
    defaults = {one.name: one.schema["default"] for one in filters if "default" in one.schema}
    roles = {parameter.page.role: parameter.page for parameter in parameters.values() if parameter.page}
    visible = functions.visible[resource.visible] if resource.visible else None
    misfit = dict(operation.rules).get(PARAMETERS_FIT)
    always = [Predicate(partial(_has, name, value)) for name, value in operation.where.items()]

    def handle(session: Session, request: Request) -> Answer:
        predicates = always + [predicate for parent in within for predicate in parent.predicates(request)]
        orders: list[Order] = []
        for name, value, beside in _iter_asked(request, parameters, defaults):
            parameter = parameters[name]
            if parameter.filter is not None or parameter.filter_function is not None:
                predicates.append(_predicate(parameter, value, session, beside, functions, misfit))
            elif parameter.order or parameter.order_function:
                orders.append(_order(parameter, value, session, functions))
            elif parameter.order_table:
                orders += _table_orders(parameter, str(value), session)
        seen = visible(session) if visible else None
        if seen is not None:
            predicates.append(Predicate(lambda record: seen(record) is not Visibility.HIDDEN))
        selection = Query(tuple(predicates), tuple(orders)).select(session.store[resource.name])
        page = parse_page(roles, request.query) if roles else WHOLE
        records = selection.cut(page.offset, page.limit)
        return Answer(records=records, values={**page.values(len(selection)), "selection": selection})

    return handle


def _has(name: str, value: Any, record: Record) -> bool:
    return bool(record[name] == value)


def _iter_asked(request: Request, parameters: Mapping[str, Parameter], defaults: Mapping[str, Any]) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    """Yield parameters with their values and the parameters beside them: filters by default, what was sent, and what that stands for.

    Of what it stands for, orders count only where none was sent.
    """
    sent, implied = request.query, request.implied
    yield from ((name, value, sent) for name, value in defaults.items() if name not in sent and name not in implied)
    yield from ((name, value, sent) for name, value in sent.items())
    if implied:
        ordered = any(parameters[name].orders for name in sent)
        yield from ((name, value, implied) for name, value in implied.items() if not (ordered and parameters[name].orders))


def _predicate(parameter: Parameter, value: Any, session: Session, query: Mapping[str, Any], functions: Functions, misfit: int | None) -> Predicate:
    """Return the filter for a value; `misfit` is the status of the rule that refuses what a function makes no sense of, None without the rule."""
    try:
        if parameter.filter is not None:
            return parameter.filter.bind(session.store, value, session.zone)
        return Predicate(functions.filters[parameter.filter_function or ""](session, value, query))
    except Unparsable as error:
        reason = Violation("query", parameter.name, "format", f"expected {error}", "", parameter.name)
        by_rule = misfit is not None and parameter.filter is None
        raise Refusal(Category.RULE if by_rule else Category.PARAMETER, [reason], misfit if by_rule else None) from None


def _order(parameter: Parameter, value: Any, session: Session, functions: Functions) -> Order:
    descending = str(value).lower() == "desc"
    if parameter.order_function:
        return Order(functions.orders[parameter.order_function](session), descending)
    return _path_order(parameter.order, descending, session)


def _table_orders(parameter: Parameter, value: str, session: Session) -> list[Order]:
    """Return an order for each name of a comma list, downwards with `-` in front; unknown names are ignored."""
    wanted = [(name.strip().removeprefix("-"), name.strip().startswith("-")) for name in value.split(",")]
    return [_path_order(parameter.order_table[name], down, session) for name, down in wanted if name in parameter.order_table]


def _path_order(paths: tuple[tuple[Path, bool], ...], descending: bool, session: Session) -> Order:
    (path, turned), *more = paths
    field = None if more or turned else path.field
    return Order(path_key(session.store, paths), descending, field)


def _retrieve(operation: Operation) -> Handler:
    own = _own(operation)
    return lambda session, request: Answer(record=request.parents[own])


def _retrieve_through(operation: Operation, resource: Resource, path: Path, functions: Functions) -> Handler:
    """Return the handler of a link to one record: `GET /deals/{id}/contact`. Where the link leads to nothing, no record has id 0."""
    name = operation.records[-1][0]
    visible = functions.visible[resource.visible] if resource.visible else None

    def handle(session: Session, request: Request) -> Answer:
        found = path.records(session.store, request.parents[name]) if path.records else []
        seen = visible(session) if visible and found else None
        if not found or (seen is not None and seen(found[0]) is Visibility.HIDDEN):
            reason = Violation("path", name, "missing", f"no {resource.label} is linked", resource.label, name, (("id", 0),))
            raise Refusal(Category.MISSING_RECORD, [reason])
        return Answer(record=found[0])

    return handle


# --- writing ---


class _Attributes:
    """The attributes that an operation's body may write, and how they become stored values."""

    def __init__(self, operation: Operation, model: Model, resource: Resource) -> None:
        self._resource = resource
        self._written: set[str] = set()
        self._known: set[str] = set()
        self._inputs: set[str] = set()
        for schema in operation.bodies.values():
            self._inputs |= {name for name, prop in iter_properties(model.document, schema) if "x-mock-input" in prop}
            for name, prop in self._declared(model, operation, schema):
                if prop.get("readOnly") or name == "id":
                    continue
                self._known.add(name)
                if name in resource.stored and "x-mock-input" not in prop and "x-mock-no-effect" not in prop:
                    self._written.add(name)

    def _declared(self, model: Model, operation: Operation, schema: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
        properties = dict(iter_properties(model.document, schema))
        found = list(iter_properties(model.document, properties[self._resource.singular])) if self._resource.singular in properties else []
        return found + (list(properties.items()) if operation.flat else [])

    def known(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Return the attributes that the operation declares, as they were sent; others are ignored."""
        return {name: value for name, value in sent.items() if name in self._known}

    def beside(self, body: Any) -> bool:
        """Return whether the body says anything beside the record that functions read."""
        return isinstance(body, dict) and not self._inputs.isdisjoint(body)

    def stored(self, sent: Mapping[str, Any], session: Session) -> dict[str, Any]:
        """Return the stored values of the attributes sent; unknown ones are ignored.

        Raises:
            Refusal: one does not stand for its stored type, though its schema admits it.
        """
        found: dict[str, Any] = {}
        refused = []
        for name, value in sent.items():
            if name not in self._written:
                continue
            kind = self._resource.stored[name]
            try:
                found[name] = self._cleared(name) if _clears(kind, value) else parse_stored(kind, value, session.zone)
            except Unparsable as error:
                pointer = f"/{self._resource.singular}/{name}"
                refused.append(Violation("body", pointer, "format", f"expected {error}", self._resource.singular, name))
        if refused:
            raise Refusal(Category.VALUE, refused)
        return found

    def _cleared(self, name: str) -> Any:
        """Return what stands for no value: an empty list or object where the field has one by default, else null."""
        empty = self._resource.defaults.get(name)
        return copy(empty) if empty in ([], {}) else None


class _Rules:
    """The refusals of `x-mock-rules`: what JSON Schema cannot say of a body."""

    def __init__(self, operation: Operation, model: Model, functions: Functions) -> None:
        self._resource = model.resources.get(operation.collection or "")
        self._singular = self._resource.singular if self._resource else ""
        self._rules = [(name, status) for name, status in operation.rules if name != PARAMETERS_FIT]
        self._functions = functions

    def check(self, session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> None:
        """Refuse with every violation of the first status that is refused.

        Raises:
            Refusal: a rule is broken.
        """
        broken: dict[int, list[Violation]] = {}
        for name, status in self._rules:
            violations = list(self._violations(name, session, before, record, sent))
            if violations:
                broken.setdefault(status, []).extend(violations)
        for status, violations in broken.items():
            raise Refusal(Category.RULE, violations, status)

    def _violations(self, name: str, session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> list[Violation]:
        if name == "related" and self._resource:
            return self._unrelated(self._resource, session, record or {}, sent)
        if name == "unique" and self._resource:
            return self._duplicates(self._resource, session, before, record or {})
        return list(self._functions.rules[name](session, before, record, sent))

    def _unrelated(self, resource: Resource, session: Session, record: Record, sent: Mapping[str, Any]) -> list[Violation]:
        found = []
        for field, relation in resource.layout.relations.items():
            keys = record.get(field)
            target = relation.target_of(record)
            if field not in sent or keys is None or target is None:
                continue
            if any(session.get(target, key) is None for key in (keys if relation.many else (keys,))):
                found.append(self._violation(field, "related", f"no record of {target} has this id"))
        return found

    def _duplicates(self, resource: Resource, session: Session, before: Record | None, record: Record) -> list[Violation]:
        found = []
        for field in resource.unique:
            value = record.get(field)
            if value is None or (before is not None and _folded(before[field]) == _folded(value)):
                continue
            if any(_folded(other[field]) == _folded(value) for other in session.store[resource.name]):
                found.append(self._violation(field, "unique", "another record has this value"))
        return found

    def _violation(self, field: str, code: str, message: str) -> Violation:
        return Violation("body", f"/{self._singular}/{field}", code, message, self._singular, field)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _create(operation: Operation, resource: Resource, attributes: _Attributes, rules: _Rules, within: list[_Parent]) -> Handler:
    def handle(session: Session, request: Request) -> Answer:
        sent = attributes.known(request.sent)
        fields = attributes.stored(sent, session)
        for parent in within:
            fields |= parent.fields(request)
        record = session.prepared(resource.name, None, session.complete(resource.name, fields), sent)
        rules.check(session, None, record, sent)
        return Answer(record=session.insert(resource.name, record, sent), sent=sent)

    return handle


def _update(operation: Operation, resource: Resource, attributes: _Attributes, rules: _Rules) -> Handler:
    own = _own(operation)

    def handle(session: Session, request: Request) -> Answer:
        before = request.parents[own]
        sent = attributes.known(request.sent)
        record = session.prepared(resource.name, before, {**before, **attributes.stored(sent, session)}, sent)
        rules.check(session, before, record, sent)
        if not sent and not attributes.beside(request.body):
            return Answer(record=before)
        changes = {name: value for name, value in record.items() if value != before.get(name)}
        return Answer(record=session.update(resource.name, before["id"], changes, sent), sent=sent)

    return handle


def _delete(operation: Operation, rules: _Rules, resource: Resource) -> Handler:
    own = _own(operation)

    def handle(session: Session, request: Request) -> Answer:
        rules.check(session, request.parents[own], None, {})
        session.delete(resource.name, request.parents[own]["id"])
        return Answer(record=request.parents[own])

    return handle


def _behaviour(operation: Operation, functions: Functions, rules: _Rules) -> Handler:
    function = functions.behaviours[operation.operation_id]

    def handle(session: Session, request: Request) -> Answer:
        rules.check(session, None, None, request.sent)
        answer: Answer = function(session, request)
        return answer

    return handle
