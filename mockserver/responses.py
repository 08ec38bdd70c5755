"""Refusals → Responses in the API's own error shapes, with the reasons for those who ask. Looks nothing up."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import orjson

from mockserver.exchange import Response
from mockserver.refusals import Category, Refusal, Violation

VIOLATIONS_HEADER = "X-Mock-Violations"
_VIOLATIONS_SIZE = 2048


class Slot(Enum):
    """What an error shape puts into its places."""

    TITLE = "title"
    DETAIL = "detail"
    CODE = "code"
    STATUS = "status"
    POINTER = "pointer"
    PARAMETER = "parameter"
    MESSAGE = "message"
    ATTRIBUTE = "attribute"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Sentence:
    """How an API words one kind of violation, and its code for it.

    The wordings are `str.format` templates over `resource`, `attribute`, `words` (the attribute as words), `message` and the violation's own values.
    """

    title: str
    detail: str = ""
    code: str | int = ""


@dataclass(frozen=True, slots=True)
class ErrorShape:
    """One shape of error bodies.

    Attributes:
        one: the object for one violation, with slots.
        wrap: key under which the objects stand as an array; None for a bare array if `many`, else a single object.
        many: whether every violation is told, or only the first.
        optional: keys that are left out where there is nothing to say.
    """

    one: Mapping[str, Any]
    wrap: str | None = None
    many: bool = True
    optional: frozenset[str] = frozenset()

    def body(self, values: Iterable[Mapping[Slot, Any]]) -> Any:
        """Return the body that tells these violations."""
        objects = [self._object(value) for value in values]
        if not self.many:
            return objects[0]
        return {self.wrap: objects} if self.wrap else objects

    def _object(self, values: Mapping[Slot, Any]) -> dict[str, Any]:
        filled = {key: _filled(part, values) for key, part in self.one.items()}
        return {key: part for key, part in filled.items() if key not in self.optional or _says_something(part)}


def _filled(node: Any, values: Mapping[Slot, Any]) -> Any:
    if isinstance(node, Slot):
        return values[node]
    if isinstance(node, Mapping):
        return {key: _filled(value, values) for key, value in node.items()}
    return node


def _says_something(part: Any) -> bool:
    return any(map(_says_something, part.values())) if isinstance(part, Mapping) else part != ""


@dataclass(frozen=True, slots=True)
class ErrorShapes:
    """How an API says no.

    Attributes:
        shapes: error shapes by the name that `x-mock-error` gives them.
        statuses: for each category the statuses in order of preference; the first that the operation declares is answered.
        preferences: for each category the shapes in order of preference; the first that the declared response admits is used.
        sentences: by (shape or None, code): for one attribute (`unique contact.email`), then for the violation's code, then for the category.
        pointer: template over `attribute` and `pointer`: how the API points at a part of the body, at the first of alternatives; empty for what is
            no part of it.
    """

    shapes: Mapping[str, ErrorShape]
    statuses: Mapping[Category, tuple[int, ...]]
    preferences: Mapping[Category, tuple[str, ...]]
    sentences: Mapping[tuple[str | None, str], Sentence]
    pointer: str = "{pointer}"

    def status(self, refusal: Refusal, declared: Iterable[int]) -> int:
        """Return the status that answers the refusal."""
        if refusal.status is not None:
            return refusal.status
        wanted = self.statuses[refusal.category]
        known = set(declared)
        return next((status for status in wanted if status in known), wanted[-1])

    def body(self, refusal: Refusal, status: int, admitted: Sequence[str]) -> Any:
        """Return the error body, in the best shape among the admitted ones (names of shapes; none: any)."""
        preferred = self.preferences[refusal.category]
        name = next((one for one in preferred if not admitted or one in admitted), admitted[0] if admitted else preferred[0])
        return self.shapes[name].body(self._values(name, refusal, status, violation) for violation in refusal.violations)

    def _values(self, shape: str, refusal: Refusal, status: int, violation: Violation) -> dict[Slot, Any]:
        own = f"{violation.code} {violation.resource}.{violation.attribute}"
        keys = [(place, code) for code in (own, violation.code, refusal.category) for place in (shape, None)]
        sentence = next((self.sentences[key] for key in keys if key in self.sentences), Sentence("{message}"))
        told = {"resource": violation.resource, "attribute": violation.attribute, "words": _words(violation.attribute), "message": violation.message}
        words = defaultdict(str, dict(violation.values) | told)
        first, _, _ = violation.attribute.partition(" or ")
        title = sentence.title.format_map(words)
        return {
            Slot.TITLE: title,
            Slot.MESSAGE: title,
            Slot.ATTRIBUTE: violation.attribute,
            Slot.WORDS: told["words"],
            Slot.DETAIL: sentence.detail.format_map(words),
            Slot.CODE: sentence.code,
            Slot.STATUS: status,
            Slot.POINTER: self.pointer.format(attribute=first, pointer=violation.pointer) if violation.place == "body" else "",
            Slot.PARAMETER: violation.pointer if violation.place == "body" else violation.attribute,
        }


def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else " " if letter == "_" else letter for letter in name).strip()


def violations_header(stage: str, violations: Sequence[Violation]) -> str:
    """Return the reasons as JSON in ASCII, at most about 2 KiB: the stage that refused, their count, and as many as fit.

    Each has its place, pointer, code and message.
    """
    told: list[dict[str, str]] = []
    size = 80
    for violation in violations:
        one = {"in": violation.place, "pointer": violation.pointer[:200], "code": violation.code, "message": violation.message[:200]}
        size += len(json.dumps(one)) + 2
        if size > _VIOLATIONS_SIZE:
            break
        told.append(one)
    return json.dumps({"stage": stage, "count": len(violations), "violations": told}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Headers:
    """Headers that every answer of an API carries: fixed ones, and the name of the one with the request's id (empty: none)."""

    fixed: Mapping[str, str] = field(default_factory=dict)
    request_id: str = ""


def encode(body: Any) -> bytes:
    """Return the body as JSON; integers beyond 64 bits and floats are written as they are."""
    try:
        return orjson.dumps(body)
    except TypeError:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def refusal_response(shapes: ErrorShapes, refusal: Refusal, declared: Mapping[int, Sequence[str] | None]) -> Response:
    """Return the answer to a refused request.

    Args:
        declared: for each status that the operation declares, the error shapes that it admits; None for a status without a body.
    """
    status = shapes.status(refusal, declared)
    admitted = declared.get(status, ())
    headers = {VIOLATIONS_HEADER: violations_header(refusal.category.value, refusal.violations), **refusal.headers}
    return Response(status, headers, b"" if admitted is None else encode(shapes.body(refusal, status, admitted)))
