"""A stored record → the JSON that a schema declares: types, zone, links, embedded records, which keys appear. Compiled once per schema and place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from mockserver.errors import DocumentError
from mockserver.exchange import Answer, Record
from mockserver.functions import Functions
from mockserver.operations import Action, Model, Operation
from mockserver.paths import Path, UnknownPath
from mockserver.resources import embedded, stored_type
from mockserver.stored import StoredType
from mockserver.validation import allowed_types
from mockserver.worlds import Session

ABSENT: Final = object()
"""What a function of VALUES returns to leave its key out."""

Render = Callable[["View", Record], Any]
RenderAnswer = Callable[["View", Answer], Any]
Scalar = Callable[["View", Any], Any]


class Visibility(StrEnum):
    """How much of a record a caller may see."""

    WHOLE = "whole"
    STUB = "stub"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class InstantFormat:
    """How an instant is written: a `str.format` template over the datetime `0` (None: ISO 8601 with offset), in UTC or the caller's zone."""

    template: str | None = None
    utc: bool = False

    def write(self, moment: datetime, zone: tzinfo) -> str:
        """Return the text of the moment."""
        return _written(self.template, moment, UTC if self.utc else zone)


@lru_cache(maxsize=1 << 15)
def _written(template: str | None, moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    if template is not None:
        return template.format(local)
    offset = local.utcoffset()
    if offset is not None and offset.total_seconds() % 60:
        local = (moment + round(offset / _MINUTE) * _MINUTE).replace(tzinfo=None)
        return local.isoformat(timespec="seconds") + _minutes_offset(round(offset / _MINUTE))
    return local.isoformat(timespec="seconds")


_MINUTE: Final = timedelta(minutes=1)


def _minutes_offset(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@dataclass(frozen=True, slots=True)
class Formats:
    """How an API writes dates: by the schema's `format`."""

    instants: Mapping[str, InstantFormat] = field(default_factory=lambda: {"date-time": InstantFormat()})
    dates: Mapping[str, str] = field(default_factory=dict)
    links: str = "links"


class View:
    """From where a record is looked at: the session, the base URL of links, and what the request sent and selected."""

    __slots__ = ("answer", "base", "selected", "sent", "session", "store", "visible", "zone")

    def __init__(self, session: Session, base: str, answer: Answer, visible: Callable[[str, Record], Visibility]) -> None:
        self.session = session
        self.store = session.store
        self.zone = session.zone
        self.base = base
        self.answer = answer
        self.sent = answer.sent
        self.selected = answer.selected
        self.visible = visible


def always_whole(collection: str, record: Record) -> Visibility:
    """Return WHOLE: the visibility of an API that hides nothing."""
    return Visibility.WHOLE


@dataclass(frozen=True, slots=True)
class _Shape:
    """The properties of a read shape or another shape of a collection, merged with what the read shape says of them."""

    collection: str
    properties: Mapping[str, Mapping[str, Any]]
    echo: bool


class Renderers:
    """Compiles the answers of one document's operations."""

    def __init__(self, model: Model, functions: Functions, formats: Formats) -> None:
        self._model = model
        self._document = model.document
        self._functions = functions
        self._formats = formats
        self._made: dict[tuple[str, str], list[tuple[str, Render]]] = {}

    def answer(self, operation: Operation, schema: Mapping[str, Any]) -> RenderAnswer:
        """Return the function that renders the operation's answer by this schema.

        Raises:
            DocumentError: a property of the schema can be filled from nowhere.
        """
        place = {Action.LIST: "list", Action.CREATE: "create", Action.UPDATE: "update"}.get(operation.action, "show")
        place = operation.raw.get("x-mock-place", place)
        return self._envelope(operation, schema, place, f"{self._document.source}: {operation.label}")

    def record(self, collection: str, place: str) -> Render:
        """Return the function that renders a record of the collection by its read schema."""
        resource = self._model.resources[collection]
        return self._embedded({"$ref": f"#/components/schemas/{resource.component}"}, place, main=False)

    # --- envelopes ---

    def _envelope(self, operation: Operation, schema: Mapping[str, Any], place: str, where: str) -> RenderAnswer:
        if embedded(self._document, schema):
            return self._main(schema, place)
        resolved = self._document.resolve(schema)
        if resolved.get("type") == "array":
            return self._main(resolved, place)
        parts: list[tuple[str, RenderAnswer]] = []
        for name, said in resolved.get("properties", {}).items():
            prop = self._document.resolve(said)
            render = self._envelope_property(operation, name, said, place, f"{where}: {name}")
            parts.append((name, _conditional_answer(prop, render, name)))

        def envelope(view: View, answer: Answer) -> Any:
            made = {}
            for name, render in parts:
                value = render(view, answer)
                if value is not ABSENT:
                    made[name] = value
            return made

        return envelope

    def _envelope_property(self, operation: Operation, name: str, said: Mapping[str, Any], place: str, where: str) -> RenderAnswer:
        prop = self._document.resolve(said)
        value: str = prop.get("x-mock-value", "")
        if name in operation.sideload:
            return self._sideload(operation.sideload[name], said)
        if value in self._functions.values:
            computed: RenderAnswer = self._functions.values[value]
            return computed
        if value:
            scalar = self._scalar(StoredType.INTEGER, prop)
            return lambda view, answer: scalar(view, answer.values[value])
        if embedded(self._document, prop):
            return self._main(said, place)
        if len(prop.get("enum", ())) == 1:
            constant = prop["enum"][0]
            return lambda view, answer: constant
        if prop.get("properties"):
            return self._envelope(operation, prop, place, where)
        return lambda view, answer: answer.values.get(name, ABSENT)

    def _main(self, schema: Mapping[str, Any], place: str) -> RenderAnswer:
        schema_ = self._document.resolve(schema)
        if schema_.get("type") == "array":
            many = self._embedded(schema_["items"], place, main=True)
            return lambda view, answer: [many(view, record) for record in answer.records]
        one = self._embedded(schema, place, main=True)
        return lambda view, answer: None if answer.record is None else one(view, answer.record)

    def _sideload(self, path: Path, said: Mapping[str, Any]) -> RenderAnswer:
        prop = self._document.resolve(said)
        many = prop.get("type") == "array"
        schema = prop["items"] if many else said
        render = self._embedded(schema, "sideload", main=False)
        records = path.records
        if records is None:
            raise DocumentError(
                "a sideload reaches no records", where=self._document.source, expected="a path that ends at a relation", found=path.text
            )

        def sideload(view: View, answer: Answer) -> Any:
            found: dict[int, Record] = {}
            for main in answer.records or ([answer.record] if answer.record is not None else []):
                for record in records(view.store, main):
                    found.setdefault(record["id"], record)
            rendered = [render(view, record) for record in found.values() if view.visible(path.target or "", record) is not Visibility.HIDDEN]
            return rendered if many else (rendered[0] if rendered else None)

        return sideload

    # --- records ---

    def _embedded(self, schema: Mapping[str, Any], place: str, *, main: bool) -> Render:
        resolved = self._document.resolve(schema)
        choices = [part for part in resolved.get("anyOf", ()) if embedded(self._document, part)]
        if len(choices) == 2:
            whole, stub = (self._embedded(part, place, main=main) for part in choices)
            collection = embedded(self._document, schema) or ""

            def either(view: View, record: Record) -> Any:
                return (stub if view.visible(collection, record) is Visibility.STUB else whole)(view, record)

            return either
        component = self._document.component(choices[0] if choices else schema)
        if component is None:
            raise DocumentError(
                "a record's schema stands inline", where=self._document.source, expected="a $ref to a component schema", found=str(schema)[:80]
            )
        parts = self._parts(component, place, main=main)

        def render(view: View, record: Record) -> Any:
            made = {}
            for name, part in parts:
                value = part(view, record)
                if value is not ABSENT:
                    made[name] = value
            return made

        return render

    def _parts(self, component: str, place: str, *, main: bool) -> list[tuple[str, Render]]:
        key = (component, f"{place}{'' if main else '-embedded'}")
        if key not in self._made:
            parts = self._made[key] = []
            shape = self._shape(component)
            for name, prop in shape.properties.items():
                render = self._property(shape.collection, component, name, prop)
                if shape.echo and main:
                    render = self._echoing(name, prop, render)
                conditional = _conditional(prop, render, name, place)
                if conditional is not None:
                    parts.append((name, conditional))
        return self._made[key]

    def _shape(self, component: str) -> _Shape:
        schema = self._document.schemas[component]
        own = {name: self._document.resolve(prop) for name, prop in schema.get("properties", {}).items()}
        if "x-mock-collection" in schema:
            return _Shape(schema["x-mock-collection"]["collection"], own, echo=False)
        said = schema["x-mock-shape"]
        read = self._document.schemas[self._model.resources[said["collection"]].component]
        base = {name: self._document.resolve(prop) for name, prop in read.get("properties", {}).items()}
        merged = {name: {**_inherited(base.get(name, {})), "x-mock-read": base.get(name), **prop} for name, prop in own.items()}
        return _Shape(said["collection"], merged, said.get("echo", False))

    def _property(self, collection: str, component: str, name: str, prop: Mapping[str, Any]) -> Render:
        resource = self._model.resources[collection]
        value: str = prop.get("x-mock-value", "")
        if name == self._formats.links and not value:
            return _links(resource.path, tuple(prop.get("properties", {})))
        if value in self._functions.values:
            return self._computed(self._functions.values[value], prop)
        if embedded(self._document, prop):
            return self._related(self._path(value or name, collection, component, name), prop)
        if value:
            return self._derived(self._path(value, collection, component, name), prop)
        if len(prop.get("enum", ())) == 1:
            constant = prop["enum"][0]
            return lambda view, record: constant
        if name in resource.stored:
            return self._plain(name, resource.stored[name], prop)
        if prop.get("properties"):
            return self._nested(collection, component, prop)
        where = f"{self._document.source}#/components/schemas/{component}/properties/{name}"
        raise DocumentError(
            "a property comes from nowhere", where=where, expected="a stored field, x-mock-value, or an enum of one value", found="none of these"
        )

    def _path(self, text: str, collection: str, component: str, name: str) -> Path:
        try:
            return self._model.path(text, collection)
        except UnknownPath as error:
            where = f"{self._document.source}#/components/schemas/{component}/properties/{name}"
            raise DocumentError(
                "unknown path or function", where=where, expected="a path over declared fields and relations", found=str(error)
            ) from None

    def _nested(self, collection: str, component: str, prop: Mapping[str, Any]) -> Render:
        parts = [(name, self._property(collection, component, name, self._document.resolve(one))) for name, one in prop["properties"].items()]
        return lambda view, record: {name: render(view, record) for name, render in parts}

    def _computed(self, function: Callable[..., Any], prop: Mapping[str, Any]) -> Render:
        scalar = self._scalar(None, prop)

        def compute(view: View, record: Record) -> Any:
            value = function(view, record)
            return value if value is ABSENT else scalar(view, value)

        return compute

    def _related(self, path: Path, prop: Mapping[str, Any]) -> Render:
        many = prop.get("type") == "array"
        render = self._embedded(prop["items"] if many else prop, "sideload", main=False)
        records = path.records

        def relate(view: View, record: Record) -> Any:
            found = [render(view, other) for other in (records(view.store, record) if records else ())]
            return found if many else (found[0] if found else None)

        return relate

    def _derived(self, path: Path, prop: Mapping[str, Any]) -> Render:
        end, name = path.end
        stored = self._model.resources[end].stored[name] if name else StoredType.INTEGER
        if prop.get("type") == "array":
            scalar = self._scalar(stored, self._document.resolve(prop["items"]))
            return lambda view, record: [scalar(view, value) for value in path.values(view.store, record)]
        if path.field is not None:
            return self._plain(path.field, stored, prop)
        scalar = self._scalar(stored, prop)

        def derive(view: View, record: Record) -> Any:
            found = path.values(view.store, record)
            return scalar(view, found[0] if found else None)

        return derive

    def _plain(self, name: str, stored: StoredType, prop: Mapping[str, Any]) -> Render:
        scalar = self._scalar(stored, prop)
        if scalar is _as_it_is:
            return lambda view, record: record[name]
        if scalar is _as_text:
            return lambda view, record: None if (value := record[name]) is None else str(value)
        return lambda view, record: scalar(view, record[name])

    def _echoing(self, name: str, prop: Mapping[str, Any], render: Render) -> Render:
        if name in ("id", self._formats.links) or prop.get("x-mock-value") in self._functions.values:
            return render
        types = allowed_types(prop, self._document.resolve)

        def echo(view: View, record: Record) -> Any:
            if name in view.sent and json_type(view.sent[name]) in types:
                return view.sent[name]
            return render(view, record)

        return echo

    # --- single values ---

    def _scalar(self, stored: StoredType | None, prop: Mapping[str, Any]) -> Scalar:
        types = allowed_types(prop, self._document.resolve)
        read = prop.get("x-mock-read")
        wanted = read["type"] if read and read.get("type") in types else self._first_type(prop)
        if stored is None:
            return self._computed_scalar(prop, wanted)
        if stored is StoredType.INSTANT:
            instant = self._formats.instants.get(self._format(prop, read), InstantFormat())
            return lambda view, value: None if value is None else instant.write(value, view.zone)
        if stored is StoredType.DATE:
            template = self._formats.dates.get(self._format(prop, read), "{0.year:04d}-{0.month:02d}-{0.day:02d}")
            return lambda view, value: None if value is None else template.format(value)
        if stored is StoredType.BOOLEAN and wanted != "boolean":
            return _flag_text if wanted == "string" else _flag_number
        if stored is StoredType.DECIMAL:
            return _decimal_text if wanted == "string" else _decimal_number
        if stored is StoredType.INTEGER and wanted == "string":
            return _as_text
        return _as_it_is

    def _computed_scalar(self, prop: Mapping[str, Any], wanted: str | None) -> Scalar:
        instant = self._formats.instants.get(prop.get("format", ""), InstantFormat())

        def scalar(view: View, value: Any) -> Any:
            if isinstance(value, datetime):
                return instant.write(value, view.zone)
            if isinstance(value, date):
                return value.isoformat()
            if isinstance(value, (int, Decimal)) and wanted == "string":
                return str(int(value)) if isinstance(value, bool) else str(value)
            return value

        return scalar

    def _first_type(self, prop: Mapping[str, Any]) -> str | None:
        prop = self._document.resolve(prop)
        if "type" in prop:
            return str(prop["type"])
        for part in (*prop.get("anyOf", ()), *prop.get("oneOf", ()), *prop.get("allOf", ())):
            found = self._first_type(part)
            if found:
                return found
        return None

    @staticmethod
    def _format(prop: Mapping[str, Any], read: Mapping[str, Any] | None) -> str:
        return str(prop.get("format") or (read or {}).get("format", ""))


def json_type(value: Any) -> str:
    """Return the JSON type of a decoded value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return {str: "string", int: "integer", float: "number", list: "array"}.get(type(value), "object")


def _inherited(read: Mapping[str, Any]) -> dict[str, Any]:
    return {key: read[key] for key in ("x-mock-stored", "x-mock-value") if key in read}


def _as_it_is(view: View, value: Any) -> Any:
    return value


def _as_text(view: View, value: Any) -> str | None:
    return None if value is None else str(value)


def _flag_text(view: View, value: bool | None) -> str | None:
    return None if value is None else ("1" if value else "0")


def _flag_number(view: View, value: bool | None) -> int | None:
    return None if value is None else int(value)


def _decimal_text(view: View, value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _decimal_number(view: View, value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _links(path: str, names: tuple[str, ...]) -> Render:
    def links(view: View, record: Record) -> dict[str, str]:
        begin = f"{view.base}{path}/{record['id']}/"
        return {name: begin + name for name in names}

    return links


def condition_of(prop: Mapping[str, Any], place: str) -> str:
    """Return when a property appears in answers of this place: `always`, `never`, `sent`, `sent:<attribute>`, `not-null` or `selected`."""
    said = prop.get("x-mock-present", "always")
    if isinstance(said, Mapping):
        return str(said.get(place, said.get("else", "never")))
    places = [said] if isinstance(said, str) else said
    if any(one in ("list", "show", "create", "update", "sideload") for one in places):
        return "always" if place in places else "never"
    return str(said)


def _conditional(prop: Mapping[str, Any], render: Render, name: str, place: str) -> Render | None:
    condition = condition_of(prop, place)
    if condition == "always":
        return render
    if condition == "never":
        return None
    if condition == "not-null":
        return lambda view, record: ABSENT if (value := render(view, record)) is None else value
    if condition == "selected":
        return lambda view, record: render(view, record) if name in view.selected else ABSENT
    attribute = condition.partition(":")[2] or name
    return lambda view, record: render(view, record) if attribute in view.sent else ABSENT


def _conditional_answer(prop: Mapping[str, Any], render: RenderAnswer, name: str) -> RenderAnswer:
    condition = condition_of(prop, "")
    if condition == "selected":
        return lambda view, answer: render(view, answer) if name in answer.selected else ABSENT
    if condition == "not-null":
        return lambda view, answer: ABSENT if (value := render(view, answer)) in (None, []) else value
    if condition.startswith("sent"):
        attribute = condition.partition(":")[2] or name
        return lambda view, answer: render(view, answer) if attribute in answer.sent else ABSENT
    return render


__all__ = ["ABSENT", "Formats", "InstantFormat", "Renderers", "View", "Visibility", "always_whole", "condition_of", "json_type", "stored_type"]
