"""Schemas of the document → compiled validators; what a value breaks → violations with JSON pointers. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import jsonschema_rs
from jsonschema_rs import ValidationErrorKind

from mockserver.errors import DocumentError
from mockserver.refusals import Violation

_KEYWORDS = frozenset(
    "type enum multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems "
    "maxProperties minProperties required".split()
)
_CHECKED_FORMATS = frozenset({"date", "date-time", "email", "hostname", "ipv4", "ipv6", "uri"})
_INTEGER_BOUNDS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_MESSAGE_LENGTH = 200
_MAX_PARTS = 2000
_DOCUMENT = "urn:document"

Schema = Mapping[str, Any]


def translate(schema: Schema) -> dict[str, Any]:
    """Return the JSON Schema (Draft 4) that says the same as this OpenAPI 3.0 schema; references lead into `urn:document`.

    `nullable` allows null also around `$ref` and alternatives, but not beside an `enum` that leaves null out: so schemathesis reads requests.
    `int32` and `int64` are bounds.
    """
    made = _translate_reference(schema) if "$ref" in schema else _translate_keywords(schema)
    return _with_null(made) if schema.get("nullable") else made


def _translate_reference(schema: Schema) -> dict[str, Any]:
    return {"$ref": _DOCUMENT + schema["$ref"]}


def _translate_keywords(schema: Schema) -> dict[str, Any]:
    made = {key: schema[key] for key in _KEYWORDS & schema.keys()}
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            made[key] = [translate(part) for part in schema[key]]
    if "not" in schema:
        made["not"] = translate(schema["not"])
    if "items" in schema:
        made["items"] = translate(schema["items"])
    if "properties" in schema:
        made["properties"] = {name: translate(part) for name, part in schema["properties"].items()}
    if isinstance(schema.get("additionalProperties"), Mapping):
        made["additionalProperties"] = translate(schema["additionalProperties"])
    elif schema.get("additionalProperties") is False:
        made["additionalProperties"] = False
    _translate_format(schema, made)
    return made


def _translate_format(schema: Schema, made: dict[str, Any]) -> None:
    name = schema.get("format")
    if name in _INTEGER_BOUNDS:
        low, high = _INTEGER_BOUNDS[name]
        made["minimum"] = max(low, schema.get("minimum", low))
        made["maximum"] = min(high, schema.get("maximum", high))
    elif name in _CHECKED_FORMATS:
        made["format"] = name


def _with_null(made: dict[str, Any]) -> dict[str, Any]:
    if "enum" in made:
        return made if None not in made["enum"] else {"anyOf": [made, {"type": "null"}]}
    if isinstance(made.get("type"), str):
        return {**made, "type": [made["type"], "null"]}
    return {"anyOf": [made, {"type": "null"}]}


class Validators:
    """The schemas of one document as validators; references are resolved once, recursive ones included. Each is compiled when it is first asked."""

    def __init__(self, components: Mapping[str, Schema]) -> None:
        document = {"components": {"schemas": {name: translate(schema) for name, schema in components.items()}}}
        self._registry = jsonschema_rs.Registry([(_DOCUMENT, document)], draft=jsonschema_rs.Draft4)
        self._made: dict[int, tuple[Schema, Validator]] = {}

    def compile(self, schema: Schema) -> Validator:
        """Return the validator of this schema; the same object for the same schema."""
        known = self._made.get(id(schema))
        if known is None:
            known = self._made[id(schema)] = (schema, Validator(schema, self._registry))
        return known[1]

    def prove(self, source: str) -> None:
        """Compile all schemas together, which is cheaper than one by one.

        Raises:
            DocumentError: one cannot be compiled, such as one with a broken pattern.
        """
        together = {"allOf": [translate(schema) for schema, _ in self._made.values()]}
        try:
            jsonschema_rs.Draft4Validator(together, registry=self._registry, validate_formats=True)
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            found = str(error).partition("\n")[0][:200]
            raise DocumentError("a schema that cannot be compiled", where=source, expected="a valid schema", found=found) from None


class Validator:
    """A schema, compiled when it is first asked."""

    def __init__(self, schema: Schema, registry: jsonschema_rs.Registry) -> None:
        self._schema = schema
        self._registry = registry

    @cached_property
    def _compiled(self) -> jsonschema_rs.Draft4Validator:
        return jsonschema_rs.Draft4Validator(translate(self._schema), registry=self._registry, validate_formats=True, mask="the value")

    @cached_property
    def is_valid(self) -> Callable[[Any], bool]:
        """Whether a value satisfies the schema."""
        return self._compiled.is_valid

    def violations(self, value: Any, place: str, pointer: str = "", resource: str = "") -> list[Violation]:
        """Return every reason why the value breaks the schema, with pointers below `pointer`; none for a valid value.

        Of a value with thousands of parts only the first reason, since each costs time.
        """
        found = [_violation(error, place, pointer, resource) for error in self._errors(value)]
        return sorted(dict.fromkeys(found), key=lambda violation: (violation.pointer, violation.code)) if len(found) > 1 else found

    def _errors(self, value: Any) -> Iterable[jsonschema_rs.ValidationError]:
        if not _has_more_parts(value, _MAX_PARTS):
            return self._compiled.iter_errors(value)
        try:
            self._compiled.validate(value)
        except jsonschema_rs.ValidationError as error:
            return [error]
        return []


def _has_more_parts(value: Any, bound: int) -> bool:
    level, parts = [value], 0
    while level and parts <= bound:
        nested = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list))]
        parts += sum(map(len, nested))
        level = [] if parts > bound else [child for one in nested for child in one]
    return parts > bound


def _violation(error: jsonschema_rs.ValidationError, place: str, pointer: str, resource: str) -> Violation:
    path = [*error.instance_path]
    kind = error.kind.name
    missing = _missing(error)
    if missing:
        kind = "required"
        attribute = " or ".join(missing)
        path = [*path, missing[0]]
        message = f"{attribute} is required"
    else:
        attribute = next((str(part) for part in reversed(path) if isinstance(part, str)), pointer.rpartition("/")[2])
        message = _shortened(_explained(error))
    return Violation(place, pointer + "".join(f"/{escape_pointer(str(part))}" for part in path), kind, message, resource, attribute)


def _missing(error: jsonschema_rs.ValidationError) -> list[str]:
    """Return the names of required properties that are missing, alternatives included; none where the error is another."""
    if isinstance(error.kind, ValidationErrorKind.Required):
        return [error.kind.property]
    if not isinstance(error.kind, ValidationErrorKind.AnyOf):
        return []
    missing = []
    for branch in error.kind.context:
        names = [
            one.kind.property for one in branch if isinstance(one.kind, ValidationErrorKind.Required) and one.instance_path == error.instance_path
        ]
        if not names or len(names) != len(branch):
            return []
        missing.append(names[0])
    return missing


def _explained(error: jsonschema_rs.ValidationError) -> str:
    if isinstance(error.kind, (ValidationErrorKind.AnyOf, ValidationErrorKind.OneOfNotValid)):
        return "; or ".join(dict.fromkeys(one.message for branch in error.kind.context for one in branch[:1])) or error.message
    return error.message


def _shortened(text: str) -> str:
    return text if len(text) <= _MESSAGE_LENGTH else text[: _MESSAGE_LENGTH - 3] + "..."


def escape_pointer(part: str) -> str:
    """Return the part as it stands in a JSON pointer."""
    return part.replace("~", "~0").replace("/", "~1")


def allowed_types(schema: Schema, resolve: Any) -> frozenset[str]:
    """Return the JSON types that the schema admits, through references and alternatives; all of them where it names none."""
    schema = resolve(schema)
    null = frozenset({"null"}) if schema.get("nullable") else frozenset()
    parts: Iterable[Schema] = schema.get("anyOf") or schema.get("oneOf") or ()
    if "type" in schema:
        own = frozenset({schema["type"]})
        return (own | {"integer"} if schema["type"] == "number" else own) | null
    if parts:
        return frozenset().union(*(allowed_types(part, resolve) for part in parts)) | null
    if schema.get("allOf"):
        return frozenset.intersection(*(allowed_types(part, resolve) for part in schema["allOf"])) | null
    return frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})
