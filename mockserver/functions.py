"""The tables of functions that a document names, with the signature of each kind. Holds no function itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Functions:
    """What an API's document may name.

    Attributes:
        behaviours: by operationId: `(session, request) -> Answer`.
        prepare: `(session, before, record, sent) -> changes`: completes a record before it is written; `before` is None on a create.
        effects: `(session, change, sent) -> None`: follows a write, whatever caused it; `sent` is empty unless the request wrote this record itself.
        rules: `(session, before, record, sent) -> violations`: why the request is refused; none if it is not. `record` is None on a delete.
        values: `(view, record) -> value`: a derived property in its stored form, or ABSENT; of an envelope `(view, answer)`.
        filters: `(session, value, query) -> (record -> bool)`.
        expansions: `(session, collection, value) -> pairs`: names and texts of the query parameters that a parameter stands for.
        orders: `(session) -> (record -> sort key)`.
        settle: `(session) -> None`: what has happened by the session's moment without a request, before records of a collection are looked at.
        allowed: `(session) -> bool`: whether the caller may use the operation at all.
        visible: `(session) -> None or (record -> Visibility)`; None: everything is whole; from the caller and the store alone.
    """

    behaviours: Mapping[str, Function] = field(default_factory=dict)
    prepare: Mapping[str, Function] = field(default_factory=dict)
    effects: Mapping[str, Function] = field(default_factory=dict)
    rules: Mapping[str, Function] = field(default_factory=dict)
    values: Mapping[str, Function] = field(default_factory=dict)
    filters: Mapping[str, Function] = field(default_factory=dict)
    expansions: Mapping[str, Function] = field(default_factory=dict)
    orders: Mapping[str, Function] = field(default_factory=dict)
    settle: Mapping[str, Function] = field(default_factory=dict)
    allowed: Mapping[str, Function] = field(default_factory=dict)
    visible: Mapping[str, Function] = field(default_factory=dict)

    def names(self) -> dict[str, set[str]]:
        """Return the names in each table."""
        return {table.name: set(getattr(self, table.name)) for table in fields(self)}
