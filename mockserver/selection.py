"""Which keys of an answer a request asks for: what appears because it was selected, and what is left because nothing else was."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.exchange import Answer, Request
from mockserver.functions import Functions
from mockserver.operations import Model, Operation, Parameter

Select = Callable[[Request, Answer], None]


def compile_selection(operation: Operation, model: Model, functions: Functions) -> Select | None:
    """Return the function that notes in an answer which keys its request asked for; None where the operation has nothing to select by.

    An input that VALUES read counts as a key of its own, `name=value`, since records are shown otherwise with it.
    """
    parameters = operation.located("query")
    selects = [parameter for parameter in parameters if parameter.select]
    thinning = next((parameter.name for parameter in parameters if parameter.thins), None)
    inputs = [parameter.name for parameter in parameters if parameter.reader in functions.values]
    if not selects and not inputs and thinning is None:
        return None
    known = frozenset[str]() if thinning is None else _keys(model, operation.collection)

    def select(request: Request, answer: Answer) -> None:
        query = request.query
        keys = {f"{name}={query[name]}" for name in inputs if name in query}
        for parameter in selects:
            keys.update(_selected(parameter, str(query.get(parameter.name, ""))))
        answer.selected = answer.selected | keys
        if thinning is not None and query.get(thinning):
            answer.only = known & _names(str(query[thinning]))

    return select


def _selected(parameter: Parameter, text: str) -> set[str]:
    return {key for name in _names(text) for key in parameter.select.get(name, ())}


def _names(text: str) -> set[str]:
    return {name.strip() for name in text.split(",")}


def _keys(model: Model, collection: str | None) -> frozenset[str]:
    """Return every key that a record of the collection has in any of its shapes."""
    shapes = [
        schema
        for schema in model.document.schemas.values()
        if (schema.get("x-mock-collection") or schema.get("x-mock-shape") or {}).get("collection") == collection
    ]
    return frozenset(name for schema in shapes for name in schema.get("properties", {}))
