"""Form bodies and query strings: bracketed names → nested values, coerced by the schema that a JSON body would have; an empty text clears."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_INTEGER = re.compile(r"-?[0-9]{1,25}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,25}(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_MAX_DEPTH = 8

Resolve = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def parse_form(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the nested value of bracketed pairs: `deal[name]=x` → `{"deal": {"name": "x"}}`, `ids[]=1` → `{"ids": ["1"]}`.

    A name that stands twice becomes a list. Brackets deeper than eight are part of the name.
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
        return
    below = node.setdefault(key, {})
    if isinstance(below, dict):
        _place(below, rest, value)


def coerce_form(value: Any, schema: Mapping[str, Any], resolve: Resolve) -> Any:
    """Return the value with texts turned into the types that the schema asks for, where they stand for one; validation names the other texts."""
    schema = resolve(schema)
    if isinstance(value, dict):
        properties = _properties(schema, resolve)
        return {key: coerce_form(one, properties.get(key, {}), resolve) for key, one in value.items()}
    if isinstance(value, list) or schema.get("type") == "array":
        values, items = value if isinstance(value, list) else [value], schema.get("items", {})
        if values == [""] and not _admits_empty(resolve(items)):
            return []
        return [coerce_form(one, items, resolve) for one in values]
    if not value and _clears(schema, resolve):
        return None
    return coerce_text(value, schema, resolve)


def _clears(schema: Mapping[str, Any], resolve: Resolve) -> bool:
    """Return whether an empty text stands for null: where null is admitted, and an empty text is not."""
    parts = [resolve(part) for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()))]
    if not schema.get("nullable") and not any(part.get("nullable") for part in parts):
        return False
    return not any(_admits_empty(part) for part in parts or [schema])


def _admits_empty(schema: Mapping[str, Any]) -> bool:
    if schema.get("type", "string") != "string" or schema.get("minLength", 0) > 0 or schema.get("format") in ("date", "date-time", "email", "uri"):
        return False
    if "enum" in schema:
        return "" in schema["enum"]
    try:
        return re.search(schema.get("pattern", ""), "") is not None
    except re.error:  # a pattern that only ECMAScript knows
        return True


def _properties(schema: Mapping[str, Any], resolve: Resolve) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in (*schema.get("allOf", ()), *schema.get("anyOf", ())):
        found.update(_properties(resolve(part), resolve))
    found.update(schema.get("properties", {}))
    return found


def coerce_text(text: str, schema: Mapping[str, Any], resolve: Resolve) -> Any:
    """Return the number or boolean that the text stands for where the schema asks for one, else the text."""
    for read in text_readers(schema, resolve):
        found = read(text)
        if found is not text:
            return found
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
