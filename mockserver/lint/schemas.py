"""Checks of schemas: what requests may write is used, what answers promise is there, numbers are bounded, and nothing stands idle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mockserver.lint.subject import Finding, Node, Subject, iter_answers, iter_nodes
from mockserver.operations import Action, Operation
from mockserver.resources import embedded, iter_properties
from mockserver.validation import escape_pointer

_ATTRIBUTE_EFFECTS = ("x-mock-input", "x-mock-no-effect")
_INTEGER_FORMATS = frozenset({"int32", "int64"})


def _keywords(words: str) -> frozenset[str]:
    return frozenset(f"x-mock-{word}" for word in words.split())


_PROPERTY = _keywords("stored value present default stamp input no-effect reach source")
_PARAMETER = _keywords("record missing filter expand order page select input alias no-effect reach source")
PLACES = (
    (re.compile(r""), _keywords("api source")),
    (re.compile(r"/paths/[^/]+/[a-z]+"), _keywords("action allowed caller rules remains observed-status reach source")),
    (re.compile(r"/components/securitySchemes/[^/]+"), _keywords("refused source")),
    (re.compile(r"/components/schemas/[^/]+"), _PROPERTY | _keywords("collection shape error")),
    (re.compile(r"(/paths/[^/]+(/[a-z]+)?|/components)/parameters/[^/]+"), _PARAMETER),
)
"""Which keywords stand where, by JSON pointer; other schemas take those of properties, anything else only the source."""


# --- requests ---


def attributes_have_one_effect(subject: Subject) -> Iterator[Finding]:
    """Every attribute that a request may write is stored under its own name, read by a function, or has a reason for having no effect."""
    for operation in subject.model.operations:
        effects: dict[str, set[str]] = {}
        for pointer, prop, stored in _iter_attributes(subject, operation):
            effects.setdefault(pointer, set()).update(keyword for keyword in _ATTRIBUTE_EFFECTS if keyword in prop)
            if stored:
                effects[pointer].add("stored")
        for pointer, said in effects.items():
            if not said or said.issuperset(_ATTRIBUTE_EFFECTS):
                expected = f"a stored field of {operation.collection}, or one of {', '.join(_ATTRIBUTE_EFFECTS)}"
                yield Finding("not one effect", subject.of(operation, f"body {pointer}"), expected, " and ".join(sorted(said)) or "none")


def _iter_attributes(subject: Subject, operation: Operation) -> Iterator[tuple[str, Node, bool]]:
    """Yield the attributes of the operation's bodies: pointer, property, and whether it is stored."""
    resource = subject.model.resources.get(operation.collection or "")
    stored = resource.stored.keys() - {"id"} if resource else frozenset[str]()
    bare = operation.flat or operation.action is Action.BEHAVIOUR
    for schema in operation.bodies.values():
        resolved = subject.document.resolve(schema)
        many = resolved.get("type") == "array"
        for name, prop in iter_properties(subject.document, resolved["items"] if many else resolved):
            if resource and name == resource.singular and not many and not prop.keys() & set(_ATTRIBUTE_EFFECTS):
                yield from ((f"/{name}/{one}", part, one in stored) for one, part in _writable(iter_properties(subject.document, prop)))
            else:
                yield from ((f"/{one}", part, bare and one in stored) for one, part in _writable([(name, prop)]))


def _writable(properties: Iterable[tuple[str, Node]]) -> Iterator[tuple[str, Node]]:
    return ((name, prop) for name, prop in properties if not prop.get("readOnly"))


# --- answers ---


def required_is_what_is_always_there(subject: Subject) -> Iterator[Finding]:
    """In every shape of records `required` lists the properties that always appear.

    A property that a parameter selects, or that a function may leave out, is listed or not; a shape that can be thinned out requires nothing.
    """
    thin = _thin(subject)
    for name, collection, schema in subject.iter_shapes():
        properties = {one: subject.document.resolve(prop) for one, prop in schema.get("properties", {}).items()}
        required = set(schema.get("required", ()))
        loose = _selected(subject, collection) | {one for one in properties if _may_be_absent(subject, collection, one, properties[one])}
        at = subject.at(f"/components/schemas/{escape_pointer(name)}/required")
        if name in thin:
            if required:
                yield Finding("required properties that can be thinned out", at, "no required", ", ".join(sorted(required)))
            continue
        for one in sorted(required - properties.keys()):
            yield Finding("a required property that is not declared", at, f"one of {', '.join(properties)}", one)
        for one, prop in properties.items():
            if "x-mock-present" in prop and one in required:
                yield Finding("a required property that is not always there", at, "no x-mock-present", one)
            elif "x-mock-present" not in prop and one not in required | loose:
                yield Finding("a property that is always there and not required", at, f"{one}, or x-mock-present on it", "neither")


