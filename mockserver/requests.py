"""What arrives over the wire → decoded parameters and bodies, refused with every reason. Compiled once per operation; looks no record up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from mockserver.conventions import Bodies
from mockserver.errors import DocumentError
from mockserver.forms import coerce_form, parse_form, parse_multipart, text_readers
from mockserver.operations import Operation, Parameter
from mockserver.refusals import Category, Refusal, Violation
from mockserver.resources import iter_properties
from mockserver.spec import Document
from mockserver.validation import Validator, Validators

_MAX_FIELDS = 1000
_BRACES = re.compile(r"\{([^{}]*)\}")
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


class ParameterReader:
    """Decodes and checks the parameters of one operation."""

    def __init__(self, operation: Operation, document: Document, validators: Validators) -> None:
        self._path = [_Known(parameter, document, validators) for parameter in operation.located("path")]
        self._query: dict[str, _Known] = {}
        self._families: list[_Known] = []
        for parameter in operation.located("query"):
            known = _Known(parameter, document, validators)
            self._families += [known] if known.families else []
            for name in (parameter.name, *parameter.aliases):
                self._query[name] = known
        self._family_begins = tuple({begin for known in self._families for begin in known.begins})
        self._required = [parameter.name for parameter in operation.located("query") if parameter.required]
        self._headers = [(parameter.name, parameter.name.lower().encode("latin-1")) for parameter in operation.located("header") if parameter.reader]

    def path(self, raw: Mapping[str, str]) -> tuple[dict[str, Any], list[Violation]]:
        """Return the coerced path parameters, and what is wrong with them."""
        values: dict[str, Any] = {}
        violations: list[Violation] = []
        for known in self._path:
            value = values[known.name] = known.value(raw[known.name])
            if not known.validator.is_valid(value):
                violations += known.violations(value, "path")
        return values, violations

    def query(self, query_string: bytes) -> dict[str, Any]:
        """Return the declared query parameters that were sent, coerced, in the order sent; the last of equal names counts, unless it is a list.

        Raises:
            Refusal: one is malformed, missing, or there are too many.
        """
        values: dict[str, Any] = {}
        violations: list[Violation] = []
        if query_string:
            for name, text in self._pairs(query_string):
                known = self._query.get(name) or self._family(name)
                if known is not None:
                    known.take(values, name, text)
            for name, value in values.items():
                known = self._query[name]
                for one in value.values() if known.keyed else (value,):
                    if not known.validator.is_valid(one):
                        violations += known.violations(one, "query")
        for name in self._required:
            if name not in values:
                violations.append(Violation("query", name, "required", f"{name} is required", "", name))
        if violations:
            raise Refusal(Category.PARAMETER, violations)
        return values

    def headers(self, sent: Mapping[bytes, bytes]) -> Mapping[str, str]:
        """Return the declared headers that were sent and that something reads."""
        return {name: sent[key].decode("latin-1") for name, key in self._headers if key in sent} if self._headers else {}

    def _family(self, name: str) -> _Known | None:
        if not name.startswith(self._family_begins):
            return None
        return next((known for known in self._families if known.member(name) is not None), None)

    def _pairs(self, query_string: bytes) -> list[tuple[str, str]]:
        try:
            return parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
        except ValueError:
            raise Refusal(Category.PARAMETER, [Violation("query", "", "maxItems", f"expected at most {_MAX_FIELDS} parameters")]) from None


class _Known:
    """A declared parameter, with what turns its text into a value worked out.

    One whose aliases hold a name in braces (`conditions[label_{id}]`) is a family: its value is a mapping from what stands there to the values.
    Braces with nothing in them stand for a number that does not count (`ids[{}]`).
    """

    def __init__(self, parameter: Parameter, document: Document, validators: Validators) -> None:
        schema = document.resolve(parameter.schema)
        self.name = parameter.name
        self.validator: Validator = validators.compile(parameter.schema)
        self._many = schema.get("type") == "array"
        self._separated = self._many and parameter.raw.get("explode") is False
        self.families = [_pattern(alias) for alias in parameter.aliases if "{" in alias]
        self.begins = [alias.partition("{")[0] for alias in parameter.aliases if "{" in alias]
        self.keyed = any(pattern.groups for pattern in self.families)
        if self.keyed and (self.member(self.name) is None or parameter.filter is not None):
            expected = "an alias that the parameter's own name matches, and a function that takes the mapping"
            raise DocumentError("a family that cannot be read", where=f"parameter {self.name}", expected=expected, found=", ".join(parameter.aliases))
        self._readers = text_readers(schema["items"] if self._many else schema, document.resolve)

    def value(self, text: str) -> Any:
        """Return the value that a text stands for."""
        for read in self._readers:
            found = read(text)
            if found is not text:
                return found
        return text

    def member(self, name: str) -> str | None:
        """Return what tells this member of the family from others, `""` where nothing does; None for the name of no member."""
        match = next(filter(None, (pattern.fullmatch(name) for pattern in self.families)), None)
        return match and "".join(match.groups())

    def take(self, values: dict[str, Any], name: str, text: str) -> None:
        """Put the value of a text, or one more of a list, among the values."""
        key = self.name
        if self.keyed:
            values, key = values.setdefault(self.name, {}), self.member(name) or ""
        if self._many:
            parts = text.split(",") if self._separated else [text]
            values.setdefault(key, []).extend(map(self.value, parts))
        else:
            values[key] = self.value(text)

    def violations(self, value: Any, place: str) -> list[Violation]:
        """Return why the value is none."""
        return [violation._replace(pointer=self.name, attribute=self.name) for violation in self.validator.violations(value, place)]


def _pattern(alias: str) -> re.Pattern[str]:
    """Return the pattern of a family's names."""
    literals, names = _BRACES.split(alias)[::2], _BRACES.findall(alias)
    parts = [r"([A-Za-z0-9_-]{1,40})" if name else "[0-9]{1,4}" for name in names]
    return re.compile("".join(re.escape(literal) + part for literal, part in zip(literals, [*parts, ""], strict=True)), re.ASCII)


