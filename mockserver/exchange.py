"""The values that travel between the stages of a request: Request, Answer, Response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, NamedTuple

Record = Mapping[str, Any]
"""A stored record: read-only by convention and by type; a change makes a new one."""

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Request(NamedTuple):
    """A readable request, in the document's spelling.

    Attributes:
        path: path parameters, coerced.
        query: declared query parameters that were sent, coerced, in the order sent.
        body: the decoded body, None without one.
        sent: attributes of the record in the body, as they were sent; empty without a record.
        parents: records named by the path, by parameter.
        implied: query parameters that those sent stand for (a saved search), coerced.
        headers: declared header parameters that were sent.
    """

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    sent: Mapping[str, Any]
    parents: Mapping[str, Record]
    implied: Mapping[str, Any] = _NOTHING
    headers: Mapping[str, str] = _NOTHING


@dataclass(slots=True)
class Answer:
    """What a handler found, before it is rendered.

    Attributes:
        record: the main record, for answers about one.
        records: the main records, for answers about several.
        values: named values for the envelope (page values, what a behaviour computed).
        sent: attributes as the request sent them, for shapes that echo.
        selected: keys that the request asked for.
        only: of the main records no other keys than these are answered; None: all.
        status: another status than the operation's success status.
        headers: headers that the answer carries besides.
    """

    record: Record | None = None
    records: Sequence[Record] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)
    selected: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Response(NamedTuple):
    """What goes over the wire: status, headers without length and date, and the encoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytes
