"""The operations of a document, classified: what each acts on, with which parameters, rules, bodies and answers. Does not dispatch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mockserver.errors import DocumentError
from mockserver.functions import Functions
from mockserver.pagination import PageRole
from mockserver.paths import Path, Paths, UnknownPath
from mockserver.query import Filter
from mockserver.resources import Resource, declared_at, load_resources
from mockserver.spec import Document, Place
from mockserver.validation import escape_pointer

_JSON = "json"
PARAMETERS_FIT = "parameters_fit"
BUILT_IN_RULES = frozenset({"related", "unique", PARAMETERS_FIT})


class Action(StrEnum):
    """What an operation does; BEHAVIOUR is a function of the API."""

    LIST = "list"
    CREATE = "create"
    RETRIEVE = "retrieve"
    UPDATE = "update"
    DELETE = "delete"
    BEHAVIOUR = "behaviour"


class Profile(StrEnum):
    """Which success statuses are answered: the documented ones, or those seen on the real service."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter and its effect; at most one of the effects is set.

    Attributes:
        record: (path) the collection that it names a record of.
        missing: (path) the status that answers an id of no record, where it is another than elsewhere.
        filter: a compiled filter, or `filter_function`.
        order: paths with their turn (`-`), or `order_function`.
        select: names and the keys that each makes appear.
        thins: whether its names are the only keys of the main records that are answered.
        order_table: names and what each orders by.
        expansion: the function that names the parameters which it stands for.
        reader: the function that reads it.
    """

    name: str
    location: str
    required: bool
    schema: Mapping[str, Any]
    aliases: tuple[str, ...] = ()
    record: str | None = None
    missing: int | None = None
    filter: Filter | None = None
    filter_function: str | None = None
    order: tuple[tuple[Path, bool], ...] = ()
    order_function: str | None = None
    page: PageRole | None = None
    select: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    thins: bool = False
    order_table: Mapping[str, tuple[tuple[Path, bool], ...]] = field(default_factory=dict)
    expansion: str | None = None
    reader: str | None = None
    no_effect: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def orders(self) -> bool:
        """Whether it orders what is listed."""
        return bool(self.order or self.order_function or self.order_table)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation, ready to be compiled into a pipeline.

    Attributes:
        operation_id: in snake case, unique.
        label: `GET /deals/{id}`.
        collection: what it acts on; None for a behaviour without records.
        sideload: envelope key -> path from the main records.
        within: path parameter -> relation field of the collection, or the way back of one of the parent's.
        where: stored field -> the value that records of a list have in it.
        flat: a body without the envelope is read too.
        through: the path from the record that the URL names to the one that is retrieved; None: that record itself.
        rules: names with the status of their refusal.
        allowed: the function that says whether the caller may use it.
        caller: attribute of the body that names who acts, where there is no credential.
        statuses: success status by profile; None where the document knows no success.
        bodies: media type -> schema.
        responses: status -> schema of its JSON body, None without one.
        texts: status -> media type of a body that is no JSON.
        secured: a credential is asked for.
    """

    operation_id: str
    label: str
    method: str
    path: str
    action: Action
    collection: str | None
    sideload: Mapping[str, Path]
    within: Mapping[str, str]
    where: Mapping[str, Any]
    flat: bool
    through: Path | None
    rules: tuple[tuple[str, int], ...]
    allowed: str | None
    caller: str | None
    statuses: Mapping[Profile, int | None]
    parameters: tuple[Parameter, ...]
    bodies: Mapping[str, Mapping[str, Any]]
    body_required: bool
    responses: Mapping[int, Mapping[str, Any] | None]
    texts: Mapping[int, str]
    secured: bool
    raw: Mapping[str, Any]

    def located(self, location: str) -> tuple[Parameter, ...]:
        """Return the parameters of this location: `path`, `query` or `header`."""
        return tuple(parameter for parameter in self.parameters if parameter.location == location)

    @property
    def records(self) -> tuple[tuple[str, str], ...]:
        """Path parameters that name records, with their collections, in the order of the path."""
        named = {parameter.name: parameter.record for parameter in self.located("path") if parameter.record}
        return tuple(sorted(((name, record) for name, record in named.items()), key=lambda pair: self.path.index(f"{{{pair[0]}}}")))


