"""A stored record → the JSON that a schema declares: types, zone, links, embedded records, which keys appear. Compiled once per schema and place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import orjson

from mockserver.errors import DocumentError
from mockserver.exchange import Answer, Record
from mockserver.formats import Formats, InstantFormat, Scalar, as_it_is, as_text, compile_scalar
from mockserver.functions import Functions
from mockserver.kept import KeptRecords
from mockserver.operations import Action, Model, Operation
from mockserver.paths import Path, UnknownPath
from mockserver.refusals import Category, Refusal
from mockserver.resources import embedded
from mockserver.responses import encode
from mockserver.stored import StoredType
from mockserver.validation import Validators, allowed_types
from mockserver.view import ABSENT, View, Visibility, always_whole

Render = Callable[[View, Record], Any]
RenderMany = Callable[[View, Sequence[Record]], list[Any]]
RenderAnswer = Callable[[View, Answer], Any]


@dataclass(frozen=True, slots=True)
class _Shape:
    """The properties of a read shape or another shape of a collection, merged with what the read shape says of them."""

    collection: str
    properties: Mapping[str, Mapping[str, Any]]
    echo: bool


class Renderers:
    """Compiles the answers of one document's operations.

    A record that an envelope shows is encoded once, and kept while it and the collections that were read for it stay the same: what VALUES say of one
    may depend on the store, the zone and the base URL, not on the moment; what depends on who asks is kept for each caller. It has been held to its
    schema, if validators are given.
    """

    def __init__(self, model: Model, functions: Functions, formats: Formats, validators: Validators | None = None) -> None:
        self._model = model
        self._document = model.document
        self._functions = functions
        self._formats = formats
        self._validators = validators
        self._made: dict[tuple[str, str], list[tuple[str, Render]]] = {}
        self._shapes: dict[str, _Shape] = {}
        self._numbers = count()
        self._personal: set[int] = set()

    def answer(self, operation: Operation, schema: Mapping[str, Any]) -> RenderAnswer:
        """Return the function that renders the operation's answer by this schema; records that are kept stand in it as fragments.

        Raises:
            DocumentError: a property of the schema can be filled from nowhere.
        """
        place = {Action.LIST: "list", Action.CREATE: "create", Action.UPDATE: "update"}.get(operation.action, "show")
        return self._envelope(operation, schema, place)

    def record(self, collection: str, place: str) -> Render:
        """Return the function that renders a record of the collection by its read schema."""
        resource = self._model.resources[collection]
        return self._record({"$ref": f"#/components/schemas/{resource.component}"}, place, main=False)

    # --- envelopes ---

    def _envelope(self, operation: Operation, schema: Mapping[str, Any], place: str) -> RenderAnswer:
        resolved = self._document.resolve(schema)
        if embedded(self._document, schema):
            return self._main(schema, place)
        if resolved.get("type") == "array":
            return lambda view, answer: answer.values["body"]
        parts: list[tuple[str, RenderAnswer]] = []
        for name, said in resolved.get("properties", {}).items():
            render = self._envelope_property(operation, name, said, place)
            parts.append((name, _conditional_answer(self._document.resolve(said), render, name)))

        def envelope(view: View, answer: Answer) -> Any:
            made = {}
            for name, render in parts:
                value = render(view, answer)
                if value is not ABSENT:
                    made[name] = value
            return made

        return envelope

    def _envelope_property(self, operation: Operation, name: str, said: Mapping[str, Any], place: str) -> RenderAnswer:
        prop = self._document.resolve(said)
        value: str = prop.get("x-mock-value", "")
        if name in operation.sideload:
            return self._sideload(operation.sideload[name], said)
        if value in self._functions.values:
            computed: RenderAnswer = self._functions.values[value]
            return computed
        if value:
            scalar = compile_scalar(self._document, self._formats, StoredType.INTEGER, prop)
            return lambda view, answer: scalar(answer.values[value], view.zone)
        if embedded(self._document, prop):
            return self._main(said, place)
        if len(prop.get("enum", ())) == 1:
            constant = prop["enum"][0]
            return lambda view, answer: constant
        if prop.get("properties"):
            return self._envelope(operation, prop, place)
        return lambda view, answer: answer.values.get(name, ABSENT)

    def _main(self, schema: Mapping[str, Any], place: str) -> RenderAnswer:
        resolved = self._document.resolve(schema)
        if resolved.get("type") == "array":
            many = self._shown(resolved["items"], place, main=True)
            return lambda view, answer: many(view, answer.records)
        one = self._shown(schema, place, main=True)
        return lambda view, answer: None if answer.record is None else one(view, (answer.record,))[0]

    def _sideload(self, path: Path, said: Mapping[str, Any]) -> RenderAnswer:
        prop = self._document.resolve(said)
        many = prop.get("type") == "array"
        render = self._shown(prop["items"] if many else said, "sideload", main=False)
        records, target = path.records, path.target
        if records is None or target is None:
            where = self._document.source
            raise DocumentError("a sideload reaches no records", where=where, expected="a path that ends at a relation", found=path.text)

        def sideload(view: View, answer: Answer) -> Any:
            found: dict[int, Record] = {}
            for main in answer.records or ([answer.record] if answer.record is not None else []):
                for record in records(view.store, main):
                    found.setdefault(record["id"], record)
            visible = view.visible
            seen = [record for record in found.values() if visible is always_whole or visible(target, record) is not Visibility.HIDDEN]
            rendered = render(view, seen if many else seen[:1])
            return rendered if many else (rendered[0] if rendered else None)

        return sideload

    # --- records ---

    def _shown(self, schema: Mapping[str, Any], place: str, *, main: bool) -> RenderMany:
        """Return the function that shows records in an envelope: whole or as stubs, each encoded once."""
        choices = self._choices(schema)
        if len(choices) == 2:
            whole, stub = (self._shown(part, place, main=main) for part in choices)
            collection = embedded(self._document, schema) or ""

            def show_either(view: View, records: Sequence[Record]) -> list[Any]:
                if view.visible is always_whole:
                    return whole(view, records)
                return [(stub if view.visible(collection, one) is Visibility.STUB else whole)(view, (one,))[0] for one in records]

            return show_either
        make = self._encoded(schema, place, main=main)
        number = next(self._numbers)

        def show(view: View, records: Sequence[Record]) -> list[Any]:
            place = view.kept_for_caller() if number in self._personal else view.kept
            kept = place.get(number)
            if kept is None:
                kept = place[number] = KeptRecords()
            found = kept.find(records, view.store.collections)
            if None in found:
                found = [self._kept(view, kept, number, record, make) if one is None else one for record, one in zip(records, found, strict=True)]
            return found

        return show

    def _kept(self, view: View, kept: KeptRecords, number: int, record: Record, make: Callable[[View, Record], orjson.Fragment]) -> orjson.Fragment:
        """Return what is made of the record by the schema of this number, and keep it, unless it answers what this request sent.

        What proves to depend on who asks is kept for each caller from then on.
        """
        view.answers_sent = view.asked_who = False
        made, read = view.store.reading(lambda: make(view, record))
        if view.asked_who and number not in self._personal:
            self._personal.add(number)
        elif not view.answers_sent:
            kept.keep(record, view.store.collections, {**view.read, **read}, made)
        return made

    def _encoded(self, schema: Mapping[str, Any], place: str, *, main: bool) -> Callable[[View, Record], orjson.Fragment]:
        """Return the function that encodes one record, held to its schema."""
        render = self._record(schema, place, main=main)
        validator = self._validators.compile(self._complete(schema)) if self._validators else None
        pointer = f"/{self._model.resources[embedded(self._document, schema) or ''].singular}"

        def make(view: View, record: Record) -> orjson.Fragment:
            value = render(view, record)
            if validator is not None and not validator.is_valid(value):
                raise Refusal(Category.BROKEN_CONTRACT, validator.violations(value, "body", pointer), 500)
            if main and view.only is not None:
                value = {key: value[key] for key in value if key in view.only}
            return orjson.Fragment(encode(value))

        return make

    def _complete(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema; of one that requires nothing, since it can be thinned out, one that requires what is always there before."""
        resolved = self._document.resolve(schema)
        if "required" in resolved or not embedded(self._document, schema):
            return schema
        always = [name for name, prop in resolved.get("properties", {}).items() if "x-mock-present" not in prop]
        return {**resolved, "required": always} if always else schema

    def _choices(self, schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        resolved = self._document.resolve(schema)
        return [part for key in ("anyOf", "allOf") for part in resolved.get(key, ()) if embedded(self._document, part)]

    def _record(self, schema: Mapping[str, Any], place: str, *, main: bool) -> Render:
        component = self._document.component(next(iter(self._choices(schema)), schema))
        if component is None:
            where = self._document.source
            raise DocumentError("a record's schema stands inline", where=where, expected="a $ref to a component schema", found=str(schema)[:80])
        parts = self._parts(component, place, main=main)
        echoed = self._echoed(component) if main else {}

        def render(view: View, record: Record) -> Any:
            made = {}
            for name, part in parts:
                value = part(view, record)
                if value is not ABSENT:
                    made[name] = value
            if echoed:
                for name, value in view.sent.items():
                    if name in made and name in echoed and json_type(value) in echoed[name]:
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
                conditional = _conditional(prop, render, name, place)
                if conditional is not None:
                    parts.append((name, conditional))
        return self._made[key]

    def _shape(self, component: str) -> _Shape:
        if component not in self._shapes:
            self._shapes[component] = self._read_shape(component)
        return self._shapes[component]

    def _read_shape(self, component: str) -> _Shape:
        schema = self._document.schemas[component]
        own = {name: {**self._document.resolve(prop), "x-mock-said": prop} for name, prop in schema.get("properties", {}).items()}
        if "x-mock-collection" in schema:
            return _Shape(schema["x-mock-collection"]["collection"], own, echo=False)
        said = schema["x-mock-shape"]
        read = self._document.schemas[self._model.resources[said["collection"]].component]
        base = {name: self._document.resolve(prop) for name, prop in read.get("properties", {}).items()}
        merged = {name: {**_inherited(base.get(name, {})), "x-mock-read": base.get(name), **prop} for name, prop in own.items()}
        return _Shape(said["collection"], merged, said.get("echo", False))

    # --- properties ---

    def _property(self, collection: str, component: str, name: str, prop: Mapping[str, Any]) -> Render:
        resource = self._model.resources[collection]
        value: str = prop.get("x-mock-value", "")
        if name == self._formats.links and not value:
            return _links(resource.path, tuple(prop.get("properties", {})))
        if value in self._functions.values:
            function = self._functions.values[value]
            return self._found(function, prop) if embedded(self._document, prop) else self._computed(function, prop)
        if embedded(self._document, prop):
            return self._related(self._path(value or name, collection, component, name), prop)
        if value:
            return self._derived(self._path(value, collection, component, name), prop)
        if len(prop.get("enum", ())) == 1:
            constant = prop["enum"][0]
            return lambda view, record: constant
        if name in resource.stored:
            return _plain(name, self._scalar(resource.stored[name], prop))
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

    def _scalar(self, stored: StoredType | None, prop: Mapping[str, Any]) -> Scalar:
        return compile_scalar(self._document, self._formats, stored, prop)

    def _nested(self, collection: str, component: str, prop: Mapping[str, Any]) -> Render:
        said = {name: {**self._document.resolve(one), "x-mock-said": one} for name, one in prop["properties"].items()}
        parts = [(name, self._property(collection, component, name, one)) for name, one in said.items()]
        return lambda view, record: {name: value for name, render in parts if (value := render(view, record)) is not ABSENT}

    def _computed(self, function: Callable[..., Any], prop: Mapping[str, Any]) -> Render:
        scalar = self._scalar(None, prop)

        def compute(view: View, record: Record) -> Any:
            value = function(view, record)
            return value if value is ABSENT else scalar(value, view.zone)

        return compute

    def _found(self, function: Callable[..., Any], prop: Mapping[str, Any]) -> Render:
        """Return what embeds the records that a function returns: a list of them, one or None; or ABSENT."""
        many = prop.get("type") == "array"
        target = embedded(self._document, prop) or ""
        render = self._record(prop["items"] if many else prop.get("x-mock-said", prop), "sideload", main=False)

        def show(view: View, record: Record) -> Any:
            reached = function(view, record)
            if reached is ABSENT:
                return ABSENT
            records = [one for one in (reached if many else [reached]) if one is not None]
            found = [render(view, one) for one in records if view.visible(target, one) is not Visibility.HIDDEN]
            return found if many else (found[0] if found else None)

        return show

    def _related(self, path: Path, prop: Mapping[str, Any]) -> Render:
        many = prop.get("type") == "array"
        render = self._record(prop["items"] if many else prop.get("x-mock-said", prop), "sideload", main=False)
        records, target = path.records, path.target or ""

        def relate(view: View, record: Record) -> Any:
            reached = records(view.store, record) if records else ()
            found = [render(view, other) for other in reached if view.visible(target, other) is not Visibility.HIDDEN]
            return found if many else (found[0] if found else None)

        return relate

    def _derived(self, path: Path, prop: Mapping[str, Any]) -> Render:
        end, name = path.end
        stored = self._model.resources[end].stored[name] if name else StoredType.INTEGER
        if prop.get("type") == "array":
            one = self._scalar(stored, self._document.resolve(prop["items"]))
            return lambda view, record: [one(value, view.zone) for value in path.values(view.store, record)]
        scalar = self._scalar(stored, prop)
        if path.field is not None:
            return _plain(path.field, scalar)

        def derive(view: View, record: Record) -> Any:
            found = path.values(view.store, record)
            return scalar(found[0] if found else None, view.zone)

        return derive

    def _echoed(self, component: str) -> dict[str, frozenset[str]]:
        """Return the properties that answer what was sent as it was sent, each with the JSON types that it admits."""
        shape = self._shape(component)
        if not shape.echo:
            return {}
        return {
            name: allowed_types(prop, self._document.resolve)
            for name, prop in shape.properties.items()
            if name not in ("id", self._formats.links) and prop.get("x-mock-value") not in self._functions.values
        }


def json_type(value: Any) -> str:
    """Return the JSON type of a decoded value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return {str: "string", int: "integer", float: "number", list: "array"}.get(type(value), "object")


def _inherited(read: Mapping[str, Any]) -> dict[str, Any]:
    return {key: read[key] for key in ("x-mock-stored", "x-mock-value") if key in read}


def _plain(name: str, scalar: Scalar) -> Render:
    if scalar is as_it_is:
        return lambda view, record: record[name]
    if scalar is as_text:
        return lambda view, record: None if (value := record[name]) is None else str(value)
    return lambda view, record: scalar(record[name], view.zone)


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


__all__ = ["Formats", "InstantFormat", "Renderers", "condition_of", "json_type"]