def _thin(subject: Subject) -> set[str]:
    """Return the component schemas of main records that a parameter can thin out to the keys that it names."""
    found = set()
    for operation, parameter, _ in subject.iter_parameters():
        for _, schema in iter_answers(operation) if parameter.thins else ():
            for part in (schema, *(prop for _, prop in iter_properties(subject.document, schema))):
                if embedded(subject.document, part) == operation.collection:
                    resolved = subject.document.resolve(part)
                    found.add(subject.document.component(resolved["items"] if resolved.get("type") == "array" else part) or "")
    return found


def _selected(subject: Subject, collection: str) -> set[str]:
    parameters = (parameter for operation, parameter, _ in subject.iter_parameters() if operation.collection == collection)
    return {key for parameter in parameters for keys in parameter.select.values() for key in keys}


def _may_be_absent(subject: Subject, collection: str, name: str, prop: Node) -> bool:
    read = subject.document.schemas[subject.model.resources[collection].component].get("properties", {}).get(name, {})
    value = prop.get("x-mock-value", subject.document.resolve(read).get("x-mock-value"))
    return value in subject.api.functions.values


def error_shapes_are_known(subject: Subject) -> Iterator[Finding]:
    """Every `x-mock-error` names a shape of the conventions."""
    known = subject.api.conventions.errors.shapes
    for pointer, schema in subject.iter_schemas():
        if schema.get("x-mock-error", "") not in ("", *known):
            yield Finding("an unknown error shape", subject.at(pointer), f"one of {', '.join(known)}", schema["x-mock-error"])


# --- all ---


def integers_have_bounds(subject: Subject) -> Iterator[Finding]:
    """Every integer is bounded: by a format of 32 or 64 bits, by minimum and maximum, or by an enum."""
    for pointer, schema in subject.iter_schemas():
        bounded = schema.get("format") in _INTEGER_FORMATS or {"minimum", "maximum"} <= schema.keys() or "enum" in schema
        if schema.get("type") == "integer" and not bounded:
            yield Finding("an integer without bounds", subject.at(pointer), "format int32 or int64, or minimum and maximum", "neither")


def properties_are_described(subject: Subject) -> Iterator[Finding]:
    """Every property has a description, of its own or of the schema that it references."""
    for pointer, schema in subject.iter_schemas():
        for name, prop in schema.get("properties", {}).items():
            if not str(subject.document.resolve(prop).get("description", "")).strip():
                at = subject.at(f"{pointer}/properties/{escape_pointer(name)}")
                yield Finding("a property that says too little", at, "a description", "none")


def components_are_used(subject: Subject) -> Iterator[Finding]:
    """Every component schema, parameter and response is reached from an operation or a collection."""
    components = subject.document.raw.get("components", {})
    reached = _reached(subject)
    for section in ("schemas", "parameters", "responses"):
        for name in components.get(section, {}):
            if (section, name) not in reached:
                yield Finding("a component that nothing uses", subject.at(f"/components/{section}/{escape_pointer(name)}"))


def _reached(subject: Subject) -> set[tuple[str, str]]:
    """Return section and name of each component that operations and collections lead to."""
    raw, schemas = subject.document.raw, subject.document.schemas
    waiting = [*_iter_references(raw.get("paths", {}), names=True)]
    waiting += [("schemas", name) for name, schema in schemas.items() if "x-mock-collection" in subject.document.resolve(schema)]
    reached: set[tuple[str, str]] = set()
    while waiting:
        section, name = component = waiting.pop()
        if component not in reached:
            reached.add(component)
            waiting += _iter_references(raw["components"][section][name])
    return reached


def _iter_references(node: Node, *, names: bool = False) -> Iterator[tuple[str, str]]:
    for _, one in iter_nodes(node, names=names):
        if isinstance(one.get("$ref"), str):
            _, _, section, name, *_ = one["$ref"].split("/")
            yield section, name.replace("~1", "/").replace("~0", "~")


def keywords_are_in_place(subject: Subject) -> Iterator[Finding]:
    """Every keyword stands where something reads it."""
    schemas = {pointer for pointer, _ in subject.iter_schemas()}
    for pointer, node in iter_nodes(subject.document.raw):
        known = _PROPERTY if pointer in schemas else frozenset({"x-mock-source"})
        known = next((keywords for pattern, keywords in PLACES if pattern.fullmatch(pointer)), known)
        for keyword in node:
            if keyword.startswith("x-mock-") and keyword not in known:
                yield Finding("a keyword out of place", subject.at(pointer), f"one of {', '.join(sorted(known))}", keyword)