@dataclass(frozen=True, slots=True)
class Model:
    """What a document says: its resources and operations."""

    document: Document
    resources: Mapping[str, Resource]
    operations: tuple[Operation, ...]
    paths: Paths

    def path(self, text: str, collection: str) -> Path:
        """Return the compiled path from records of the collection.

        Raises:
            UnknownPath: no field or relation answers a step.
        """
        return self.paths.compile(text, collection)


def load_model(document: Document, functions: Functions) -> Model:
    """Return the model of a document whose extensions have been checked.

    Raises:
        DocumentError: an operation or a collection names a collection, path, field or function that does not exist, or what is sent has no schema.
    """
    places = list(document.iter_operations())
    resources = load_resources(document, _filtered_fields(places))
    paths = _paths(resources)
    seen: dict[str, str] = {}
    operations = []
    for place in places:
        operation = _Reader(document, resources, paths, functions, place).operation()
        if operation.operation_id in seen:
            where = f"{document.source}: {operation.label}"
            raise DocumentError(
                "an operationId is used twice", where=where, expected="a unique operationId", found=f"that of {seen[operation.operation_id]}"
            )
        seen[operation.operation_id] = operation.label
        operations.append(operation)
    for resource in resources.values():
        _check_functions(resource, functions, document.source)
    return Model(document, resources, tuple(operations), paths)


def _check_functions(resource: Resource, functions: Functions, source: str) -> None:
    named = {"prepare": [resource.prepare], "effects": resource.effects, "settle": [resource.settle], "visible": [resource.visible]}
    for table, names in named.items():
        for name in names:
            if name is not None and name not in getattr(functions, table):
                where = declared_at(resource, source, table)
                raise DocumentError("unknown function", where=where, expected=f"a name in {table.upper()}", found=name)


