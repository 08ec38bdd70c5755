"""Whether a form says what was generated: some values vanish from it, and some wrong ones become right as texts. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import schemathesis

from mockserver.forms import coerce_form, parse_form
from mockserver.spec import Document
from mockserver.validation import Validators

_WORDS = {None: "null", True: "true", False: "false"}


class FormBodies:
    """The form bodies of one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._places = {place.label: place for place in document.iter_operations()}
        self._validators = Validators(document.schemas)

    def _schema(self, label: str, media_type: str) -> Mapping[str, Any] | None:
        place = self._places.get(label)
        content = self._document.resolve(place.operation.get("requestBody", {})).get("content", {}) if place else {}
        schema: Mapping[str, Any] | None = content.get(media_type, {}).get("schema")
        return schema

    def says(self, case: schemathesis.Case[Any]) -> bool:
        """Return whether the form of a case's body is as right or wrong as the body itself.

        Objects and lists with nothing in them vanish; `false` is a good name, and a list of one number the same form as an object with the key 0.
        """
        schema = self._schema(case.operation.label, str(case.media_type))
        if schema is None:
            return True
        validator = self._validators.compile(schema)
        said = coerce_form(parse_form(flattened(case.body)), schema, self._document.resolve)
        return validator.is_valid(said) == validator.is_valid(case.body)


def flattened(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield a body as the bracketed names and texts of a form: `deal[person_ids][0]` and `4`."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from flattened(one, f"{name}[{key}]" if name else str(key))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from flattened(one, f"{name}[{at}]")
    else:
        yield name, _WORDS[value] if value is None or isinstance(value, bool) else str(value)
