"""Where a document's API keys stand in a request, read without a second look at the query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from mockserver.spec import Document

_REFUSED_WORD = "invalid"


class ApiKey:
    """One scheme of type apiKey.

    Attributes:
        place, name: as the document declares them.
    """

    def __init__(self, scheme: Mapping[str, Any]) -> None:
        self.place: str = scheme["in"]
        self.name: str = scheme["name"]
        self._header = self.name.lower().encode("latin-1")
        self._pair = re.compile(rb"(?:^|&)" + re.escape(self.name.encode("latin-1")) + rb"=([^&]*)")

    def sent(self, headers: Mapping[bytes, bytes], query_string: bytes) -> str:
        """Return the key that a request carries, the last one of several; empty without one."""
        if self.place == "header":
            return headers.get(self._header, b"").decode("latin-1").strip()
        found = self._pair.findall(query_string)
        if found:
            return unquote_plus(found[-1].decode("latin-1"))
        return dict(parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)).get(self.name, "") if b"%" in query_string else ""


def api_keys(document: Document) -> list[ApiKey]:
    """Return the document's API keys: the first names the world and the caller, further ones the program that asks."""
    schemes = document.raw.get("components", {}).get("securitySchemes", {}).values()
    return [ApiKey(scheme) for scheme in schemes if scheme.get("type") == "apiKey" and scheme.get("in") in ("header", "query")]


def is_refused(key: str) -> bool:
    """Return whether a key is one that every mock refuses: one that says of itself that it is invalid."""
    return _REFUSED_WORD in key.lower()
