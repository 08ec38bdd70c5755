"""Refusals → Responses in the API's own error shapes, with the reasons for those who ask. Looks nothing up."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

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
    LABEL = "label"


class Told(NamedTuple):
    """What is told of one violation: a value for each slot."""

    title: str
    detail: str
    code: str | int
    status: int
    pointer: str
    parameter: str
    message: str
    attribute: str
    words: str
    label: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """How an API words one kind of violation, and its code for it.

    The wordings are `str.format` templates over `resource`, `attribute`, `words` (the attribute as words), `message` and the violation's own values.
    """

    title: str
    detail: str = ""
    code: str | int = ""


@dataclass(frozen=True)
class ErrorShape:
    """One shape of error bodies.

    Attributes:
        one: the object for one violation, with slots; or a slot alone.
        wrap: key under which the objects stand as an array; None for a bare array if `many`, else a single object.
        many: whether every violation is told, or only the first.
        once: of several violations at one place only the first is told.
        optional: keys that are left out where there is nothing to say.
    """

    one: Mapping[str, Any] | Slot
    wrap: str | None = None
    many: bool = True
    once: bool = False
    optional: frozenset[str] = frozenset()

    def body(self, told: Iterable[Told]) -> Any:
        """Return the body that tells these violations."""
        objects = list(map(self._object, told))
        if not self.many:
            return objects[0]
        return {self.wrap: objects} if self.wrap else objects

    def _object(self, told: Told) -> Any:
        filled = self._fill(told)
        return {key: part for key, part in filled.items() if key not in self.optional or _says_something(part)} if self.optional else filled

    @cached_property
    def _fill(self) -> Callable[[Told], Any]:
        return _filler(self.one)


def _filler(node: Any) -> Callable[[Told], Any]:
    """Return the function that puts what is told into the slots of a template."""
    if isinstance(node, Slot):
        fill: Callable[[Told], Any] = attrgetter(node.value)
        return fill
    if isinstance(node, Mapping):
        parts = [(key, _filler(value)) for key, value in node.items()]
        return lambda told: {key: part(told) for key, part in parts}
    return lambda told: node


def _says_something(part: Any) -> bool:
    return any(map(_says_something, part.values())) if isinstance(part, Mapping) else part != ""


@dataclass(frozen=True, slots=True)
class ErrorShapes:
    """How an API says no.

    Attributes:
        shapes: error shapes by the name that `x-mock-error` gives them.
        statuses: for each category the statuses in order of preference; the first that the operation declares is answered.
        preferences: for each category the shapes in order of preference; the first that the declared response admits is used.
        sentences: by (shape or None, code): for one attribute (`unique contact.email`), then for the violation's code, then for the category with a
            status (`missing-record 403`), then for the category.
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
        shape, violations = self.shapes[name], list(refusal.violations)
        if shape.once:
            violations = list({violation.pointer: violation for violation in reversed(violations)}.values())[::-1]
        return shape.body([self._told(name, refusal, status, violation) for violation in violations])

    def _told(self, shape: str, refusal: Refusal, status: int, violation: Violation) -> Told:
        sentence = self._sentence(shape, refusal, status, violation)
        attribute, in_body = violation.attribute, violation.place == "body"
        words = _words(attribute)
        told = {"resource": violation.resource, "attribute": attribute, "words": words, "message": violation.message}
        known = defaultdict(str, dict(violation.values) | told)
        title = sentence.title.format_map(known)
        first, _, _ = attribute.partition(" or ")
        return Told(
            title,
            sentence.detail.format_map(known) if sentence.detail else "",
            sentence.code,
            status,
            self.pointer.format(attribute=first, pointer=violation.pointer) if in_body else "",
            violation.pointer if in_body else attribute,
            title,
            attribute,
            words,
            words[:1].upper() + words[1:],
        )

    def _sentence(self, shape: str, refusal: Refusal, status: int, violation: Violation) -> Sentence:
        """Return the sentence for the attribute, else for the code, else for the category; in each case one of the shape's own goes before."""
        attribute = f"{violation.code} {violation.resource}.{violation.attribute}"
        for code in (attribute, violation.code, f"{refusal.category} {status}", refusal.category):
            found = self.sentences.get((shape, code)) or self.sentences.get((None, code))
            if found is not None:
                return found
        return _PLAIN


_PLAIN = Sentence("{message}")


@lru_cache(maxsize=1024)
def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else " " if letter == "_" else letter for letter in name).strip()


def violations_header(stage: str, violations: Sequence[Violation]) -> str:
    """Return the reasons as JSON in ASCII, at most about 2 KiB: the stage that refused, their count, and as many as fit.

    Each has its place, pointer, code and message.
    """
    told: list[str] = []
    size = 80
    for violation in violations:
        one = _compact({"in": violation.place, "pointer": violation.pointer[:200], "code": violation.code, "message": violation.message[:200]})
        size += len(one) + 2
        if size > _VIOLATIONS_SIZE:
            break
        told.append(one)
    return f'{{"stage":{_compact(stage)},"count":{len(violations)},"violations":[{",".join(told)}]}}'


_compact = json.JSONEncoder(separators=(",", ":")).encode


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