def _filtered_fields(places: list[Place]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for place in places:
        collection = place.operation.get("x-mock-action", {}).get("list")
        for parameter in place.parameters:
            said = parameter.get("x-mock-filter")
            if collection and isinstance(said, Mapping) and said["operator"] in ("equals", "any-of") and "." not in said["field"]:
                found.setdefault(collection, set()).add(said["field"])
    return {name: frozenset(fields) for name, fields in found.items()}


def _paths(resources: Mapping[str, Resource]) -> Paths:
    layouts = {name: resource.layout for name, resource in resources.items()}
    fields = {name: frozenset(resource.stored) for name, resource in resources.items()}
    return Paths(layouts, fields, {name: resource.aliases for name, resource in resources.items()})


class _Reader:
    """Reads one operation; every complaint names the operation."""

    def __init__(self, document: Document, resources: Mapping[str, Resource], paths: Paths, functions: Functions, place: Place) -> None:
        self._document = document
        self._resources = resources
        self._paths = paths
        self._functions = functions
        self._place = place
        self._where = f"{document.source}: {place.label}"

    def operation(self) -> Operation:
        raw = self._place.operation
        if "operationId" not in raw:
            raise DocumentError("an operation has no operationId", where=self._where, expected="an operationId", found="none")
        action, collection = self._action(raw)
        if action is Action.BEHAVIOUR:
            self._known("behaviours", raw["operationId"])
        responses = {int(status): self._schema(status, response) for status, response in raw["responses"].items() if self._numeric(status)}
        security = raw.get("security", self._document.raw.get("security", ()))
        body = self._document.resolve(raw.get("requestBody", {}))
        said = raw["x-mock-action"]
        for rule in raw.get("x-mock-rules", {}):
            if rule not in BUILT_IN_RULES:
                self._known("rules", rule)
            elif rule == PARAMETERS_FIT:
                self._fitting(rule)
            elif action not in (Action.CREATE, Action.UPDATE):
                where = self._pointer("x-mock-rules", rule)
                raise DocumentError("a rule without a record", where=where, expected="a create or an update, or a name in RULES", found=str(action))
        return Operation(
            raw["operationId"],
            self._place.label,
            self._place.method.upper(),
            self._place.path,
            action,
            collection,
            {key: self._path(path, collection or "") for key, path in said.get("sideload", {}).items()},
            said.get("within", {}),
            self._where_stored(said, collection),
            said.get("flat", False),
            self._through(said),
            tuple(raw.get("x-mock-rules", {}).items()),
            self._allowed(raw),
            raw.get("x-mock-caller"),
            self._statuses(raw, responses),
            tuple(self._parameter(parameter, collection) for parameter in self._place.parameters),
            self._schemas(body, "requestBody"),
            body.get("required", False),
            responses,
            self._texts(raw["responses"]),
            any(security),
            raw,
        )

    def _fitting(self, rule: str) -> None:
        """Refuse a rule about parameters on an operation without one that only a function understands."""
        if not any("x-mock-expand" in one or isinstance(one.get("x-mock-filter"), str) for one in self._place.parameters):
            where = self._pointer("x-mock-rules", rule)
            raise DocumentError("a rule about no parameter", where=where, expected="a parameter that a function reads", found="none")

    def _allowed(self, raw: Mapping[str, Any]) -> str | None:
        name: str | None = raw.get("x-mock-allowed")
        if name is not None:
            self._known("allowed", name)
        return name

    def _where_stored(self, said: Mapping[str, Any], collection: str | None) -> Mapping[str, Any]:
        where: Mapping[str, Any] = said.get("where", {})
        stored = self._resources[collection].stored if collection else {}
        for name in where.keys() - stored.keys():
            raise DocumentError("a field that is not stored", where=self._where, expected=f"one of {', '.join(sorted(stored))}", found=name)
        return where

    def _through(self, said: Mapping[str, Any]) -> Path | None:
        if "through" not in said:
            return None
        named = [parameter["x-mock-record"] for parameter in self._place.parameters if "x-mock-record" in parameter]
        path = self._path(said["through"], named[-1] if named else "")
        if path.records is None:
            raise DocumentError("through reaches no record", where=self._where, expected="a path that ends at a relation", found=path.text)
        return path

    def _numeric(self, status: str) -> bool:
        if not status.isdigit():
            raise DocumentError("a response without a real status", where=self._where, expected="a status code", found=status)
        return True

    def _action(self, raw: Mapping[str, Any]) -> tuple[Action, str | None]:
        said = raw.get("x-mock-action")
        if said is None:
            raise DocumentError("an operation does nothing", where=self._where, expected="x-mock-action", found="none")
        action = next(one for one in Action if one in said)
        collection = said[action]
        if collection is not None and collection not in self._resources:
            raise DocumentError("unknown collection", where=self._where, expected=f"one of {', '.join(sorted(self._resources))}", found=collection)
        return action, collection

    def _schema(self, status: str, response: Mapping[str, Any]) -> Mapping[str, Any] | None:
        schemas = self._schemas(self._document.resolve(response), "responses", status)
        return next((schema for media_type, schema in schemas.items() if _JSON in media_type), None)

    def _texts(self, responses: Mapping[str, Any]) -> dict[int, str]:
        """Return the media types of bodies that are no JSON, by status."""
        contents = {int(status): self._document.resolve(response).get("content", {}) for status, response in responses.items()}
        return {status: next(iter(content)) for status, content in contents.items() if content and not any(_JSON in name for name in content)}

    def _schemas(self, body: Mapping[str, Any], *parts: str) -> dict[str, Mapping[str, Any]]:
        return {name: self._schema_of(content, *parts, "content", name) for name, content in body.get("content", {}).items()}

    def _schema_of(self, said: Mapping[str, Any], *parts: str) -> Mapping[str, Any]:
        """Return the schema of content at this part of the operation, or of a parameter."""
        if "schema" not in said:
            where = self._pointer(*parts) if parts else f"{self._where} parameter {said['name']}"
            raise DocumentError("nothing says what it looks like", where=where, expected="a schema", found=", ".join(said) or "nothing")
        schema: Mapping[str, Any] = said["schema"]
        return schema

    def _pointer(self, *parts: str) -> str:
        """Return the place of a part of the operation, as a pointer that goes on through references."""
        return f"{self._document.source}#/" + "/".join(map(escape_pointer, ("paths", self._place.path, self._place.method, *parts)))

    def _statuses(self, raw: Mapping[str, Any], responses: Mapping[int, Any]) -> dict[Profile, int | None]:
        observed = raw.get("x-mock-observed-status")
        successes = [status for status in responses if status < 400]
        documented = next((status for status in successes if status != observed), observed)
        if observed is not None and observed not in successes:
            raise DocumentError("the observed status is not declared", where=self._where, expected=f"a response {observed}", found="none")
        return {Profile.DOCUMENTED: documented, Profile.OBSERVED: observed or documented}

    def _parameter(self, raw: Mapping[str, Any], collection: str | None) -> Parameter:
        effect: dict[str, Any] = {}
        name = raw["name"]
        if "x-mock-filter" in raw:
            effect = self._filter(name, raw["x-mock-filter"], collection)
        elif "x-mock-order" in raw:
            effect = self._order(raw["x-mock-order"], collection)
        elif "x-mock-expand" in raw:
            self._known("expansions", raw["x-mock-expand"])
            effect = {"expansion": raw["x-mock-expand"]}
        elif "x-mock-page" in raw:
            page = raw["x-mock-page"]
            effect = {"page": PageRole(name, page["role"], page["default"], page.get("maximum"))}
        elif "x-mock-select" in raw:
            said = raw["x-mock-select"]
            effect = {"thins": True} if said == "keys" else {"select": {key: tuple(keys) for key, keys in said.items()}}
        record = raw.get("x-mock-record")
        if record is not None and record not in self._resources:
            raise DocumentError("unknown collection", where=f"{self._where} parameter {name}", expected="a collection", found=record)
        return Parameter(
            name,
            raw["in"],
            raw.get("required", False),
            self._schema_of(raw),
            tuple(raw.get("x-mock-alias", ())),
            record,
            raw.get("x-mock-missing"),
            reader=raw.get("x-mock-input"),
            no_effect=raw.get("x-mock-no-effect"),
            raw=raw,
            **effect,
        )

    def _filter(self, name: str, said: str | Mapping[str, Any], collection: str | None) -> dict[str, Any]:
        if isinstance(said, str):
            self._known("filters", said)
            return {"filter_function": said}
        path = self._path(said["field"], collection or "")
        end, field_name = path.end
        stored = self._resources[end].stored[field_name] if field_name else self._resources[end].stored["id"]
        return {"filter": Filter(name, path, said["operator"], stored, said.get("scale", 1))}

    def _order(self, said: str | list[str] | Mapping[str, Mapping[str, str]], collection: str | None) -> dict[str, Any]:
        if isinstance(said, str):
            self._known("orders", said)
            return {"order_function": said}
        if isinstance(said, list):
            return {"order": self._turned(said, collection)}
        return {"order_table": {name: self._turned([text], collection) for name, text in said["by"].items()}}

    def _turned(self, texts: list[str], collection: str | None) -> tuple[tuple[Path, bool], ...]:
        return tuple((self._path(text.removeprefix("-"), collection or ""), text.startswith("-")) for text in texts)

    def _path(self, text: str, collection: str) -> Path:
        if not collection:
            raise DocumentError("a path without a collection", where=self._where, expected="an action on a collection", found=text)
        try:
            return self._paths.compile(text, collection)
        except UnknownPath as error:
            raise DocumentError("unknown path", where=self._where, expected="a path over declared fields and relations", found=str(error)) from None

    def _known(self, table: str, name: str) -> None:
        if name not in getattr(self._functions, table):
            raise DocumentError("unknown function", where=self._where, expected=f"a name in {table.upper()}", found=name)
