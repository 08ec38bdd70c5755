"""What is left of an answer when its kept records are taken out: the envelope, to be held to its schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.operations import Model
from mockserver.resources import embedded


class Outline:
    """An answer without its kept records: what is left of an envelope to hold to its schema."""

    def __init__(self, model: Model, schema: Mapping[str, Any]) -> None:
        document = model.document
        resolved = document.resolve(schema)
        self._whole = embedded(document, schema) is not None
        self._lists: tuple[str, ...] = ()
        self._records: tuple[str, ...] = ()
        self.schema: Mapping[str, Any] = {"type": "array"} if resolved.get("type") == "array" else {"type": "object"}
        if not self._whole:
            places = {name: document.resolve(prop) for name, prop in resolved.get("properties", {}).items() if embedded(document, prop)}
            self._lists = tuple(name for name, prop in places.items() if prop.get("type") == "array")
            self._records = tuple(name for name in places if name not in self._lists)
            relaxed: dict[str, Any] = {name: {"type": "array"} if name in self._lists else {"type": "object", "nullable": True} for name in places}
            self.schema = {**resolved, "properties": {**resolved.get("properties", {}), **relaxed}} if relaxed else resolved

    def of(self, body: Any) -> Any:
        """Return the outline of a body: empty lists and objects in the places of records."""
        if self._whole:
            return [] if isinstance(body, list) else {}
        if not isinstance(body, dict):
            return body
        made = dict(body)
        for name in self._lists:
            if name in made:
                made[name] = []
        for name in self._records:
            if made.get(name) is not None:
                made[name] = {}
        return made
