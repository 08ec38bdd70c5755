"""The attributes that the bodies of a document declare, and bodies in which one of them is another."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.operations import Operation
from mockserver.resources import Resource, iter_properties
from tests.sweeps.subjects import Subject

Pointer = tuple[str | int, ...]


@dataclass(frozen=True)
class Attribute:
    """An attribute of a request body.

    Attributes:
        pointer: from the body to the attribute; through a list by its first member.
        stored: whether it is written to the record under its own name.
    """

    name: str
    pointer: Pointer
    schema: Mapping[str, Any]
    stored: bool

    @property
    def no_effect(self) -> bool:
        return "x-mock-no-effect" in self.schema

    @property
    def input(self) -> bool:
        return not self.stored and not self.no_effect

    def __str__(self) -> str:
        return "/".join(map(str, self.pointer))


def iter_attributes(subject: Subject, operation: Operation) -> Iterator[Attribute]:
    """Yield the writable attributes of an operation's body; objects and lists of objects are entered unless they are an input as a whole."""
    resource = subject.model.resources.get(operation.collection or "")
    for schema in list(operation.bodies.values())[:1]:
        items = subject.model.document.resolve(schema).get("items")
        yield from _below(subject, operation, resource, items or schema, (0,) if items else ())


def _below(subject: Subject, operation: Operation, resource: Resource | None, schema: Mapping[str, Any], pointer: Pointer) -> Iterator[Attribute]:
    document = subject.model.document
    for name, prop in dict(iter_properties(document, schema)).items():
        here = (*pointer, name)
        if prop.get("readOnly"):
            continue
        whole = "x-mock-input" in prop or "x-mock-no-effect" in prop
        stored = _is_stored(operation, resource, name, pointer) and not whole
        items = document.resolve(prop.get("items", {}))
        if list(iter_properties(document, prop)) and not whole and not stored:
            yield from _below(subject, operation, resource, prop, here)
        elif list(iter_properties(document, items)) and not whole and not stored:
            yield from _below(subject, operation, resource, items, (*here, 0))
        else:
            yield Attribute(name, here, prop, stored)


def _is_stored(operation: Operation, resource: Resource | None, name: str, pointer: Pointer) -> bool:
    if resource is None or operation.action not in ("create", "update"):
        return False
    return pointer == (resource.singular,) and name in resource.stored and name != "id"


def placed(body: Any, pointer: Pointer, value: Any) -> Any:
    """Return the body with this value at the pointer."""
    made = copy.deepcopy(body) if body is not None else {}
    node: Any = made
    for at, step in enumerate(pointer[:-1]):
        fresh: Any = [{}] if isinstance(pointer[at + 1], int) else {}
        node = node[step] if isinstance(step, int) else node.setdefault(step, fresh)
    node[pointer[-1]] = value
    return made


def removed(body: Any, pointer: Pointer) -> Any:
    """Return the body without what stands at the pointer."""
    made = copy.deepcopy(body)
    node: Any = made
    for step in pointer[:-1]:
        if isinstance(step, str) and step not in node:
            return made
        node = node[step]
    if isinstance(node, dict):
        node.pop(pointer[-1], None)
    return made
