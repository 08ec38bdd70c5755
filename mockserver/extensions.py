"""The `x-mock-` vocabulary of docs/extensions.md: its JSON Schema, and the check that a document keeps to it. Does nothing of what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

import jsonschema_rs

from mockserver.errors import DocumentError
from mockserver.validation import escape_pointer

PLACES = ("list", "show", "create", "update", "sideload")
OPERATORS = ("equals", "contains", "before", "after", "at-least", "at-most", "exists", "any-of", "same-day")
PAGE_ROLES = ("limit", "offset", "page", "per_page")
STORED_TYPES = ("text", "integer", "decimal", "boolean", "date", "instant", "json")
ACTIONS = ("list", "create", "retrieve", "update", "delete", "behaviour")

_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": _TEXT, "minItems": 1}
_STATUS = {"type": "integer", "minimum": 200, "maximum": 599}
_CONDITION = {"type": "string", "pattern": "^(always|never|sent|sent:.+|not-null|selected)$"}
_PLACE = {"enum": [*PLACES, "else"]}


def _mapping(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


def _closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    closed: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**closed, "required": list(required)} if required else closed


_REACH = _closed({"path": {"type": "object"}, "query": {"type": "object"}, "headers": {"type": "object"}, "body": {}, "media-type": _TEXT})
_RELATION = _closed(
    {
        "to": {"anyOf": [_TEXT, _mapping(_TEXT)]},
        "by": _TEXT,
        "many": {"type": "boolean"},
        "inverse": _TEXT,
        "inverse-order": _TEXTS,
        "on-delete": {"enum": ["cascade", "null", "remove", "keep"]},
    },
    "to",
)
_COLLECTION = _closed(
    {
        "collection": _TEXT,
        "singular": _TEXT,
        "name": _TEXT,
        "path": _TEXT,
        "order": _TEXTS,
        "unique": _TEXTS,
        "relations": _mapping(_RELATION),
        "fields": _mapping({"enum": list(STORED_TYPES)}),
        "tallies": _mapping(_TEXT),
        "prepare": _TEXT,
        "effects": _TEXTS,
        "visible": _TEXT,
        "settle": _TEXT,
        "event": _TEXT,
    },
    "collection",
    "singular",
    "name",
)

VOCABULARY: dict[str, dict[str, Any]] = {
    "x-mock-api": _TEXT,
    "x-mock-collection": _COLLECTION,
    "x-mock-shape": _closed({"collection": _TEXT, "echo": {"type": "boolean"}}, "collection"),
    "x-mock-error": _TEXT,
    "x-mock-stored": {"enum": list(STORED_TYPES)},
    "x-mock-value": _TEXT,
    "x-mock-present": {
        "anyOf": [
            {"enum": list(PLACES)},
            {"type": "array", "items": {"enum": list(PLACES)}, "minItems": 1},
            {"type": "string", "pattern": "^(sent|sent:.+|not-null|selected)$"},
            {"type": "object", "additionalProperties": False, "properties": dict.fromkeys((*PLACES, "else"), _CONDITION)},
        ]
    },
    "x-mock-default": {},
    "x-mock-stamp": {"enum": ["created", "updated", "changed"]},
    "x-mock-input": _TEXT,
    "x-mock-no-effect": _TEXT,
    "x-mock-source": {"type": "string", "pattern": "^(Source|Observed|Assumed)"},
    "x-mock-action": {
        **_closed(
            {
                **dict.fromkeys(ACTIONS[:-1], _TEXT),
                "behaviour": {"anyOf": [_TEXT, {"type": "null"}]},
                "sideload": _mapping(_TEXT),
                "within": _mapping(_TEXT),
                "empty": {"enum": [True]},
                "where": {**_mapping({"type": ["string", "integer", "boolean", "null"]}), "minProperties": 1},
                "flat": {"type": "boolean"},
                "through": _TEXT,
            }
        ),
        "oneOf": [{"required": [action]} for action in ACTIONS],
        "dependencies": {"empty": ["list", "within"], "where": ["list"]},
    },
    "x-mock-rules": _mapping(_STATUS),
    "x-mock-allowed": _TEXT,
    "x-mock-caller": _TEXT,
    "x-mock-refused": _STATUS,
    "x-mock-remains": {**_mapping({"type": ["string", "integer", "boolean", "null"]}), "minProperties": 1},
    "x-mock-observed-status": _STATUS,
    "x-mock-reach": {"anyOf": [_REACH, {"type": "object", "additionalProperties": False, "patternProperties": {"^[1-5][0-9]{2}$": _REACH}}]},
    "x-mock-record": _TEXT,
    "x-mock-missing": _STATUS,
    "x-mock-filter": {
        "anyOf": [
            _TEXT,
            _closed({"field": _TEXT, "operator": {"enum": list(OPERATORS)}, "scale": {"type": "integer", "minimum": 1}}, "field", "operator"),
        ]
    },
    "x-mock-expand": _TEXT,
    "x-mock-order": {"anyOf": [_TEXT, _TEXTS, {**_closed({"by": {**_mapping(_TEXT), "minProperties": 1}}, "by")}]},
    "x-mock-page": _closed(
        {"role": {"enum": list(PAGE_ROLES)}, "default": {"type": "integer", "minimum": 0}, "maximum": {"type": "integer", "minimum": 1}},
        "role",
        "default",
    ),
    "x-mock-select": {"anyOf": [{"enum": ["keys"]}, _mapping({"type": "array", "items": _TEXT})]},
    "x-mock-alias": _TEXTS,
}

_DATA = frozenset({"example", "examples", "default", "enum"})
"""Keys of a schema under which data stands, not more schemas; a property may have such a name."""

_VALIDATORS = {keyword: jsonschema_rs.Draft4Validator(schema) for keyword, schema in VOCABULARY.items()}


def check_extensions(raw: dict[str, Any], source: str) -> None:
    """Check that every `x-mock-` keyword of the document is known and has its shape.

    Raises:
        DocumentError: one does not, with the JSON pointer of the first.
    """
    for path, keyword, value in _iter_keywords(raw):
        validator = _VALIDATORS.get(keyword)
        if validator is not None and validator.is_valid(value):
            continue
        pointer = "".join(f"/{escape_pointer(str(part))}" for part in path)
        if validator is None:
            near = get_close_matches(keyword, VOCABULARY, 1) or sorted(VOCABULARY)
            raise DocumentError("unknown extension keyword", where=f"{source}#{pointer}", expected=", ".join(near), found=keyword)
        for error in validator.iter_errors(value):
            below = "".join(f"/{escape_pointer(str(part))}" for part in error.instance_path)
            raise DocumentError(
                "wrong extension", where=f"{source}#{pointer}/{keyword}{below}", expected="as in docs/extensions.md", found=error.message
            )


def _iter_keywords(raw: Any) -> Iterator[tuple[tuple[Any, ...], str, Any]]:
    """Yield every keyword with the path to its place and its value, in the order of the document."""
    waiting: list[tuple[Any, tuple[Any, ...]]] = [(raw, ())]
    while waiting:
        node, path = waiting.pop()
        below: list[tuple[Any, tuple[Any, ...]]] = []
        named = isinstance(node, dict)
        children: Iterable[tuple[Any, Any]] = node.items() if named else enumerate(node)
        for key, value in children:
            if named and key.startswith("x-mock-"):
                yield path, key, value
            elif isinstance(value, (dict, list)) and (not named or key not in _DATA or path[-1:] == ("properties",)):
                below.append((value, (*path, key)))
        waiting.extend(reversed(below))
