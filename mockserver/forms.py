"""Form bodies and query strings: bracketed names → nested values, coerced by the schema of a JSON body; an empty text, or `null`, clears."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_INTEGER = re.compile(r"-?[0-9]{1,25}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,25}(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_MAX_DEPTH = 8

Resolve = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def parse_form(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the nested value of bracketed pairs: `deal[name]=x` → `{"deal": {"name": "x"}}`, `ids[]=1` → `{"ids": ["1"]}`.

    A name that stands twice becomes a list. Beside names in brackets, empty brackets are a name like any other. Brackets deeper than eight are part
    of the name.
    """
    root: dict[str, Any] = {}
    for name, value in pairs:
        head = name.partition("[")[0]
        keys = _BRACKETS.findall(name, len(head))
        if not head or len(keys) > _MAX_DEPTH or head + "".join(f"[{key}]" for key in keys) != name:
            head, keys = name, []
        _place(root, [head, *keys], value)
    return root


def _place(node: dict[str, Any], keys: list[str], value: str) -> None:
    key, *rest = keys
    if not rest or rest == [""]:
        old = node.get(key)
        listed = rest == [""]
        if old is None:
            node[key] = [value] if listed else value
        elif isinstance(old, list):
            old.append(value)
        elif isinstance(old, str):
            node[key] = [old, value]
        elif listed:
            _place(old, rest, value)
        return
    below = node.setdefault(key, {})
    if isinstance(below, list):
        below = node[key] = {"": below}
    if isinstance(below, dict):
        _place(below, rest, value)


def parse_multipart(raw: bytes, content_type: str, most: int) -> list[tuple[str, str]]:
    """Return the fields of a multipart body, the content of files left out.

    Raises:
        ValueError: the body cannot be read, or has more than so many fields.
    """
    import python_multipart  # noqa: PLC0415 -- few requests need it

    fields: list[tuple[bytes, bytes]] = []

    def keep(field: python_multipart.multipart.Field) -> None:
        if len(fields) >= most:
            raise ValueError(f"expected at most {most} fields")
        fields.append((field.field_name or b"", field.value or b""))

    headers = {"Content-Type": content_type.encode("latin-1"), "Content-Length": str(len(raw)).encode()}
    python_multipart.parse_form(headers, BytesIO(raw), keep, lambda file: None)
    return [(name.decode("utf-8"), value.decode("utf-8")) for name, value in fields]


def coerce_form(value: Any, schema: Mapping[str, Any], resolve: Resolve) -> Any:
    """Return the value with texts turned into the types that the schema asks for, where they stand for one; validation names the other texts."""
    schema = resolve(schema)
    if value == "null" and _clears(schema, resolve, value):
        return None
    if isinstance(value, dict) and value and all(map(str.isdigit, value)) and not _takes_objects(schema, resolve):
        value = list(value.values())
    if isinstance(value, dict):
        properties, others = _properties(schema, resolve), schema.get("additionalProperties")
        rest = others if isinstance(others, dict) else {}
        return {key: coerce_form(one, properties.get(key, rest), resolve) for key, one in value.items()}
    if isinstance(value, list) and schema.get("type") == "object":
        return {"": value}
    if isinstance(value, list) or schema.get("type") == "array":
        values, items = value if isinstance(value, list) else [value], schema.get("items", {})
        if values == [""] and not _admits(resolve(items), "", resolve):
            return []
        return [coerce_form(one, items, resolve) for one in values]
    if not value and schema.get("type") == "object":
        return {}
    if not value and _clears(schema, resolve, value):
        return None
    return coerce_text(value, schema, resolve)


def _clears(schema: Mapping[str, Any], resolve: Resolve, text: str) -> bool:
    """Return whether this text stands for null: where null is admitted, and the text is not."""
    nullable = schema.get("nullable") or any(part.get("nullable") for part in _alternatives(schema, resolve))
    return bool(nullable) and not _admits(schema, text, resolve)


def _alternatives(schema: Mapping[str, Any], resolve: Resolve) -> list[Mapping[str, Any]]:
    return [resolve(part) for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()))]


def _takes_objects(schema: Mapping[str, Any], resolve: Resolve) -> bool:
    parts = _alternatives(schema, resolve)
    return any(_takes_objects(part, resolve) for part in parts) if parts else schema.get("type", "object") == "object"


def _admits(schema: Mapping[str, Any], text: str, resolve: Resolve) -> bool:
    parts = _alternatives(schema, resolve)
    if parts:
        return any(_admits(part, text, resolve) for part in parts)
    if (
        schema.get("type", "string") != "string"
        or schema.get("minLength", 0) > len(text)
        or schema.get("format") in ("date", "date-time", "email", "uri")
    ):
        return False
    if "enum" in schema:
        return text in schema["enum"]
    try:
        return re.search(schema.get("pattern", ""), text) is not None
    except re.error:  # a pattern that only ECMAScript knows
        return True


def _properties(schema: Mapping[str, Any], resolve: Resolve) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in (*schema.get("allOf", ()), *schema.get("anyOf", ())):
        found.update(_properties(resolve(part), resolve))
    found.update(schema.get("properties", {}))
    return found


def coerce_text(text: str, schema: Mapping[str, Any], resolve: Resolve) -> Any:
    """Return the number or boolean that the text stands for where the schema asks for one, else the text.

    A text that the schema admits as it is stays one where it says more than the number (`0123`, `12.50`), or may be a word (`true`).
    """
    for read in text_readers(schema, resolve):
        found = read(text)
        if found is not text:
            says_more = isinstance(found, bool) or str(found) != text
            return text if says_more and _alternatives(schema, resolve) and _admits(schema, text, resolve) else found
    return text


def text_readers(schema: Mapping[str, Any], resolve: Resolve) -> list[Callable[[str], Any]]:
    """Return what reads a text by this schema: each returns the value of a type that the schema admits, or the very text."""
    schema = resolve(schema)
    kind = schema.get("type")
    if kind is None:
        parts = (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ()))
        return [read for part in parts for read in text_readers(part, resolve)]
    return [_READERS[kind]] if kind in _READERS else []


def _integer(text: str) -> Any:
    return int(text) if _INTEGER.fullmatch(text) else text


def _number(text: str) -> Any:
    if not _NUMBER.fullmatch(text):
        return text
    number = float(text)
    return int(text) if _INTEGER.fullmatch(text) else number if abs(number) != float("inf") else text


def _boolean(text: str) -> Any:
    return text == "true" if text in ("true", "false") else text


_READERS: Mapping[str, Callable[[str], Any]] = {"integer": _integer, "number": _number, "boolean": _boolean}