class BodyReader:
    """Decodes and checks the body of one operation."""

    def __init__(self, operation: Operation, document: Document, validators: Validators, singular: str, bounds: Bodies) -> None:
        self._document = document
        self._bounds = bounds
        self._required = operation.body_required
        self._flat = operation.flat
        self._singular = singular
        self._schemas = dict(operation.bodies)
        self._validators = {media_type: validators.compile(schema) for media_type, schema in operation.bodies.items()}
        self._first = next(iter(self._schemas), _JSON)
        properties = iter_properties(document, self._schemas.get(_MULTIPART, {}))
        self._objects = frozenset(name for name, prop in properties if any(True for _ in iter_properties(document, prop)))

    def decode(self, raw: bytes, content_type: str, query_string: bytes = b"") -> tuple[str, Any]:
        """Return the body's media type and decoded value, with what the query says in its stead; without either an empty media type.

        Raises:
            Refusal: the media type is not declared, or the body cannot be read.
        """
        beside = self._in_query(query_string) if self._bounds.in_query and query_string else None
        if not raw:
            if beside:
                return self._first, beside
            if self._required:
                raise Refusal(Category.UNREADABLE, [Violation("body", "", "required", "a body is required")])
            return "", None
        media_type = content_type.partition(";")[0].strip().lower() or self._first
        if media_type not in self._schemas:
            expected = " or ".join(self._schemas)
            raise Refusal(Category.MEDIA_TYPE, [Violation("header", "Content-Type", "media-type", f"expected {expected}, found {media_type[:80]}")])
        body = self._json(raw) if media_type not in (_FORM, _MULTIPART) else self._form(raw, media_type, content_type)
        return media_type, _joined(body, beside) if beside else body

    def _in_query(self, query_string: bytes) -> Any:
        """Return the record that the query's bracketed names (`deal[name]=x`) make; empty without any."""
        begin = f"{self._singular}["
        if self._singular.encode("latin-1") not in query_string:
            return {}
        try:
            pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
        except ValueError:  # so many that the parameters are refused
            return {}
        form = parse_form(pair for pair in pairs if pair[0].startswith(begin))
        return coerce_form(form, self._schemas[self._first], self._document.resolve)

    def check(self, media_type: str, body: Any) -> Mapping[str, Any]:
        """Return the attributes of the record in the body, as they were sent; empty where the body holds no such record.

        Raises:
            Refusal: the body breaks its schema; STRUCTURE where the envelope does, else VALUE.
        """
        if not media_type:
            return {}
        validator = self._validators[media_type]
        if not validator.is_valid(body):
            violations = [_with_siblings(one, body) for one in validator.violations(body, "body", resource=self._singular)]
            envelope = {"", f"/{self._singular}"}
            structural = any(violation.pointer in envelope for violation in violations)
            raise Refusal(Category.STRUCTURE if structural else Category.VALUE, violations)
        if not isinstance(body, dict):
            return {}
        sent = body.get(self._singular, body if self._flat else None)
        return sent if isinstance(sent, dict) else {}

    def _form(self, raw: bytes, media_type: str, content_type: str) -> Any:
        try:
            if media_type == _MULTIPART:
                pairs = parse_multipart(raw, content_type, _MAX_FIELDS)
            else:
                pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
        except ValueError as error:
            raise _unreadable(str(error)) from None
        objects = self._objects if media_type == _MULTIPART else frozenset[str]()
        parts = {name: self._json(text.encode()) for name, text in pairs if name in objects and text.startswith("{")}
        form = parse_form(pair for pair in pairs if pair[0] not in parts)
        return {**coerce_form(form, self._schemas[media_type], self._document.resolve), **parts}

    def _json(self, raw: bytes) -> Any:
        try:
            body = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise _unreadable(str(error)) from None
        if raw.count(b"[") + raw.count(b"{") > self._bounds.max_depth and _depth(body, self._bounds.max_depth) > self._bounds.max_depth:
            raise _unreadable(f"nested deeper than {self._bounds.max_depth} levels")
        return body


def _joined(body: Any, beside: Mapping[str, Any]) -> Any:
    """Return the body with the attributes beside it that it does not have itself."""
    if not isinstance(body, dict):
        return body
    both = {name: {**one, **body[name]} for name, one in beside.items() if isinstance(body.get(name), dict)}
    return {**beside, **body, **both}


def _with_siblings(violation: Violation, body: Any) -> Violation:
    """Return the violation with the plain values that stand beside the place it points at, for sentences that name them."""
    node = body
    for part in violation.pointer.split("/")[1:-1]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and key.isdigit() and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, dict):
            node = node.get(key)
    if not isinstance(node, dict):
        return violation
    return violation._replace(values=tuple((key, str(value)[:80]) for key, value in node.items() if isinstance(value, (str, int, float))))


def _unreadable(message: str) -> Refusal:
    return Refusal(Category.UNREADABLE, [Violation("body", "", "unreadable", message[:200])])


def _depth(value: Any, bound: int) -> int:
    level, depth = [value], 0
    while level and depth <= bound:
        nested = [one for one in level if isinstance(one, (dict, list))]
        depth += bool(nested)
        level = [child for one in nested for child in (one.values() if isinstance(one, dict) else one)]
    return depth
